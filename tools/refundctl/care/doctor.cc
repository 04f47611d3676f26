#include "tools/refundctl/care/doctor.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/log/kafka_clock.h"
#include "engine/log/kafka_topics.h"
#include "projections/state/read.h"
#include "projections/state/state_dir.h"
#include "projections/views/generations.h"
#include "projections/views/read.h"
#include "server/intake/clock.h"
#include "server/lanes/partition.h"
#include "tools/refundctl/replayer.h"
#include "tools/refundctl/times.h"

namespace refund::tools {
namespace {

namespace fs = std::filesystem;

constexpr int kWarnBelowPercent = 10;  // design/engine.md: intake is to pause there
constexpr int kErrorBelowPercent = 2;

// Where a partition stands, as far as it could be found out.
struct Standing {
  std::optional<int64_t> log_end;
  std::optional<log::Cursor> committed;
  bool outputs_seen = false;  // `committed` is known, if only to be none
  std::optional<replay::PartitionMeta> state;
  std::optional<int64_t> views;
};

class Doctor {
 public:
  explicit Doctor(const DoctorOptions& options) : options_(options) {}

  std::vector<Finding> Run() {
    LookAtDisk("free space, state", options_.state);
    if (LookAtStateDir()) {
      standings_.resize(info_.partitions);
      for (uint32_t p = 0; p < info_.partitions; ++p) LookAtState(p);
      LookAtLog();
      for (uint32_t p = 0; p < info_.partitions; ++p) {
        LookAtViews(p);
        LookAtLock(p);
        LookAtPositions(p);
      }
      LookAtQuarantine();
    }
    return std::move(findings_);
  }

 private:
  void Add(Health health, std::string what, std::string found, std::string to_do = "") {
    findings_.push_back({health, std::move(what), std::move(found), std::move(to_do)});
  }
  void Ok(std::string what, std::string found) {
    Add(Health::kOk, std::move(what), std::move(found));
  }
  static std::string Of(const char* what, uint32_t partition) {
    return absl::StrFormat("%s of partition %d", what, partition);
  }

  void LookAtDisk(const std::string& what, const std::string& path);
  bool LookAtStateDir();
  void LookAtLog();
  bool LookAtTopics(const log::KafkaLogOptions& kafka);
  void LookAtClock(const log::KafkaLogOptions& kafka);
  void LookAtRecords(log::Reader& reader, uint32_t partition);
  void LookAtOutputs(Source& source, uint32_t partition);
  void LookAtState(uint32_t partition);
  void LookAtViews(uint32_t partition);
  void LookAtLock(uint32_t partition);
  void LookAtPositions(uint32_t partition);
  void LookAtQuarantine();

  const DoctorOptions& options_;
  projections::StateDirInfo info_;
  std::vector<Standing> standings_;
  std::vector<Finding> findings_;
};

void Doctor::LookAtDisk(const std::string& what, const std::string& path) {
  std::error_code error;
  const fs::space_info space = fs::space(path, error);
  if (error || space.capacity == 0) {
    Add(Health::kWarning, what, absl::StrFormat("%s: %s", path, error.message()),
        "check that the directory is there and can be read");
    return;
  }
  const uintmax_t percent = space.available / (space.capacity / 100 + 1);
  const std::string found = absl::StrFormat("%d MiB free, %d %%", space.available >> 20, percent);
  if (percent >= kWarnBelowPercent) return Ok(what, found);
  Add(percent < kErrorBelowPercent ? Health::kError : Health::kWarning, what, found,
      "make room: a full disk stops replay, and nothing that was acknowledged is lost");
}

bool Doctor::LookAtStateDir() {
  const absl::StatusOr<projections::StateDirInfo> info = projections::OpenStateDir(options_.state);
  if (info.ok()) {
    info_ = *info;
    Ok("state directory",
       absl::StrFormat("of log %s, %d partitions", info_.log_id.hex(), info_.partitions));
    return true;
  }
  const bool foreign = absl::IsFailedPrecondition(info.status());
  Add(Health::kError, "state directory", Message(info.status()),
      foreign ? "name another directory, or use the program that wrote this one"
              : "`refundctl replay --log LOG --state DIR` makes it from the log");
  return false;
}

// What others may have changed about how the log is kept. False if nobody there can be asked.
bool Doctor::LookAtTopics(const log::KafkaLogOptions& kafka) {
  log::TopicsOptions topics;
  topics.log = kafka;
  const auto findings = log::CheckTopics(topics);
  if (absl::IsFailedPrecondition(findings.status())) {
    Add(Health::kWarning, "topics", "not looked at: " + Message(findings.status()),
        "let this user DescribeConfigs, or ask one who may");
    return true;
  }
  if (!findings.ok()) {
    Add(Health::kError, "log", Message(findings.status()),
        "bring the brokers back, or say where they are and how to get in");
    return false;
  }
  for (const log::TopicFinding& each : *findings) {
    Add(each.grave ? Health::kError : Health::kWarning, "topic " + each.topic,
        absl::StrFormat("%s: expected %s, found %s", each.key, each.expected, each.found),
        each.advice);
  }
  if (findings->empty()) Ok("topics", "as they must be");
  return true;
}

void Doctor::LookAtClock(const log::KafkaLogOptions& kafka) {
  const auto clock = log::OpenKafkaClock(kafka);
  const Instant now = Now();
  const absl::StatusOr<Instant> theirs =
      clock.ok() ? (*clock)->Ask() : absl::StatusOr<Instant>(clock.status());
  if (!theirs.ok()) {
    return Add(Health::kWarning, "clock", "not looked at: " + Message(theirs.status()),
               "make it so that it can be asked: intake stamps nothing before it knows it");
  }
  const int64_t ahead = now - *theirs;
  const std::string found = absl::StrFormat("this machine's is %d ms %s the brokers'",
                                            std::abs(ahead), ahead > 0 ? "ahead of" : "behind");
  if (std::abs(ahead) <= intake::kMostAheadMs) return Ok("clock", found);
  if (ahead > 0) {
    return Add(Health::kError, "clock", found, "set it right: intake stamps nothing here");
  }
  Add(Health::kWarning, "clock", found, "set it right: intake would let deadlines pass too late");
}

// Whether the log still begins where it began, and holds what the state was made from.
void Doctor::LookAtRecords(log::Reader& reader, uint32_t partition) {
  const absl::StatusOr<std::vector<log::Record>> first = reader.Read(partition, 0, {1, 1});
  if (!first.ok()) {
    return Add(Health::kError, Of("log", partition), Message(first.status()),
               "records are lost: put the log back from a copy");
  }
  const auto& state = standings_[partition].state;
  const int64_t next = state ? state->next : 0;
  // A log that ends before that is said where positions are compared.
  if (next == 0 || *standings_[partition].log_end < next) return;
  const auto last = reader.Read(partition, next - 1, {1, 1});
  if (last.ok() && !last->empty() && Sha256(last->front().bytes) == state->last_record) return;
  Add(Health::kError, Of("log", partition),
      last.ok() ? absl::StrFormat("record %d is not the one that the state was made from", next - 1)
                : Message(last.status()),
      "the log was rewritten: put it back from a copy, or replay into a new state directory once "
      "this is understood");
}

void Doctor::LookAtLog() {
  if (options_.log.empty()) {
    Add(Health::kWarning, "log", "not looked at", "name it by --log");
    return;
  }
  if (options_.log.kafka) {
    if (!LookAtTopics(*options_.log.kafka)) return;
    LookAtClock(*options_.log.kafka);
  } else {
    LookAtDisk("free space, log", options_.log.directory);
  }
  absl::StatusOr<Source> source = OpenSource(options_.log, "");
  if (!source.ok()) {
    Add(Health::kError, "log", Message(source.status()),
        absl::IsFailedPrecondition(source.status())
            ? "make the topics as docs/formats/topics.md says, or name the right ones"
            : "restore the log: it is the only truth, everything else comes back from it");
    return;
  }
  const absl::StatusOr<projections::StateDirInfo> opening = lanes::ReadOpening(*source->reader);
  if (!opening.ok()) {
    Add(Health::kError, "log", Message(opening.status()),
        "its beginning is not what it was: put the log back from a copy");
    return;
  }
  if (*opening != info_) {
    Add(Health::kError, "log",
        absl::StrFormat("log %s with %d partitions, not the state's", opening->log_id.hex(),
                        opening->partitions),
        "name the log that this state belongs to");
    return;
  }
  Ok("log", absl::StrFormat("%s, semantic %d", opening->log_id.hex(), codec::kSemantic));
  for (uint32_t p = 0; p < info_.partitions; ++p) {
    const absl::StatusOr<int64_t> end = source->reader->End(p);
    if (end.ok()) {
      standings_[p].log_end = *end;
      LookAtRecords(*source->reader, p);
    } else {
      Add(Health::kError, Of("log", p), Message(end.status()), "restore the segment that is named");
    }
    LookAtOutputs(*source, p);
  }
}

void Doctor::LookAtOutputs(Source& source, uint32_t partition) {
  const absl::StatusOr<std::unique_ptr<log::Outputs>> outputs = source.OpenOutputs(partition);
  if (absl::IsFailedPrecondition(outputs.status())) {
    Add(Health::kWarning, Of("outputs", partition), Message(outputs.status()),
        "a replay is at work; look again when it is done");
    return;
  }
  absl::StatusOr<std::optional<log::Cursor>> cursor =
      outputs.ok() ? (*outputs)->ReadCursor() : outputs.status();
  if (!cursor.ok()) {
    Add(Health::kError, Of("outputs", partition), Message(cursor.status()),
        "restore them; `refundctl verify` says what the log gives");
    return;
  }
  standings_[partition].outputs_seen = true;
  standings_[partition].committed = *cursor;
}

void Doctor::LookAtState(uint32_t partition) {
  const std::string what = Of("state", partition);
  const char* const remedy = "delete its directory; `refundctl replay` makes it again";
  const auto reader = projections::StateReader::Open(options_.state);
  if (!reader.ok()) return Add(Health::kError, what, Message(reader.status()), remedy);
  absl::StatusOr<projections::Found<replay::PartitionMeta>> meta = (*reader)->ReadMeta(partition);
  absl::Status status = meta.status();
  if (status.ok() && options_.deep) status = (*reader)->VerifyFiles(partition);
  if (!status.ok()) return Add(Health::kError, what, Message(status), remedy);
  standings_[partition].state = std::move(meta->value);
  const auto& found = standings_[partition].state;
  if (!found) return Ok(what, "empty");
  if (found->semantic > codec::kSemantic) {
    return Add(
        Health::kError, what,
        absl::StrFormat("semantic %d, this program knows %d", found->semantic, codec::kSemantic),
        "use the newer program");
  }
  Ok(what,
     absl::StrFormat("at offset %d, newest tick %s", found->next, FormatInstant(found->last_tick)));
}

void Doctor::LookAtViews(uint32_t partition) {
  const std::string what = Of("views", partition);
  const char* const remedy = "`refundctl rebuild --log LOG --state DIR` folds them again";
  const auto reader = projections::ViewReader::Open(options_.state);
  absl::Status status = reader.status();
  if (status.ok() && options_.deep) status = (*reader)->VerifyFiles(partition);
  if (!status.ok()) return Add(Health::kError, what, Message(status), remedy);
  const auto position = (*reader)->ReadPosition(partition);
  if (!position.ok()) return Add(Health::kError, what, Message(position.status()), remedy);
  standings_[partition].views = position->offset;
  Ok(what, absl::StrFormat("at offset %d", position->offset));
  const auto left = projections::LeftoverViews(projections::ViewsDbPath(options_.state, partition));
  if (left.ok() && !left->empty()) {
    Add(Health::kWarning, what, left->front() + " does not serve",
        "a rebuild is at work, or was cut off; the next removes what it left");
  }
}

// Who holds the writer's lock, which is RocksDB's: a file LOCK with a lock of the operating system.
void Doctor::LookAtLock(uint32_t partition) {
  const std::string path = projections::StateDbPath(options_.state, partition) + "/LOCK";
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const int failed = ::fcntl(fd, F_GETLK, &lock);
  ::close(fd);
  if (failed != 0 || lock.l_type == F_UNLCK) return Ok(Of("lock", partition), "free");
  Ok(Of("lock", partition), absl::StrFormat("held by process %d, which writes", lock.l_pid));
}

void Doctor::LookAtPositions(uint32_t partition) {
  const Standing& at = standings_[partition];
  const std::string what = Of("positions", partition);
  const int64_t state = at.state ? at.state->next : 0;
  const char* const replay = "`refundctl replay` goes on from there";
  if (at.views && *at.views < state) {
    return Add(Health::kWarning, what,
               absl::StrFormat("views at %d lag behind the state at %d", *at.views, state),
               "`refundctl rebuild` folds them again");
  }
  if (at.log_end && *at.log_end < state) {
    return Add(Health::kError, what,
               absl::StrFormat("the log ends at %d, the state stands at %d", *at.log_end, state),
               "the log has lost records: restore it");
  }
  if (at.outputs_seen) {
    const int64_t committed = at.committed ? at.committed->next : 0;
    if (committed < state) {
      return Add(
          Health::kError, what,
          absl::StrFormat("outputs committed to %d, the state stands at %d", committed, state),
          "restore the outputs, or delete the state and replay");
    }
    if (at.state && committed == state && at.committed->has_digest &&
        at.committed->digest != at.state->output_digest) {
      return Add(Health::kError, what,
                 absl::StrFormat("the digests of outputs and state differ at %d", state),
                 "`refundctl verify` names the first difference");
    }
  }
  if (at.log_end && *at.log_end > state) {
    return Add(Health::kWarning, what,
               absl::StrFormat("%d records of the log are not applied", *at.log_end - state),
               replay);
  }
  Ok(what, at.outputs_seen ? "log, outputs, state and views agree" : "state and views agree");
}

void Doctor::LookAtQuarantine() {
  const auto reader = projections::ViewReader::Open(options_.state);
  if (!reader.ok()) return;
  const auto listing = (*reader)->ListQuarantined();
  if (!listing.ok()) return;  // said where the views are looked at
  if (listing->rows.empty()) return Ok("quarantine", "empty");
  Add(Health::kWarning, "quarantine",
      absl::StrFormat("%d records that nobody can read", listing->rows.size()),
      "`refundctl quarantine export` writes lines to be mended and appended");
}

}  // namespace

std::vector<Finding> Examine(const DoctorOptions& options) { return Doctor(options).Run(); }

Health WorstOf(const std::vector<Finding>& findings) {
  Health worst = Health::kOk;
  for (const Finding& each : findings) worst = std::max(worst, each.health);
  return worst;
}

}  // namespace refund::tools
