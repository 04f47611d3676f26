#include "engine/ledger/buckets.h"

#include <gtest/gtest.h>

namespace refund::ledger {
namespace {

TEST(BucketsTest, ValueIsThePaidCashOrTheBucketNamed) {
  OrderLine line;
  line.paid = 700;
  line.buckets = {{Bucket::kCredit, 300, Bearer::kUnspecified},
                  {Bucket::kFreight, 12, Bearer::kUnspecified}};
  EXPECT_EQ(ValueOf(line, Bucket::kCash), 700);
  EXPECT_EQ(ValueOf(line, Bucket::kCredit), 300);
  EXPECT_EQ(ValueOf(line, Bucket::kFreight), 12);
  EXPECT_EQ(ValueOf(line, Bucket::kTax), 0);
}

// docs/decisions/0009 (6), (7), (9), written out.
TEST(BucketsTest, EachBucketIsMoneyOrNotAndHasItsLeg) {
  struct Row {
    Bucket bucket;
    bool money;
    bool goods;
    LegKind kind;
  };
  const Row rows[] = {
      {Bucket::kUnspecified, false, false, LegKind::kUnspecified},
      {Bucket::kCash, true, true, LegKind::kRefundOriginal},
      {Bucket::kPresaleDeposit, true, true, LegKind::kRefundOriginal},
      {Bucket::kBalance, true, true, LegKind::kRefundBalance},
      {Bucket::kGiftCard, true, true, LegKind::kGiftcardRestore},
      {Bucket::kCredit, true, true, LegKind::kCreditCancel},
      {Bucket::kPoints, false, false, LegKind::kPoints},
      {Bucket::kCoins, false, false, LegKind::kCoins},
      {Bucket::kShopCoupon, false, false, LegKind::kCouponRestore},
      {Bucket::kPlatformCoupon, false, false, LegKind::kCouponRestore},
      {Bucket::kCreatorCoupon, false, false, LegKind::kCouponRestore},
      {Bucket::kChannelPromotion, false, false, LegKind::kUnspecified},
      {Bucket::kSubsidy, false, false, LegKind::kUnspecified},
      {Bucket::kTradeIn, false, false, LegKind::kUnspecified},
      {Bucket::kFreight, true, false, LegKind::kFreightOut},
      {Bucket::kPacking, true, false, LegKind::kFreightOut},
      {Bucket::kTax, true, true, LegKind::kRefundOriginal},
  };
  ASSERT_EQ(std::size(rows), CountOf<Bucket>());
  for (const Row& row : rows) {
    SCOPED_TRACE(NameOf(row.bucket));
    EXPECT_EQ(IsMoney(row.bucket), row.money);
    EXPECT_EQ(IsGoodsMoney(row.bucket), row.goods);
    EXPECT_EQ(KindOf(row.bucket), row.kind);
    EXPECT_EQ(IsCoupon(row.bucket), row.kind == LegKind::kCouponRestore);
  }
}

// docs/decisions/0009 (6): fourteen kinds, one of them where the pack says so.
TEST(BucketsTest, LegsTowardTheBuyerCountByTheirKind) {
  const auto counts = [](LegKind kind, bool voucher_counts) {
    Leg leg;
    leg.kind = kind;
    leg.state = LegState::kReserved;
    return GivesOrdersMoney(leg, voucher_counts);
  };
  for (const LegKind kind :
       {LegKind::kRefundOriginal, LegKind::kRefundBalance, LegKind::kRefundBank, LegKind::kOffline,
        LegKind::kGiftcardRestore, LegKind::kCreditCancel, LegKind::kPoints, LegKind::kCoins,
        LegKind::kCouponRestore, LegKind::kFreightOut, LegKind::kPriceDiff, LegKind::kAdvance}) {
    EXPECT_TRUE(counts(kind, false)) << NameOf(kind);
  }
  for (const LegKind kind :
       {LegKind::kFreightReturn, LegKind::kCompensation, LegKind::kRecovery, LegKind::kClawback,
        LegKind::kCommissionReversal, LegKind::kFee, LegKind::kUnspecified}) {
    EXPECT_FALSE(counts(kind, true)) << NameOf(kind);
  }
  EXPECT_TRUE(counts(LegKind::kVoucher, true));
  EXPECT_FALSE(counts(LegKind::kVoucher, false));
}

TEST(BucketsTest, ALegCountsInEveryStateButVoidAndReroutedAndOnlyTowardTheBuyer) {
  Leg leg;
  leg.kind = LegKind::kRefundOriginal;
  for (size_t i = 0; i < CountOf<LegState>(); ++i) {
    leg.state = static_cast<LegState>(i);
    const bool counts = leg.state != LegState::kVoid && leg.state != LegState::kRerouted;
    EXPECT_EQ(GivesOrdersMoney(leg, false), counts) << NameOf(leg.state);
  }
  leg.state = LegState::kSettled;
  leg.to = Bearer::kMerchant;
  EXPECT_FALSE(GivesOrdersMoney(leg, true));
}

TEST(BucketsTest, StatesAreUnsentReplaceableOrOpen) {
  using enum LegState;
  const auto is = [](LegState state, bool unsent, bool replaceable, bool open) {
    EXPECT_EQ(IsUnsent(state), unsent) << NameOf(state);
    EXPECT_EQ(IsReplaceable(state), replaceable) << NameOf(state);
    EXPECT_EQ(IsOpen(state), open) << NameOf(state);
  };
  is(kProposed, true, true, true);
  is(kReserved, true, true, true);
  is(kHeld, true, true, true);
  is(kSubmitted, false, false, true);
  is(kSettled, false, false, false);
  is(kFailed, false, true, true);
  is(kShortfall, false, true, true);
  is(kOwed, false, true, false);
  is(kRerouted, false, false, false);
  is(kReversed, false, false, false);
  is(kVoid, false, false, false);
}

}  // namespace
}  // namespace refund::ledger
