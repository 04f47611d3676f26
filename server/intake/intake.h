// Intake: the one door. Only intake writes events to the log. It stamps what senders claim, decides
// the partition, makes the bytes canonical and appends; a sender is told its address once the
// record is durable, and not before. A library without sockets: `refundctl append` is intake over
// the embedded log, the daemon will be intake over Kafka. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/codec/json_lines.h"
#include "engine/log/log.h"

namespace refund::intake {

// How a record's time is found.
struct Stamping {
  // Present: the recorded time that the line brings (--as-recorded). Absent: the later of `now` and
  // the log's highest stamp, so that appending after a Tick in the future works.
  std::optional<Instant> as_recorded;
  Instant now;
};

// A claim refused at the door: the line's fault, nothing was appended.
struct Refused {
  std::string pointer;
  std::string expected;
  std::string found;
};

struct Taken {
  // Of a broadcast claim: in partition 0. Where the log is not exclusive, Intake::Landed says after
  // End() what it came to be.
  log::Address at;
  bool was_there = false;  // the log held this very record already; it was not appended again
};

class Intake {
 public:
  Intake(log::Log& log, std::string principal);
  ~Intake();

  // Opens the log for appending. kNotFound if it is not there.
  absl::Status Open();

  // The exclusive right to append, from here to End(): hold it for a batch, not for an afternoon.
  absl::Status Begin();
  // Broadcast claims go to every partition with one stamp. A claim whose recorded time lies before
  // the log's highest is refused, unless the log holds this very record from before this intake was
  // opened: then it is acknowledged where it lies, so that whoever was killed before the
  // acknowledgement may send again from there (docs/decisions/0003-intake-again.md).
  absl::StatusOr<std::variant<Taken, Refused>> Take(const codec::ClaimLine& line,
                                                    const Stamping& stamping);
  // The same by another principal than this intake's own: a door knows several.
  absl::StatusOr<std::variant<Taken, Refused>> TakeAs(const std::string& principal,
                                                      const codec::ClaimLine& line,
                                                      const Stamping& stamping);
  // A message of the engine to another key (Topic::kMessages): a canonical claim of a message kind,
  // stamped as the engine's with the log's highest stamp. It takes no time of its own, so a log of
  // the past stays one. kDataLoss for bytes that are no such claim: the engine wrote them.
  absl::StatusOr<Taken> TakeMessage(ByteView bytes);
  // Bytes as they are, for tests and rescue.
  absl::StatusOr<std::variant<Taken, Refused>> TakeRaw(const codec::RawLine& line);
  // Makes what was taken since Begin() durable: only now may it be acknowledged.
  absl::Status End();
  // Where that lies which Taken said lies at `announced`, until the next Begin().
  log::Address Landed(const log::Address& announced) const;

  // The highest stamp of the log, between Begin() and End().
  Instant highest() const;
  uint32_t partitions() const;

 private:
  absl::StatusOr<std::variant<Taken, Refused>> TakeFromBefore(uint32_t partition, Instant at,
                                                              const std::string& record);
  // Where the log held this very record before this intake's first Begin(); each is found once.
  absl::StatusOr<std::optional<log::Address>> FindFromBefore(uint32_t partition,
                                                             const std::string& record);
  absl::Status IndexPartition(uint32_t partition);

  log::Log& log_;
  const std::string principal_;
  std::unique_ptr<log::Appender> appender_;
  std::unique_ptr<log::AppendSession> session_;
  std::map<log::Address, log::Address> moved_;  // of the session that ended last
  std::vector<int64_t> ends_before_;
  std::map<uint32_t, std::multimap<Digest, log::Address>> index_;  // made when first needed
};

// The first records of every partition: LogOpened, all with the stamp `at`.
absl::Status OpenLog(log::Log& log, const Id& log_id, Instant at, const std::string& principal);

// PolicyPublished to every partition that does not show the pack yet, with one stamp: idempotent by
// digest, done only when all N show it. True if anything was appended. kAlreadyExists if another
// pack has its name, or its platform and date; kInvalidArgument for bytes that are no pack.
absl::StatusOr<bool> PublishPack(log::Log& log, const std::string& pack, Instant at,
                                 const std::string& principal);

// The principal of messages, which no line of input can choose.
inline constexpr char kEnginePrincipal[] = "engine";

// The highest stamp of the log.
absl::StatusOr<Instant> HighestStamp(log::Log& log);

// A pause of the ticker that is longer than this is told to the lanes.
inline constexpr int64_t kOutageMs = 15 * kMinuteMs;

// The stamp of the newest Tick, or of the log's opening if there is none.
absl::StatusOr<Instant> LastTick(log::Reader& reader);

struct Ticked {
  Instant at;
  bool outage = false;
};
// One Tick to every partition, at the later of `now` and the log's highest stamp. If `last` lies
// more than kOutageMs before that, an OutageDeclared from `last` to then comes first, so that
// windows which ended inside get their grace.
absl::StatusOr<Ticked> TickNow(log::Log& log, Instant last, Instant now,
                               const std::string& principal);

// One Tick to every partition. kInvalidArgument if `at` lies before the log's highest stamp.
absl::Status AppendTick(log::Log& log, Instant at, const std::string& principal);

}  // namespace refund::intake
