#include "engine/ledger/accounts.h"

#include <gtest/gtest.h>

#include "tests/ledger/orders.h"

namespace refund::ledger {
namespace {

using testing::TestOrder;

int64_t Of(const Balances& balances, Bearer bearer) {
  return balances[static_cast<size_t>(bearer)];
}

TestOrder OneLeg(int64_t amount, LegState state) {
  TestOrder t;
  t.AddLine(1, 1000);
  t.AddLeg(t.AddCase(1), {Bucket::kCash, amount, true}).state = state;
  return t;
}

TEST(AccountsTest, OnlyWhatWasSettledHasMoved) {
  for (size_t i = 0; i < CountOf<LegState>(); ++i) {
    const auto state = static_cast<LegState>(i);
    const Balances balances = BalancesOf(OneLeg(700, state).order);
    const bool moved = state == LegState::kSettled || state == LegState::kReversed;
    EXPECT_EQ(Of(balances, Bearer::kBuyer), moved ? 700 : 0) << NameOf(state);
    EXPECT_EQ(Of(balances, Bearer::kMerchant), moved ? -700 : 0) << NameOf(state);
    EXPECT_EQ(SumOf(balances), 0);
  }
}

// case-model.md §3.5, 5: 11 and 12 were refunded, 10 of them came back; 13 are refunded.
TEST(AccountsTest, WhatIsReversedIsTheBearersAgain) {
  TestOrder t = OneLeg(11, LegState::kSettled);
  Leg& other = t.AddLeg(1, {Bucket::kCash, 12, true});
  other.state = LegState::kReversed;
  other.reversed = 10;
  const Balances balances = BalancesOf(t.order);
  EXPECT_EQ(Of(balances, Bearer::kBuyer), 13);
  EXPECT_EQ(Of(balances, Bearer::kMerchant), -13);
}

TEST(AccountsTest, AnAdvanceAndItsClawbackEndWithTheMerchant) {
  TestOrder t = OneLeg(500, LegState::kSettled);
  t.order.legs[0].kind = LegKind::kAdvance;
  t.order.legs[0].bearer = Bearer::kPlatform;
  Leg& back = t.AddLeg(1, {Bucket::kCash, 500, false});
  back.kind = LegKind::kClawback;
  back.to = Bearer::kPlatform;
  EXPECT_EQ(Of(BalancesOf(t.order), Bearer::kPlatform), -500);
  back.state = LegState::kSettled;
  const Balances balances = BalancesOf(t.order);
  EXPECT_EQ(Of(balances, Bearer::kPlatform), 0);
  EXPECT_EQ(Of(balances, Bearer::kMerchant), -500);
  EXPECT_EQ(Of(balances, Bearer::kBuyer), 500);
  EXPECT_EQ(SumOf(balances), 0);
}

TEST(AccountsTest, AVoucherIsOutUntilItIsRedeemedOrLapses) {
  TestOrder t = OneLeg(500, LegState::kSettled);
  t.order.legs[0].kind = LegKind::kVoucher;
  t.order.legs[0].bearer = Bearer::kPlatform;
  EXPECT_EQ(BalancesOf(t.order)[kVouchers], 500);  // of which nothing is known but its leg
  Voucher voucher;
  voucher.id = t.order.legs[0].id;
  voucher.state = VoucherState::kIssued;
  voucher.amount = 500;
  t.order.vouchers.push_back(voucher);
  EXPECT_EQ(BalancesOf(t.order)[kVouchers], 500);
  EXPECT_EQ(Of(BalancesOf(t.order), Bearer::kBuyer), 0);

  t.order.vouchers[0].redeemed = 200;
  EXPECT_EQ(BalancesOf(t.order)[kVouchers], 300);
  EXPECT_EQ(Of(BalancesOf(t.order), Bearer::kBuyer), 200);

  t.order.vouchers[0].state = VoucherState::kExpired;
  EXPECT_EQ(BalancesOf(t.order)[kVouchers], 0);
  EXPECT_EQ(Of(BalancesOf(t.order), Bearer::kPlatform), -200);
  EXPECT_EQ(SumOf(BalancesOf(t.order)), 0);
}

TEST(AccountsTest, ABankDisputeIsWithTheProviderAndThenWithWhoWins) {
  TestOrder t = OneLeg(1, LegState::kReserved);
  t.order.disputes = {{"d-1", 300, false, DisputeState::kOpen}};
  EXPECT_EQ(BalancesOf(t.order)[kPsp], 300);
  EXPECT_EQ(Of(BalancesOf(t.order), Bearer::kMerchant), -300);
  t.order.disputes[0].state = DisputeState::kLost;
  EXPECT_EQ(BalancesOf(t.order)[kPsp], 0);
  EXPECT_EQ(Of(BalancesOf(t.order), Bearer::kBuyer), 300);
  t.order.disputes[0].state = DisputeState::kWon;
  EXPECT_EQ(BalancesOf(t.order), Balances{});
}

}  // namespace
}  // namespace refund::ledger
