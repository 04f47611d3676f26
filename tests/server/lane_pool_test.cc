// Lanes that stop while the group goes on dealing partitions out.
#include "server/refundd/lane_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "server/refundd/journal.h"

namespace refund::daemon {
namespace {

constexpr std::chrono::seconds kLong{10};
constexpr std::chrono::milliseconds kShort{200};

// Whose log does not answer until it is told to.
class SlowLog {
 public:
  LogOpener Opener() {
    return [this]() -> absl::StatusOr<std::unique_ptr<log::Log>> {
      if (!asked_set_.exchange(true)) asked_.set_value();
      answered_.wait();
      return absl::UnavailableError("nobody answers");
    };
  }
  void WaitUntilAsked() { asked_.get_future().wait(); }
  void Answer() { answer_.set_value(); }

 private:
  std::promise<void> asked_;
  std::atomic<bool> asked_set_ = false;
  std::promise<void> answer_;
  const std::shared_future<void> answered_ = answer_.get_future().share();
};

class LanePoolTest : public ::testing::Test {
 protected:
  LanePoolTest() { OpenJournal(LogLevel::kError); }

  static RunnerOptions InAGroup(uint32_t partition) {
    RunnerOptions options;
    options.partition = partition;
    options.fenced_again = kShort;
    return options;
  }

  // Two lanes, of which one has ended and the other waits for its log.
  std::future<void> StopHalfWay() {
    lanes_.Start(2);
    slow_.Begin();
    lanes_.Give(slow_);
    log_.WaitUntilAsked();
    std::future<void> stopped = std::async(std::launch::async, [this] { lanes_.Stop(); });
    std::this_thread::sleep_for(kShort);
    return stopped;
  }

  SlowLog log_;
  PartitionRunner slow_{InAGroup(0), log_.Opener()};
  PartitionRunner other_{InAGroup(1), log_.Opener()};
  LanePool lanes_;
};

// A lane that has ended would never let it go.
TEST_F(LanePoolTest, WhatIsGivenAndTakenWhileItStopsKeepsNobodyWaiting) {
  std::future<void> stopped = StopHalfWay();
  lanes_.Give(other_);
  auto taken = std::async(std::launch::async, [this] { lanes_.TakeBack({&other_}); });
  const bool at_once = taken.wait_for(5 * kShort) == std::future_status::ready;
  log_.Answer();
  EXPECT_EQ(stopped.wait_for(kLong), std::future_status::ready);
  if (!at_once) lanes_.TakeBack({});  // wakes it
  EXPECT_TRUE(at_once);
}

// Who gets the partition next must not find its state in use.
TEST_F(LanePoolTest, WhatIsTakenWhileItStopsIsLeftFirst) {
  std::future<void> stopped = StopHalfWay();
  auto taken = std::async(std::launch::async, [this] { lanes_.TakeBack({&slow_}); });
  EXPECT_EQ(taken.wait_for(kShort), std::future_status::timeout);
  log_.Answer();
  EXPECT_EQ(stopped.wait_for(kLong), std::future_status::ready);
  EXPECT_EQ(taken.wait_for(kLong), std::future_status::ready);
}

}  // namespace
}  // namespace refund::daemon
