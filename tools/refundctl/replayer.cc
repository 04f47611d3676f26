#include "tools/refundctl/replayer.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/log/file_log.h"
#include "engine/log/kafka_log.h"
#include "projections/state/rocks_order_store.h"
#include "projections/views/view_sink.h"
#include "tools/refundctl/log_init.h"
#include "tools/refundctl/replayer_messages.h"

namespace refund::tools {
namespace {

namespace fs = std::filesystem;

// One partition's lane and what it works with.
struct Running {
  log::Committer* committer = nullptr;  // null for an exported file
  std::unique_ptr<projections::RocksOrderStore> store;
  std::unique_ptr<projections::ViewSink> views;
  std::unique_ptr<replay::Lane> lane;
};

// How a partition stands after it was run.
struct Standing {
  PartitionResult result;
  replay::Counts counts;
  int64_t due_unfired = 0;
};

absl::Status Start(Source& source, const std::string& state, uint32_t partition,
                   const replay::LaneOptions& options, Running& running) {
  ASSIGN_OR_RETURN(running.store, projections::RocksOrderStore::Open(
                                      projections::StateDbPath(state, partition), {}));
  ASSIGN_OR_RETURN(running.views,
                   projections::ViewSink::Open(projections::ViewsDbPath(state, partition), {}));
  const replay::LaneParts parts{partition,
                                source.reader.get(),
                                running.committer,
                                running.store.get(),
                                {running.views.get()}};
  ASSIGN_OR_RETURN(running.lane, replay::Lane::Start(parts, options));
  return absl::OkStatus();
}

// A state whose views lag behind it (a power cut between two directories) is a cache gone stale:
// both come back from the log.
absl::Status StartOrRebuild(Source& source, const std::string& state, uint32_t partition,
                            const replay::LaneOptions& options, Running& running) {
  const absl::Status started = Start(source, state, partition, options, running);
  if (!absl::IsOutOfRange(started)) return started;
  running.lane.reset();
  running.views.reset();
  running.store.reset();
  std::error_code error;
  fs::remove_all(projections::StateDbPath(state, partition), error);
  fs::remove_all(projections::ViewsDbPath(state, partition), error);
  return Start(source, state, partition, options, running);
}

// Returns how many records it read.
absl::StatusOr<int64_t> RunPartition(Source& source, const std::string& state, uint32_t partition,
                                     const ReplayOptions& options,
                                     const std::function<void(int64_t)>& progress,
                                     log::Committer* committer, Standing& standing) {
  Running running;
  running.committer = committer;
  RETURN_IF_ERROR(StartOrRebuild(source, state, partition, options.lane, running));
  RETURN_IF_ERROR(running.lane->Run(INT64_MAX, progress));
  const replay::PartitionMeta& meta = running.lane->meta();
  ASSIGN_OR_RETURN(const Digest digest, running.store->StateDigest());
  standing = {
      {partition, meta.next, meta.output_digest, digest}, meta.counts, running.lane->DueUnfired()};
  const int64_t read = running.lane->records_read();
  RETURN_IF_ERROR(running.views->Close());
  RETURN_IF_ERROR(running.store->Close());
  return read;
}

void AddCounts(const replay::Counts& counts, replay::Counts& sum) {
  sum.events += counts.events;
  sum.applied += counts.applied;
  sum.refused += counts.refused;
  sum.duplicates += counts.duplicates;
  sum.conflicts += counts.conflicts;
  sum.quarantined += counts.quarantined;
  sum.fired += counts.fired;
  sum.decisions += counts.decisions;
}

Digest Overall(const std::vector<PartitionResult>& partitions) {
  std::string all;
  for (const PartitionResult& each : partitions) {
    all += each.output.view();
    all += each.state.view();
  }
  return Sha256(all);
}

absl::StatusOr<int64_t> TotalRecords(log::Reader& reader) {
  int64_t total = 0;
  for (uint32_t p = 0; p < reader.partitions(); ++p) {
    ASSIGN_OR_RETURN(const int64_t end, reader.End(p));
    total += end;
  }
  return total;
}

}  // namespace

absl::StatusOr<std::unique_ptr<log::Committer>> Source::OpenCommitter(uint32_t partition) {
  absl::StatusOr<std::unique_ptr<log::Committer>> committer = log->OpenCommitter(partition);
  if (absl::IsNotFound(committer.status()))
    return absl::DataLossError(committer.status().message());
  return committer;
}

absl::StatusOr<std::unique_ptr<log::Outputs>> Source::OpenOutputs(uint32_t partition) {
  absl::StatusOr<std::unique_ptr<log::Outputs>> outputs = log->OpenOutputs(partition);
  if (absl::IsNotFound(outputs.status())) return absl::DataLossError(outputs.status().message());
  return outputs;
}

absl::StatusOr<Source> OpenSource(const std::string& log_directory, const std::string& file) {
  if (log_directory.empty() == file.empty()) {
    return absl::InvalidArgumentError("expected either --log or --file");
  }
  Source source;
  if (!file.empty()) {
    ASSIGN_OR_RETURN(source.reader, log::OpenFileLog(file));
    return source;
  }
  if (!log::IsKafkaAddress(log_directory)) source.directory = log_directory;
  ASSIGN_OR_RETURN(source.log, OpenLogAt(log_directory));
  ASSIGN_OR_RETURN(source.reader, source.log->OpenReader());
  return source;
}

absl::StatusOr<projections::StateDirInfo> ReadOpening(log::Reader& reader) {
  ASSIGN_OR_RETURN(const std::vector<log::Record> first, reader.Read(0, 0, {1, 1}));
  if (first.empty()) return absl::DataLossError("record 0/0: expected LogOpened, the log is empty");
  const auto read = codec::DecodeRecord(first.front().bytes, codec::kSemantic);
  const auto* event = std::get_if<Event>(&read);
  const auto* opened = event != nullptr ? std::get_if<LogOpened>(&event->claim.body) : nullptr;
  if (opened == nullptr)
    return absl::DataLossError("record 0/0: expected LogOpened, found another record");
  return projections::StateDirInfo{opened->log_id, reader.partitions()};
}

namespace {

// A whole log on its way into a state.
class Replaying {
 public:
  Replaying(Source& source, const std::string& state, const ReplayOptions& options)
      : source_(source), state_(state), options_(options) {}

  absl::StatusOr<ReplayResult> Run() {
    ASSIGN_OR_RETURN(const projections::StateDirInfo info, ReadOpening(*source_.reader));
    standings_.resize(info.partitions);
    RETURN_IF_ERROR(OpenCommitters(info.partitions));
    absl::Status made = projections::CreateStateDir(state_, info);
    // Another replay may have made it at the same moment.
    if (!made.ok()) made = projections::CreateStateDir(state_, info);
    RETURN_IF_ERROR(made);
    RETURN_IF_ERROR(RunAll(/*first=*/true));
    // Whatever comes back comes back through intake: so the lanes go on until nothing does.
    while (source_.log != nullptr) {
      ASSIGN_OR_RETURN(const int64_t carried,
                       CarryMessages(*source_.log, source_.directory, committers_));
      if (carried == 0) break;
      result_.messages += carried;
      RETURN_IF_ERROR(RunAll(/*first=*/false));
    }
    return Finish();
  }

 private:
  // All committers first, in order: that fences, and of two replays of one log one gets them all.
  absl::Status OpenCommitters(uint32_t partitions) {
    if (source_.log == nullptr) return absl::OkStatus();
    const std::vector<int64_t> carried = ReadMessageCursor(source_.directory, partitions);
    for (uint32_t p = 0; p < partitions; ++p) {
      ASSIGN_OR_RETURN(std::unique_ptr<log::Committer> committer, source_.OpenCommitter(p));
      committers_.push_back(std::make_unique<RememberingCommitter>(std::move(committer)));
    }
    for (uint32_t p = 0; p < partitions; ++p) RETURN_IF_ERROR(committers_[p]->Recall(carried[p]));
    return absl::OkStatus();
  }

  // Every partition to its end; after the first time, those that have more to read.
  absl::Status RunAll(bool first) {
    ASSIGN_OR_RETURN(const int64_t total, TotalRecords(*source_.reader));
    absl::Status first_failure;
    int64_t done = 0;
    for (uint32_t p = 0; p < standings_.size(); ++p) {
      ASSIGN_OR_RETURN(const int64_t end, source_.reader->End(p));
      if (first || end > standings_[p].result.next) {
        const auto progress = [&](int64_t next) {
          if (options_.progress) options_.progress(done + next, total);
        };
        log::Committer* committer = committers_.empty() ? nullptr : committers_[p].get();
        const absl::StatusOr<int64_t> read =
            RunPartition(source_, state_, p, options_, progress, committer, standings_[p]);
        if (read.ok()) result_.read += *read;
        first_failure.Update(read.status());
        // Somebody else is at work on this state: it is theirs, all of it.
        if (absl::IsFailedPrecondition(first_failure)) break;
      }
      done += end;
    }
    return first_failure;
  }

  ReplayResult Finish() {
    for (const Standing& each : standings_) {
      result_.partitions.push_back(each.result);
      result_.due_unfired += each.due_unfired;
      AddCounts(each.counts, result_.counts);
    }
    result_.digest = Overall(result_.partitions);
    return std::move(result_);
  }

  Source& source_;
  const std::string& state_;
  const ReplayOptions& options_;
  std::vector<std::unique_ptr<RememberingCommitter>> committers_;  // none for an exported file
  std::vector<Standing> standings_;
  ReplayResult result_;
};

}  // namespace

absl::StatusOr<ReplayResult> Replay(Source& source, const std::string& state,
                                    const ReplayOptions& options) {
  // Over Kafka there is nothing beside the log to keep the messages' cursor in.
  if (source.log != nullptr && source.directory.empty()) source.directory = state;
  return Replaying(source, state, options).Run();
}

}  // namespace refund::tools
