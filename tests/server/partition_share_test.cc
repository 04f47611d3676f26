// A member of a group that others only play: what it does when joining or polling fails.
#include "server/refundd/partition_share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/refundd/journal.h"

namespace refund::daemon {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Fails the first time it is asked, as it is told; a member from then on.
class Group {
 public:
  explicit Group(absl::Status first) : first_(std::move(first)) {}

  log::MembershipOpener Opener() {
    return [this](log::Membership::OnChange on_change)
               -> absl::StatusOr<std::unique_ptr<log::Membership>> {
      return std::make_unique<Member>(joined_++ == 0 ? first_ : absl::OkStatus(),
                                      std::move(on_change));
    };
  }
  int joined() const { return joined_; }

 private:
  class Member : public log::Membership {
   public:
    Member(absl::Status answer, OnChange on_change)
        : answer_(std::move(answer)), on_change_(std::move(on_change)) {}
    absl::Status Poll(int timeout_ms) override {
      if (!answer_.ok()) return answer_;
      if (!std::exchange(told_, true)) on_change_({});
      std::this_thread::sleep_for(std::chrono::milliseconds(std::min(timeout_ms, 5)));
      return absl::OkStatus();
    }

   private:
    const absl::Status answer_;
    const OnChange on_change_;
    bool told_ = false;
  };

  const absl::Status first_;
  std::atomic<int> joined_ = 0;
};

class PartitionShareTest : public ::testing::Test {
 protected:
  PartitionShareTest() { OpenJournal(LogLevel::kError); }

  // Until it has joined, or says that it never will.
  ShareStanding Settled(Group& group) {
    PartitionShare share(group.Opener(), lanes_, {});
    share.Start();
    const auto deadline = SteadyClock::now() + std::chrono::seconds(30);
    ShareStanding standing;
    do {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      standing = share.standing();
    } while (!standing.joined && (standing.error.empty() || standing.again) &&
             SteadyClock::now() < deadline);
    share.Stop();
    return standing;
  }

  LanePool lanes_;
};

// A broker that has just started does not know all of its own topics yet.
TEST_F(PartitionShareTest, ATopicThatIsNotKnownYetIsWaitedFor) {
  Group group(absl::NotFoundError("group: Broker: Unknown topic or partition"));
  EXPECT_TRUE(Settled(group).joined);
  EXPECT_EQ(group.joined(), 2);
}

TEST_F(PartitionShareTest, WhatIsForbiddenIsNotTriedAgain) {
  Group group(absl::FailedPreconditionError("group: Broker: Group authorization failed"));
  const ShareStanding standing = Settled(group);
  EXPECT_FALSE(standing.joined);
  EXPECT_FALSE(standing.again);
  EXPECT_THAT(standing.error, ::testing::HasSubstr("Group authorization failed"));
  EXPECT_EQ(group.joined(), 1);
}

// Says three times that something is wrong which may pass, and in the end that it has.
class Troubled : public log::Membership {
 public:
  Troubled(const std::atomic<bool>& passes, OnChange on_change)
      : passes_(passes), on_change_(std::move(on_change)) {}
  absl::Status Poll(int) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (++polled_ <= 3) return absl::UnavailableError("group: Broker: Coordinator not available");
    if (passes_ && !std::exchange(told_, true)) on_change_({});
    return absl::OkStatus();
  }

 private:
  const std::atomic<bool>& passes_;
  const OnChange on_change_;
  int polled_ = 0;
  bool told_ = false;
};

TEST_F(PartitionShareTest, WhatMayPassIsSaidUntilItHas) {
  std::atomic<bool> passes = false;
  int joined = 0;
  PartitionShare share(
      [&](log::Membership::OnChange on_change) -> absl::StatusOr<std::unique_ptr<log::Membership>> {
        ++joined;
        return std::make_unique<Troubled>(passes, std::move(on_change));
      },
      lanes_, {});
  share.Start();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(share.standing().error, "group: Broker: Coordinator not available");
  EXPECT_FALSE(share.standing().joined);
  EXPECT_TRUE(share.standing().again);
  passes = true;
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(share.standing().error, "");
  EXPECT_TRUE(share.standing().joined);
  share.Stop();
  EXPECT_EQ(joined, 1) << "it stays a member meanwhile";
}

TEST_F(PartitionShareTest, WhatIsConfiguredWrongIsNotTriedAgain) {
  Group group(absl::InvalidArgumentError("lanes.session_timeout = \"1s\": too short"));
  const ShareStanding standing = Settled(group);
  EXPECT_FALSE(standing.again);
  EXPECT_EQ(standing.exit, kExitBadPolicy);
}

// Gives partition 0, fails as it is told, and takes nothing back, as librdkafka does after a fatal
// error.
class Forgetful : public log::Membership {
 public:
  Forgetful(absl::Status then, OnChange on_change)
      : then_(std::move(then)), on_change_(std::move(on_change)) {}
  absl::Status Poll(int) override {
    if (std::exchange(given_, true)) return then_;
    on_change_({{0}, {}, false});
    return absl::OkStatus();
  }

 private:
  const absl::Status then_;
  const OnChange on_change_;
  bool given_ = false;
};

TEST_F(PartitionShareTest, WhatAMemberThatIsGoneHadIsTakenBack) {
  RunnerOptions options;
  options.fenced_again = std::chrono::milliseconds(100);
  PartitionRunner runner(options, []() -> absl::StatusOr<std::unique_ptr<log::Log>> {
    return absl::UnavailableError("nobody answers");
  });
  lanes_.Start(2);
  std::vector<PartitionState> states;  // when somebody joins
  std::atomic<int> joined = 0;
  const auto join =
      [&](log::Membership::OnChange on_change) -> absl::StatusOr<std::unique_ptr<log::Membership>> {
    states.push_back(runner.standing().state);
    const bool fails = ++joined <= 2;
    return std::make_unique<Forgetful>(
        fails ? absl::NotFoundError("no such topic") : absl::OkStatus(), std::move(on_change));
  };
  PartitionShare share(join, lanes_, {&runner});
  share.Start();
  const auto deadline = SteadyClock::now() + std::chrono::seconds(30);
  while (joined < 3 && SteadyClock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  share.Stop();
  EXPECT_THAT(states, ::testing::Each(PartitionState::kElsewhere));
  EXPECT_EQ(joined, 3);
  EXPECT_EQ(runner.standing().state, PartitionState::kElsewhere) << "it was asked to stop";
}

}  // namespace
}  // namespace refund::daemon
