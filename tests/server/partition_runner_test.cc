// One partition of the daemon against a log in memory that fails as it is told to: what the
// machinery does to it is survived, what cannot be right stops it, and no other partition notices.
#include "server/refundd/partition_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/check.h"
#include "engine/log/memory_log.h"
#include "projections/state/state_dir.h"
#include "server/intake/intake.h"
#include "server/refundd/journal.h"

namespace refund::daemon {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

template <class T>
T Value(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  CHECK(result.ok());
  return *std::move(result);
}

// One log, opened as often as one likes.
class Shared final : public log::Log {
 public:
  explicit Shared(log::Log& log) : log_(log) {}
  absl::StatusOr<std::unique_ptr<log::Reader>> OpenReader() override { return log_.OpenReader(); }
  absl::StatusOr<std::unique_ptr<log::Appender>> OpenAppender() override {
    return log_.OpenAppender();
  }
  absl::StatusOr<std::unique_ptr<log::Committer>> OpenCommitter(uint32_t partition) override {
    return log_.OpenCommitter(partition);
  }
  absl::StatusOr<std::unique_ptr<log::OutputReader>> FollowOutputs(uint32_t partition) override {
    return log_.FollowOutputs(partition);
  }

 private:
  log::Log& log_;
};

class PartitionRunnerTest : public ::testing::Test {
 protected:
  PartitionRunnerTest() {
    OpenJournal(LogLevel::kError);
    std::string pattern = (fs::temp_directory_path() / "refund-runner-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    dir_ = pattern;
    log_ = log::MakeMemoryLog(2, [this](const char* operation) {
      const bool fails = std::string(operation) == "commit" && failures_ > 0;
      if (fails) --failures_;
      return fails ? failure_ : absl::OkStatus();
    });
    CHECK(intake::OpenLog(*log_, Id{}, at_, "local").ok());
    CHECK(projections::CreateStateDir(dir_ + "/state", {Id{}, 2}).ok());
  }
  ~PartitionRunnerTest() override { fs::remove_all(dir_); }

  RunnerOptions Options(uint32_t partition) const {
    RunnerOptions options;
    options.partition = partition;
    options.state = dir_ + "/state";
    options.reads_back = over_kafka_;
    return options;
  }

  std::unique_ptr<PartitionRunner> MakeRunner(const RunnerOptions& options) {
    return std::make_unique<PartitionRunner>(options,
                                             [this]() -> absl::StatusOr<std::unique_ptr<log::Log>> {
                                               return std::make_unique<Shared>(*log_);
                                             });
  }

  std::unique_ptr<PartitionRunner> Runner(uint32_t partition) {
    auto runner = MakeRunner(Options(partition));
    CHECK(runner->Claim().ok());
    return runner;
  }

  void Tick() {
    at_ = at_ + kMinuteMs;
    CHECK(intake::AppendTick(*log_, at_, "local").ok());
  }

  // So many turns, each at the time that the last one wanted.
  void Turns(PartitionRunner& runner, int turns) {
    for (; turns > 0 && now_ < SteadyTime::max(); --turns) {
      const SteadyTime next = runner.Turn(now_);
      if (next == SteadyTime::max()) return;
      now_ = std::max(now_, next);
    }
  }

  std::string dir_;
  std::unique_ptr<log::Log> log_;
  bool over_kafka_ = false;
  int failures_ = 0;
  absl::Status failure_ = absl::UnavailableError("the disk is asleep");
  Instant at_{1'700'000'000'000};
  SteadyTime now_ = SteadyClock::now();
};

TEST_F(PartitionRunnerTest, TakesWhatComesAndClosesCleanly) {
  const auto runner = Runner(0);
  EXPECT_EQ(runner->standing().state, PartitionState::kOpening);
  EXPECT_FALSE(runner->standing().is_ready(now_));
  Turns(*runner, 3);
  EXPECT_TRUE(runner->standing().is_ready(now_));
  EXPECT_TRUE(runner->standing().is_ready(now_ + kLate));
  EXPECT_FALSE(runner->standing().is_ready(now_ + 2 * kLate)) << "its turn does not come";
  Tick();
  Turns(*runner, 3);
  EXPECT_EQ(runner->standing().next, 2);
  EXPECT_EQ(runner->standing().last_tick, at_);
  EXPECT_FALSE(runner->standing().unsaved_since) << "all was quiet: it is checkpointed";
  runner->Finish();
  EXPECT_EQ(runner->standing().state, PartitionState::kClosed);
  const auto again = Runner(0);
  Turns(*again, 2);
  EXPECT_EQ(again->standing().records, 0) << "nothing was left to do";
}

TEST_F(PartitionRunnerTest, AFailedCommitIsACrashThatItComesBackFrom) {
  const auto runner = Runner(0);
  Turns(*runner, 3);
  Tick();
  failures_ = 3;
  Turns(*runner, 2);
  EXPECT_EQ(runner->standing().state, PartitionState::kWaiting);
  EXPECT_EQ(runner->standing().exit, kExitLogUnreachable);
  EXPECT_EQ(runner->standing().error, "the disk is asleep");
  const SteadyTime before = now_;
  Turns(*runner, 8);
  EXPECT_GE(now_ - before, milliseconds(100 + 200 + 400 - 100)) << "longer each time";
  const PartitionStanding standing = runner->standing();
  EXPECT_EQ(standing.state, PartitionState::kRunning);
  EXPECT_EQ(standing.exit, kExitOk);
  EXPECT_EQ(standing.restarts, 3);
  EXPECT_EQ(standing.next, 2);
  EXPECT_EQ(standing.records, 2) << "what was applied again is not counted again";
}

// A broker that has just started does not know its topics yet.
TEST_F(PartitionRunnerTest, WhatIsNotFoundMayComeOverKafka) {
  for (const bool over_kafka : {false, true}) {
    over_kafka_ = over_kafka;
    failure_ = absl::NotFoundError("unknown topic or partition");
    failures_ = 1;
    const auto runner = Runner(0);
    Tick();
    Turns(*runner, 8);
    EXPECT_EQ(runner->standing().state,
              over_kafka ? PartitionState::kRunning : PartitionState::kStopped);
    runner->Finish();
  }
}

TEST_F(PartitionRunnerTest, NobodyKnowsWhetherItHappenedIsACrashToo) {
  failure_ = absl::UnknownError("no answer");
  failures_ = 1;
  const auto runner = Runner(0);
  Turns(*runner, 4);
  EXPECT_EQ(runner->standing().state, PartitionState::kRunning);
  EXPECT_EQ(runner->standing().restarts, 1);
}

TEST_F(PartitionRunnerTest, FencedItGivesUp) {
  const auto runner = Runner(0);
  Turns(*runner, 3);
  const auto other = Value(log_->OpenCommitter(0));
  Tick();
  Turns(*runner, 3);
  EXPECT_EQ(runner->standing().state, PartitionState::kFenced);
  EXPECT_EQ(runner->standing().exit, kExitRefusedForSafety);
  EXPECT_EQ(runner->Turn(now_ + std::chrono::hours(1)), SteadyTime::max());
  EXPECT_EQ(Value(other->ReadCursor())->next, 1) << "and nothing was published";
}

// Long ago another process was waited for; that is no reason not to wait for the next one.
TEST_F(PartitionRunnerTest, AStateInUseIsWaitedForEachTimeThatTheGroupDealsItOut) {
  const auto other = Runner(0);
  Turns(*other, 1);
  RunnerOptions options = Options(0);
  options.fenced_again = milliseconds(1000);
  options.reads_back = true;
  const auto runner = MakeRunner(options);
  for (int times = 0; times < 2; ++times) {
    runner->Begin();
    runner->Turn(now_);
    EXPECT_EQ(runner->standing().state, PartitionState::kWaiting) << runner->standing().error;
    runner->GiveUp();
    now_ += std::chrono::minutes(2);
  }
}

// The outputs say that another binary decided otherwise.
TEST_F(PartitionRunnerTest, DivergenceStopsItAndNotTheOthers) {
  log::Cursor wrong;
  wrong.next = 1;
  wrong.digest = Sha256("something else");
  ASSERT_TRUE(Value(log_->OpenCommitter(0))->Commit({}, wrong).ok());
  const auto runner = Runner(0);
  const auto neighbour = Runner(1);
  Tick();
  Turns(*runner, 5);
  Turns(*neighbour, 5);
  EXPECT_EQ(runner->standing().state, PartitionState::kStopped);
  EXPECT_EQ(runner->standing().exit, kExitCorrupt);
  EXPECT_THAT(runner->standing().error, ::testing::HasSubstr("partition 0"));
  EXPECT_EQ(neighbour->standing().state, PartitionState::kRunning);
  EXPECT_EQ(neighbour->standing().next, 2);
  runner->Finish();
  EXPECT_EQ(runner->standing().state, PartitionState::kStopped) << "and stays so to the end";
  EXPECT_EQ(runner->standing().exit, kExitCorrupt);
}

}  // namespace
}  // namespace refund::daemon
