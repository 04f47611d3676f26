// What is told of a case, to a pack's rules and to lists, and what one is made of. Packs ask about
// few facts, and lists are no business of the core, so the scripts show little of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "engine/arbiter/actions.h"
#include "engine/arbiter/filing.h"
#include "engine/arbiter/summary.h"
#include "tests/arbiter/one_case.h"

namespace refund::arbiter {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

// Each fact is said by what it is made of, and by nothing else.
class FactsTest : public OneCase {
 protected:
  FactsTest() {
    pack_.bad_reviews_over.value = 3;
    pack_.report_window.emplace();
    pack_.report_window->period = {48, PeriodUnit::kHour};
    order_.delivered_at = Instant{600};
    the_case().filed_at = *order_.delivered_at + 49LL * 60 * 60 * 1000;
  }

  // Of all facts that one, to that value.
  template <class Change>
  void ExpectToSay(FactName name, uint8_t value, Change change) {
    const policy::Facts before = FactsOf(order_, the_case(), pack_);
    change();
    const policy::Facts after = FactsOf(order_, the_case(), pack_);
    for (size_t i = 0; i < policy::kFactCount; ++i) {
      const auto each = static_cast<FactName>(i);
      EXPECT_EQ(before[each] != after[each], each == name) << NameOf(each);
    }
    EXPECT_EQ(after[name], value) << NameOf(name);
  }
  template <class Change>
  void ExpectYes(FactName name, Change change) {
    ExpectToSay(name, static_cast<uint8_t>(YesNo::kYes), change);
  }

  policy::Pack pack_;
};

TEST_F(FactsTest, WhatIsYesOrNo) {
  ExpectYes(FactName::kComplained, [&] { the_case().by_complaint = true; });
  ExpectYes(FactName::kPerishable, [&] { order_.lines[0].perishable = true; });
  ExpectYes(FactName::kShipped, [&] { order_.shipped_at = Instant{550}; });
  ExpectYes(FactName::kBadGoodsRefundable,
            [&] { order_.promises.push_back(PromiseKind::kBadGoodsRefundable); });
  ExpectYes(FactName::kBadGoodsCompensated,
            [&] { order_.promises.push_back(PromiseKind::kBadGoodsCompensated); });
  ExpectYes(FactName::kDamagedReturnable,
            [&] { order_.promises.push_back(PromiseKind::kDamagedReturnable); });
  ExpectYes(FactName::kFreightCovered, [&] { order_.services.push_back("RETURN_FREIGHT_COVER"); });
  ExpectYes(FactName::kFreightInsured,
            [&] { order_.services.push_back("RETURN_FREIGHT_INSURANCE"); });
  ExpectYes(FactName::kReportedInTime, [&] { the_case().filed_at = *order_.delivered_at; });
  ExpectYes(FactName::kArrivalOverdue, [&] { order_.arrival_overdue = true; });
  ExpectYes(FactName::kPlatformOpened, [&] { the_case().platform_opened = true; });
}

TEST_F(FactsTest, WhatIsWithTheBuyerIsNotLost) {
  order_.delivered_at.reset();
  order_.parcels.emplace_back().id = "p";
  ExpectYes(FactName::kLost, [&] { order_.parcels[0].lost = true; });
  const auto no = static_cast<uint8_t>(YesNo::kNo);
  order_.delivered_at = Instant{600};
  EXPECT_EQ(FactsOf(order_, the_case(), pack_)[FactName::kLost], no);
  the_case().goods = Goods::kLost;
  EXPECT_EQ(FactsOf(order_, the_case(), pack_)[FactName::kLost], static_cast<uint8_t>(YesNo::kYes));
}

TEST_F(FactsTest, WhatOthersHaveSaid) {
  const auto say = [&](FactName name, auto value, auto change) {
    ExpectToSay(name, static_cast<uint8_t>(value), change);
  };
  RecordedFacts& facts = the_case().facts;
  say(FactName::kSellerStanding, Standing::kClear, [&] {
    facts.standing = StandingFact{3, 0, {}};
  });
  say(FactName::kSellerStanding, Standing::kMarked, [&] { facts.standing->bad_reviews = 4; });
  say(FactName::kGoodReviews, Rating::kEnough, [&] { facts.rating = RatingFact{7, 10, {}}; });
  say(FactName::kGoodReviews, Rating::kLow, [&] { facts.rating = RatingFact{6, 9, {}}; });
  say(FactName::kAbuse, AbuseVerdict::kNormal, [&] {
    facts.abuse = AbuseFact{AbuseVerdict::kNormal, "", {}};
  });
  say(FactName::kLiability, Liability::kCarrier, [&] {
    the_case().finding = Finding{Liability::kCarrier, "", {}};
  });
  say(FactName::kKind, CaseKind::kExchange, [&] { the_case().kind = CaseKind::kExchange; });
  say(FactName::kReason, ClaimReason::kOther, [&] { the_case().reason = ClaimReason::kOther; });
  say(FactName::kGoods, Goods::kInspectedOk, [&] { the_case().goods = Goods::kInspectedOk; });
}

TEST_F(FactsTest, TheAskIsInTheOrdersCurrency) {
  the_case().ask = 700;
  EXPECT_EQ(FactsOf(order_, the_case(), pack_).ask, (Money{700, Currency::kCny}));
}

// ---- What a case is made of ----

class FilingTest : public OneCase {
 protected:
  FilingTest() {
    order_.cases.clear();
    turn_.the_case = nullptr;
    turn_.line = "1";
  }
  void ExpectToFile(const Filing& expected) {
    const std::optional<Filing> filing = FilingOf(turn_);
    ASSERT_TRUE(filing);
    EXPECT_EQ(filing->kind, expected.kind);
    EXPECT_EQ(filing->line, expected.line);
    EXPECT_EQ(filing->quantity, expected.quantity);
    EXPECT_EQ(filing->ask, expected.ask);
    EXPECT_EQ(filing->extra, expected.extra);
    EXPECT_EQ(filing->reason, expected.reason);
  }
};

TEST_F(FilingTest, ALostParcelAsksForWhatTheLineIsWorth) {
  Says(Role::kCarrier, ParcelLost{"p"});
  ExpectToFile({CaseKind::kRefundOnly, "1", 2, 10000, 0, ClaimReason::kNotReceived});
}

TEST_F(FilingTest, AnOfferAsksForNothing) {
  OfferMade offer;
  offer.options.push_back({Remedy::kExchange, {0, Currency::kCny}});
  offer.units = LineUnits{"1", 1};
  Says(Role::kSeller, offer);
  ExpectToFile({CaseKind::kExchange, "1", 1, 0, 0, ClaimReason::kOther});
}

TEST_F(FilingTest, ThePlatformMayAskForNothing) {
  PlatformIntervened word;
  word.kind = CaseKind::kExchange;
  word.units = LineUnits{"1", 2};
  word.reason = ClaimReason::kQuality;
  Says(Role::kPlatform, word);
  ExpectToFile({CaseKind::kExchange, "1", 2, 0, 0, ClaimReason::kQuality});
  word.ask = Money{700, Currency::kCny};
  Says(Role::kPlatform, word);
  ExpectToFile({CaseKind::kExchange, "1", 2, 700, 0, ClaimReason::kQuality});
}

TEST_F(FilingTest, AnExchangeMayAddToIt) {
  RefundRequested request;
  request.kind = CaseKind::kExchange;
  request.units = {"1", 1};
  request.reason = ClaimReason::kColour;
  request.extra = Money{300, Currency::kCny};
  Says(Role::kBuyer, request);
  ExpectToFile({CaseKind::kExchange, "1", 1, 0, 300, ClaimReason::kColour});
}

// ---- What a step says of a case ----

// Lists and tables are made of it, and a script shows little of it.
TEST_F(FactsTest, ASummarySaysHowTheCaseStands) {
  Case& c = the_case();
  c.id.bytes[0] = 9;
  c.reopening = 1;
  c.version = 12;
  c.kind = CaseKind::kExchange;
  c.reason = ClaimReason::kColour;
  c.by_complaint = true;
  c.ask = 700;
  c.overlay = Overlay::kReview;
  c.asked = Side::kBuyer;
  c.outcome = RulingOutcome::kBuyer;
  c.goods = Goods::kReturnDue;
  c.close_reason = CloseReason::kSettled;
  c.filed_at = Instant{601};
  c.closed_at = Instant{602};
  c.decisions.emplace_back().amount = 1;
  c.decisions.emplace_back().amount = 2;
  c.spent = {1, 2, 3};
  c.holder = "agent-3";
  c.quantity = 2;
  c.split_from = 4;
  AddLeg(LegKind::kRefundOriginal, LegState::kReversed).reversed = 100;
  AddLeg(LegKind::kRefundOriginal, LegState::kSettled);
  AddLeg(LegKind::kRefundOriginal, LegState::kSubmitted);
  AddLeg(LegKind::kPoints, LegState::kSettled);
  AddLeg(LegKind::kRefundOriginal, LegState::kSettled).case_number = 2;
  AddTakingBack(LegKind::kRecovery, LegState::kSettled);
  AddDeadline(Timer::kT1, Instant{2000}).paused = true;
  AddDeadline(Timer::kT3, Instant{3000}).case_number = 2;
  AddDeadline(Timer::kT13, Instant{4000});
  AddDeadline(Timer::kT10, Instant{5000});
  turn_.step.case_number = 1;
  SummarizeCases(turn_);

  ASSERT_EQ(turn_.step.cases.size(), 1U);
  const CaseSummary& s = turn_.step.cases[0];
  EXPECT_EQ(s.number, 1U);
  EXPECT_EQ(s.id, c.id);
  EXPECT_EQ(s.key, order_.key);
  EXPECT_EQ(s.platform, Platform::kTaobao);
  EXPECT_EQ(s.reopening, 1U);
  EXPECT_EQ(s.version, 12);
  EXPECT_EQ(s.kind, CaseKind::kExchange);
  EXPECT_EQ(s.reason, ClaimReason::kColour);
  EXPECT_TRUE(s.by_complaint);
  EXPECT_EQ(s.ask, (Money{700, Currency::kCny}));
  EXPECT_EQ(s.phase, Phase::kAwaitSeller);
  EXPECT_EQ(s.close_reason, CloseReason::kSettled);
  EXPECT_EQ(s.overlay, Overlay::kReview);
  EXPECT_EQ(s.asked, Side::kBuyer);
  EXPECT_EQ(s.outcome, RulingOutcome::kBuyer);
  EXPECT_EQ(s.goods, Goods::kReturnDue);
  EXPECT_EQ(s.filed_at, Instant{601});
  EXPECT_EQ(s.closed_at, Instant{602});
  EXPECT_EQ(s.decisions, 2U);
  EXPECT_EQ(s.last_decision->amount, 2);
  EXPECT_EQ(s.spent.buyer_ms, 1);
  EXPECT_EQ(s.spent.seller_ms, 2);
  EXPECT_EQ(s.spent.platform_ms, 3);
  EXPECT_EQ(s.to_move, Role::kAgent);
  EXPECT_EQ(s.holder, "agent-3");
  EXPECT_EQ(s.quantity, 2U);
  EXPECT_EQ(s.split_from, 4U);
  EXPECT_EQ(s.settled, 900);
  EXPECT_EQ(s.next_due, Instant{4000});
  EXPECT_EQ(s.next_timer, Timer::kT13);
}

// Of what is about no case, but touched one, that one is named; of several, none is.
TEST_F(FactsTest, AStepNamesTheOneCaseThatItTouched) {
  turn_.step.cases.emplace_back().number = 1;
  SummarizeCases(turn_);
  EXPECT_EQ(turn_.step.case_number, 1U);
  EXPECT_EQ(turn_.step.cases.size(), 1U);
  order_.cases.emplace_back().number = 2;
  turn_.step.case_number = 0;
  turn_.step.cases.emplace_back().number = 2;
  SummarizeCases(turn_);
  EXPECT_EQ(turn_.step.case_number, 0U);
  EXPECT_EQ(turn_.step.cases.size(), 2U);
}

// ---- What may be done ----

// One case that waits for its seller.
class ActionsTest : public FactsTest {
 protected:
  ActionsTest() {
    Publish({});
    the_case().kind = CaseKind::kRefundOnly;
    the_case().ask = 500;
    the_case().filer = {Role::kBuyer, "b-1"};
  }

  std::vector<Action> Allowed(Role role = Role::kUnspecified) const {
    return AllowedActions(order_, order_.cases.front(), role, packs_);
  }
  // Of one role; if it may not, nothing.
  std::optional<Action> Allowed(Role role, EventKind kind) const {
    for (const Action& each : Allowed()) {
      if (each.role == role && each.event == kind) return each;
    }
    return std::nullopt;
  }
  Offer& AddOffer(uint8_t id) {
    Offer& offer = the_case().offers.emplace_back();
    offer.id.bytes[0] = id;
    offer.by = Role::kSeller;
    offer.options = {{Remedy::kRefundOnly, {300, Currency::kCny}}};
    return offer;
  }
};

TEST_F(ActionsTest, WhatMayBeDoneIsWhatSomeRowTakes) {
  AddDeadline(Timer::kT1, Instant{4000}).role = Role::kSeller;
  const auto accept = Allowed(Role::kSeller, EventKind::kRefundAccepted);
  ASSERT_TRUE(accept);
  EXPECT_EQ(accept->row, "3");
  EXPECT_THAT(accept->conditions, Contains("the units are of the case"));
  EXPECT_EQ(accept->until, Instant{4000});
  EXPECT_EQ(accept->timer, "T1");
  EXPECT_FALSE(Allowed(Role::kBuyer, EventKind::kRefundAccepted));
  const auto show = Allowed(Role::kBuyer, EventKind::kEvidenceSubmitted);
  ASSERT_TRUE(show);
  EXPECT_EQ(show->row, "F9");
  EXPECT_EQ(show->until, std::nullopt);
  EXPECT_FALSE(Allowed(Role::kPsp, EventKind::kEvidenceSubmitted));
}

TEST_F(ActionsTest, OfOneRoleAreThoseOfAllThatAreItsOwn) {
  const auto of_all = Allowed();
  const auto of_seller = Allowed(Role::kSeller);
  EXPECT_THAT(of_seller, Not(IsEmpty()));
  EXPECT_THAT(of_seller, Each(Field(&Action::role, Role::kSeller)));
  EXPECT_EQ(std::count_if(of_all.begin(), of_all.end(),
                          [](const Action& each) { return each.role == Role::kSeller; }),
            std::ssize(of_seller));
  EXPECT_GT(of_all.size(), of_seller.size());
}

// It ends with the first deadline of that role, or of nobody, that runs for the case.
TEST_F(ActionsTest, WhatMayBeDoneEndsWithTheFirstDeadlineThatRuns) {
  AddDeadline(Timer::kT1, Instant{4000}).role = Role::kSeller;
  AddDeadline(Timer::kT14, Instant{3000}).role = Role::kSeller;
  AddDeadline(Timer::kT6, Instant{5000}).role = Role::kSeller;
  AddDeadline(Timer::kT10, Instant{3500}).role = Role::kUnspecified;
  // None of these is a reason to hurry.
  AddDeadline(Timer::kT4, Instant{2000}).role = Role::kBuyer;
  Deadline& paused = AddDeadline(Timer::kT5, Instant{2000});
  paused.role = Role::kSeller;
  paused.paused = true;
  Deadline& of_another = AddDeadline(Timer::kT1, Instant{2000});
  of_another.role = Role::kSeller;
  of_another.case_number = 2;
  Deadline& of_a_leg = AddDeadline(Timer::kT15, Instant{2000});
  of_a_leg.role = Role::kPlatform;
  of_a_leg.leg = AddLeg(LegKind::kRefundOriginal, LegState::kFailed).id;

  const auto accept = Allowed(Role::kSeller, EventKind::kRefundAccepted);
  ASSERT_TRUE(accept);
  EXPECT_EQ(accept->until, Instant{3000});
  EXPECT_EQ(accept->timer, "T14");
  const auto of_platform = Allowed(Role::kPlatform);
  ASSERT_THAT(of_platform, Not(IsEmpty()));
  EXPECT_EQ(of_platform.front().until, Instant{3500});
  EXPECT_EQ(of_platform.front().timer, "T10");
  const auto show = Allowed(Role::kBuyer, EventKind::kEvidenceSubmitted);
  ASSERT_TRUE(show);
  EXPECT_EQ(show->until, Instant{2000});
  EXPECT_EQ(show->timer, "T4");
}

// Of offers it is the newest that may be answered, by whom it was made to, while it is open.
TEST_F(ActionsTest, TheNewestOfferIsAnswered) {
  the_case().phase = Phase::kAwaitBuyerOffer;
  EXPECT_FALSE(Allowed(Role::kBuyer, EventKind::kOfferChosen));
  AddOffer(1);
  AddOffer(2).open = true;
  const auto choose = Allowed(Role::kBuyer, EventKind::kOfferChosen);
  ASSERT_TRUE(choose);
  EXPECT_EQ(choose->row, "6-L1");
  const auto decline = Allowed(Role::kBuyer, EventKind::kOfferDeclined);
  ASSERT_TRUE(decline);
  EXPECT_EQ(decline->row, "7a");
  EXPECT_FALSE(Allowed(Role::kSeller, EventKind::kOfferChosen));
  EXPECT_FALSE(Allowed(Role::kSeller, EventKind::kOfferDeclined));
  the_case().offers.back().open = false;
  EXPECT_FALSE(Allowed(Role::kBuyer, EventKind::kOfferChosen));
  EXPECT_FALSE(Allowed(Role::kBuyer, EventKind::kOfferDeclined));
}

}  // namespace
}  // namespace refund::arbiter
