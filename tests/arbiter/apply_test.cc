// Apply on orders made by hand: events that no script can hold, since a line cannot append them.
#include "engine/arbiter/apply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/calendar.h"

namespace refund::arbiter {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// An order with a goodwill voucher that is there.
class ApplyTest : public ::testing::Test {
 protected:
  ApplyTest() {
    order_.key = "o/PINDUODUO/1";
    order_.platform = Platform::kPinduoduo;
    order_.buyer = "b-1";
    order_.currency = Currency::kCny;
    order_.paid_at = Instant{500};
    OrderLine line;
    line.line = "1";
    line.quantity = 1;
    line.paid = 8000;
    order_.lines.push_back(line);
    Leg leg;
    leg.id.bytes[0] = 1;
    leg.kind = LegKind::kVoucher;
    leg.bearer = Bearer::kPlatform;
    leg.amount = 500;
    leg.state = LegState::kSettled;
    order_.legs.push_back(leg);
    auto pack = std::make_shared<policy::Pack>();
    pack->platform = order_.platform;
    pack->digest = Sha256("pack");
    packs_.Add(pack, Instant{0});
  }

  Step Say(Role role, EventBody body, Instant at) {
    Event event;
    event.claim.id = "e-" + std::to_string(++said_);
    event.claim.key = order_.key;
    event.claim.occurred_at = at;
    event.claim.actor = {role, ""};
    event.claim.body = std::move(body);
    event.claim_hash = Sha256(event.claim.id);
    event.stamp.principal = role == Role::kEngine ? "engine" : "local";
    Outcome outcome = Apply(order_, event, at, packs_);
    EXPECT_EQ(outcome.broken, std::nullopt);
    return std::move(outcome.step);
  }

  Order order_;
  policy::PackBook packs_;
  int said_ = 0;
};

// ---- A goodwill voucher has no outside issuer: no word about a payout moves it ----

TEST_F(ApplyTest, AGoodwillVoucherIsNotReversed) {
  const Step step =
      Say(Role::kPsp, RefundReversed{order_.legs[0].id, {200, Currency::kCny}, "r"}, Instant{1000});
  EXPECT_EQ(step.result, StepResult::kConflict);
  EXPECT_THAT(step.detail, HasSubstr("the leg is SETTLED"));
  EXPECT_THAT(order_.legs, SizeIs(1));
  EXPECT_EQ(order_.legs[0].state, LegState::kSettled);
}

TEST_F(ApplyTest, AGoodwillVoucherThatIsPaidOnceMoreIsOldNews) {
  EXPECT_EQ(Say(Role::kPsp, RefundPaid{order_.legs[0].id, "r", 1}, Instant{1000}).result,
            StepResult::kStale);
}

TEST_F(ApplyTest, WhatCameForAGoodwillVoucherBeforeItWasThereWaitsInVain) {
  order_.legs[0].state = LegState::kProposed;
  EXPECT_EQ(
      Say(Role::kPsp, RefundReversed{order_.legs[0].id, {200, Currency::kCny}, "r"}, Instant{1000})
          .result,
      StepResult::kParked);
  order_.legs[0].state = LegState::kSettled;
  EXPECT_THAT(Say(Role::kPlatform, OrderCompleted{}, Instant{2000}).derived, IsEmpty());
  const Step late = Say(Role::kPlatform, OrderCompleted{}, Instant{2000 + 31 * kDayMs});
  ASSERT_THAT(late.derived, SizeIs(1));
  EXPECT_EQ(late.derived[0].kind, DerivedKind::kFactStale);
  EXPECT_EQ(order_.legs[0].state, LegState::kSettled);
}

// ---- Answers of accounts for legs that nobody knows ----

TEST_F(ApplyTest, AnAccountsAnswerForAnUnknownLegIsParkedAndGrowsStale) {
  Id unknown;
  unknown.bytes[0] = 9;
  const std::string account = "a/PINDUODUO/voucher-budget";
  EXPECT_EQ(Say(Role::kEngine, DrawGranted{unknown, account}, Instant{1000}).result,
            StepResult::kParked);
  EXPECT_EQ(Say(Role::kEngine, DrawRefused{unknown, account, "empty"}, Instant{1001}).result,
            StepResult::kParked);
  const Step late = Say(Role::kPlatform, OrderCompleted{}, Instant{1002 + 31 * kDayMs});
  EXPECT_THAT(late.derived, SizeIs(2));
  EXPECT_THAT(order_.parked, IsEmpty());
}

// Nobody asked an account for a case's money: its answer is taken up, and no row wants it.
TEST_F(ApplyTest, AnAccountsAnswerForALegOfACaseMovesNothing) {
  Case& c = order_.cases.emplace_back();
  c.number = 1;
  c.line = "1";
  c.quantity = 1;
  c.phase = Phase::kSettling;
  order_.legs[0].case_number = 1;
  order_.legs[0].line = "1";
  order_.legs[0].kind = LegKind::kRefundOriginal;
  order_.legs[0].state = LegState::kSubmitted;
  const Step step = Say(Role::kEngine, DrawGranted{order_.legs[0].id, "a/PINDUODUO/voucher-budget"},
                        Instant{1000});
  EXPECT_THAT(step.transitions, IsEmpty());
  EXPECT_THAT(order_.parked, IsEmpty());
  EXPECT_EQ(order_.legs[0].state, LegState::kSubmitted);
}

// ---- What a step says of itself ----

TEST_F(ApplyTest, AFactHasNoState) {
  const Step step = Say(Role::kPlatform, SafetyEscalated{"s-1"}, Instant{1000});
  ASSERT_THAT(step.transitions, SizeIs(1));
  EXPECT_EQ(step.transitions[0].machine, Machine::kFact);
  EXPECT_EQ(step.transitions[0].row, "F13");
  EXPECT_EQ(step.transitions[0].case_number, 0U);
  EXPECT_EQ(step.transitions[0].from, 0);
  EXPECT_EQ(step.transitions[0].to, 0);
  EXPECT_EQ(step.transitions[0].leg, Id{});
}

// Of two legs of a case one is paid: a step tells how those legs stand that it has moved.
TEST_F(ApplyTest, AStepTellsOfTheLegsThatMoved) {
  Case& c = order_.cases.emplace_back();
  c.number = 1;
  c.line = "1";
  c.quantity = 1;
  c.phase = Phase::kSettling;
  Leg& paid = order_.legs[0];
  paid.case_number = 1;
  paid.line = "1";
  paid.kind = LegKind::kRefundOriginal;
  paid.bucket = Bucket::kCash;
  paid.state = LegState::kSubmitted;
  paid.attempt = 1;
  Leg other = paid;
  other.id.bytes[0] = 2;
  order_.legs.push_back(other);
  const Step step = Say(Role::kPsp, RefundPaid{order_.legs[0].id, "r", 1}, Instant{1000});
  ASSERT_THAT(step.legs, SizeIs(1));
  EXPECT_EQ(step.legs[0].id, order_.legs[0].id);
  EXPECT_EQ(step.legs[0].case_number, 1U);
  EXPECT_EQ(step.legs[0].amount, 500);
  EXPECT_EQ(step.legs[0].state, LegState::kSettled);
  EXPECT_THAT(Say(Role::kPlatform, OrderCompleted{}, Instant{2000}).legs, IsEmpty());
}

TEST_F(ApplyTest, ADeadlineThatPassesLeavesNoTime) {
  Deadline& deadline = order_.deadlines.emplace_back();
  deadline.timer = Timer::kT24;
  deadline.role = Role::kCarrier;
  deadline.generation = 2;
  deadline.due = Instant{3000};
  const Outcome outcome = Fire(order_, order_.deadlines[0], packs_);
  EXPECT_EQ(outcome.broken, std::nullopt);
  EXPECT_EQ(outcome.step.at, Instant{3000});
  EXPECT_EQ(outcome.step.actor.role, Role::kEngine);
  EXPECT_EQ(outcome.step.case_number, 0U);
  ASSERT_THAT(outcome.step.deadlines, SizeIs(1));
  const DeadlineChange& passed = outcome.step.deadlines[0];
  EXPECT_EQ(passed.act, DeadlineAct::kPassed);
  EXPECT_EQ(passed.timer, Timer::kT24);
  EXPECT_EQ(passed.role, Role::kCarrier);
  EXPECT_EQ(passed.generation, 2U);
  EXPECT_EQ(passed.due, Instant{3000});
  EXPECT_EQ(passed.remaining_ms, 0);
  EXPECT_THAT(order_.deadlines, IsEmpty());
}

// Ids are made of the cause: a deadline of the order's own, which nothing arms.
TEST_F(ApplyTest, ABrakeThatIsReleasedIsACauseEachTime) {
  order_.legs[0].by_brake = true;
  for (uint32_t n = 1; n <= 2; ++n) {
    const std::optional<Outcome> outcome = Release(order_, Instant{3000}, packs_);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->broken, std::nullopt);
    EXPECT_EQ(outcome->step.at, Instant{3000});
    EXPECT_EQ(outcome->step.cause.timer, Timer::kT16);
    EXPECT_EQ(outcome->step.cause.role, Role::kPlatform);
    EXPECT_EQ(outcome->step.cause.generation, n);
    EXPECT_EQ(outcome->step.actor.role, Role::kEngine);
  }
  order_.legs[0].by_brake = false;
  EXPECT_FALSE(Release(order_, Instant{3000}, packs_));
}

// ---- What one order can hold ----

// A bank's word is not bounded by what was paid: so many more, and the sums would be no numbers.
TEST_F(ApplyTest, AnOrderHasRoomForSoManyMovementsOfMoney) {
  order_.disputes.resize(3998);
  const auto dispute = [&](const std::string& name) {
    return Say(Role::kPsp, PaymentDisputeOpened{name, {kMaxUnits, Currency::kCny}, false},
               Instant{1000});
  };
  EXPECT_EQ(dispute("d-1").result, StepResult::kApplied);
  const Step full = dispute("d-2");
  EXPECT_EQ(full.refusal, Refusal::kOverTheCeiling);
  EXPECT_EQ(full.detail, "expected fewer than 4000 legs and bank disputes, found 4000");
  EXPECT_EQ(Say(Role::kPsp, RefundPaid{order_.legs[0].id, "r", 1}, Instant{1000}).result,
            StepResult::kStale)
      << "what is said of its legs is heard";
}

}  // namespace
}  // namespace refund::arbiter
