// What must hold after every step (engine/arbiter/invariants.h): a step that holds, and for each
// invariant one that breaks it and nothing else.
#include "engine/arbiter/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>

#include "tests/ledger/orders.h"

namespace refund::arbiter {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// A case of one unit of a line of two (10.00 and 1.00 of freight), decided in this step: 5.00 by a
// leg of the merchant's, RESERVED and sent.
class InvariantsTest : public ::testing::Test {
 protected:
  InvariantsTest() {
    order().currency = Currency::kCny;
    t_.AddLine(2, 1000, {{Bucket::kFreight, 100, Bearer::kUnspecified}});
    t_.AddCase(1);
    the_case().phase = Phase::kSettling;
    decision_.id.bytes[0] = 77;
    decision_.case_number = 1;
    decision_.amount = 500;
    decision_.currency = Currency::kCny;
    decision_.bearers = {{Bearer::kMerchant, 10000, 500}};
    AddNewLeg(500).decision = decision_.id;
    Send(leg(), LegState::kReserved, 1);
  }

  Order& order() { return t_.order; }
  Case& the_case() { return order().cases[0]; }
  Leg& leg() { return order().legs[0]; }
  OrderLine& line() { return order().lines[0]; }

  Leg& AddOldLeg(int64_t amount) { return t_.AddLeg(1, {Bucket::kCash, amount, true}); }
  Leg& AddNewLeg(int64_t amount) {
    Leg& made = AddOldLeg(amount);
    turn_.step.transitions.push_back({Machine::kLeg, "m4", 1, static_cast<uint8_t>(LegState::kNone),
                                      static_cast<uint8_t>(LegState::kReserved), made.id});
    return made;
  }
  void Send(Leg& which, LegState from, uint32_t attempt) {
    which.state = LegState::kSubmitted;
    which.attempt = attempt;
    turn_.step.transitions.push_back({Machine::kLeg, "m7", 1, static_cast<uint8_t>(from),
                                      static_cast<uint8_t>(LegState::kSubmitted), which.id});
    Payout payout;
    payout.leg = which.id;
    payout.amount = {which.amount, order().currency};
    payout.attempt = attempt;
    turn_.payouts.push_back(payout);
  }

  std::optional<std::string> Broken() {
    turn_.step.decisions = {decision_};
    return BrokenInvariant(turn_);
  }
  void ExpectBroken(const std::string& words) { EXPECT_THAT(Broken(), Optional(HasSubstr(words))); }
  void ExpectHolds() { EXPECT_EQ(Broken(), std::nullopt); }

  ledger::testing::TestOrder t_;
  policy::PackBook packs_;
  Turn turn_{t_.order, packs_, Instant{1000}};
  Decision decision_;
};

TEST_F(InvariantsTest, AStepThatIsInOrderHolds) { ExpectHolds(); }

// ---- 1. The ceiling ----

TEST_F(InvariantsTest, ANewLegStaysUnderTheCeilingOfItsBucket) {
  AddOldLeg(501).state = LegState::kOwed;
  ExpectBroken("exceed what was captured in CASH");
  order().legs[1].amount = 500;
  ExpectHolds();
}

TEST_F(InvariantsTest, OutwardFreightIsABucketLikeAnother) {
  Leg& freight = AddNewLeg(101);
  freight.bucket = Bucket::kFreight;
  freight.kind = LegKind::kFreightOut;
  ExpectBroken("exceed what was captured in FREIGHT");
  freight.amount = 100;
  ExpectHolds();
}

TEST_F(InvariantsTest, ANewLegStaysUnderTheCeilingOfTheOrder) {
  order().disputes = {{"d-1", 601, true, DisputeState::kLost}};
  ExpectBroken("legs of the order exceed");
  order().disputes[0].amount = 600;
  ExpectHolds();
}

TEST_F(InvariantsTest, AFactMayLiftTheSumAboveTheCeiling) {
  turn_.step.transitions.erase(turn_.step.transitions.begin());  // the leg is not of this step
  AddOldLeg(400).state = LegState::kSettled;
  line().cancelled = 1;
  order().disputes = {{"d-1", 900, true, DisputeState::kLost}};
  ExpectHolds();
}

TEST_F(InvariantsTest, AVoucherIsOfTheOrderNotOfABucket) {
  turn_.step.transitions.erase(turn_.step.transitions.begin());  // the other leg was there before
  line().buckets.push_back({Bucket::kBalance, 300, Bearer::kUnspecified});
  Leg& voucher = AddNewLeg(800);
  voucher.kind = LegKind::kVoucher;
  ExpectHolds();  // 500 + 800 of 1000 + 100 + 300
  voucher.amount = 901;
  ExpectBroken("legs of the order exceed");
  voucher.bucket = Bucket::kUnspecified;  // the pack does not count it
  ExpectHolds();
  voucher.bucket = Bucket::kCash;
  voucher.case_number = 0;  // goodwill
  ExpectHolds();
}

TEST_F(InvariantsTest, ASuccessorAddsNothing) {
  Leg& first = AddOldLeg(300);
  first.state = LegState::kReversed;
  first.reversed = 200;
  Leg& next = AddNewLeg(200);
  next.cause_leg = order().legs[1].id;
  ExpectHolds();
  next.amount = 201;
  ExpectBroken("more than was freed");
  order().legs[1].state = LegState::kRerouted;
  order().legs[1].reversed = 0;
  next.amount = 300;
  ExpectHolds();
  next.amount = 301;
  ExpectBroken("more than was freed");
  next.cause_leg.bytes[5] = 9;
  ExpectBroken("follows a leg that is not there");
}

TEST_F(InvariantsTest, WhatWasRecoveredIsGivenBackAtMostOnce) {
  Leg& recovery = AddOldLeg(300);
  recovery.kind = LegKind::kRecovery;
  recovery.bearer = Bearer::kBuyer;
  recovery.to = Bearer::kMerchant;
  recovery.cause_leg = leg().id;
  recovery.state = LegState::kSettled;
  recovery.reversed = 50;
  Leg& again = AddNewLeg(250);
  again.cause_leg = order().legs[1].id;
  ExpectHolds();
  again.amount = 251;
  ExpectBroken("more than was freed");
  order().legs[1].state = LegState::kReversed;  // what the provider gave back is with the buyer
  ExpectBroken("more than was freed");
  again.amount = 250;
  ExpectHolds();
}

// What comes back of a claim is claimed again, so what was given back may be more than is left of
// it.
TEST_F(InvariantsTest, WhatIsGivenBackOfClaimsIsNotMoreThanTheyAre) {
  const auto claim = [this](int64_t amount, Id of) {
    Leg& made = AddOldLeg(amount);
    made.kind = LegKind::kClawback;
    made.bearer = Bearer::kMerchant;
    made.to = Bearer::kPlatform;
    made.cause_leg = of;
    made.state = LegState::kReversed;
  };
  claim(300, leg().id);
  order().legs[1].reversed = 200;
  claim(200, leg().id);
  claim(900, order().legs[1].id);  // of somebody else: it is named by no payment
  order().legs[3].state = LegState::kVoid;
  Leg& back = AddNewLeg(300);
  back.kind = LegKind::kClawback;
  back.bearer = Bearer::kPlatform;
  back.to = Bearer::kMerchant;
  back.cause_leg = order().legs[1].id;
  ExpectHolds();
  back.amount = 301;
  ExpectBroken("gives back more than was claimed");
  claim(1,
        leg().id);  // what another bearer owes of the same, or what never went, is no claim of it
  order().legs.back().bearer = Bearer::kPlatform;
  claim(1, leg().id);
  order().legs.back().state = LegState::kVoid;
  ExpectBroken("gives back more than was claimed");
  order().legs.back().state = LegState::kSettled;
  ExpectHolds();
}

// A fact that the step takes up is judged by itself, and what it comes to does not judge what the
// step had made before.
TEST_F(InvariantsTest, WhatWasJudgedIsNotJudgedAgainByWhatComesAfter) {
  turn_.step.decisions = {decision_};
  CheckSoFar(turn_);
  EXPECT_EQ(turn_.broken, std::nullopt);
  leg().amount = 1001;  // neither the bucket's ceiling nor the decision asks again
  EXPECT_EQ(BrokenInvariant(turn_), std::nullopt);
  Leg& next = AddNewLeg(1);
  EXPECT_THAT(BrokenInvariant(turn_), Optional(HasSubstr("exceed what was captured in CASH")));
  next.amount = 0;
  leg().amount = 500;
  EXPECT_EQ(BrokenInvariant(turn_), std::nullopt);
}

TEST_F(InvariantsTest, WhatIsBrokenBeforeAFactIsTakenUpStaysBroken) {
  turn_.step.decisions = {decision_};
  leg().amount = 499;
  CheckSoFar(turn_);
  leg().amount = 500;
  EXPECT_THAT(BrokenInvariant(turn_), Optional(HasSubstr("the legs do not sum")));
  CheckSoFar(turn_);
  EXPECT_THAT(turn_.broken, Optional(HasSubstr("the legs do not sum")));
}

TEST_F(InvariantsTest, ANewLegIsOnALineOfTheOrder) {
  leg().line = "Z";
  ExpectBroken("is on no line of the order");
}

TEST_F(InvariantsTest, AmountsAreAboveZeroAndReversedWithinThem) {
  leg().amount = -1;
  ExpectBroken("is below zero");
  leg().amount = 500;
  leg().reversed = -1;
  ExpectBroken("reversed by more than it gave");
  leg().reversed = 501;
  ExpectBroken("reversed by more than it gave");
  leg().reversed = 0;
  turn_.payouts[0].amount.units = 0;
  ExpectBroken("a payout has no amount");
}

// ---- 2. Decisions ----

TEST_F(InvariantsTest, LegsSumToTheDecision) {
  leg().amount = 499;
  ExpectBroken("the legs do not sum");
}

TEST_F(InvariantsTest, BearersSumToTheDecisionAndTheirSharesToAWhole) {
  decision_.bearers[0].amount = 499;
  ExpectBroken("bearers' amounts do not sum");
  decision_.bearers = {{Bearer::kMerchant, 9999, 500}};
  ExpectBroken("shares do not sum to 10000");
}

TEST_F(InvariantsTest, SumsThatAreNoNumberDoNotHold) {
  decision_.bearers = {{Bearer::kMerchant, 5000, kMost}, {Bearer::kPlatform, 5000, 1}};
  ExpectBroken("the bearers' amounts overflow");
  decision_.bearers = {{Bearer::kMerchant, 10000, 500}};
  Leg& given = AddOldLeg(kMost);
  given.bucket = Bucket::kUnspecified;
  given.decision = decision_.id;
  ExpectBroken("the legs' amounts overflow");
  // Taken back by this decision, of another case …
  given.kind = LegKind::kClawback;
  given.bearer = Bearer::kBuyer;
  given.to = Bearer::kMerchant;
  given.case_number = 2;
  order().legs.push_back(given);
  order().legs.back().id.bytes[0] = 99;
  ExpectBroken("the legs' amounts overflow");
  // … and in this case, by whatever decision.
  for (size_t i = 1; i < order().legs.size(); ++i) {
    order().legs[i].decision = Id{};
    order().legs[i].case_number = 1;
  }
  ExpectBroken("the legs' amounts overflow");
  order().legs[1].state = LegState::kVoid;
  ExpectHolds();
}

TEST_F(InvariantsTest, AFreightLegAndASuccessorAreNotOfTheDecisionsSum) {
  Leg& freight = AddOldLeg(70);
  freight.kind = LegKind::kFreightReturn;
  freight.decision = decision_.id;
  ExpectHolds();
  Leg& next = AddOldLeg(60);
  next.cause_leg = leg().id;
  next.decision = decision_.id;
  ExpectHolds();
  decision_.legs = {next.id};  // a decision that takes over what stands ready has it all
  ExpectBroken("the legs do not sum");
  decision_.amount = decision_.bearers[0].amount = 560;
  ExpectHolds();
}

TEST_F(InvariantsTest, WhatTheBuyerPaysIsNotTakenBack) {
  Leg& dearer = AddOldLeg(70);
  dearer.kind = LegKind::kPriceDiff;
  dearer.bearer = Bearer::kBuyer;
  dearer.to = Bearer::kMerchant;
  dearer.decision = decision_.id;
  ExpectHolds();
  dearer.kind = LegKind::kClawback;
  ExpectBroken("takes back more than its difference");
  dearer.bearer = Bearer::kMerchant;  // nor what one bearer owes another, even through the buyer
  dearer.to = Bearer::kBuyer;
  ExpectHolds();
}

TEST_F(InvariantsTest, OnlyADecisionForAVoucherHasOne) {
  leg().kind = LegKind::kVoucher;
  ExpectBroken("the voucher is not the decision's");
  decision_.remedy = Remedy::kVoucher;
  ExpectHolds();
  decision_.amount = decision_.bearers[0].amount = 499;
  ExpectBroken("the voucher is not the decision's");
}

TEST_F(InvariantsTest, WhatIsRestoredIsBesideTheDecision) {
  line().buckets.push_back({Bucket::kPoints, 50, Bearer::kPlatform});
  Leg& points = AddNewLeg(50);
  points.bucket = Bucket::kPoints;
  points.kind = LegKind::kPoints;
  points.decision = decision_.id;
  ExpectHolds();
}

TEST_F(InvariantsTest, AfterMoneyWentTheLegsAreTheDifference) {
  AddOldLeg(200).state = LegState::kSettled;
  decision_.amount = 700;
  decision_.bearers[0].amount = 700;
  ExpectBroken("the legs do not sum");
  decision_.before = 200;
  ExpectHolds();
}

TEST_F(InvariantsTest, ALowerDecisionTakesBackTheDifference) {
  leg().decision = Id{};
  decision_.before = 500;
  decision_.amount = 300;
  decision_.bearers[0].amount = 300;
  decision_.outcome = RulingOutcome::kBuyer;
  ExpectBroken("takes back less");
  Leg& back = AddNewLeg(200);
  back.kind = LegKind::kClawback;
  back.bearer = Bearer::kBuyer;
  back.to = Bearer::kMerchant;
  back.cause_leg = leg().id;
  back.decision = decision_.id;
  ExpectHolds();
  back.amount = 201;
  ExpectBroken("takes back more");
}

// ---- 3, 4. Goods and freight ----

TEST_F(InvariantsTest, QuantitiesAreAChain) {
  the_case().shipped_back = the_case().received = the_case().accepted = 1;
  ExpectHolds();
  the_case().received = 0;
  ExpectBroken("accepted <= received");
  the_case().accepted = 0;
  the_case().received = 2;
  ExpectBroken("accepted <= received");
  the_case().received = 1;
  the_case().shipped_back = 2;
  ExpectBroken("accepted <= received");
}

TEST_F(InvariantsTest, ReturnFreightIsPaidOnceACase) {
  for (int i = 0; i < 2; ++i) {
    Leg& freight = AddNewLeg(10);
    freight.kind = LegKind::kFreightReturn;
    freight.bucket = Bucket::kUnspecified;
  }
  ExpectBroken("return freight of a case is paid twice");
  order().legs[2].case_number = 2;
  ExpectHolds();
  order().legs[2].case_number = 1;
  order().legs[2].state = LegState::kVoid;
  ExpectHolds();
  order().legs[2].state = LegState::kReserved;
  order().legs[1].state = LegState::kRerouted;
  order().legs[2].cause_leg = order().legs[1].id;  // the same, to another destination
  ExpectHolds();
}

// ---- 5. Taking back ----

TEST_F(InvariantsTest, NobodyGivesBackMoreThanWasPaid) {
  const auto take_back = [&](Bearer bearer, int64_t amount) -> Leg& {
    Leg& back = AddNewLeg(amount);
    back.kind = LegKind::kClawback;
    back.bearer = bearer;
    back.to = Bearer::kPlatform;
    back.cause_leg = leg().id;
    return back;
  };
  take_back(Bearer::kMerchant, 500);
  take_back(Bearer::kBuyer, 300);
  ExpectHolds();  // the merchant answers for the advance, the buyer for what it should not have
  take_back(Bearer::kBuyer, 201);
  ExpectBroken("takes back more than was paid");
  order().legs.back().state = LegState::kVoid;
  ExpectHolds();
  order().legs.back().state = LegState::kReserved;
  order().legs.back().amount = 200;
  ExpectHolds();
  leg().reversed = 1;
  ExpectBroken("takes back more than was paid");
  leg().reversed = 0;
  order().legs.back().cause_leg = Id{};
  ExpectBroken("does not name what it takes back");
}

TEST_F(InvariantsTest, WhatTakesBackAnotherWayNamesThePaymentAsWell) {
  Leg& first = AddOldLeg(300);
  first.kind = LegKind::kClawback;
  first.bearer = Bearer::kBuyer;
  first.to = Bearer::kMerchant;
  first.cause_leg = leg().id;
  first.state = LegState::kRerouted;
  Leg next = first;
  next.state = LegState::kReserved;
  Leg& made = AddNewLeg(300);
  next.id = made.id;
  made = next;
  decision_.before = 300;
  decision_.amount = decision_.bearers[0].amount = 800;
  ExpectHolds();
  made.cause_leg = order().legs[1].id;
  ExpectBroken("names no payment");
}

TEST_F(InvariantsTest, WhatIsTakenBackIsANumber) {
  for (int i = 0; i < 2; ++i) {
    Leg& back = AddNewLeg(kMost);
    back.kind = LegKind::kClawback;
    back.to = Bearer::kPlatform;
    back.cause_leg = leg().id;
  }
  ExpectBroken("what is taken back overflows");
  order().legs[2].state = LegState::kRerouted;
  ExpectBroken("takes back more than was paid");
}

// ---- 6. One currency ----

TEST_F(InvariantsTest, AllIsInTheOrdersCurrency) {
  turn_.payouts[0].amount.currency = Currency::kUsd;
  ExpectBroken("a payout is in another currency");
  turn_.payouts[0].amount.currency = Currency::kCny;
  decision_.currency = Currency::kUsd;
  ExpectBroken("a decision is in another currency");
}

// ---- 7, 8, 9. Ids and attempts ----

TEST_F(InvariantsTest, LegIdsAreUnique) {
  const Id id = leg().id;
  AddOldLeg(1).id = id;
  ExpectBroken("two legs have the id");
}

TEST_F(InvariantsTest, WhatAStepMakesAndSendsIsOfTheOrder) {
  const Id other{{1, 2, 3}};
  turn_.step.transitions[0].leg = other;
  ExpectBroken("a leg was made that the order does not have");
  turn_.step.transitions[0].leg = leg().id;
  turn_.step.transitions[1].leg = other;
  ExpectBroken("a leg was sent that the order does not have");
  turn_.step.transitions[1].leg = leg().id;
  turn_.payouts[0].leg = other;
  ExpectBroken("a payout is of no leg of the order");
}

TEST_F(InvariantsTest, OnlyAProvenFailureHasAnotherAttempt) {
  turn_.step.transitions.clear();
  turn_.payouts.clear();
  Send(leg(), LegState::kReserved, 2);
  ExpectBroken("was sent from RESERVED as attempt 2");
  turn_.step.transitions.clear();
  turn_.payouts.clear();
  Send(leg(), LegState::kFailed, 2);
  ExpectHolds();
  leg().attempt = turn_.payouts[0].attempt = 1;
  ExpectBroken("was sent from FAILED as attempt 1");
  turn_.payouts[0].attempt = 2;
  ExpectBroken("not of the newest attempt");
}

TEST_F(InvariantsTest, WhatTheBankDisputesIsNotSent) {
  order().disputes = {{"d-1", 100, false, DisputeState::kOpen}};
  ExpectBroken("while the bank disputes the payment");
  order().disputes[0].refundable = true;
  ExpectHolds();
  order().disputes[0].refundable = false;
  order().disputes[0].state = DisputeState::kWon;
  ExpectHolds();
}

TEST_F(InvariantsTest, WhatIsNoMoneyOfThePaymentIsSentAllTheSame) {
  order().disputes = {{"d-1", 100, false, DisputeState::kOpen}};
  leg().bucket = Bucket::kUnspecified;
  ExpectHolds();
  Leg& freight = AddNewLeg(10);
  freight.kind = LegKind::kFreightReturn;
  Send(freight, LegState::kReserved, 1);
  ExpectHolds();
  leg().bucket = Bucket::kCash;
  ExpectBroken("while the bank disputes the payment");
  leg().kind = LegKind::kVoucher;
  decision_.remedy = Remedy::kVoucher;
  ExpectHolds();
}

// ---- Time and cases ----

TEST_F(InvariantsTest, WhatOneHasGotAnotherHasGiven) {
  ledger::Balances balances{};
  balances[0] = -5;
  balances[1] = 5;
  EXPECT_EQ(BrokenConservation(balances), std::nullopt);
  balances[1] = 6;
  EXPECT_THAT(BrokenConservation(balances), Optional(HasSubstr("do not sum to zero")));
}

TEST_F(InvariantsTest, TheClockDoesNotGoBack) {
  order().clock = Instant{1001};
  ExpectBroken("clock went back");
}

TEST_F(InvariantsTest, NothingIsDueBeforeItIsArmed) {
  Deadline deadline;
  deadline.case_number = 1;
  deadline.armed_at = deadline.due = Instant{1000};
  order().deadlines = {deadline};
  ExpectHolds();
  order().deadlines[0].armed_at = Instant{1001};
  ExpectBroken("a deadline is due before it is armed");
}

TEST_F(InvariantsTest, CasesAreWhereTheyCanBe) {
  the_case().phase = Phase::kClosed;
  ExpectBroken("a close reason without CLOSED");
  the_case().phase = Phase::kNone;
  ExpectBroken("a case has no phase");
  the_case().phase = Phase::kSettling;
  the_case().proposal = Proposal{};
  ExpectBroken("a proposal is pending");
}

}  // namespace
}  // namespace refund::arbiter
