// The real thing in memory: a log, intake in front of it, and one lane a partition behind it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/codec/json_lines.h"
#include "engine/domain/step.h"
#include "engine/log/log.h"
#include "engine/replay/lane.h"
#include "engine/replay/memory_order_store.h"
#include "server/intake/intake.h"
#include "tests/support/collecting_sink.h"

namespace refund::cases {

// The canonical bytes of a pack: "taobao/2024-08-09" of policies/, or a path without its ".toml".
absl::StatusOr<std::string> PackBytes(const std::string& name);

// A line that goes onto the log, and on whose authority (empty: that of the shell's own user, who
// may say all). A message between keys is the engine's own, whatever stands here.
struct Recorded {
  codec::LineResult line;
  std::string principal;
};

class World {
 public:
  // A log of that many partitions, opened at `at`, with these packs published then.
  static absl::StatusOr<std::unique_ptr<World>> Open(const std::vector<std::string>& packs,
                                                     Instant at, uint32_t partitions,
                                                     const replay::LaneOptions& options = {});

  // Through intake, with the time that the line brings.
  absl::Status Append(const Recorded& recorded);
  // Carries what the lanes have put out for other keys onto the log, as a replay of it does: what
  // it carried, each message once.
  absl::StatusOr<std::vector<Recorded>> CarryMessages();
  // Every lane, until the log ends or each has taken `most` records.
  absl::Status Run(int64_t most = INT64_MAX);
  // As after the end of the process: new committers and lanes on what was written.
  absl::Status Restart();

  struct Partition {
    replay::MemoryOrderStore store;
    testing::CollectingSink sink;
    std::unique_ptr<log::Committer> committer;
    std::unique_ptr<replay::Lane> lane;
    size_t messages_carried = 0;
  };
  Partition& partition(uint32_t n) { return *partitions_[n]; }
  uint32_t partitions() const { return static_cast<uint32_t>(partitions_.size()); }
  bool AtEnd();
  bool AnythingDueUnfired() const;
  // What was committed for the payout system, partition by partition.
  absl::StatusOr<std::vector<Payout>> Payouts();
  log::Reader& reader() { return *reader_; }
  // The order of that key as it stands, wherever it lives.
  absl::StatusOr<Order*> FindOrder(const std::string& key);

 private:
  World(uint32_t partitions, const replay::LaneOptions& options);
  absl::Status StartLanes();
  absl::StatusOr<intake::Intake*> IntakeOf(const std::string& principal);
  static absl::StatusOr<std::variant<intake::Taken, intake::Refused>> TakeBy(
      intake::Intake& intake, const codec::LineResult& line);

  const replay::LaneOptions options_;
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<log::Reader> reader_;
  std::map<std::string, std::unique_ptr<intake::Intake>> intakes_;  // by principal
  std::vector<std::unique_ptr<Partition>> partitions_;
};

}  // namespace refund::cases
