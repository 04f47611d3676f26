// Guards, and what finds a deadline, on cases made by hand: what an earlier guard of the row, or
// the codec, keeps from them in the whole engine.
#include "engine/arbiter/guards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/entrance.h"
#include "engine/arbiter/vouchers.h"
#include "tests/arbiter/one_case.h"

namespace refund::arbiter {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class GuardTest : public OneCase {
 protected:
  static Id Other() {
    Id id;
    id.bytes[0] = 99;
    return id;
  }
};

// ---- Who ----

TEST_F(GuardTest, FourEyesAreAnotherAgentsOrThePlatforms) {
  const auto approved = [&](Actor by) {
    Says(Role::kAgent, RulingSetAside{"a mistake", std::move(by)});
    return FourEyes(turn_, &why_);
  };
  EXPECT_TRUE(approved({Role::kAgent, "agent-2"}));
  EXPECT_TRUE(approved({Role::kPlatform, "p-1"}));
  EXPECT_FALSE(approved({Role::kAgent, "agent-1"}));
  EXPECT_FALSE(approved({Role::kAgent, ""}));
  EXPECT_FALSE(approved({Role::kSeller, "m-1"}));
  EXPECT_THAT(why_, HasSubstr("found SELLER m-1"));
}

// ---- Offers ----

TEST_F(GuardTest, AnOfferHasAtMostThreeOptions) {
  OfferMade offer;
  offer.options.resize(3);
  Says(Role::kSeller, offer);
  EXPECT_TRUE(IsUpTo3Options(turn_, &why_));
  offer.options.resize(4);
  Says(Role::kSeller, offer);
  EXPECT_FALSE(IsUpTo3Options(turn_, &why_));
}

TEST_F(GuardTest, AnOfferNamesRemedies) {
  Publish({});
  OfferMade offer;
  offer.options = {{Remedy::kUnspecified, {100, Currency::kCny}}};
  Says(Role::kSeller, offer);
  EXPECT_FALSE(RemedyIsSupported(turn_, &why_));
  EXPECT_EQ(why_, "expected a remedy, found UNSPECIFIED");
}

TEST_F(GuardTest, WhatACaseAsksIsOfTheOfferThatMadeItButForGoods) {
  the_case().kind = CaseKind::kRefundOnly;
  the_case().filer.role = Role::kSeller;
  the_case().offers.emplace_back().options = {{Remedy::kRefundOnly, {300, Currency::kCny}}};
  EXPECT_EQ(AskOf(the_case()), 300);
  the_case().kind = CaseKind::kExchange;  // what was offered is a price difference
  EXPECT_EQ(AskOf(the_case()), 0);
}

// ---- Filing ----

TEST_F(GuardTest, ALineIsPaidFromBucketsThatAreNamed) {
  OrderPaid paid;
  PaidLine& line = paid.lines.emplace_back();
  line.line = "1";
  line.quantity = 1;
  line.paid = {100, Currency::kCny};
  line.buckets = {{Bucket::kPoints, {10, Currency::kCny}, Bearer::kPlatform}};
  Says(Role::kPsp, paid);
  EXPECT_TRUE(LinesAreSane(turn_, &why_));
  std::get<OrderPaid>(event_.claim.body).lines[0].buckets[0].bucket = Bucket::kUnspecified;
  EXPECT_FALSE(LinesAreSane(turn_, &why_));
  EXPECT_EQ(why_, "expected each bucket of line 1 once, and CASH in \"paid\"");
}

TEST_F(GuardTest, OnlyRefundsAreRuledOnDirectly) {
  for (const CaseKind kind : {CaseKind::kRefundOnly, CaseKind::kReturnRefund}) {
    the_case().kind = kind;
    EXPECT_TRUE(IsRefundAsked(turn_, nullptr));
  }
  the_case().kind = CaseKind::kExchange;
  EXPECT_FALSE(IsRefundAsked(turn_, nullptr));
}

TEST_F(GuardTest, AReturnIsAskedForWhereTheGoodsAreWithTheBuyer) {
  the_case().kind = CaseKind::kReturnRefund;
  the_case().goods = Goods::kWithBuyer;
  EXPECT_TRUE(IsReturnAsked(turn_, nullptr));
  the_case().goods = Goods::kUnshipped;
  EXPECT_FALSE(IsReturnAsked(turn_, nullptr));
  the_case().kind = CaseKind::kExchange;
  EXPECT_FALSE(IsReturnAsked(turn_, nullptr));
}

TEST_F(GuardTest, OnlyMoneyIsPaidAtOnce) {
  for (const CaseKind kind :
       {CaseKind::kRefundOnly, CaseKind::kPriceProtection, CaseKind::kReturnRefund}) {
    the_case().kind = kind;
    EXPECT_TRUE(IsMoneyKind(turn_, nullptr));
  }
  for (const CaseKind kind : {CaseKind::kExchange, CaseKind::kVoucher}) {
    the_case().kind = kind;
    EXPECT_FALSE(IsMoneyKind(turn_, nullptr));
  }
}

TEST_F(GuardTest, ACaseWithoutAPhaseIsNotOpen) {
  EXPECT_TRUE(PhaseIsOpen(turn_, &why_));
  the_case().phase = Phase::kNone;
  EXPECT_FALSE(PhaseIsOpen(turn_, &why_));
  EXPECT_EQ(why_, "expected an open case, found NONE");
}

TEST_F(GuardTest, HelpPastTheValidityNeedsACardThatWasLeft) {
  EXPECT_FALSE(CardWasLeft(turn_, &why_));
  order_.entrance.cards.emplace_back().unanswered = true;
  EXPECT_TRUE(CardWasLeft(turn_, &why_));
}

// ---- Rulings ----

TEST_F(GuardTest, ARulingSaysAnOutcome) {
  Says(Role::kAgent, RulingProposed{});
  EXPECT_FALSE(OutcomeFitsAmount(turn_, &why_));
  EXPECT_EQ(why_, "expected an outcome");
}

TEST_F(GuardTest, AnAppealNeedsItsWindow) {
  Says(Role::kSeller, AppealFiled{});
  EXPECT_FALSE(AppealWindowIsOpen(turn_, &why_));
  AddDeadline(Timer::kT10, {2000}).role = Role::kUnspecified;
  EXPECT_TRUE(AppealWindowIsOpen(turn_, &why_));
}

TEST_F(GuardTest, AnAgreementIsBrokenWhileTheCaseIsOpen) {
  the_case().final_by_agreement = true;
  the_case().in_default = Role::kSeller;
  EXPECT_TRUE(AgreementWasBroken(turn_, &why_));
  the_case().phase = Phase::kClosed;
  EXPECT_FALSE(AgreementWasBroken(turn_, &why_));
}

TEST_F(GuardTest, WhatIsDueToTheBuyerIsADecisionsAndUnsent) {
  EXPECT_FALSE(DeltaTowardBuyer(turn_, nullptr));
  Leg& leg = AddLeg(LegKind::kRefundOriginal, LegState::kReserved);
  EXPECT_FALSE(DeltaTowardBuyer(turn_, nullptr));  // of no decision
  leg.decision.bytes[0] = 7;
  EXPECT_TRUE(DeltaTowardBuyer(turn_, nullptr));
  leg.state = LegState::kSettled;
  EXPECT_FALSE(DeltaTowardBuyer(turn_, nullptr));
  leg.state = LegState::kReserved;
  leg.to = Bearer::kMerchant;
  EXPECT_FALSE(DeltaTowardBuyer(turn_, nullptr));
  leg.to = Bearer::kBuyer;
  leg.case_number = 2;
  EXPECT_FALSE(DeltaTowardBuyer(turn_, nullptr));
}

TEST_F(GuardTest, WhatStandsIsMoneyAndNoVoucher) {
  Rearbitrated again;
  again.ruling.remedy = Remedy::kRefundOnly;
  again.ruling.amount = {500, Currency::kCny};
  Says(Role::kPlatform, again);
  AddDecidedLeg(LegKind::kVoucher, LegState::kReserved);
  EXPECT_TRUE(DecisionIsDifferent(turn_, nullptr));
  AddDecidedLeg(LegKind::kRefundOriginal, LegState::kReserved);
  EXPECT_TRUE(DecisionIsTheSame(turn_, nullptr));
}

TEST_F(GuardTest, AReversalLeadsBackFromTheEndsThatHadMoney) {
  const auto leads_back = [&](CloseReason reason) {
    the_case().phase = Phase::kClosed;
    the_case().close_reason = reason;
    return std::pair(ClosedWithMoney(turn_, nullptr), ClosedImpossible(turn_, nullptr));
  };
  EXPECT_EQ(leads_back(CloseReason::kSettled), std::pair(true, false));
  EXPECT_EQ(leads_back(CloseReason::kFulfilled), std::pair(true, false));
  EXPECT_EQ(leads_back(CloseReason::kPayoutImpossible), std::pair(false, true));
  EXPECT_EQ(leads_back(CloseReason::kRuledForSeller), std::pair(false, false));
}

// ---- Goods ----

TEST_F(GuardTest, NoParcelIsAReturnWithoutANumber) {
  Says(Role::kCarrier, DeliveryScan{"", DeliveryLevel::kDoor});
  EXPECT_FALSE(IsReturnParcel(turn_, &why_));
  the_case().return_parcel = "p-1";
  Says(Role::kCarrier, DeliveryScan{"p-1", DeliveryLevel::kDoor});
  EXPECT_TRUE(IsReturnParcel(turn_, &why_));
}

TEST_F(GuardTest, GoodsComeBackOfReturnKindsAndOfWhatWasIntercepted) {
  the_case().kind = CaseKind::kRefundOnly;
  EXPECT_FALSE(KindIsReturn(turn_, nullptr));
  the_case().intercepted = true;
  EXPECT_TRUE(KindIsReturn(turn_, nullptr));
}

TEST_F(GuardTest, WhatReturnedToItsOriginIsWithTheBuyerIfTheBuyerHadSentIt) {
  the_case().goods = Goods::kReturnedToOrigin;
  EXPECT_FALSE(WithBuyer(the_case()));
  the_case().shipped_back = 1;
  EXPECT_TRUE(WithBuyer(the_case()));
}

TEST_F(GuardTest, ADifferenceIsDueOfGoodsKindsAlone) {
  the_case().kind = CaseKind::kRefundOnly;
  the_case().extra = -100;
  EXPECT_TRUE(NothingIsDue(turn_, nullptr));
  the_case().kind = CaseKind::kExchange;
  EXPECT_TRUE(DifferenceIsDue(turn_, nullptr));
}

TEST_F(GuardTest, OfReturnFreightOnlyAClaimThatWaitsIsDue) {
  AddLeg(LegKind::kFreightReturn, LegState::kSettled);
  EXPECT_FALSE(DifferenceIsDue(turn_, nullptr));
  AddLeg(LegKind::kFreightReturn, LegState::kProposed);
  EXPECT_TRUE(DifferenceIsDue(turn_, nullptr));
}

TEST_F(GuardTest, MoneyWentFirstOnceItIsBeingPaid) {
  the_case().money_first = true;
  EXPECT_FALSE(MoneyWentFirst(turn_, &why_));
  the_case().phase = Phase::kSettling;
  EXPECT_TRUE(MoneyWentFirst(turn_, &why_));
  the_case().money_first = false;
  EXPECT_FALSE(MoneyWentFirst(turn_, &why_));
}

TEST_F(GuardTest, AReturnIsInspectedOnItsWayOrThere) {
  const auto may_be_inspected = [&](Goods goods) {
    the_case().goods = goods;
    return ReturnIsAtTheSeller(turn_, nullptr);
  };
  EXPECT_TRUE(may_be_inspected(Goods::kReturnInTransit));
  EXPECT_TRUE(may_be_inspected(Goods::kAtSeller));
  EXPECT_FALSE(may_be_inspected(Goods::kInspectedOk));
}

TEST_F(GuardTest, ALostReturnIsPaidWhileThereIsMoneyForIt) {
  policy::Pack pack;
  pack.loss = {{"pay", "TEST", "Pay.", {}, static_cast<uint8_t>(OnLoss::kPay)}};
  Publish(pack);
  the_case().kind = CaseKind::kReturnRefund;
  EXPECT_FALSE(ReturnWasLost(turn_, nullptr));
  the_case().return_lost = true;
  EXPECT_FALSE(ReturnWasLost(turn_, nullptr));  // nothing stands ready
  AddDecidedLeg(LegKind::kRefundOriginal, LegState::kReserved);
  EXPECT_TRUE(ReturnWasLost(turn_, nullptr));
}

TEST_F(GuardTest, WhatWasSentBackAndIsLostHadCome) {
  the_case().goods = Goods::kLost;
  EXPECT_TRUE(GoodsNeverCame(turn_, nullptr));
  the_case().shipped_back = 1;
  EXPECT_FALSE(GoodsNeverCame(turn_, nullptr));
  the_case().shipped_back = 0;
  the_case().goods = Goods::kReturnDue;
  EXPECT_FALSE(GoodsNeverCame(turn_, nullptr));
}

TEST_F(GuardTest, AReplacementIsAwaitedAndOutInItsPhaseAlone) {
  the_case().kind = CaseKind::kExchange;
  Says(Role::kSeller, ReplacementShipped{"SF", "x-1"});
  EXPECT_FALSE(ReplacementIsAwaited(turn_, &why_));
  EXPECT_FALSE(ReplacementIsOut(turn_, &why_));
  the_case().phase = Phase::kAwaitSellerShip;
  EXPECT_TRUE(ReplacementIsAwaited(turn_, &why_));
  EXPECT_FALSE(ReplacementIsOut(turn_, &why_));
  the_case().out_goods = Goods::kShipped;
  EXPECT_TRUE(ReplacementIsOut(turn_, &why_));
}

TEST_F(GuardTest, MoneyIsOutWhereItWasPaidOrIsToGoFirst) {
  EXPECT_TRUE(MoneyIsNotOut(turn_, nullptr));
  AddDecidedLeg(LegKind::kRefundOriginal, LegState::kSubmitted);
  EXPECT_TRUE(MoneyIsOut(turn_, nullptr));
  order_.legs.clear();
  the_case().money_first = true;
  EXPECT_TRUE(MoneyIsOut(turn_, nullptr));
}

// ---- Landing ----

TEST_F(GuardTest, AReturnWhoseMoneyIsToComeBackIsPaidBeforeItComes) {
  policy::Pack pack;
  pack.money_first = {{"no", "TEST", "Goods first.", {}, static_cast<uint8_t>(YesNo::kNo)}};
  Publish(pack);
  the_case().goods = Goods::kWithBuyer;
  the_case().remedy = Remedy::kReturnRefund;
  the_case().outcome = RulingOutcome::kBuyer;
  EXPECT_TRUE(LandsL2(turn_, nullptr));
  AddTakingBack(LegKind::kClawback, LegState::kReserved, Bearer::kMerchant);  // not from the buyer
  AddTakingBack(LegKind::kRecovery, LegState::kSettled);                      // has come back
  EXPECT_TRUE(LandsL2(turn_, nullptr));
  AddTakingBack(LegKind::kRecovery, LegState::kHeld);
  EXPECT_TRUE(LandsL3(turn_, nullptr));
}

TEST_F(GuardTest, AnUnknownChoiceLandsAsWhatStands) {
  const OfferMade offer{{{Remedy::kResend, {0, Currency::kCny}}}, {}, {}, {}};
  the_case().offers.emplace_back().options = offer.options;
  the_case().remedy = Remedy::kRefundOnly;
  const Id id = the_case().offers[0].id;
  Says(Role::kBuyer, OfferChosen{id, 0, 0});
  EXPECT_TRUE(LandsL5(turn_, nullptr));
  Says(Role::kBuyer, OfferChosen{id, 1, 0});
  EXPECT_TRUE(LandsL1(turn_, nullptr));
  Says(Role::kBuyer, OfferChosen{Other(), 0, 0});
  EXPECT_TRUE(LandsL1(turn_, nullptr));
}

// ---- Legs ----

TEST_F(GuardTest, WhatIsReadyOrOutIsTowardTheBuyer) {
  AddDecidedLeg(LegKind::kPriceDiff, LegState::kReserved).to = Bearer::kMerchant;
  EXPECT_EQ(ReadyMoney(order_, the_case()), 0);
  AddDecidedLeg(LegKind::kRefundOriginal, LegState::kSettled);
  EXPECT_EQ(PaidOut(order_, the_case()), 500);
  AddTakingBack(LegKind::kClawback, LegState::kRerouted);  // its successor counts
  EXPECT_EQ(PaidOut(order_, the_case()), 500);
  AddTakingBack(LegKind::kClawback, LegState::kSubmitted);
  EXPECT_EQ(PaidOut(order_, the_case()), 0);
}

TEST_F(GuardTest, WhatIsTakenBackWaitsForWhatItTakesBack) {
  Leg paid = AddLeg(LegKind::kRefundOriginal, LegState::kSubmitted);
  Leg back = AddLeg(LegKind::kRecovery, LegState::kReserved);
  back.bearer = Bearer::kBuyer;
  back.to = Bearer::kMerchant;
  back.cause_leg = paid.id;
  EXPECT_FALSE(MaySend(back));
  order_.legs[0].state = LegState::kReversed;
  EXPECT_TRUE(MaySend(back));
  order_.legs[0].state = LegState::kRerouted;
  EXPECT_FALSE(MaySend(back));
  order_.legs[0].state = LegState::kSettled;
  the_case().overlay = Overlay::kReview;
  EXPECT_FALSE(MaySend(back));
}

TEST_F(GuardTest, WhatACaseHadReservedIsBoundedButForItsVouchers) {
  AddLeg(LegKind::kVoucher, LegState::kVoid).waited = true;
  order_.legs[0].amount = 20000;
  EXPECT_FALSE(OldLegsAreUnderCeiling(turn_, &why_));
  order_.legs[0].bucket = Bucket::kUnspecified;
  EXPECT_TRUE(OldLegsAreUnderCeiling(turn_, &why_));
  order_.legs[0].bucket = Bucket::kPoints;
  order_.legs[0].kind = LegKind::kPoints;
  EXPECT_TRUE(OldLegsAreUnderCeiling(turn_, &why_));
}

// ---- Triggers ----

TEST(TriggerTest, EachHasANameOfItsOwn) {
  std::set<std::string> names;
  for (uint8_t n = 0; n <= kOweAtOnce.code() - kReady.code(); ++n) {
    EXPECT_TRUE(names.insert(Trigger::Derived(n).Name()).second);
  }
  EXPECT_EQ(kOweAtOnce.Name(), "owed at once");
  EXPECT_EQ(Trigger::Passed(Timer::kT1).Name(), "T1 passed");
  EXPECT_EQ(Trigger::On(EventKind::kRefundAccepted).Name(), "RefundAccepted");
}

// ---- Rows ----

// What a deadline or another row brings about has no body: a guard that is asked there alone cannot
// ask for one.
TEST(RowTest, AGuardThatAsksForABodyIsAskedOfAnEvent) {
  std::set<std::string_view> asking;
  std::set<std::string_view> of_events;
  const auto collect = [&](const auto& rows) {
    for (const auto& row : rows) {
      const bool by_event = std::any_of(row.on.begin(), row.on.end(), [](const Trigger& on) {
        return on.code() < Trigger::Passed(Timer{}).code();
      });
      for (const Guard& guard : row.when) {
        if (guard.asks_body) asking.insert(guard.name);
        if (by_event) of_events.insert(guard.name);
      }
    }
  };
  collect(PhaseRows());
  collect(OverlayRows());
  collect(LegRows());
  for (const std::string_view name : asking) EXPECT_TRUE(of_events.contains(name)) << name;
}

// What asks for no body is judged before there is an event, by what may be done with a case. A
// guard is asked in several tables, and does not read more in one of them than in another. Who acts
// is known before there is a body, but for those that are listed.
TEST(RowTest, WhetherAGuardAsksForABodyIsOfTheGuard) {
  std::map<decltype(Guard::holds), bool> asks;
  std::set<std::string_view> who;
  const auto collect = [&](const auto& rows) {
    for (const auto& row : rows) {
      for (const Guard& guard : row.when) {
        const bool before = asks.emplace(guard.holds, guard.asks_body).first->second;
        EXPECT_EQ(guard.asks_body, before) << row.label << ": " << guard.name;
        if (guard.refusal == Refusal::kRoleMayNot && guard.asks_body) who.insert(guard.name);
      }
    }
  };
  collect(PhaseRows());
  collect(OverlayRows());
  collect(FactRows());
  collect(EntranceRows());
  collect(VoucherRows());
  EXPECT_THAT(who, UnorderedElementsAre("the platform, or the party that waits",
                                        "the seller opens, the buyer reopens"));
}

// What fails two guards is told the same one of them wherever they are asked: the order is the
// table's, not the row's. Listed are those that stand in both orders.
TEST(RowTest, TwoGuardsAreAskedInOneOrder) {
  using Names = std::pair<std::string_view, std::string_view>;
  std::set<Names> both;
  const auto collect = [&](const auto& rows) {
    std::set<Names> seen;
    for (const auto& row : rows) {
      for (const Guard* a = row.when.begin(); a != row.when.end(); ++a) {
        for (const Guard* b = a + 1; b != row.when.end(); ++b) {
          if (a->refusal == Refusal::kNone && b->refusal == Refusal::kNone) continue;
          seen.insert({a->name, b->name});
          if (seen.contains({b->name, a->name})) both.insert(std::minmax(a->name, b->name));
        }
      }
    }
  };
  collect(PhaseRows());
  collect(OverlayRows());
  collect(FactRows());
  collect(EntranceRows());
  EXPECT_THAT(both,
              UnorderedElementsAre(
                  Names{"the actor is the carrier or the platform", "the arbitration is live"},
                  Names{"the arbitration is not live", "the case has an ask"},
                  Names{"the case has room for it", "the evidence is not used elsewhere"}));
}

// Ids are made of it, so it stays as it is.
TEST_F(GuardTest, ADeadlineThatPassesIsACauseLikeNoClaim) {
  Deadline& deadline = AddDeadline(Timer::kT12, Instant{2000});
  deadline.generation = 3;
  turn_.event = nullptr;
  turn_.firing = &deadline;
  EXPECT_EQ(turn_.CauseText(), "\x01T12/BUYER/3");
}

// ---- Deadlines ----

TEST_F(GuardTest, TheEarliestDeadlineIsFoundWhereverItLies) {
  AddDeadline(Timer::kT3, {3000});
  AddDeadline(Timer::kT5, {1500}).paused = true;
  AddDeadline(Timer::kT9, {2000});
  AddDeadline(Timer::kT4, {2000});
  EXPECT_EQ(EarliestDeadline(order_)->timer, Timer::kT4);
  EXPECT_EQ(NextDue(order_, {1999}), nullptr);
  EXPECT_EQ(NextDue(order_, {2000})->timer, Timer::kT4);
}

TEST_F(GuardTest, ADeadlineIsArmedForOneRole) {
  AddDeadline(Timer::kT9, {2000});
  EXPECT_TRUE(IsArmed(order_, 1, Timer::kT9, Role::kBuyer));
  EXPECT_FALSE(IsArmed(order_, 1, Timer::kT9, Role::kSeller));
  EXPECT_FALSE(IsArmed(order_, 1, Timer::kT3, Role::kBuyer));
  EXPECT_FALSE(IsArmed(order_, 2, Timer::kT9, Role::kBuyer));
}

}  // namespace
}  // namespace refund::arbiter
