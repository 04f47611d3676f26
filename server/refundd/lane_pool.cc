#include "server/refundd/lane_pool.h"

#include <algorithm>

#include "engine/base/check.h"

namespace refund::daemon {

void LanePool::Start(size_t lanes) {
  running_ = true;
  for (; lanes > 0; --lanes) {
    lanes_.push_back(std::make_unique<Lane>());
    Lane& lane = *lanes_.back();
    lane.thread = std::jthread([this, &lane](const std::stop_token& stop) { Run(stop, lane); });
  }
}

void LanePool::Give(PartitionRunner& runner) {
  std::lock_guard lock(mutex_);
  if (!running_) return;
  CHECK(!IsHeld(&runner));
  const auto fewest = std::min_element(lanes_.begin(), lanes_.end(), [](auto& a, auto& b) {
    return a->hand.size() < b->hand.size();
  });
  (*fewest)->hand.push_back(&runner);
  (*fewest)->changed = true;
  news_.notify_all();
}

bool LanePool::IsHeld(const PartitionRunner* runner) const {
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    return std::find(lane->hand.begin(), lane->hand.end(), runner) != lane->hand.end();
  });
}

bool LanePool::IsLeaving(const PartitionRunner* runner) const {
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const auto& lane) {
    return std::find(lane->leaving.begin(), lane->leaving.end(), runner) != lane->leaving.end();
  });
}

void LanePool::TakeBack(const std::vector<PartitionRunner*>& runners) {
  std::unique_lock lock(mutex_);
  for (const auto& lane : lanes_) {
    for (PartitionRunner* each : runners) {
      if (std::find(lane->hand.begin(), lane->hand.end(), each) == lane->hand.end()) continue;
      lane->leaving.push_back(each);
      lane->changed = true;
    }
  }
  news_.notify_all();
  news_.wait(lock, [&] {
    return std::none_of(runners.begin(), runners.end(),
                        [&](auto* each) { return IsLeaving(each); });
  });
}

// What a lane does: a turn for each of its partitions, as often as they want one.
void LanePool::Run(const std::stop_token& stop, Lane& lane) {
  constexpr std::chrono::seconds kLongest{1};
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const std::vector<PartitionRunner*> leaving = lane.leaving;
    for (PartitionRunner* each : leaving) std::erase(lane.hand, each);
    const std::vector<PartitionRunner*> hand = lane.hand;
    lane.changed = false;
    lock.unlock();
    for (PartitionRunner* each : leaving) each->GiveUp();
    SteadyTime wake = SteadyTime::max();
    if (leaving.empty()) {
      for (PartitionRunner* each : hand) wake = std::min(wake, each->Turn(SteadyClock::now()));
    }
    lock.lock();
    for (PartitionRunner* each : leaving) std::erase(lane.leaving, each);
    if (!leaving.empty()) {
      news_.notify_all();
      continue;
    }
    news_.wait_until(lock, stop, std::min(wake, SteadyClock::now() + kLongest),
                     [&] { return lane.changed; });
  }
  // It stays in the hand meanwhile: whoever takes it back waits until it is finished.
  const std::vector<PartitionRunner*> hand = lane.hand;
  lock.unlock();
  for (PartitionRunner* each : hand) each->Finish();
  lock.lock();
  lane.hand.clear();
  lane.leaving.clear();
  news_.notify_all();
}

void LanePool::Stop() {
  {
    // A lane that has ended would keep what it is given now, while another is still at work.
    std::lock_guard lock(mutex_);
    running_ = false;
  }
  for (const auto& lane : lanes_) lane->thread.request_stop();
  for (const auto& lane : lanes_) lane->thread.join();
  std::lock_guard lock(mutex_);
  lanes_.clear();
  news_.notify_all();
}

}  // namespace refund::daemon
