// Effects, legs and deadlines on cases made by hand: what the rows before keep from them in the
// whole engine, or what takes a long history.
#include "engine/arbiter/effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/arbiter/apply.h"
#include "engine/arbiter/due.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"
#include "engine/arbiter/ruling.h"
#include "engine/arbiter/vouchers.h"
#include "tests/arbiter/one_case.h"

namespace refund::arbiter {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class EffectTest : public OneCase {
 protected:
  // Of the case's line, besides its cash.
  void AddBucket(Bucket bucket, int64_t amount) {
    order_.lines[0].buckets.push_back({bucket, amount, Bearer::kUnspecified});
  }
  // One that was ready when the case ended: rows 26b and 26c reserve it again.
  Leg& AddWaiting(LegKind kind, Bucket bucket, int64_t amount) {
    Leg& leg = AddDecidedLeg(kind, LegState::kVoid);
    leg.bucket = bucket;
    leg.amount = amount;
    leg.waited = true;
    return leg;
  }
  std::string Limit(Role party) {
    Verdict stands;
    stands.basis = Basis::kRefusalStands;
    stands.remedy = Remedy::kNone;
    Decide(turn_, stands);
    for (const PartyClock& clock : turn_.step.decisions.back().clocks) {
      if (clock.party == party) return clock.limit;
    }
    return "none";
  }
};

// ---- Rows ----

TEST(LegRowsTest, HaveLabelsOfTheirOwn) {
  for (const auto rows : {LegRows(), GoodwillLegRows()}) {
    std::set<std::string_view> labels;
    for (const LegRow& row : rows) EXPECT_TRUE(labels.insert(row.label).second) << row.label;
    EXPECT_TRUE(labels.contains("m4"));
  }
}

TEST(NamesTest, WhatIsNoValueHasAQuestionMark) { EXPECT_EQ(NameOf(static_cast<Role>(200)), "?"); }

TEST(OrderTest, FindsItsCasesById) {
  Order order;
  order.cases.emplace_back().id.bytes[0] = 1;
  const Order& same = order;
  EXPECT_EQ(same.FindCase(order.cases[0].id), &order.cases[0]);
  EXPECT_EQ(same.FindCase(Id{}), nullptr);
}

TEST(CauseTest, IsADeadlineOrAClaim) {
  EXPECT_TRUE(Cause{}.IsDeadline());
  Cause claim;
  claim.claim_id = "e-1";
  EXPECT_FALSE(claim.IsDeadline());
}

// ---- Deadlines ----

TEST_F(EffectTest, OnlyThePausedClocksOfTheCaseGoOn) {
  AddDeadline(Timer::kT3, {2000}).case_number = 2;
  AddDeadline(Timer::kT5, {3000});
  Deadline& t3 = AddDeadline(Timer::kT3, {4000});
  t3.paused = true;
  t3.remaining_ms = 50;
  ResumeGoods(turn_);
  EXPECT_EQ(order_.deadlines[0].due, Instant{2000});
  EXPECT_EQ(order_.deadlines[1].due, Instant{3000});
  EXPECT_EQ(t3.due, turn_.at + 50);
  EXPECT_THAT(turn_.step.deadlines, SizeIs(1));
  ResumeAllOfPhase(turn_);
  EXPECT_EQ(order_.deadlines[1].due, Instant{3000});
  EXPECT_THAT(turn_.step.deadlines, SizeIs(1));
}

TEST_F(EffectTest, WhatIsNoClockOfTheGoodsIsNotResumedWithThem) {
  AddDeadline(Timer::kT4, {2000}).paused = true;
  ResumeGoods(turn_);
  EXPECT_TRUE(order_.deadlines[0].paused);
}

// T1 waits for the buyer's answer to an offer; of T3 and T14 the one runs that is waited for.
TEST_F(EffectTest, WhatIsNotWaitedForStaysPausedWithThePhase) {
  the_case().phase = Phase::kAwaitBuyerOffer;
  for (const Timer timer : {Timer::kT1, Timer::kT3, Timer::kT14}) {
    AddDeadline(timer, {2000}).paused = true;
  }
  ResumeAllOfPhase(turn_);
  EXPECT_TRUE(order_.deadlines[0].paused);
  EXPECT_TRUE(order_.deadlines[1].paused);  // no address is known
  EXPECT_FALSE(order_.deadlines[2].paused);
  the_case().phase = Phase::kAwaitSeller;
  the_case().return_address = "addr-1";
  ResumeAllOfPhase(turn_);
  EXPECT_FALSE(order_.deadlines[0].paused);
  EXPECT_FALSE(order_.deadlines[1].paused);
}

TEST_F(EffectTest, OfAPartysLimitsADecisionTellsTheFirst) {
  Publish({});
  EXPECT_EQ(Limit(Role::kBuyer), "");
  AddDeadline(Timer::kT3, {3000});
  AddDeadline(Timer::kT4, {2000});
  AddDeadline(Timer::kT9, {4000});
  EXPECT_THAT(Limit(Role::kBuyer), ::testing::StartsWith("T4 armed "));
}

TEST_F(EffectTest, GraceIsForWhatEndedInTheOutage) {
  policy::Pack pack;
  pack.outage_grace = policy::Limit{{1, PeriodUnit::kMinute}, "TEST"};
  Publish(pack);
  AddDeadline(Timer::kT3, {1999});
  AddDeadline(Timer::kT4, {2000});
  AddDeadline(Timer::kT5, {3000});
  AddDeadline(Timer::kT7, {3001});
  const std::optional<Outcome> outcome = Grace(order_, {2000}, {3000}, {3001}, packs_);
  ASSERT_TRUE(outcome.has_value());
  ASSERT_THAT(outcome->step.cases, SizeIs(1)) << "how the case stands now";
  EXPECT_EQ(outcome->step.cases[0].number, 1U);
  EXPECT_EQ(outcome->step.cases[0].version, 1U);
  std::map<Timer, Instant> due;
  for (const Deadline& each : order_.deadlines) due[each.timer] = each.due;
  const Instant until = Instant{3000} + 60001;
  EXPECT_THAT(due, ElementsAre(Pair(Timer::kT3, Instant{1999}), Pair(Timer::kT4, until),
                               Pair(Timer::kT5, until), Pair(Timer::kT7, Instant{3001})));
}

TEST_F(EffectTest, WhatGetsNoGracePassesBeforeIt) {
  policy::Pack pack;
  pack.outage_grace = policy::Limit{{1, PeriodUnit::kMinute}, "TEST"};
  Publish(pack);
  AddDeadline(Timer::kT4, {2000});
  for (const int64_t due : {2600, 2500, 2700}) {
    AddDeadline(Timer::kT25, {due}).case_number = 0;  // the order's own
  }
  EXPECT_EQ(DueDespiteGrace(order_, {2000}, {3000}, {3001}, packs_)->due, Instant{2500});
  EXPECT_EQ(DueDespiteGrace(order_, {4000}, {5000}, {5001}, packs_), nullptr) << "none gets any";
}

// ---- Legs ----

TEST_F(EffectTest, OnlyMoneyForTheBuyerIsDividedWithTheUnits) {
  the_case().quantity = 2;
  AddDecidedLeg(LegKind::kRefundOriginal, LegState::kReserved);
  AddLeg(LegKind::kFreightReturn, LegState::kReserved);  // claimed once, by the case that answered
  AddTakingBack(LegKind::kRecovery, LegState::kHeld);
  RefundAccepted accepted;
  accepted.quantity = 1;
  Says(Role::kSeller, accepted);
  SplitOffTheRest(turn_);
  ASSERT_THAT(order_.legs, SizeIs(4));
  EXPECT_EQ(order_.legs[0].amount, 250);
  EXPECT_EQ(order_.legs[3].amount, 250);
  EXPECT_EQ(order_.legs[3].case_number, 2u);
  EXPECT_EQ(order_.legs[1].amount, 500);
  EXPECT_EQ(order_.legs[2].amount, 500);
}

TEST_F(EffectTest, WhatIsReservedAgainTakesTheRoomThatThereIs) {
  AddBucket(Bucket::kBalance, 1);
  Leg& given = AddDecidedLeg(LegKind::kRefundBalance, LegState::kSettled);  // by another case
  given.case_number = 2;
  given.bucket = Bucket::kBalance;
  given.amount = 1;
  order_.cases.push_back(order_.cases[0]);
  order_.cases[1].number = 2;
  turn_.the_case = &order_.cases[0];
  AddWaiting(LegKind::kRefundOriginal, Bucket::kCash, 300);
  AddWaiting(LegKind::kRefundBalance, Bucket::kBalance, 1);
  AddWaiting(LegKind::kVoucher, Bucket::kUnspecified, 700);
  ReserveLegsAgain(turn_);
  ASSERT_THAT(order_.legs, SizeIs(6));
  EXPECT_EQ(order_.legs[4].kind, LegKind::kRefundOriginal);
  EXPECT_EQ(order_.legs[4].amount, 301);  // with the cent for which its own bucket has no room
  EXPECT_EQ(order_.legs[5].kind, LegKind::kVoucher);
  EXPECT_EQ(order_.legs[5].amount, 700);
  EXPECT_THAT(LegsItHad(order_, the_case()), IsEmpty());
}

TEST_F(EffectTest, WhatWasClaimedOfTheBearerAndFellIsTakenBackForThePlatform) {
  const Leg paid = AddDecidedLeg(LegKind::kAdvance, LegState::kSettled);
  order_.legs[0].bearer = Bearer::kPlatform;
  Leg& claim = AddTakingBack(LegKind::kClawback, LegState::kVoid, Bearer::kMerchant);
  claim.cause_leg = paid.id;
  EXPECT_EQ(TakingBack(turn_, order_.legs[0], LegKind::kClawback, 1).to, Bearer::kPlatform);
  claim.state = LegState::kSettled;
  EXPECT_EQ(TakingBack(turn_, order_.legs[0], LegKind::kClawback, 1).to, Bearer::kMerchant);
}

TEST_F(EffectTest, WithALegThatIsNoLongerDueFallsWhatTheBuyerWasToGiveBack) {
  const Leg owed = AddDecidedLeg(LegKind::kRefundOriginal, LegState::kOwed);
  Leg& back = AddTakingBack(LegKind::kClawback, LegState::kReserved);
  back.cause_leg = owed.id;
  Leg& of_bearer = AddTakingBack(LegKind::kClawback, LegState::kFailed, Bearer::kMerchant);
  of_bearer.cause_leg = owed.id;
  DropIfNoLongerDue(turn_, owed.id);
  EXPECT_EQ(order_.legs[0].state, LegState::kVoid);
  EXPECT_EQ(back.state, LegState::kVoid);
  EXPECT_EQ(of_bearer.state, LegState::kFailed);
}

TEST_F(EffectTest, ANewDecisionReplacesWhatTheOneBeforeWantedBack) {
  AddDecidedLeg(LegKind::kRefundOriginal, LegState::kSettled);
  for (const LegKind kind : {LegKind::kRecovery, LegKind::kClawback, LegKind::kPriceDiff}) {
    AddTakingBack(kind, LegState::kReserved);
  }
  AddTakingBack(LegKind::kClawback, LegState::kReserved, Bearer::kMerchant);
  VoidReplacedLegs(turn_);
  EXPECT_EQ(order_.legs[1].state, LegState::kVoid);
  EXPECT_EQ(order_.legs[2].state, LegState::kVoid);
  EXPECT_EQ(order_.legs[3].state, LegState::kVoid);  // what he was to add to a dearer thing
  EXPECT_EQ(order_.legs[4].state, LegState::kReserved);
}

TEST_F(EffectTest, WhatIsToBeTakenBackOfALegIsTakenBackOfItsSuccessor) {
  const Leg paid = AddDecidedLeg(LegKind::kRefundOriginal, LegState::kRerouted);
  AddTakingBack(LegKind::kRecovery, LegState::kReserved).cause_leg = paid.id;
  AddTakingBack(LegKind::kClawback, LegState::kSettled).cause_leg = paid.id;
  ReserveSuccessor(turn_, paid.id, SuccessorOf(paid));
  EXPECT_EQ(order_.legs[1].cause_leg, order_.legs[3].id);
  EXPECT_EQ(order_.legs[2].cause_leg, paid.id);
}

TEST_F(EffectTest, OnlyWhatStandsReadyForTheBuyerIsTakenOver) {
  Publish({});
  AddDecidedLeg(LegKind::kRefundOriginal, LegState::kReserved).bearer = Bearer::kMerchant;
  AddTakingBack(LegKind::kClawback, LegState::kReserved);
  Verdict verdict;
  verdict.basis = Basis::kTimeout;
  verdict.remedy = Remedy::kRefundOnly;
  verdict.amount = 500;
  verdict.as_reserved = true;
  Decide(turn_, verdict);
  EXPECT_THAT(turn_.step.decisions[0].legs, ElementsAre(order_.legs[0].id));
}

TEST_F(EffectTest, TimeIsPutDownToWhoseMoveItWas) {
  Case& c = the_case();
  const auto spend = [&](Phase phase, int64_t ms) {
    c.phase = phase;
    turn_.step.cases.clear();
    turn_.at = c.last_step_at + ms;
    Touch(turn_);
    Touch(turn_);  // once a step
  };
  spend(Phase::kAwaitSeller, 100);
  spend(Phase::kAwaitBuyerReturn, 20);
  c.overlay = Overlay::kReview;
  spend(Phase::kAwaitSeller, 3);
  EXPECT_EQ(c.spent.buyer_ms, 20);
  EXPECT_EQ(c.spent.seller_ms, 100);
  EXPECT_EQ(c.spent.platform_ms, 3);
  EXPECT_EQ(c.version, 3);
}

// What comes with an appeal or an inspection answers no round's question, and is not late.
TEST_F(EffectTest, EvidenceOutsideARoundIsOfNone) {
  Case& c = the_case();
  c.round = 2;
  const auto piece = [](std::string_view name) {
    Evidence evidence;
    evidence.hash = Sha256(name);
    evidence.kind = EvidenceKind::kPhoto;
    return evidence;
  };
  ReturnInspected inspected;
  inspected.evidence = {piece("inspected")};
  Says(Role::kSeller, inspected);
  RefuseGoods(turn_);
  Says(Role::kBuyer, AppealFiled{HelpGround::kOther, "", {piece("appealed")}});
  JoinAppeal(turn_);
  EvidenceSubmitted submitted;
  submitted.evidence = {piece("aside")};
  Says(Role::kBuyer, submitted);
  StoreEvidenceOutsideRound(turn_);
  ASSERT_THAT(c.evidence, SizeIs(3));
  for (const EvidenceItem& item : c.evidence) {
    EXPECT_EQ(item.round, 0U);
    EXPECT_FALSE(item.late);
    EXPECT_EQ(item.at, Instant{1000});
  }
  EXPECT_EQ(c.evidence[0].party, Role::kSeller);
  EXPECT_EQ(c.evidence[1].party, Role::kBuyer);
  EXPECT_THAT(c.appealed_by, ElementsAre(Role::kBuyer));
  StoreLateEvidence(turn_);
  EXPECT_EQ(c.evidence.back().round, 2U);
  EXPECT_TRUE(c.evidence.back().late);
}

// What the buyer sent closed the round, and the pack ruled: neither he nor anybody else is its
// author.
TEST_F(EffectTest, ARulingOfThePackHasNoAuthors) {
  policy::Pack pack;
  pack.ruling = {
      {"for-buyer", "TEST", "The buyer is right.", {}, static_cast<uint8_t>(Ruler::kPackForBuyer)}};
  Publish(std::move(pack));
  the_case().ask = 500;
  Says(Role::kBuyer, EvidenceSubmitted{});
  RuleByPack(turn_);
  ASSERT_THAT(turn_.step.decisions, SizeIs(1));
  EXPECT_EQ(turn_.step.decisions[0].basis, Basis::kAutomaticRuling);
  EXPECT_EQ(turn_.step.decisions[0].outcome, RulingOutcome::kBuyer);
  EXPECT_THAT(turn_.step.decisions[0].authors, IsEmpty());
}

// The record of a decision: who reads it later was not there.
TEST_F(EffectTest, ADecisionSaysWhatItRestsOn) {
  Publish({});
  AddDecidedLeg(LegKind::kRefundOriginal, LegState::kReserved).bearer = Bearer::kMerchant;
  Case& c = the_case();
  c.id.bytes[0] = 9;
  c.commercial_pack = Sha256("commercial");
  c.finding = Finding{Liability::kCarrier, "", {}};
  c.spent = {1, 2, 3};
  c.decisions.emplace_back();
  AddDeadline(Timer::kT2, Instant{4000}).armed_at = Instant{1500};
  AddDeadline(Timer::kT3, Instant{3000}).armed_at = Instant{1500};
  Deadline& paused = AddDeadline(Timer::kT1, Instant{5000});
  paused.role = Role::kSeller;
  paused.paused = true;
  paused.remaining_ms = 3600000;
  Says(Role::kAgent, RefundAccepted{});
  turn_.row = "a10b";
  Verdict verdict;
  verdict.basis = Basis::kRuling;
  verdict.outcome = RulingOutcome::kBuyer;
  verdict.remedy = Remedy::kRefundOnly;
  verdict.amount = 500;
  verdict.as_reserved = true;
  verdict.considered = {Sha256("a photo")};
  verdict.reason_codes = {"R-1"};
  verdict.authors = {{Role::kAgent, "agent-1"}};
  verdict.text = "it is broken";
  Decide(turn_, verdict);

  ASSERT_THAT(turn_.step.decisions, SizeIs(1));
  const Decision& d = turn_.step.decisions[0];
  EXPECT_EQ(d.case_id, c.id);
  EXPECT_EQ(d.case_number, 1U);
  EXPECT_EQ(d.number, 2U);
  EXPECT_EQ(d.at, Instant{1000});
  EXPECT_EQ(d.basis, Basis::kRuling);
  EXPECT_EQ(d.outcome, RulingOutcome::kBuyer);
  EXPECT_EQ(d.remedy, Remedy::kRefundOnly);
  EXPECT_EQ(d.amount, 500);
  EXPECT_EQ(d.currency, Currency::kCny);
  EXPECT_EQ(d.quantity, 1U);
  EXPECT_EQ(d.row, "a10b");
  EXPECT_EQ(d.procedure_pack, Sha256("pack"));
  EXPECT_EQ(d.commercial_pack, Sha256("commercial"));
  EXPECT_EQ(d.liability, Liability::kCarrier);
  EXPECT_THAT(d.considered, ElementsAre(Sha256("a photo")));
  EXPECT_THAT(d.reason_codes, ElementsAre("R-1"));
  EXPECT_THAT(d.authors, ElementsAre(Actor{Role::kAgent, "agent-1"}));
  EXPECT_EQ(d.text, "it is broken");
  ASSERT_THAT(d.clocks, SizeIs(3));
  EXPECT_EQ(d.clocks[0].spent_ms, 1);
  EXPECT_EQ(d.clocks[0].limit,
            "T3 armed 1970-01-01T08:00:01.500+08:00, due 1970-01-01T08:00:03.000+08:00");
  EXPECT_EQ(d.clocks[1].spent_ms, 2);
  EXPECT_EQ(d.clocks[1].limit, "T1 paused with 1 h left");
  EXPECT_EQ(d.clocks[2].spent_ms, 3);
  EXPECT_EQ(d.clocks[2].limit, "");
}

}  // namespace
}  // namespace refund::arbiter
