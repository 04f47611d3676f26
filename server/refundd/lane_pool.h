// Threads that drive partitions: each is in the hand of one lane at a time, and may come and go
// while the others run.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "server/refundd/partition_runner.h"

namespace refund::daemon {

class LanePool {
 public:
  ~LanePool() { Stop(); }

  void Start(size_t lanes);
  // To the lane that has the fewest; to none, once Stop() was called. `runner` is in no hand, and
  // outlives the pool, or is taken back.
  void Give(PartitionRunner& runner);
  // Returns once they have been given up. One that is in no hand is left as it is.
  void TakeBack(const std::vector<PartitionRunner*>& runners);
  // Finishes them all. By the thread that called Start().
  void Stop();

 private:
  struct Lane {
    std::vector<PartitionRunner*> hand;
    std::vector<PartitionRunner*> leaving;  // of the hand
    bool changed = false;
    std::jthread thread;
  };

  void Run(const std::stop_token& stop, Lane& lane);
  bool IsHeld(const PartitionRunner* runner) const;
  bool IsLeaving(const PartitionRunner* runner) const;

  std::mutex mutex_;  // of the lanes and what they have, not of the runners
  std::condition_variable_any news_;
  bool running_ = false;  // else nothing is given to the lanes
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace refund::daemon
