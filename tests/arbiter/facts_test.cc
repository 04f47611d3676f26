// What a pack's rules are told of a case: each fact is said by what it is made of, and by nothing
// else. Packs ask about few of them, so the scripts do not show it.
#include <gtest/gtest.h>

#include "engine/arbiter/filing.h"
#include "tests/arbiter/one_case.h"

namespace refund::arbiter {
namespace {

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

// ---- What is opened by itself ----

TEST_F(FactsTest, ALostParcelAsksForWhatTheLineIsWorthAndNothingBeside) {
  order_.cases.clear();
  turn_.the_case = nullptr;
  turn_.line = "1";
  Says(Role::kCarrier, ParcelLost{"p"});
  const auto filing = FilingOf(turn_);
  ASSERT_TRUE(filing);
  EXPECT_EQ(filing->kind, CaseKind::kRefundOnly);
  EXPECT_EQ(filing->quantity, 2U);
  EXPECT_EQ(filing->ask, 10000);
  EXPECT_EQ(filing->extra, 0);
  EXPECT_EQ(filing->reason, ClaimReason::kNotReceived);
}

}  // namespace
}  // namespace refund::arbiter
