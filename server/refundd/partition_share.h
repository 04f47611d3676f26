// Which partitions this process has, where several share them as a group (lanes.assign = "group"):
// a thread that is told by the group, and gives partitions to the lanes and takes them back. A
// process that is gone is missed by the others; nothing is asked of it.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/log/membership.h"
#include "server/refundd/lane_pool.h"
#include "server/refundd/partition_runner.h"
#include "server/refundd/standing.h"

namespace refund::daemon {

class PartitionShare {
 public:
  // `runners`: of all partitions of the log, by number.
  PartitionShare(log::MembershipOpener join, LanePool& lanes,
                 std::vector<PartitionRunner*> runners);

  void Start();
  // Gives all partitions back, each finished, and leaves the group.
  void Stop();
  ShareStanding standing() const;

 private:
  void Run(const std::stop_token& stop);
  absl::Status Work(const std::stop_token& stop);
  void Change(const log::ShareChange& change);
  void Fail(const absl::Status& status);
  void SetTrouble(const std::string& error);

  const log::MembershipOpener join_;
  LanePool& lanes_;
  const std::vector<PartitionRunner*> runners_;
  mutable std::mutex mutex_;
  ShareStanding standing_;
  std::jthread thread_;
};

}  // namespace refund::daemon
