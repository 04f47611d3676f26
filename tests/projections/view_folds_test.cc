// The folds, each over a handful of steps; and all of them over the same steps flushed at other
// places.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/base/calendar.h"
#include "tests/projections/view_testing.h"

namespace refund::projections {
namespace {

using refund::testing::IdOf;
using refund::testing::kOrder;
using refund::testing::OpenCase;
using refund::testing::StepMaker;
using refund::testing::Value;
using refund::testing::ViewsOfOne;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using enum DeadlineAct;

std::vector<std::string> Ids(const std::vector<LegEntry>& legs) {
  std::vector<std::string> ids;
  for (const LegEntry& each : legs) ids.push_back(each.leg.id.hex().substr(0, 2));
  return ids;
}

std::vector<std::string> QueueIds(ViewsOfOne& views) {
  std::vector<std::string> ids;
  for (const CaseEntry& each : Value(views.Reader()->ListQueue({})).rows) {
    ids.push_back(each.summary.id.hex().substr(0, 2));
  }
  return ids;
}

std::vector<int64_t> Dues(ViewsOfOne& views, const DueQuery& query = {}) {
  std::vector<int64_t> dues;
  for (const DeadlineEntry& each : Value(views.Reader()->ListDue(query)).rows) {
    dues.push_back(each.due.ms);
  }
  return dues;
}

class ViewFolds : public ::testing::Test {
 protected:
  ViewsOfOne views_;
};

// ---- Legs ----

TEST_F(ViewFolds, ALegIsListedUntilItIsAtItsEnd) {
  views_.TakeEach({StepMaker(1, 10).Case(OpenCase("c1", 99)).Leg("aa", LegState::kReserved),
                   StepMaker(2, 20).Leg("aa", LegState::kSubmitted, 5990, 1)});
  const auto open = Value(views_.Reader()->ListLegs({}));
  ASSERT_EQ(open.rows.size(), 1U);
  EXPECT_EQ(open.rows[0].key, kOrder);
  EXPECT_EQ(open.rows[0].currency, Currency::kCny);
  EXPECT_EQ(open.rows[0].made_at, Instant{10});
  EXPECT_EQ(open.rows[0].since, Instant{20});
  EXPECT_THAT(open.as_of, ElementsAre(ViewAsOf{0, 2, Instant{20}}));
  views_.TakeEach({StepMaker(3, 30).Leg("aa", LegState::kSettled, 5990, 1)});
  EXPECT_THAT(Value(views_.Reader()->ListLegs({})).rows, IsEmpty());
  LegQuery settled;
  settled.state = LegState::kSettled;
  EXPECT_THAT(Ids(Value(views_.Reader()->ListLegs(settled)).rows), ElementsAre("aa"));
}

TEST_F(ViewFolds, ALegsCurrencyIsItsOrdersHoweverLateThatIsKnown) {
  views_.TakeEach({StepMaker(1, 10).Leg("aa", LegState::kReserved)});
  EXPECT_EQ(Value(views_.Reader()->ListLegs({})).rows.at(0).currency, Currency::kUnspecified);
  views_.TakeEach({StepMaker(2, 20).Case(OpenCase("c1", 99))});
  EXPECT_EQ(Value(views_.Reader()->ListLegs({})).rows.at(0).currency, Currency::kCny);
}

TEST_F(ViewFolds, ALegIsOverdueOnceItWasAskedAfterInVain) {
  views_.TakeEach({StepMaker(1, 10).Leg("aa", LegState::kSubmitted, 5990, 1)});
  EXPECT_FALSE(Value(views_.Reader()->ListLegs({})).rows.at(0).IsOverdue());
  views_.TakeEach({StepMaker(2, 20).AskedAfter("aa"), StepMaker(3, 30).AskedAfter("aa")});
  const LegEntry overdue = Value(views_.Reader()->ListLegs({})).rows.at(0);
  EXPECT_TRUE(overdue.IsOverdue());
  EXPECT_EQ(overdue.queries, 2U);
  EXPECT_EQ(overdue.since, Instant{10});
  // Sent again, it has its time anew.
  views_.TakeEach({StepMaker(4, 40).Leg("aa", LegState::kFailed, 5990, 1),
                   StepMaker(5, 50).Leg("aa", LegState::kSubmitted, 5990, 2)});
  EXPECT_FALSE(Value(views_.Reader()->ListLegs({})).rows.at(0).IsOverdue());
}

TEST_F(ViewFolds, LegsStandByStateAndThenTheOldest) {
  views_.TakeEach({StepMaker(1, 10).Leg("a1", LegState::kOwed),
                   StepMaker(2, 30).Leg("a2", LegState::kSubmitted, 1, 1),
                   StepMaker(3, 20, "o/TAOBAO/0").Leg("a3", LegState::kSubmitted, 1, 1),
                   StepMaker(4, 40).Leg("a4", LegState::kFailed, 1, 1)});
  EXPECT_THAT(Ids(Value(views_.Reader()->ListLegs({})).rows), ElementsAre("a3", "a2", "a4", "a1"));
  LegQuery query;
  query.limit = 2;
  EXPECT_THAT(Ids(Value(views_.Reader()->ListLegs(query)).rows), ElementsAre("a3", "a2"));
  query.wanted = [](const LegEntry& each) { return each.leg.state == LegState::kOwed; };
  EXPECT_THAT(Ids(Value(views_.Reader()->ListLegs(query)).rows), ElementsAre("a1"));
}

// They are found in the order of their keys, which is none of theirs: the oldest in the midst.
TEST_F(ViewFolds, OfLegsAtTheirEndTheOldestCount) {
  for (int64_t i = 1; i <= 9; ++i) {
    views_.TakeEach({StepMaker(i, i > 5 ? 100 : 100 - i, "o/TAOBAO/" + std::to_string(i))
                         .Leg("a" + std::to_string(i), LegState::kSettled, 1, 1)});
  }
  LegQuery query{.state = LegState::kSettled, .wanted = {}, .limit = 2};
  EXPECT_THAT(Ids(Value(views_.Reader()->ListLegs(query)).rows), ElementsAre("a5", "a4"));
  query.limit = 0;
  EXPECT_THAT(Ids(Value(views_.Reader()->ListLegs(query)).rows), IsEmpty());
}

TEST_F(ViewFolds, TheLedgerOfAnOrderHasItsLegsAndItsEntrance) {
  views_.TakeEach(
      {StepMaker(1, 10).Case(OpenCase("c1", 99)).Leg("aa", LegState::kReserved),
       StepMaker(2, 20).Result(StepResult::kRefused, Refusal::kRoleMayNot),
       StepMaker(3, 30).Move(Machine::kEntrance, 0, static_cast<uint8_t>(Entrance::kOpen)),
       StepMaker(4, 40, "o/TAOBAO/11").Leg("bb", LegState::kReserved)});
  const auto ledgers = Value(views_.Reader()->ListLedgers({})).rows;
  ASSERT_EQ(ledgers.size(), 2U);
  const OrderEntry& order = ledgers[0].order;
  EXPECT_EQ(order.key, kOrder);
  EXPECT_EQ(order.first_at, Instant{10});
  EXPECT_EQ(order.last_at, Instant{30});
  EXPECT_EQ(order.sequence, 3);
  EXPECT_EQ(order.refused, 1U);
  EXPECT_EQ(order.entrance, Entrance::kOpen);
  EXPECT_EQ(order.entrance_since, Instant{30});
  EXPECT_THAT(Ids(ledgers[0].legs), ElementsAre("aa"));
  EXPECT_THAT(Ids(ledgers[1].legs), ElementsAre("bb"));
  LedgerQuery query;
  query.wanted = [](const OrderEntry& each) { return each.key != kOrder; };
  EXPECT_EQ(Value(views_.Reader()->ListLedgers(query)).rows.at(0).order.key, "o/TAOBAO/11");
}

// ---- Deadlines ----

TEST_F(ViewFolds, ADeadlineIsListedWhileItRuns) {
  views_.TakeEach({StepMaker(1, 10).Clock(kArmed, Timer::kT1, 1, 100)});
  EXPECT_THAT(Dues(views_), ElementsAre(100));
  views_.TakeEach({StepMaker(2, 20).Clock(kPaused, Timer::kT1, 1, 100, 80)});
  EXPECT_THAT(Dues(views_), IsEmpty());
  views_.TakeEach({StepMaker(3, 50).Clock(kResumed, Timer::kT1, 1, 130)});
  EXPECT_THAT(Dues(views_), ElementsAre(130));
  views_.TakeEach({StepMaker(4, 130).Clock(kPassed, Timer::kT1, 1, 130)});
  EXPECT_THAT(Dues(views_), IsEmpty());
}

TEST_F(ViewFolds, OneThatIsExtendedWhileItIsPausedStaysPaused) {
  views_.TakeEach({StepMaker(1, 10).Clock(kArmed, Timer::kT1, 1, 100),
                   StepMaker(2, 20).Clock(kPaused, Timer::kT1, 1, 100, 80),
                   StepMaker(3, 30)
                       .Clock(kEnded, Timer::kT1, 1, 100, 80)
                       .Clock(kArmed, Timer::kT1, 2, 200, 180)});
  EXPECT_THAT(Dues(views_), IsEmpty());
  views_.TakeEach({StepMaker(4, 40).Clock(kResumed, Timer::kT1, 2, 220)});
  EXPECT_THAT(Dues(views_), ElementsAre(220));
}

TEST_F(ViewFolds, DeadlinesAreByDueAndCutOffAfterAnInstant) {
  views_.TakeEach({StepMaker(1, 10)
                       .Clock(kArmed, Timer::kT4, 1, 300)
                       .Clock(kArmed, Timer::kT1, 1, 100)
                       .Clock(kArmed, Timer::kT2, 1, 256)});
  EXPECT_THAT(Dues(views_), ElementsAre(100, 256, 300));
  DueQuery query;
  query.until = Instant{256};
  EXPECT_THAT(Dues(views_, query), ElementsAre(100, 256));
  query.limit = 1;
  EXPECT_THAT(Dues(views_, query), ElementsAre(100));
}

TEST_F(ViewFolds, CasesOfAnOrderHaveTheirOwnDeadlinesAndPriorities) {
  CaseSummary second = OpenCase("c2", 900);
  second.overlay = Overlay::kReview;
  views_.TakeEach({StepMaker(1, 10).Case(OpenCase("c1", 99)).Clock(kArmed, Timer::kT1, 1, 100),
                   StepMaker(2, 20).Case(second).Clock(kArmed, Timer::kT1, 1, 200),
                   StepMaker(3, 30).Case(second).Clock(kPassed, Timer::kT13, 1, 30)});
  EXPECT_THAT(Dues(views_), ElementsAre(100, 200));
  const std::vector<CaseEntry> queue = Value(views_.Reader()->ListQueue({})).rows;
  ASSERT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue[0].summary.number, 2U);  // live
  EXPECT_EQ(queue[0].priority, 1U);
  EXPECT_EQ(queue[1].priority, 0U);
}

// ---- Queue ----

TEST_F(ViewFolds, TheQueueHasArbitrationsFirstThenByDueThenTheDearer) {
  CaseSummary live = OpenCase("c1", 900);
  live.overlay = Overlay::kReview;
  CaseSummary over = OpenCase("c5", 50);
  over.overlay = Overlay::kFinal;  // not live any more
  views_.TakeEach({StepMaker(1, 1).Case(OpenCase("c2", 100, 500)), StepMaker(2, 1).Case(live),
                   StepMaker(3, 1).Case(OpenCase("c3", 100, 900)), StepMaker(4, 1).Case(over),
                   StepMaker(5, 1).Case(OpenCase("c4", std::nullopt))});
  EXPECT_THAT(QueueIds(views_), ElementsAre("c1", "c5", "c3", "c2", "c4"));
  QueueQuery query;
  query.limit = 1;
  query.wanted = [](const CaseEntry& each) { return each.summary.ask.units == 900; };
  EXPECT_EQ(Value(views_.Reader()->ListQueue(query)).rows.at(0).summary.id, IdOf("c3"));
}

TEST_F(ViewFolds, PriorityCountsTheReviewsThatPassedAndIsNotForgottenWhileItIsClosed) {
  CaseSummary live = OpenCase("c1", 900);
  live.overlay = Overlay::kReview;
  const auto priority = [&] { return Value(views_.Reader()->ListQueue({})).rows.at(0).priority; };
  views_.TakeEach({StepMaker(1, 1).Case(live)});
  EXPECT_EQ(priority(), 0U);
  live.next_due = Instant{1000};
  views_.TakeEach({StepMaker(2, 900).Case(live).Clock(kPassed, Timer::kT13, 1, 900),
                   StepMaker(3, 1000).Case(live).Clock(kPassed, Timer::kT13, 2, 1000)});
  EXPECT_EQ(priority(), 2U);
  CaseSummary closed = live;
  closed.phase = Phase::kClosed;
  views_.TakeEach({StepMaker(4, 1100).Case(closed)});
  EXPECT_THAT(QueueIds(views_), IsEmpty());
  live.reopening = 1;
  views_.TakeEach({StepMaker(5, 1200).Case(live)});
  EXPECT_EQ(priority(), 2U);
}

// ---- Vouchers ----

TEST_F(ViewFolds, AVoucherIsFollowedFromGrantToItsEnd) {
  views_.TakeEach({StepMaker(1, 10)
                       .Case(OpenCase("c1", 99))
                       .Made(DerivedKind::kVoucherGranted, "f1", 500, "SETTLEMENT")
                       .Clock(kArmed, Timer::kT26, 1, 700)});
  VoucherEntry voucher = Value(views_.Reader()->ListVouchers("")).rows.at(0);
  EXPECT_EQ(voucher.state, VoucherState::kIssued);
  EXPECT_EQ(voucher.amount, 500);
  EXPECT_EQ(voucher.currency, Currency::kCny);
  EXPECT_EQ(voucher.kind, "SETTLEMENT");
  EXPECT_EQ(voucher.expires_at, Instant{700});
  const auto issued = static_cast<uint8_t>(VoucherState::kIssued);
  views_.TakeEach({StepMaker(2, 20).Move(Machine::kVoucher, issued, issued, IdOf("f1"))});
  EXPECT_EQ(Value(views_.Reader()->ListVouchers(kOrder)).rows.at(0).since, Instant{10});
  views_.TakeEach({StepMaker(3, 700).Made(DerivedKind::kVoucherExpired, "f1", 100, "SETTLEMENT")});
  voucher = Value(views_.Reader()->ListVouchers(kOrder)).rows.at(0);
  EXPECT_EQ(voucher.state, VoucherState::kExpired);
  EXPECT_EQ(voucher.since, Instant{700});
  EXPECT_EQ(voucher.amount, 500);
  EXPECT_THAT(Value(views_.Reader()->ListVouchers("o/TAOBAO/2")).rows, IsEmpty());
}

// ---- Tallies ----

// "day what count sum"
std::vector<std::string> Tallied(ViewsOfOne& views) {
  std::vector<std::string> lines;
  for (const TallyEntry& each : Value(views.Reader()->ListTallies()).rows) {
    lines.push_back(std::to_string(each.name.day) + " " + each.name.what + " " +
                    std::to_string(each.count) + " " +
                    std::to_string(static_cast<int64_t>(each.sum)));
  }
  return lines;
}

TEST_F(ViewFolds, TalliesAreByBeijingDay) {
  const Instant midnight = BeijingMidnight({1970, 1, 3});
  const auto decided = [&](uint64_t n, int64_t at) {
    return StepMaker(n, at).Decided(Basis::kTimeout, 100);
  };
  views_.TakeEach({decided(1, midnight.ms - 1), decided(2, midnight.ms), decided(3, midnight.ms)});
  EXPECT_THAT(Tallied(views_), ElementsAre("1 decided TIMEOUT 1 100", "2 decided TIMEOUT 2 200"));
  EXPECT_EQ(Value(views_.Reader()->ListTallies()).rows[0].name.platform, Platform::kTaobao);
}

TEST_F(ViewFolds, TalliesCountWhatCameInAndWhatWasPaid) {
  CaseSummary c = OpenCase("c1", 99);
  const auto phase = [](Phase p) { return static_cast<uint8_t>(p); };
  CaseSummary closed = c;
  closed.phase = Phase::kClosed;
  closed.close_reason = CloseReason::kSettled;
  views_.TakeEach(
      {StepMaker(1, 1).Case(c).Move(Machine::kPhase, phase(Phase::kNone), phase(Phase::kFiled)),
       StepMaker(2, 2).Result(StepResult::kRefused, Refusal::kRoleMayNot),
       StepMaker(3, 3).Case(c).Leg("aa", LegState::kSettled, 5990, 1, LegState::kSubmitted),
       StepMaker(4, 4).Case(closed).Move(Machine::kPhase, phase(Phase::kSettling),
                                         phase(Phase::kClosed)),
       StepMaker(5, 5).Result(StepResult::kParked)});
  EXPECT_THAT(
      Tallied(views_),
      ElementsAre("0 absorbed PARKED 1 0", "0 closed SETTLED 1 0", "0 filed REFUND_ONLY 1 5990",
                  "0 paid out REFUND_ORIGINAL 1 5990", "0 refused ROLE_MAY_NOT 1 0"));
}

TEST_F(ViewFolds, ADaysSumMayBeMoreThanOnePaymentCanBe) {
  const int64_t huge = INT64_MAX;
  for (uint64_t n = 1; n <= 3; ++n) views_.Take(StepMaker(n, 1).Decided(Basis::kChoice, huge));
  views_.Flush();
  views_.TakeEach({StepMaker(4, 1).Decided(Basis::kChoice, huge)});
  EXPECT_EQ(Value(views_.Reader()->ListTallies()).rows.at(0).sum, absl::int128(huge) * 4);
}

// ---- Parked, quarantined ----

TEST_F(ViewFolds, OrdersWithFactsThatCameEarlyAreKnown) {
  views_.TakeEach({StepMaker(1, 10).Result(StepResult::kParked), StepMaker(2, 20),
                   StepMaker(3, 30).Result(StepResult::kParked)});
  const auto parked = Value(views_.Reader()->ListParked());
  ASSERT_EQ(parked.rows.size(), 1U);
  EXPECT_EQ(parked.rows[0].key, kOrder);
  EXPECT_EQ(parked.rows[0].times, 2U);
  EXPECT_EQ(parked.rows[0].newest_at, Instant{30});
}

TEST_F(ViewFolds, EveryPlatformAndDayIsPrintedInOrder) {
  views_.TakeEach({StepMaker(1, 5 * kDayMs, "o/DOUYIN/1").Decided(Basis::kTimeout, 1),
                   StepMaker(1, 1, "o/TAOBAO/1").Decided(Basis::kTimeout, 1),
                   StepMaker(1, 5 * kDayMs, "o/TAOBAO/2").Decided(Basis::kTimeout, 1)});
  const auto rows = Value(views_.Reader()->ListTallies()).rows;
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].name.day, 0);
  EXPECT_EQ(rows[1].name.platform, Platform::kTaobao);
  EXPECT_EQ(rows[2].name.platform, Platform::kDouyin);
}

}  // namespace
}  // namespace refund::projections
