#include "tools/refundctl/replayer.h"

#include <optional>
#include <utility>

#include "engine/base/status.h"
#include "engine/log/file_log.h"
#include "engine/log/kafka_log.h"
#include "server/intake/messages.h"
#include "server/lanes/partition.h"
#include "tools/refundctl/log_init.h"

namespace refund::tools {
namespace {

// How a partition stands after it was run.
struct Standing {
  PartitionResult result;
  replay::Counts counts;
  int64_t due_unfired = 0;
};

// Returns how many records it read.
absl::StatusOr<int64_t> RunPartition(Source& source, const std::string& state, uint32_t partition,
                                     const ReplayOptions& options,
                                     const std::function<void(int64_t)>& progress,
                                     log::Committer* committer, Standing& standing) {
  const lanes::Place place{partition, state, source.reader.get(), committer};
  ASSIGN_OR_RETURN(const auto running, lanes::Partition::Open(place, options.lane));
  RETURN_IF_ERROR(running->lane().Run(INT64_MAX, progress));
  const replay::PartitionMeta& meta = running->lane().meta();
  ASSIGN_OR_RETURN(const Digest digest, running->store().StateDigest());
  standing = {{partition, meta.next, meta.output_digest, digest},
              meta.counts,
              running->lane().DueUnfired()};
  const int64_t read = running->lane().records_read();
  RETURN_IF_ERROR(running->Close());
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

namespace {

// A whole log on its way into a state.
class Replaying {
 public:
  Replaying(Source& source, const std::string& state, const ReplayOptions& options)
      : source_(source), state_(state), options_(options) {}

  absl::StatusOr<ReplayResult> Run() {
    ASSIGN_OR_RETURN(const projections::StateDirInfo info, lanes::ReadOpening(*source_.reader));
    standings_.resize(info.partitions);
    RETURN_IF_ERROR(OpenCommitters(info.partitions));
    absl::Status made = projections::CreateStateDir(state_, info);
    // Another replay may have made it at the same moment.
    if (!made.ok()) made = projections::CreateStateDir(state_, info);
    RETURN_IF_ERROR(made);
    RETURN_IF_ERROR(RunAll(/*first=*/true));
    // Whatever comes back comes back through intake: so the lanes go on until nothing does.
    while (carrier_ != nullptr) {
      ASSIGN_OR_RETURN(const int64_t carried, carrier_->Carry());
      RETURN_IF_ERROR(carrier_->Save());
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
    for (uint32_t p = 0; p < partitions; ++p) {
      ASSIGN_OR_RETURN(committers_.emplace_back(), source_.OpenCommitter(p));
    }
    const std::string cursor = intake::MessageCursorPath(source_.directory);
    ASSIGN_OR_RETURN(carrier_, intake::MessageCarrier::Open(*source_.log, cursor));
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
  std::vector<std::unique_ptr<log::Committer>> committers_;  // none for an exported file
  std::unique_ptr<intake::MessageCarrier> carrier_;          // likewise
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
