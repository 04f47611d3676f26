// Rebuild and doctor over a real log and state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/log/segment_log.h"
#include "projections/state/state_dir.h"
#include "projections/views/read.h"
#include "server/intake/intake.h"
#include "tests/projections/store_testing.h"
#include "tools/refundctl/care/doctor.h"
#include "tools/refundctl/care/rebuilder.h"
#include "tools/refundctl/log_init.h"
#include "tools/refundctl/pack_files.h"

namespace refund::tools {
namespace {

namespace fs = std::filesystem;

using refund::testing::TempDir;
using refund::testing::Value;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPaid[] =
    R"({"id":"e1","type":"OrderPaid","key":"o/TAOBAO/1","occurred_at":"2024-03-01T10:00:00+08:00",)"
    R"("actor":{"role":"PLATFORM","id":"x"},"recorded_at":"2024-03-01T10:00:00+08:00",)"
    R"("body":{"buyer":"b","merchant":"m","lines":[{"line":"1","sku":"s","quantity":1,)"
    R"("paid":{"units":5990,"currency":"CNY"}}]}})";
constexpr char kAsked[] =
    R"({"id":"e2","type":"RefundRequested","key":"o/TAOBAO/1",)"
    R"("occurred_at":"2024-03-01T11:00:00+08:00","actor":{"role":"BUYER","id":"b"},)"
    R"("recorded_at":"2024-03-01T11:00:00+08:00","body":{"kind":"REFUND_ONLY",)"
    R"("units":{"line":"1","quantity":1},"ask":{"units":5990,"currency":"CNY"},"reason":"TASTE"}})";
constexpr char kGarbage[] =
    R"({"raw":"AAAA","partition":0,"recorded_at":"2024-03-01T12:00:00+08:00"})";

class CareTest : public ::testing::Test {
 protected:
  CareTest() {
    Instant at;
    std::string error;
    EXPECT_TRUE(ParseInstant("2024-03-01T09:00:00+08:00", at, error)) << error;
    EXPECT_TRUE(InitLog(log_, 2, at, CompileAll(BundledPacks()).packs).ok());
    Append({kPaid, kAsked, kGarbage});
    Replay();
  }

  void Append(const std::vector<std::string>& lines) {
    const auto log = Value(log::OpenSegmentLog(log_));
    intake::Intake intake(*log, "local");
    ASSERT_TRUE(intake.Open().ok());
    ASSERT_TRUE(intake.Begin().ok());
    for (const std::string& text : lines) {
      const codec::LineResult line = codec::ParseLine(text, /*as_recorded=*/true);
      if (const auto* raw = std::get_if<codec::RawLine>(&line)) {
        ASSERT_TRUE(intake.TakeRaw(*raw).ok());
        continue;
      }
      const auto* claim = std::get_if<codec::ClaimLine>(&line);
      ASSERT_NE(claim, nullptr) << std::get<codec::LineError>(line).Text();
      const auto taken = Value(intake.Take(*claim, {claim->recorded_at, Instant{}}));
      ASSERT_TRUE(std::holds_alternative<intake::Taken>(taken));
    }
    ASSERT_TRUE(intake.End().ok());
  }

  void Replay() {
    Source source = Value(OpenSource(log_, ""));
    const auto replayed = tools::Replay(source, state_, {});
    ASSERT_TRUE(replayed.ok()) << replayed.status();
  }

  std::vector<RebuiltPartition> Rebuild(const RebuildOptions& options = {}) {
    Source source = Value(OpenSource(log_, ""));
    return Value(RebuildViews(source, state_, options));
  }

  size_t Open() {
    return Value(Value(projections::ViewReader::Open(state_))->ListQueue({})).rows.size();
  }

  // What is said of everything of that health.
  std::string Said(Health health) {
    std::string said;
    for (const Finding& each : Examine({state_, log_, true})) {
      if (each.health == health && !each.what.starts_with("free space")) {
        said += each.what + ": " + each.found + "\n";
      }
    }
    return said;
  }

  TempDir dir_;
  const std::string log_ = dir_ / "log";
  const std::string state_ = dir_ / "state";
};

TEST_F(CareTest, RebuiltViewsAreThoseOfTheReplay) {
  ASSERT_EQ(Open(), 1U);
  for (const RebuiltPartition& each : Rebuild()) {
    EXPECT_TRUE(each.compared_at.has_value()) << each.why_not;
    for (const auto& d : each.differences)
      ADD_FAILURE() << d.view << " " << d.key << ": " << d.what;
    EXPECT_TRUE(each.serves);
  }
  EXPECT_EQ(Open(), 1U);
  Replay();  // goes on with the new
  EXPECT_EQ(Open(), 1U);
}

TEST_F(CareTest, CompareOnlyLeavesTheOldInPlace) {
  const std::string link = projections::ViewsDbPath(state_, 0);
  const fs::path before = fs::read_symlink(link);
  RebuildOptions options;
  options.compare_only = true;
  for (const RebuiltPartition& each : Rebuild(options)) EXPECT_FALSE(each.serves);
  EXPECT_EQ(fs::read_symlink(link), before);
  Rebuild();
  EXPECT_NE(fs::read_symlink(link), before);
}

TEST_F(CareTest, ViewsThatAreGoneComeBack) {
  for (uint32_t p = 0; p < 2; ++p) fs::remove(projections::ViewsDbPath(state_, p));
  EXPECT_EQ(Open(), 0U);
  Rebuild();
  EXPECT_EQ(Open(), 1U);
}

TEST_F(CareTest, AStateOfAnotherLogIsNotRebuilt) {
  fs::remove_all(state_);
  ASSERT_TRUE(projections::CreateStateDir(state_, {Id{}, 2}).ok());
  Source source = Value(OpenSource(log_, ""));
  EXPECT_EQ(RebuildViews(source, state_, {}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(CareTest, TheDoctorFindsAHealthyStateHealthy) {
  EXPECT_THAT(Said(Health::kError), IsEmpty());
  EXPECT_THAT(Said(Health::kWarning), HasSubstr("quarantine: 1 records that nobody can read"));
  EXPECT_THAT(Said(Health::kOk), HasSubstr("positions of partition 0: log, outputs, state and "
                                           "views agree"));
}

TEST_F(CareTest, TheDoctorSaysWhatIsBehind) {
  std::string later = kAsked;
  later.replace(later.find("e2"), 2, "e3");
  later.replace(later.find("\"recorded_at\":\"2024-03-01T11"), 28,
                "\"recorded_at\":\"2024-03-01T13");
  Append({later});
  EXPECT_THAT(Said(Health::kWarning), HasSubstr("1 records of the log are not applied"));
  EXPECT_THAT(Said(Health::kError), IsEmpty());
}

TEST_F(CareTest, TheDoctorSaysThatViewsLag) {
  for (uint32_t p = 0; p < 2; ++p) fs::remove(projections::ViewsDbPath(state_, p));
  EXPECT_THAT(Said(Health::kWarning), HasSubstr("views at 0 lag behind the state"));
  EXPECT_THAT(Said(Health::kWarning), HasSubstr("does not serve"));
}

TEST_F(CareTest, TheDoctorSaysWhatIsDamagedOrForeign) {
  fs::remove(projections::ViewsDbPath(state_, 0) + "/CURRENT");
  EXPECT_THAT(Said(Health::kError), HasSubstr("CURRENT is missing"));
  fs::remove_all(state_);
  EXPECT_THAT(Said(Health::kError), HasSubstr("there is no state at"));
  ASSERT_TRUE(projections::CreateStateDir(state_, {Id{}, 2}).ok());
  EXPECT_THAT(Said(Health::kError), HasSubstr("not the state's"));
}

TEST_F(CareTest, TheDoctorSaysThatOutputsAreGone) {
  fs::remove_all(log_ + "/outputs");
  EXPECT_THAT(Said(Health::kError), HasSubstr("outputs of partition 0"));
}

}  // namespace
}  // namespace refund::tools
