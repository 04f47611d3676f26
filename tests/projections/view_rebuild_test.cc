// Views folded again beside those that serve: the same rows wherever they were flushed, every
// difference found, and a swap that nobody sees half done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "projections/state/rocks.h"
#include "projections/views/position.h"
#include "projections/views/rebuild.h"
#include "projections/views/view_keys.h"
#include "tests/projections/view_testing.h"

namespace refund::projections {
namespace {

namespace fs = std::filesystem;

using absl::StatusCode;
using refund::testing::kOrder;
using refund::testing::OpenCase;
using refund::testing::StepMaker;
using refund::testing::Value;
using refund::testing::ViewsOfOne;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using enum DeadlineAct;

// Something for every view.
std::vector<Step> SomeSteps() {
  CaseSummary closed = OpenCase("c2", std::nullopt);
  closed.phase = Phase::kClosed;
  CaseSummary live = OpenCase("c1", 900);
  live.overlay = Overlay::kReview;
  return {
      StepMaker(1, 10)
          .Case(OpenCase("c1", 99))
          .Leg("aa", LegState::kReserved)
          .Clock(kArmed, Timer::kT1, 1, 99),
      StepMaker(2, 20)
          .Leg("aa", LegState::kSubmitted, 5990, 1)
          .Clock(kPaused, Timer::kT1, 1, 99, 79)
          .Case(live),
      StepMaker(3, 900).AskedAfter("aa").Case(live).Clock(kPassed, Timer::kT13, 1, 900),
      StepMaker(4, 950)
          .Made(DerivedKind::kVoucherGranted, "f1", 500, "SETTLEMENT")
          .Clock(kArmed, Timer::kT26, 1, 7000)
          .Clock(kResumed, Timer::kT1, 1, 1029),
      StepMaker(5, 960).Result(StepResult::kParked),
      StepMaker(6, 7000)
          .Decided(Basis::kTimeout, 5990)
          .Made(DerivedKind::kVoucherExpired, "f1", 500, "SETTLEMENT"),
      // Another order: money before there is a case, and one that is closed and opened again.
      StepMaker(1, 10, "o/TAOBAO/2").Leg("bb", LegState::kReserved),
      StepMaker(2, 20, "o/TAOBAO/2").Case(OpenCase("c2", 99)).Clock(kPassed, Timer::kT13, 1, 20),
      StepMaker(3, 30, "o/TAOBAO/2").Case(closed).Leg("bb", LegState::kSettled),
      StepMaker(4, 40, "o/TAOBAO/2").Case(OpenCase("c2", 99)).Clock(kPassed, Timer::kT13, 2, 40)};
}

class ViewRebuildTest : public ::testing::Test {
 protected:
  ViewRebuildTest() { views_.TakeEach(SomeSteps()); }

  void CloseOld() {
    ASSERT_TRUE(views_.sink->Close().ok());
    views_.sink = nullptr;
  }

  // Of all steps, in one flush.
  std::unique_ptr<ViewRebuild> Folded() {
    auto rebuild = Value(ViewRebuild::Start(views_.link));
    for (const Step& step : SomeSteps()) rebuild->sink().Take(step, codec::EncodeStep(step));
    EXPECT_TRUE(rebuild->sink().Flush(views_.next).ok());
    return rebuild;
  }

  // A row of the old, changed behind its back; an absent value deletes it.
  void Tamper(const std::string& key, std::optional<std::string> value) {
    const RocksMemory memory(1 << 20);
    const auto db = Value(OpenWriter(views_.link, Contents::kViews, memory));
    rocksdb::WriteBatch batch;
    if (value) {
      PutRow(*db, batch, key, *value);
    } else {
      DeleteRow(batch, key);
    }
    ASSERT_TRUE(WriteRows(*db, batch, true).ok());
  }

  ViewsOfOne views_;
};

TEST_F(ViewRebuildTest, TheSameStepsGiveTheSameRowsWhereverTheyWereFlushed) {
  CloseOld();
  const auto rebuild = Folded();
  EXPECT_EQ(rebuild->old_next(), views_.next);
  for (const ViewDifference& each : Value(rebuild->Compare(100))) {
    ADD_FAILURE() << each.view << " " << each.key << ": " << each.what;
  }
}

TEST_F(ViewRebuildTest, EveryKindOfDifferenceIsToldByViewAndKey) {
  CloseOld();
  Tamper(OrderEntryKey(kOrder), std::nullopt);
  Tamper(ParkedKey("o/TAOBAO/404"), std::string("x"));
  Tamper(TimelineKey(kOrder, 3), std::string("another"));
  const auto found = Value(Folded()->Compare(100));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].view + " " + found[0].key + ": " + found[0].what,
            "orders o/TAOBAO/1: the old lack it");
  EXPECT_EQ(found[1].view + " " + found[1].key + ": " + found[1].what,
            "timelines o/TAOBAO/1: the old have another value");
  EXPECT_EQ(found[2].view + " " + found[2].key + ": " + found[2].what,
            "parked facts o/TAOBAO/404: the old have it, the log gives none");
  EXPECT_EQ(Value(Folded()->Compare(2)).size(), 2U);
}

TEST_F(ViewRebuildTest, ASwapIsSeenByReadersThatAreOpenAndTheOldIsGone) {
  CloseOld();
  Tamper(QueueKey(SomeSteps()[1].cases[0]), std::nullopt);  // the old lack a row
  const auto reader = views_.Reader();
  EXPECT_EQ(Value(reader->ListQueue({})).rows.size(), 1U);
  const std::string old = fs::read_symlink(views_.link).string();
  auto rebuild = Folded();
  ASSERT_TRUE(reader->Refresh().ok());
  EXPECT_EQ(Value(reader->ListQueue({})).rows.size(), 1U);  // the old serve until they don't
  ASSERT_TRUE(rebuild->Swap().ok());
  EXPECT_EQ(Value(reader->ListQueue({})).rows.size(), 1U);  // until it is refreshed
  EXPECT_FALSE(Value(reader->ReadTimeline(kOrder)).rows.empty());
  ASSERT_TRUE(reader->Refresh().ok());
  EXPECT_EQ(Value(reader->ListQueue({})).rows.size(), 2U);
  EXPECT_EQ(Value(views_.Reader()->ListQueue({})).rows.size(), 2U);
  EXPECT_NE(fs::read_symlink(views_.link).string(), old);
  EXPECT_FALSE(fs::exists(fs::path(views_.link).parent_path() / old));
  rebuild = nullptr;
  views_.Reopen();  // and the writer goes on in the new
  EXPECT_EQ(views_.sink->next(), views_.next);
}

TEST_F(ViewRebuildTest, WithoutASwapTheOldServeAndNothingIsLeft) {
  CloseOld();
  const std::string old = fs::read_symlink(views_.link).string();
  Folded();
  EXPECT_EQ(fs::read_symlink(views_.link).string(), old);
  const auto folder = fs::path(views_.link).parent_path();
  size_t names = 0;
  for ([[maybe_unused]] const auto& each : fs::directory_iterator(folder)) ++names;
  EXPECT_EQ(names, 2U);  // the link, and what it leads to
}

TEST_F(ViewRebuildTest, WhatACrashLeftIsNeverTakenForViews) {
  CloseOld();
  const auto folder = fs::path(views_.link).parent_path();
  fs::create_directory(folder / "views-7");
  refund::testing::WriteFile((folder / "views-7/half").string(), "of a rebuild");
  fs::create_directory_symlink("views-7", folder / "views.new");
  EXPECT_EQ(Value(views_.Reader()->ListQueue({})).rows.size(), 2U);
  auto rebuild = Folded();
  EXPECT_FALSE(fs::exists(folder / "views-7/half"));
  ASSERT_TRUE(rebuild->Swap().ok());
  EXPECT_EQ(Value(views_.Reader()->ListQueue({})).rows.size(), 2U);
  EXPECT_FALSE(fs::exists(fs::symlink_status(folder / "views.new")));
}

TEST_F(ViewRebuildTest, ADirectoryOfBeforeThereWereGenerationsServesAndIsSwapped) {
  CloseOld();
  const fs::path link = views_.link;
  const fs::path target = link.parent_path() / fs::read_symlink(link);
  fs::remove(link);
  fs::rename(target, link);  // as an older program left it
  EXPECT_EQ(Value(views_.Reader()->ListQueue({})).rows.size(), 2U);
  auto rebuild = Folded();
  EXPECT_THAT(Value(rebuild->Compare(10)), IsEmpty());
  ASSERT_TRUE(rebuild->Swap().ok());
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(Value(views_.Reader()->ListQueue({})).rows.size(), 2U);
}

TEST_F(ViewRebuildTest, ViewsOfAnotherVersionAreNotReadNotGoneOnWithAndNotCompared) {
  CloseOld();
  std::string version_1;
  AppendBe64(version_1, 6);  // a position as the first version wrote it
  Tamper(PositionKey(), version_1);
  EXPECT_EQ(ViewSink::Open(views_.link, {}).status().code(), StatusCode::kOutOfRange);
  const absl::Status read = views_.Reader()->ListQueue({}).status();
  EXPECT_EQ(read.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(read.message()), HasSubstr("refundctl rebuild"));
  EXPECT_EQ(views_.Reader()->VerifyFiles(0), read);
  auto rebuild = Folded();
  EXPECT_FALSE(rebuild->old_next().has_value());
  EXPECT_THAT(rebuild->why_not(), HasSubstr("version 1"));
  ASSERT_TRUE(rebuild->Swap().ok());
  EXPECT_EQ(Value(views_.Reader()->ListQueue({})).rows.size(), 2U);
}

TEST_F(ViewRebuildTest, ViewsOfANewerProgramAreLeftToIt) {
  CloseOld();
  Position newer{6, Instant{1}};
  ++newer.version;
  Tamper(PositionKey(), EncodePosition(newer));
  const absl::Status status = ViewSink::Open(views_.link, {}).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("newer"));
}

TEST_F(ViewRebuildTest, IsRefusedWhileTheViewsHaveAnotherWriter) {
  EXPECT_EQ(ViewRebuild::Start(views_.link).status().code(), StatusCode::kFailedPrecondition);
  CloseOld();
  const auto rebuild = Folded();
  EXPECT_EQ(ViewSink::Open(views_.link, {}).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(ViewRebuild::Start(views_.link).status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(ViewRebuildTest, DamagedViewsAreFoldedAgain) {
  CloseOld();
  fs::remove(fs::path(views_.link) / "CURRENT");
  auto rebuild = Folded();
  EXPECT_THAT(rebuild->why_not(), HasSubstr("CURRENT is missing"));
  ASSERT_TRUE(rebuild->Swap().ok());
  EXPECT_EQ(Value(views_.Reader()->ListQueue({})).rows.size(), 2U);
}

TEST_F(ViewRebuildTest, TimelinesThatCannotBeReadAreFoldedAgain) {
  CloseOld();
  const std::string values = fs::path(views_.link) / "values";
  std::string bytes = refund::testing::ReadFile(values);
  bytes[100] ^= 1;
  refund::testing::WriteFile(values, bytes);
  EXPECT_FALSE(views_.Reader()->VerifyFiles(0).ok());
  {
    const auto rebuild = Folded();
    const auto found = Value(rebuild->Compare(100));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].view + ": " + found[0].what, "timelines: the old cannot be read");
  }
  fs::remove(values);
  auto rebuild = Folded();
  EXPECT_EQ(rebuild->old_next(), std::nullopt);
  EXPECT_THAT(rebuild->why_not(), HasSubstr("/values"));
  ASSERT_TRUE(rebuild->Swap().ok());
  EXPECT_TRUE(views_.Reader()->VerifyFiles(0).ok());
}

TEST_F(ViewRebuildTest, ViewsThatAreDeletedComeBackUnderAnotherNumber) {
  CloseOld();
  fs::remove(views_.link);  // what the replayer does where views lag
  views_.Reopen();
  EXPECT_EQ(views_.sink->next(), 0);
  EXPECT_THAT(Value(views_.Reader()->ListQueue({})).rows, IsEmpty());
  EXPECT_EQ(fs::read_symlink(views_.link).string(), "views-2");
  EXPECT_FALSE(fs::exists(fs::path(views_.link).parent_path() / "views-1"));
}

}  // namespace
}  // namespace refund::projections
