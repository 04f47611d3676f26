#include "engine/ledger/apportion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/domain/money.h"
#include "engine/ledger/ceiling.h"
#include "tests/ledger/orders.h"

namespace refund::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TestOrder;

Share ByUnits(Bucket bucket, int64_t amount) { return {bucket, amount, true}; }
Share ByAmount(Bucket bucket, int64_t amount) { return {bucket, amount, false}; }

// ---- By units ----

// case-model.md §3.7: 10 of 30 in three steps are 3.33, 3.33 and 3.34 (macrozheng/mall#356).
TEST(ApportionTest, StepsByUnitsSumToTheWhole) {
  TestOrder t;
  t.AddLine(3, 1000);
  for (const int64_t expected : {333, 333, 334}) {
    const uint32_t c = t.AddCase(1);
    EXPECT_EQ(t.Refundable(c), expected);
    const Apportioned got = t.Give(c, expected);
    EXPECT_THAT(got.money, ElementsAre(ByUnits(Bucket::kCash, expected)));
    EXPECT_EQ(got.rounding, "FLOOR_CUMULATIVE");
    t.Settle(c);
  }
  EXPECT_EQ(RemainingMoney(t.order, t.order.lines[0], {}), 0);
}

// §3.7: 30.00 on 3 units, 25.00 given by amount; then a unit is worth 5.00, not 10.00.
TEST(ApportionTest, WhatWasGivenByAmountLeavesTheUnitsWhatRemains) {
  TestOrder t;
  t.AddLine(3, 3000);
  const uint32_t price = t.AddCase(1);
  EXPECT_EQ(t.Give(price, 2500).rounding, "LARGEST_REMAINDER");
  t.Settle(price);
  const uint32_t unit = t.AddCase(1);
  EXPECT_EQ(t.Refundable(unit), 500);
  EXPECT_THAT(t.Give(unit, 500).money, ElementsAre(ByUnits(Bucket::kCash, 500)));
}

TEST(ApportionTest, CancelledUnitsTakeTheFirstPlaces) {
  TestOrder t;
  t.AddLine(3, 1000).cancelled = 1;
  for (const int64_t expected : {333, 334}) {
    const uint32_t c = t.AddCase(1);
    EXPECT_EQ(t.Refundable(c), expected);
    t.Give(c, expected);
  }
  EXPECT_EQ(t.Refundable(t.AddCase(1)), 0);
}

// Three units of 10.00; the middle one is withdrawn and asked for again.
TEST(ApportionTest, AVoidedRefundIsDueAgainToTheFen) {
  TestOrder t;
  t.AddLine(3, 1000);
  for (int i = 0; i < 3; ++i) {
    const uint32_t c = t.AddCase(1);
    t.Give(c, t.Refundable(c));
  }
  t.MoveLegs(2, LegState::kVoid);
  t.order.cases[1].phase = Phase::kClosed;
  EXPECT_EQ(t.Refundable(t.AddCase(1)), 333);
}

TEST(ApportionTest, EveryGoodsBucketGivesItsOwnFloor) {
  TestOrder t;
  t.AddLine(3, 1000,
            {{Bucket::kGiftCard, 500, Bearer::kUnspecified},
             {Bucket::kTax, 100, Bearer::kUnspecified},
             {Bucket::kFreight, 600, Bearer::kUnspecified},
             {Bucket::kPacking, 50, Bearer::kUnspecified}});
  const uint32_t one = t.AddCase(1);
  EXPECT_EQ(t.Refundable(one), 333 + 166 + 33);  // no freight but with the last units
  EXPECT_THAT(t.Give(one, 532).money,
              ElementsAre(ByUnits(Bucket::kCash, 333), ByUnits(Bucket::kGiftCard, 166),
                          ByUnits(Bucket::kTax, 33)));
  const uint32_t rest = t.AddCase(2);
  EXPECT_EQ(t.Refundable(rest), 667 + 334 + 67 + 600 + 50);
  EXPECT_THAT(t.Give(rest, 1718).money,
              ElementsAre(ByUnits(Bucket::kCash, 667), ByUnits(Bucket::kGiftCard, 334),
                          ByUnits(Bucket::kFreight, 600), ByUnits(Bucket::kPacking, 50),
                          ByUnits(Bucket::kTax, 67)));
  EXPECT_EQ(RemainingMoney(t.order, t.order.lines[0], {}), 0);
}

// docs/decisions/0009 (7): freight stays where the buyer is liable and has had the goods.
TEST(ApportionTest, TheLiableBuyerWhoHadTheGoodsGetsNoFreight) {
  struct Row {
    Goods goods;
    std::string return_parcel;
    Liability liability;
    int64_t refundable;
  };
  const Row rows[] = {
      {Goods::kUnshipped, "", Liability::kBuyer, 1010},
      {Goods::kShipped, "", Liability::kBuyer, 1010},
      {Goods::kLost, "", Liability::kBuyer, 1010},
      {Goods::kLost, "p-9", Liability::kBuyer, 1000},  // lost on its way back
      {Goods::kWithBuyer, "", Liability::kBuyer, 1000},
      {Goods::kAtSeller, "p-9", Liability::kBuyer, 1000},
      {Goods::kWithBuyer, "", Liability::kMerchant, 1010},
      {Goods::kWithBuyer, "", Liability::kUndetermined, 1010},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(NameOf(row.goods)) + " " + std::string(NameOf(row.liability)));
    TestOrder t;
    t.AddLine(1, 1000, {{Bucket::kFreight, 10, Bearer::kUnspecified}});
    const uint32_t c = t.AddCase(1);
    t.order.cases[0].goods = row.goods;
    t.order.cases[0].return_parcel = row.return_parcel;
    t.order.cases[0].finding = Finding{row.liability, "", {}};
    EXPECT_EQ(t.Refundable(c), row.refundable);
  }
  TestOrder t;
  t.AddLine(1, 1000, {{Bucket::kFreight, 10, Bearer::kUnspecified}});
  EXPECT_EQ(RefundableFor(t.order, t.order.lines[0], 1, 0), 1010);  // before there is a case
}

TEST(ApportionTest, ADecisionIsOverAgainWithoutItsOwnUnsentLegs) {
  TestOrder t;
  t.AddLine(2, 1001);
  const uint32_t c = t.AddCase(1);
  t.Give(c, 500);
  EXPECT_EQ(t.Refundable(c), 500);
  t.MoveLegs(c, LegState::kSettled);
  EXPECT_EQ(t.Refundable(c), 0);  // it has been paid
}

// ---- By amount ----

TEST(ApportionTest, ByAmountFallsOnWhatRemainsByLargestRemainder) {
  TestOrder t;
  t.AddLine(1, 500,
            {{Bucket::kBalance, 300, Bearer::kUnspecified},
             {Bucket::kGiftCard, 200, Bearer::kUnspecified}});
  // 101 · 5/10 = 50.5, 101 · 3/10 = 30.3, 101 · 2/10 = 20.2: the odd fen goes to the cash.
  const Apportioned got = t.Give(t.AddCase(1), 101);
  EXPECT_THAT(got.money, ElementsAre(ByAmount(Bucket::kCash, 51), ByAmount(Bucket::kBalance, 30),
                                     ByAmount(Bucket::kGiftCard, 20)));
  EXPECT_EQ(got.rounding, "LARGEST_REMAINDER");
  // Then over the remaining 449 : 270 : 180 (of 899). 100 · 449/899 = 49.94, 30.03, 20.02.
  EXPECT_THAT(t.Give(t.AddCase(1), 100).money,
              ElementsAre(ByAmount(Bucket::kCash, 50), ByAmount(Bucket::kBalance, 30),
                          ByAmount(Bucket::kGiftCard, 20)));
}

TEST(ApportionTest, OnlyWhatExceedsTheGoodsComesFromFreightThenPacking) {
  TestOrder t;
  t.AddLine(2, 1000,
            {{Bucket::kFreight, 60, Bearer::kUnspecified},
             {Bucket::kPacking, 30, Bearer::kUnspecified},
             {Bucket::kTax, 100, Bearer::kUnspecified}});
  EXPECT_THAT(t.Give(t.AddCase(1), 1175).money,
              ElementsAre(ByAmount(Bucket::kCash, 1000), ByAmount(Bucket::kFreight, 60),
                          ByAmount(Bucket::kPacking, 15), ByAmount(Bucket::kTax, 100)));
}

TEST(ApportionTest, AClaimOfFreightTakesTheFreightFirst) {
  TestOrder t;
  t.AddLine(1, 1000, {{Bucket::kFreight, 60, Bearer::kUnspecified}});
  Asked asked;
  asked.case_number = t.AddCase(1);
  asked.quantity = 1;
  asked.freight_first = true;
  asked.amount = 50;
  EXPECT_THAT(Apportion(t.order, t.order.lines[0], asked).money,
              ElementsAre(ByAmount(Bucket::kFreight, 50)));
  asked.amount = 80;
  EXPECT_THAT(Apportion(t.order, t.order.lines[0], asked).money,
              ElementsAre(ByAmount(Bucket::kCash, 20), ByAmount(Bucket::kFreight, 60)));
  asked.amount = 1060;  // what the unit is worth, but no unit is given back
  EXPECT_THAT(Apportion(t.order, t.order.lines[0], asked).money,
              ElementsAre(ByAmount(Bucket::kCash, 1000), ByAmount(Bucket::kFreight, 60)));
}

TEST(ApportionTest, WhereTheGoodsAreGivenOnlyTheirFreightIsLeft) {
  TestOrder t;
  t.AddLine(1, 1000, {{Bucket::kFreight, 60, Bearer::kUnspecified}});
  t.Give(t.AddCase(1), 1000);
  t.Settle(1);
  EXPECT_THAT(t.Give(t.AddCase(1), 45).money, ElementsAre(ByAmount(Bucket::kFreight, 45)));
}

TEST(ApportionTest, OfNoUnitsIsByAmountWhateverTheAmount) {
  TestOrder t;
  t.AddLine(1, 1000);
  Asked asked;
  asked.amount = 1000;
  EXPECT_THAT(Apportion(t.order, t.order.lines[0], asked).money,
              ElementsAre(ByAmount(Bucket::kCash, 1000)));
  asked.amount = 0;
  const Apportioned nothing = Apportion(t.order, t.order.lines[0], asked);
  EXPECT_THAT(nothing.money, IsEmpty());
  EXPECT_EQ(nothing.rounding, "");
}

TEST(ApportionDeathTest, MoreThanRemainsIsABug) {
  TestOrder t;
  t.AddLine(1, 1000);
  const uint32_t c = t.AddCase(1);
  EXPECT_DEATH(t.Give(c, 1001), "asked.amount <= RemainingMoney");
}

// ---- Money of other makes ----

// SY-25: nothing was paid, 120.00 is owed. The receivable is cancelled; no cash goes out.
TEST(ApportionTest, UseFirstPayLaterCancelsWhatIsOwed) {
  TestOrder t;
  t.AddLine(1, 0, {{Bucket::kCredit, 12000, Bearer::kUnspecified}});
  const uint32_t c = t.AddCase(1);
  EXPECT_EQ(t.Refundable(c), 12000);
  EXPECT_THAT(t.Give(c, 12000).money, ElementsAre(ByUnits(Bucket::kCredit, 12000)));
  EXPECT_EQ(t.order.legs[0].kind, LegKind::kCreditCancel);
}

// SY-81: 1,000.00 on credit, of which 200.00 were paid: 800.00 less to pay, 200.00 in cash.
TEST(ApportionTest, CreditIsWhatIsStillOwedAndCashWhatWasPaidOff) {
  TestOrder t;
  t.AddLine(1, 20000, {{Bucket::kCredit, 80000, Bearer::kUnspecified}});
  const uint32_t c = t.AddCase(1);
  EXPECT_THAT(t.Give(c, 100000).money,
              ElementsAre(ByUnits(Bucket::kCash, 20000), ByUnits(Bucket::kCredit, 80000)));
}

// Yen have no smaller unit, dinars a thousandth: the arithmetic is of minor units and knows
// neither.
TEST(ApportionTest, YenAndDinarsSumAsWell) {
  TestOrder yen;
  yen.order.currency = Currency::kJpy;
  yen.AddLine(3, 100);
  TestOrder dinar;
  dinar.order.currency = Currency::kKwd;
  dinar.AddLine(7, 10000);
  std::vector<int64_t> yens;
  std::vector<int64_t> dinars;
  for (int i = 0; i < 7; ++i) {
    if (i < 3) {
      yens.push_back(yen.Refundable(yen.AddCase(1)));
      yen.Give(static_cast<uint32_t>(i + 1), yens.back());
    }
    dinars.push_back(dinar.Refundable(dinar.AddCase(1)));
    dinar.Give(static_cast<uint32_t>(i + 1), dinars.back());
  }
  EXPECT_THAT(yens, ElementsAre(33, 33, 34));
  EXPECT_THAT(dinars, ElementsAre(1428, 1429, 1428, 1429, 1428, 1429, 1429));  // of 10.000
}

TEST(ApportionTest, TheLargestSumsDoNotOverflow) {
  TestOrder t;
  t.AddLine(4'000'000'000, kMaxUnits, {{Bucket::kTax, kMaxUnits, Bearer::kUnspecified}});
  const uint32_t c = t.AddCase(3'999'999'999);
  // floor(10^15 · 3,999,999,999 / 4,000,000,000) = 10^15 − 250,000, twice.
  EXPECT_EQ(t.Refundable(c), 2 * (kMaxUnits - 250'000));
  EXPECT_THAT(t.Give(c, kMaxUnits + 1).money,
              ElementsAre(ByAmount(Bucket::kCash, kMaxUnits / 2 + 1),
                          ByAmount(Bucket::kTax, kMaxUnits / 2)));
}

// ---- Restored beside the money ----

TEST(ApportionTest, PointsAndCoinsComeBackWithTheirUnits) {
  TestOrder t;
  t.AddLine(3, 1000,
            {{Bucket::kPoints, 100, Bearer::kPlatform}, {Bucket::kCoins, 10, Bearer::kPlatform}});
  const uint32_t one = t.AddCase(1);
  const Apportioned got = t.Give(one, 333);
  EXPECT_THAT(got.money, ElementsAre(ByUnits(Bucket::kCash, 333)));
  EXPECT_THAT(got.restored, ElementsAre(ByUnits(Bucket::kPoints, 33), ByUnits(Bucket::kCoins, 3)));
  EXPECT_THAT(t.Give(t.AddCase(1), 100).restored, IsEmpty());  // by amount
  EXPECT_THAT(t.Give(t.AddCase(2), 567).restored,
              ElementsAre(ByUnits(Bucket::kPoints, 67), ByUnits(Bucket::kCoins, 7)));
}

TEST(ApportionTest, ACouponComesBackWholeWithTheLastUnitsAndOnce) {
  TestOrder t;
  t.AddLine(2, 1000,
            {{Bucket::kShopCoupon, 99, Bearer::kMerchant},
             {Bucket::kPlatformCoupon, 50, Bearer::kPlatform}});
  EXPECT_THAT(t.Give(t.AddCase(1), 500, true).restored, IsEmpty());
  const uint32_t last = t.AddCase(1);
  EXPECT_THAT(t.Give(last, 500, true).restored,
              ElementsAre(ByUnits(Bucket::kShopCoupon, 99), ByUnits(Bucket::kPlatformCoupon, 50)));
  // The unit is asked for again after its money was voided: the coupons were sent, and stay.
  for (Leg& leg : t.order.legs) {
    if (leg.case_number != last) continue;
    leg.state = leg.bucket == Bucket::kCash ? LegState::kVoid : LegState::kSettled;
  }
  EXPECT_THAT(t.Give(last, 500, true).restored, IsEmpty());
}

TEST(ApportionTest, ACouponStaysUnlessTheDecisionGivesItBack) {
  TestOrder t;
  t.AddLine(1, 1000, {{Bucket::kCreatorCoupon, 99, Bearer::kCreator}});
  EXPECT_THAT(t.Give(t.AddCase(1), 1000, false).restored, IsEmpty());
}

// ---- Shares ----

TEST(LargestRemainderTest, SumsExactlyAndTiesGoToTheLowerIndex) {
  EXPECT_THAT(LargestRemainder(100, {1, 1, 1}), ElementsAre(34, 33, 33));
  EXPECT_THAT(LargestRemainder(101, {1, 1, 1}), ElementsAre(34, 34, 33));
  EXPECT_THAT(LargestRemainder(1, {1, 3, 1}), ElementsAre(0, 1, 0));
  EXPECT_THAT(LargestRemainder(10, {0, 5, 0}), ElementsAre(0, 10, 0));
  EXPECT_THAT(LargestRemainder(0, {2, 3}), ElementsAre(0, 0));
  EXPECT_THAT(LargestRemainder(kMaxUnits, {kMaxUnits - 1, 1}), ElementsAre(kMaxUnits - 1, 1));
}

TEST(LargestRemainderDeathTest, NoWeightIsABug) {
  EXPECT_DEATH(LargestRemainder(1, {0, 0}), "whole > 0");
}

std::vector<BearerShare> Bearers(int64_t amount, const std::vector<LiabilityShare>& shares) {
  return BearersOf(amount, shares);
}

TEST(BearersTest, AmountsSumAndTiesGoInTheOrderOfTheBearers) {
  const auto third = Bearers(
      100, {{Bearer::kCarrier, 3333}, {Bearer::kPlatform, 3333}, {Bearer::kMerchant, 3334}});
  ASSERT_EQ(third.size(), 3u);
  EXPECT_EQ(third[0].bearer, Bearer::kMerchant);
  EXPECT_EQ(third[0].amount, 34);  // 33.34: the largest remainder
  EXPECT_EQ(third[0].basis_points, 3334u);
  EXPECT_EQ(third[1].bearer, Bearer::kPlatform);
  EXPECT_EQ(third[1].amount, 33);
  EXPECT_EQ(third[2].bearer, Bearer::kCarrier);
  EXPECT_EQ(third[2].amount, 33);
  const auto half = Bearers(101, {{Bearer::kPlatform, 5000}, {Bearer::kMerchant, 5000}});
  EXPECT_EQ(half[0].bearer, Bearer::kMerchant);
  EXPECT_EQ(half[0].amount, 51);
  EXPECT_EQ(half[1].amount, 50);
}

TEST(BearersTest, ABearerNamedTwiceBearsBothAndOneOfNothingIsNone) {
  const auto bearers =
      Bearers(10, {{Bearer::kFund, 4000}, {Bearer::kMerchant, 0}, {Bearer::kFund, 6000}});
  ASSERT_EQ(bearers.size(), 1u);
  EXPECT_EQ(bearers[0].bearer, Bearer::kFund);
  EXPECT_EQ(bearers[0].basis_points, 10000u);
  EXPECT_EQ(bearers[0].amount, 10);
}

TEST(BearersDeathTest, SharesThatDoNotSumAreABug) {
  EXPECT_DEATH(BearersOf(10, {{Bearer::kMerchant, 9999}}), "whole == kWhole");
}

TEST(PortionsTest, BucketsInOrderMeetBearersInOrder) {
  const std::vector<Share> shares = {ByUnits(Bucket::kCash, 70), ByUnits(Bucket::kBalance, 30),
                                     ByAmount(Bucket::kTax, 10)};
  const std::vector<BearerShare> bearers = {{Bearer::kMerchant, 5000, 55},
                                            {Bearer::kFund, 0, 0},
                                            {Bearer::kInsurer, 4000, 40},
                                            {Bearer::kCarrier, 1000, 15}};
  EXPECT_THAT(Portions(shares, bearers),
              ElementsAre(Portion{Bucket::kCash, Bearer::kMerchant, 55, true},
                          Portion{Bucket::kCash, Bearer::kInsurer, 15, true},
                          Portion{Bucket::kBalance, Bearer::kInsurer, 25, true},
                          Portion{Bucket::kBalance, Bearer::kCarrier, 5, true},
                          Portion{Bucket::kTax, Bearer::kCarrier, 10, false}));
  EXPECT_THAT(Portions({}, {{Bearer::kMerchant, 10000, 0}}), IsEmpty());
}

TEST(PortionsDeathTest, SidesThatDifferAreABug) {
  EXPECT_DEATH(Portions({ByUnits(Bucket::kCash, 9)}, {{Bearer::kMerchant, 10000, 10}}),
               "bears == 0");
  EXPECT_DEATH(Portions({ByUnits(Bucket::kCash, 11)}, {{Bearer::kMerchant, 10000, 10}}),
               "who < bearers.size");
}

}  // namespace
}  // namespace refund::ledger
