#include "engine/ledger/ceiling.h"

#include <gtest/gtest.h>

#include "tests/ledger/orders.h"

namespace refund::ledger {
namespace {

using testing::TestOrder;

TEST(CeilingTest, CancelledUnitsLowerWhatWasCapturedByTheFloorOfTheirPart) {
  OrderLine line;
  line.quantity = 3;
  line.paid = 1000;
  line.buckets = {{Bucket::kFreight, 100, Bearer::kUnspecified}};
  EXPECT_EQ(CapturedOf(line, Bucket::kCash), 1000);
  line.cancelled = 1;
  EXPECT_EQ(CapturedOf(line, Bucket::kCash), 667);  // 1000 − 333
  EXPECT_EQ(CapturedOf(line, Bucket::kFreight), 67);
  line.cancelled = 3;
  EXPECT_EQ(CapturedOf(line, Bucket::kCash), 0);
}

TEST(CeilingTest, LegsCountInTheirLineAndBucketLessWhatWasReversed) {
  TestOrder t;
  t.AddLine(2, 1000, {{Bucket::kBalance, 500, Bearer::kUnspecified}});
  t.AddLine(1, 2000);
  const uint32_t c = t.AddCase(1);
  t.AddLeg(c, {Bucket::kCash, 300, true});
  t.AddLeg(c, {Bucket::kCash, 100, false}).reversed = 40;
  t.AddLeg(c, {Bucket::kBalance, 200, true});
  const OrderLine& a = t.order.lines[0];
  EXPECT_EQ(GivenFrom(t.order, a, Bucket::kCash, {}), 360);
  EXPECT_EQ(GivenFrom(t.order, a, Bucket::kCash, {}, true), 300);
  EXPECT_EQ(GivenFrom(t.order, a, Bucket::kBalance, {}), 200);
  EXPECT_EQ(GivenFrom(t.order, t.order.lines[1], Bucket::kCash, {}), 0);
  EXPECT_EQ(RemainingOf(t.order, a, Bucket::kCash, {}), 640);
  EXPECT_EQ(RemainingMoney(t.order, a, {}), 940);
  EXPECT_EQ(OrderRemaining(t.order, {}), 3500 - 560);
}

TEST(CeilingTest, ANewDecisionIsCheckedWithoutWhatItReplaces) {
  using enum LegState;
  for (const auto& [state, counts] : std::vector<std::pair<LegState, bool>>{{kProposed, false},
                                                                            {kReserved, false},
                                                                            {kHeld, false},
                                                                            {kFailed, false},
                                                                            {kShortfall, false},
                                                                            {kOwed, false},
                                                                            {kSubmitted, true},
                                                                            {kSettled, true},
                                                                            {kReversed, true}}) {
    SCOPED_TRACE(NameOf(state));
    TestOrder t;
    t.AddLine(1, 1000);
    const uint32_t one = t.AddCase(1);
    const uint32_t other = t.AddCase(1);
    t.AddLeg(one, {Bucket::kCash, 600, true}).state = state;
    const OrderLine& a = t.order.lines[0];
    EXPECT_EQ(RemainingMoney(t.order, a, {one}), counts ? 400 : 1000);
    EXPECT_EQ(OrderRemaining(t.order, {one}), counts ? 400 : 1000);
    EXPECT_EQ(RemainingMoney(t.order, a, {other}), 400);
    EXPECT_EQ(RemainingMoney(t.order, a, {}), 400);
  }
}

TEST(CeilingTest, OpenAndLostBankDisputesLowerTheOrderNotTheBucket) {
  TestOrder t;
  t.AddLine(1, 1000);
  t.order.disputes = {{"d-1", 300, true, DisputeState::kOpen},
                      {"d-2", 200, false, DisputeState::kLost},
                      {"d-3", 400, false, DisputeState::kWon}};
  const OrderLine& a = t.order.lines[0];
  EXPECT_EQ(OrderRemaining(t.order, {}), 500);
  EXPECT_EQ(RemainingOf(t.order, a, Bucket::kCash, {}), 1000);
  EXPECT_EQ(RemainingMoney(t.order, a, {}), 500);
  // A fact may lift the sum above: then nothing remains, and the order says by how much.
  t.order.disputes[0].amount = 900;
  EXPECT_EQ(OrderRemaining(t.order, {}), -100);
  EXPECT_EQ(RemainingMoney(t.order, a, {}), 0);
}

TEST(CeilingTest, ACancellationAfterTheMoneyLeavesNothingRatherThanLess) {
  TestOrder t;
  t.AddLine(2, 1000);
  const uint32_t c = t.AddCase(2);
  t.Give(c, 1000);
  t.order.lines[0].cancelled = 1;
  EXPECT_EQ(RemainingOf(t.order, t.order.lines[0], Bucket::kCash, {}), 0);
  EXPECT_EQ(OrderRemaining(t.order, {}), -500);
}

TEST(CeilingTest, AVoucherCountsWhereItNamesABucketAndGoodwillNever) {
  TestOrder t;
  t.AddLine(1, 1000);
  const uint32_t c = t.AddCase(1);
  Leg& leg = t.AddLeg(c, {Bucket::kCash, 300, false});
  leg.kind = LegKind::kVoucher;
  EXPECT_EQ(OrderRemaining(t.order, {}), 700);
  leg.bucket = Bucket::kUnspecified;
  EXPECT_EQ(OrderRemaining(t.order, {}), 1000);
  leg.bucket = Bucket::kCash;
  leg.case_number = 0;
  EXPECT_EQ(OrderRemaining(t.order, {}), 1000);
}

TEST(CeilingTest, PointsAndCouponsAreNoMoneyOfTheOrder) {
  TestOrder t;
  t.AddLine(
      1, 1000,
      {{Bucket::kPoints, 50, Bearer::kPlatform}, {Bucket::kShopCoupon, 80, Bearer::kMerchant}});
  t.AddLeg(t.AddCase(1), {Bucket::kPoints, 50, true});
  EXPECT_EQ(OrderRemaining(t.order, {}), 1000);
  EXPECT_EQ(RemainingOf(t.order, t.order.lines[0], Bucket::kPoints, {}), 0);
  EXPECT_EQ(RemainingMoney(t.order, t.order.lines[0], {}), 1000);
}

TEST(CeilingTest, UnitsAreHeldByOpenCasesAndGivenByUnits) {
  TestOrder t;
  t.AddLine(10, 1000).cancelled = 1;
  t.AddLine(10, 1000);
  const uint32_t by_amount = t.AddCase(1);
  t.Give(by_amount, 7);
  t.Settle(by_amount);
  const uint32_t closed = t.AddCase(2);
  t.Give(closed, t.Refundable(closed));
  t.Settle(closed);
  const uint32_t deciding = t.AddCase(3);
  t.Give(deciding, t.Refundable(deciding));
  const uint32_t asking = t.AddCase(4);
  t.AddCase(5, "B");

  EXPECT_EQ(UnitsHeld(t.order, "A", 0), 7u);       // deciding, asking
  EXPECT_EQ(UnitsHeld(t.order, "A", asking), 3u);  // without the case at hand
  EXPECT_EQ(UnitsGiven(t.order, "A", 0), 5u);      // closed, deciding
  EXPECT_EQ(UnitsGiven(t.order, "A", deciding), 2u);
  EXPECT_EQ(UnitsTaken(t.order, t.order.lines[0], 0), 10u);  // 1 cancelled + 2 + 3 + 4
  EXPECT_EQ(UnitsTaken(t.order, t.order.lines[0], asking), 6u);
  t.MoveLegs(deciding, LegState::kVoid);
  EXPECT_EQ(UnitsGiven(t.order, "A", 0), 2u);
  EXPECT_EQ(UnitsHeld(t.order, "B", 0), 5u);
}

}  // namespace
}  // namespace refund::ledger
