#include "tools/refundctl/replayer.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/log/file_log.h"
#include "engine/log/segment_log.h"
#include "projections/state/rocks_order_store.h"
#include "projections/views/view_sink.h"

namespace refund::tools {
namespace {

namespace fs = std::filesystem;

// One partition's lane and what it works with.
struct Running {
  std::unique_ptr<log::Committer> committer;
  std::unique_ptr<projections::RocksOrderStore> store;
  std::unique_ptr<projections::ViewSink> views;
  std::unique_ptr<replay::Lane> lane;
};

absl::Status Start(Source& source, const std::string& state, uint32_t partition,
                   const replay::LaneOptions& options, Running& running) {
  ASSIGN_OR_RETURN(running.store, projections::RocksOrderStore::Open(
                                      projections::StateDbPath(state, partition), {}));
  ASSIGN_OR_RETURN(running.views,
                   projections::ViewSink::Open(projections::ViewsDbPath(state, partition), {}));
  const replay::LaneParts parts{partition,
                                source.reader.get(),
                                running.committer.get(),
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

absl::Status RunPartition(Source& source, const std::string& state, uint32_t partition,
                          const ReplayOptions& options,
                          const std::function<void(int64_t)>& progress, Running running,
                          ReplayResult& result) {
  RETURN_IF_ERROR(StartOrRebuild(source, state, partition, options.lane, running));
  RETURN_IF_ERROR(running.lane->Run(INT64_MAX, progress));
  const replay::PartitionMeta& meta = running.lane->meta();
  ASSIGN_OR_RETURN(const Digest digest, running.store->StateDigest());
  result.partitions.push_back({partition, meta.next, meta.output_digest, digest});
  result.read += running.lane->records_read();
  result.due_unfired += running.lane->DueUnfired();
  replay::Counts& sum = result.counts;
  sum.events += meta.counts.events;
  sum.applied += meta.counts.applied;
  sum.refused += meta.counts.refused;
  sum.duplicates += meta.counts.duplicates;
  sum.conflicts += meta.counts.conflicts;
  sum.quarantined += meta.counts.quarantined;
  sum.fired += meta.counts.fired;
  sum.decisions += meta.counts.decisions;
  RETURN_IF_ERROR(running.views->Close());
  return running.store->Close();
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

absl::StatusOr<Source> OpenSource(const std::string& log_directory, const std::string& file) {
  if (log_directory.empty() == file.empty()) {
    return absl::InvalidArgumentError("expected either --log or --file");
  }
  Source source;
  if (!file.empty()) {
    ASSIGN_OR_RETURN(source.reader, log::OpenFileLog(file));
    return source;
  }
  ASSIGN_OR_RETURN(source.log, log::OpenSegmentLog(log_directory));
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

absl::StatusOr<ReplayResult> Replay(Source& source, const std::string& state,
                                    const ReplayOptions& options) {
  ASSIGN_OR_RETURN(const projections::StateDirInfo info, ReadOpening(*source.reader));
  // All committers first, in order: that fences, and of two replays of one log one gets them all.
  std::vector<Running> running(info.partitions);
  for (uint32_t p = 0; p < info.partitions && source.log; ++p) {
    ASSIGN_OR_RETURN(running[p].committer, source.OpenCommitter(p));
  }
  absl::Status made = projections::CreateStateDir(state, info);
  // Another replay may have made it at the same moment.
  if (!made.ok()) made = projections::CreateStateDir(state, info);
  RETURN_IF_ERROR(made);
  ASSIGN_OR_RETURN(const int64_t total, TotalRecords(*source.reader));
  ReplayResult result;
  absl::Status first_failure;
  int64_t done = 0;
  for (uint32_t p = 0; p < info.partitions; ++p) {
    ASSIGN_OR_RETURN(const int64_t end, source.reader->End(p));
    const auto progress = [&](int64_t next) {
      if (options.progress) options.progress(done + next, total);
    };
    first_failure.Update(
        RunPartition(source, state, p, options, progress, std::move(running[p]), result));
    // Somebody else is at work on this state: it is theirs, all of it.
    if (absl::IsFailedPrecondition(first_failure)) break;
    done += end;
  }
  RETURN_IF_ERROR(first_failure);
  result.digest = Overall(result.partitions);
  return result;
}

}  // namespace refund::tools
