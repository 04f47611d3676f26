// One partition of a running daemon: takes what the log brings, checkpoints, and comes back by
// itself from what the machinery does to it. A failure is a crash of this partition: its memory is
// dropped, and it is opened again, or stopped for good; there is no second recovery path. No other
// partition notices. One thread drives it; standing() may be asked by any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "engine/log/log.h"
#include "engine/replay/lane.h"
#include "server/lanes/partition.h"
#include "server/refundd/open_log.h"
#include "server/refundd/output_check.h"
#include "server/refundd/standing.h"

namespace refund::daemon {

struct RunnerOptions {
  uint32_t partition = 0;
  std::string state;
  replay::LaneOptions lane;
  std::shared_ptr<const lanes::Memory> memory = {};
  std::chrono::milliseconds commit_interval{100};
  std::chrono::milliseconds checkpoint_interval{1000};
  std::function<void(double seconds)> on_commit;  // called by the driving thread
  // In a group that deals partitions out: if it is fenced and the group still says after so long
  // that it is this process's, it is taken again. Absent: it is not, ever.
  std::optional<std::chrono::milliseconds> fenced_again;
  bool reads_back = false;  // somebody compares what it puts out: OutputRereader
};

class PartitionRunner {
 public:
  PartitionRunner(RunnerOptions options, LogOpener open_log);

  // Opens log and committer, which fences: before this nothing else may be done. On
  // kFailedPrecondition another process has the partition; any other failure is its own affair, and
  // shows in its standing.
  absl::Status Claim();
  // In a group: it has become this process's, or not any more. Whoever had it is fenced, not asked.
  void Begin();
  void GiveUp();
  // Does what there is to do, a batch at the most. Returns when it wants to be called again.
  SteadyTime Turn(SteadyTime now);
  // A clean end: what was taken is committed already, and is now checkpointed and synced.
  void Finish();

  PartitionStanding standing() const;
  // Of what it puts out since it was opened; null while it is not open, or nobody reads back.
  std::shared_ptr<OutputCheck> output_check() const;

 private:
  absl::Status OpenLogAndCommitter();
  absl::Status OpenPartition();
  absl::Status Work(SteadyTime now);
  absl::Status HeedCheck();
  void Fail(const absl::Status& status, SteadyTime now);
  bool WillBeLeft(const absl::Status& status, SteadyTime now);
  bool WillBeFound(const absl::Status& status) const;
  void DropMemory();
  void SetCheck(std::shared_ptr<OutputCheck> check);
  void Publish();

  const RunnerOptions options_;
  const LogOpener open_log_;
  // In the order in which they are opened; all absent after a failure.
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<log::Reader> reader_;
  std::unique_ptr<log::Committer> committer_;
  bool was_mine_ = false;                   // it has had a committer
  std::optional<SteadyTime> in_use_since_;  // its state, by whom it has fenced
  std::unique_ptr<lanes::Partition> opened_;

  SteadyTime turn_at_;
  SteadyTime checkpointed_at_;
  std::chrono::milliseconds back_off_;
  std::optional<int64_t> first_;  // where this process began, and what had been counted there
  replay::Counts counted_before_;
  PartitionStanding now_;  // the driving thread's own

  mutable std::mutex mutex_;
  std::shared_ptr<OutputCheck> check_;  // changed by the driving thread alone
  PartitionStanding published_;
};

}  // namespace refund::daemon
