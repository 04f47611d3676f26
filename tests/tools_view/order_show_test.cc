#include "tools/refundctl/views/order_show.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace refund::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::vector<projections::ViewAsOf> kAsOf = {{0, 57}};

Leg LegOf(LegState state, Bucket bucket, int64_t amount, int64_t reversed = 0) {
  Leg leg;
  leg.kind = LegKind::kRefundOriginal;
  leg.bearer = Bearer::kMerchant;
  leg.line = "L1";
  leg.bucket = bucket;
  leg.amount = amount;
  leg.reversed = reversed;
  leg.state = state;
  return leg;
}

Order TheOrder() {
  Order order;
  order.key = "o/TAOBAO/1";
  order.platform = Platform::kTaobao;
  order.currency = Currency::kCny;
  order.buyer = "b-1";
  order.merchant = "m-1";
  OrderLine line;
  line.line = "L1";
  line.sku = "sku-1";
  line.quantity = 3;
  line.paid = 1000;
  line.buckets = {{Bucket::kPoints, 100, Bearer::kPlatform}};
  order.lines.push_back(line);
  return order;
}

std::string Text(const Order& order) { return OrderShowText(order, kAsOf, {}); }

TEST(LedgerTest, CapturedIsWhatWasPaidLessWhatWasCancelled) {
  Order order = TheOrder();
  order.lines[0].cancelled = 1;
  const auto ledger = LedgerOf(order);
  ASSERT_EQ(ledger.size(), 2U);
  EXPECT_EQ(ledger[0].bucket, Bucket::kCash);
  EXPECT_EQ(ledger[0].captured, 667);  // 10.00 less floor(10.00 / 3)
  EXPECT_EQ(ledger[1].bucket, Bucket::kPoints);
  EXPECT_EQ(ledger[1].captured, 67);
}

TEST(LedgerTest, WhatIsGivenAndWhatIsOnItsWayAreApart) {
  Order order = TheOrder();
  order.legs = {
      LegOf(LegState::kSettled, Bucket::kCash, 300),
      LegOf(LegState::kReversed, Bucket::kCash, 200, 50), LegOf(LegState::kOwed, Bucket::kCash, 40),
      LegOf(LegState::kVoid, Bucket::kCash, 999), LegOf(LegState::kRerouted, Bucket::kCash, 999)};
  Leg clawback = LegOf(LegState::kSettled, Bucket::kCash, 300);
  clawback.to = Bearer::kPlatform;
  order.legs.push_back(clawback);
  const LedgerRow cash = LedgerOf(order).front();
  EXPECT_EQ(cash.given, 450);
  EXPECT_EQ(cash.on_its_way, 40);
  EXPECT_EQ(cash.remaining, 510);
}

TEST(LedgerTest, AVoucherIsNotOutOfTheLine) {
  Order order = TheOrder();
  Leg voucher = LegOf(LegState::kSettled, Bucket::kCash, 300);
  voucher.kind = LegKind::kVoucher;
  order.legs.push_back(voucher);
  EXPECT_EQ(LedgerOf(order).front().given, 0);
}

TEST(OrderShowTest, HasLinesLedgerAndLegs) {
  Order order = TheOrder();
  order.legs = {LegOf(LegState::kSettled, Bucket::kCash, 300)};
  const std::string text = Text(order);
  for (const char* part : {"o/TAOBAO/1  (TAOBAO)", "buyer b-1, merchant m-1",
                           "L1: 3 x sku-1, 10.00 CNY CASH + 1.00 CNY POINTS (put up by PLATFORM)",
                           "SETTLED REFUND_ORIGINAL 3.00 CNY, MERCHANT -> BUYER, line L1 CASH",
                           "7.00 CNY", "as of 0/57"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(OrderShowTest, HasEntranceVouchersDisputesParcelsAndWhatWaits) {
  Order order = TheOrder();
  order.entrance.state = Entrance::kOpen;
  order.entrance.opened_at = Instant{1};
  order.entrance.by = EntranceBy::kCard;
  order.entrance.openings = 1;
  IssueCard card;
  card.kind = CaseKind::kRefundOnly;
  card.answer = CardAnswer::kAgree;
  card.by_auto = true;
  order.entrance.cards.push_back(card);
  Voucher voucher;
  voucher.kind = VoucherKind::kExperienceLoss;
  voucher.amount = 500;
  voucher.redeemed = 200;
  voucher.state = VoucherState::kIssued;
  order.vouchers.push_back(voucher);
  order.disputes.push_back({"d-1", 1000, true, DisputeState::kOpen});
  Parcel parcel;
  parcel.id = "p-1";
  parcel.lost = true;
  order.parcels.push_back(parcel);
  order.parked.push_back({"early-1", RefundPaid{}, Instant{0}});
  order.double_paid = true;
  const std::string text = Text(order);
  for (const char* part : {"OPEN, opened", "by CARD, opening 1", "AGREE by itself",
                           "EXPERIENCE_LOSS 5.00 CNY: ISSUED, 2.00 CNY spent",
                           "d-1: 10.00 CNY, OPEN, refunds may still go out", "p-1, LOST",
                           "RefundPaid early-1", "ALARM: paid twice"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(OrderShowTest, NothingDrivesTheTerminal) {
  Order order = TheOrder();
  order.external_complaints = {"12315/\x1b[31m"};
  EXPECT_THAT(Text(order), AllOf(HasSubstr("12315/"), Not(HasSubstr("\x1b"))));
}

TEST(OrderShowTest, JsonHasTheLedgerInFront) {
  EXPECT_THAT(
      OrderShowJson(TheOrder(), kAsOf),
      StartsWith("{\"as_of\":[{\"partition\":0,\"offset\":57}],\"ledger\":[{\"line\":\"L1\","
                 "\"bucket\":\"CASH\",\"captured\":1000,\"given\":0,"));
}

}  // namespace
}  // namespace refund::tools
