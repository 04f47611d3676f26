#include "tools/refundctl/replayer.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "engine/base/status.h"
#include "engine/log/file_log.h"
#include "server/intake/messages.h"
#include "server/lanes/partition.h"

namespace refund::tools {
namespace {

// How a partition stands after it was run.
struct Standing {
  PartitionResult result;
  replay::Counts counts;
  int64_t due_unfired = 0;
};

// A reader for several threads, one of them at a time: reading is little of a replay.
class SharedReader : public log::Reader {
 public:
  explicit SharedReader(log::Reader& reader) : reader_(reader) {}
  uint32_t partitions() const override { return reader_.partitions(); }
  absl::StatusOr<int64_t> End(uint32_t partition) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return reader_.End(partition);
  }
  absl::StatusOr<std::vector<log::Record>> Read(uint32_t partition, int64_t offset,
                                                const log::BatchLimit& limit) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return reader_.Read(partition, offset, limit);
  }

 private:
  log::Reader& reader_;
  std::mutex mutex_;
};

// Returns how many records it read.
absl::StatusOr<int64_t> RunPartition(log::Reader& reader, const std::string& state,
                                     uint32_t partition, const ReplayOptions& options,
                                     std::shared_ptr<const lanes::Memory> memory,
                                     const std::function<void(int64_t)>& progress,
                                     log::Committer* committer, Standing& standing) {
  const lanes::Place place{partition, state, &reader, committer, std::move(memory)};
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
  for (const auto each : replay::kCounts) sum.*each += counts.*each;
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

absl::StatusOr<Source> OpenSource(const LogAddress& log, const std::string& file) {
  if (log.empty() == file.empty()) {
    return absl::InvalidArgumentError("expected either --log or --file");
  }
  Source source;
  if (!file.empty()) {
    ASSIGN_OR_RETURN(source.reader, log::OpenFileLog(file));
    return source;
  }
  source.directory = log.directory;
  ASSIGN_OR_RETURN(source.log, OpenLogAt(log));
  ASSIGN_OR_RETURN(source.reader, source.log->OpenReader());
  return source;
}

namespace {

// A whole log on its way into a state.
class Replaying {
 public:
  Replaying(Source& source, const std::string& state, const ReplayOptions& options)
      : source_(source), reader_(*source.reader), state_(state), options_(options) {}

  absl::StatusOr<ReplayResult> Run() {
    ASSIGN_OR_RETURN(const projections::StateDirInfo info, lanes::ReadOpening(*source_.reader));
    standings_.resize(info.partitions);
    memory_ = std::make_shared<lanes::Memory>(options_.memory_bytes, info.partitions);
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

  // Every partition to its end; after the first time, those that have more to read. Partitions know
  // nothing of each other, so as many run at once as there are processors.
  absl::Status RunAll(bool first) {
    Round round;
    ASSIGN_OR_RETURN(round.total, TotalRecords(*source_.reader));
    round.reached.resize(standings_.size());
    round.failures.resize(standings_.size());
    for (uint32_t p = 0; p < standings_.size(); ++p) {
      ASSIGN_OR_RETURN(const int64_t end, source_.reader->End(p));
      if (first || end > standings_[p].result.next) round.partitions.push_back(p);
      round.reached[p] = standings_[p].result.next;
    }
    const size_t most = std::max<size_t>(1, std::thread::hardware_concurrency());
    std::vector<std::thread> others;
    for (size_t i = 1; i < std::min(most, round.partitions.size()); ++i) {
      others.emplace_back([&] { RunSome(round); });
    }
    RunSome(round);
    for (std::thread& each : others) each.join();
    absl::Status first_failure;
    for (const absl::Status& each : round.failures) first_failure.Update(each);
    return first_failure;
  }

  // What the threads of one RunAll() share.
  struct Round {
    std::vector<uint32_t> partitions;
    int64_t total = 0;
    std::mutex mutex;  // of what follows, and of the result
    size_t taken = 0;
    bool stopped = false;
    std::vector<int64_t> reached;
    std::vector<absl::Status> failures;
  };

  // Partitions that nobody has taken yet, one after the other.
  void RunSome(Round& round) {
    while (const std::optional<uint32_t> p = TakeNext(round)) {
      const auto progress = [&](int64_t next) { Tell(round, *p, next); };
      log::Committer* committer = committers_.empty() ? nullptr : committers_[*p].get();
      const absl::StatusOr<int64_t> read =
          RunPartition(reader_, state_, *p, options_, memory_, progress, committer, standings_[*p]);
      const std::lock_guard<std::mutex> lock(round.mutex);
      if (read.ok()) result_.read += *read;
      round.failures[*p] = read.status();
      // Somebody else is at work on this state: it is theirs, all of it.
      if (absl::IsFailedPrecondition(read.status())) round.stopped = true;
    }
  }

  static std::optional<uint32_t> TakeNext(Round& round) {
    const std::lock_guard<std::mutex> lock(round.mutex);
    if (round.stopped || round.taken == round.partitions.size()) return std::nullopt;
    return round.partitions[round.taken++];
  }

  void Tell(Round& round, uint32_t partition, int64_t next) {
    const std::lock_guard<std::mutex> lock(round.mutex);
    round.reached[partition] = next;
    if (!options_.progress) return;
    options_.progress(std::accumulate(round.reached.begin(), round.reached.end(), int64_t{0}),
                      round.total);
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
  SharedReader reader_;
  const std::string& state_;
  const ReplayOptions& options_;
  std::vector<std::unique_ptr<log::Committer>> committers_;  // none for an exported file
  std::unique_ptr<intake::MessageCarrier> carrier_;          // likewise
  std::shared_ptr<const lanes::Memory> memory_;
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
