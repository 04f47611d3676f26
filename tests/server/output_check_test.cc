// What a partition has put out, read back from a reader that others only play: what it finds, and
// how much of it it holds.
#include "server/refundd/output_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace refund::daemon {
namespace {

constexpr size_t kMiB = 1 << 20;

log::Output OutputOf(int64_t cause, size_t bytes) {
  return {log::Topic::kDecisions, cause, 0, std::string(bytes, 'x'), "id"};
}

// One output a call, of every `step`th record up to `end`.
class OneByOne : public log::OutputReader {
 public:
  OneByOne(const OutputCheck& check, int64_t end, int64_t step, size_t bytes)
      : check_(check), end_(end), step_(step), bytes_(bytes) {}

  absl::StatusOr<Committed> Read(int64_t from_offset, const log::BatchLimit&) override {
    most_held_ = std::max(most_held_, check_.held_bytes());
    ++reads_;
    if (from_offset >= end_) return Committed{{}, end_};
    const int64_t cause = (from_offset + step_ - 1) / step_ * step_;
    if (cause != lost_) return Committed{{OutputOf(cause, bytes_)}, cause + step_};
    return Committed{{}, cause + step_};
  }

  void Lose(int64_t cause) { lost_ = cause; }
  size_t most_held() const { return most_held_; }
  int reads() const { return reads_; }

 private:
  const OutputCheck& check_;
  const int64_t end_;
  const int64_t step_;
  const size_t bytes_;
  int64_t lost_ = -1;
  size_t most_held_ = 0;
  int reads_ = 0;
};

void ExpectAll(OutputCheck& check, int64_t batches, int64_t step, size_t bytes) {
  for (int64_t i = 0; i < batches; ++i) check.Expect({OutputOf(i * step, bytes)}, (i + 1) * step);
}

// A rebuild is far ahead of whoever reads back.
TEST(OutputCheckTest, HoldsLittleHoweverMuchThereIsToReadBack) {
  OutputCheck check(0, 0);
  ExpectAll(check, 1000, 1, kMiB);
  OneByOne reader(check, 1000, 1, kMiB);
  ASSERT_TRUE(check.Look(reader).ok());
  EXPECT_LT(reader.most_held(), 32 * kMiB);
  EXPECT_TRUE(check.Found().ok()) << check.Found();
  EXPECT_FALSE(check.HasMore());
  EXPECT_GT(check.TakeCompared(), 10) << "what was not given up";
  EXPECT_TRUE(check.TakeMissing().empty());
}

TEST(OutputCheckTest, DoesNotReadWhatWasGivenUpLongAgo) {
  OutputCheck check(0, 0);
  ExpectAll(check, 1000, 1000, kMiB);
  OneByOne reader(check, 1'000'000, 1000, kMiB);
  ASSERT_TRUE(check.Look(reader).ok());
  EXPECT_LT(reader.reads(), 20);
  EXPECT_TRUE(check.Found().ok()) << check.Found();
  EXPECT_FALSE(check.HasMore());
  EXPECT_GT(check.TakeCompared(), 10);
}

TEST(OutputCheckTest, FindsWhatIsMissingOnce) {
  OutputCheck check(0, 0);
  ExpectAll(check, 100, 1, 10);
  OneByOne reader(check, 100, 1, 10);
  reader.Lose(7);
  ASSERT_TRUE(check.Look(reader).ok());
  EXPECT_THAT(check.TakeMissing(), ::testing::ElementsAre(OutputOf(7, 10)));
  EXPECT_TRUE(check.TakeMissing().empty());
  EXPECT_EQ(check.TakeCompared(), 99);
}

TEST(OutputCheckTest, WhatDiffersIsSaidAndEndsTheLook) {
  OutputCheck check(3, 0);
  ExpectAll(check, 100, 1, 10);
  OneByOne reader(check, 100, 1, 11);
  ASSERT_TRUE(check.Look(reader).ok());
  EXPECT_TRUE(absl::IsDataLoss(check.Found()));
  EXPECT_THAT(std::string(check.Found().message()),
              ::testing::HasSubstr("partition 3, record 0, output 0"));
  EXPECT_FALSE(check.HasMore());
}

}  // namespace
}  // namespace refund::daemon
