// The lists of work and of money in print.
#include "tools/refundctl/views/listing_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace refund::tools {
namespace {

using projections::Listing;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

template <class T>
Listing<T> Of(T row) {
  return {{std::move(row)}, {{0, 57, Instant{0}}}};
}

constexpr char kLastLine[] =
    "{\"as_of\":[{\"partition\":0,\"offset\":57,\"at\":\"1970-01-01T08:00:00.000+08:00\"}],";

projections::LegEntry OverdueLeg() {
  projections::LegEntry entry;
  entry.key = "o/TAOBAO/1";
  entry.currency = Currency::kCny;
  entry.queries = 3;
  entry.leg.case_number = 2;
  entry.leg.kind = LegKind::kRefundOriginal;
  entry.leg.bearer = Bearer::kMerchant;
  entry.leg.to = Bearer::kBuyer;
  entry.leg.line = "L1";
  entry.leg.bucket = Bucket::kCash;
  entry.leg.amount = 5990;
  entry.leg.reversed = 1000;
  entry.leg.state = LegState::kSubmitted;
  entry.leg.attempt = 1;
  return entry;
}

TEST(LegsTextTest, SaysTheMoneyItsWayAndThatItIsOverdue) {
  const std::string text = LegsText(Of(OverdueLeg()), {});
  for (const char* part :
       {"SUBMITTED", "o/TAOBAO/1", "REFUND_ORIGINAL 59.90 CNY (10.00 CNY reversed)",
        "MERCHANT -> BUYER", "L1 CASH", "asked 3x", "1 leg, as of 0/57 at 1970-01-01T08:00"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(
      LegsJson(Of(OverdueLeg())),
      AllOf(HasSubstr("\"amount\":5990,\"reversed\":1000,\"currency\":\"CNY\""),
            HasSubstr("\"overdue\":true"), EndsWith(std::string(kLastLine) + "\"legs\":1}\n")));
}

TEST(LegsTextTest, OneThatWasPaidIsNotOverdue) {
  projections::LegEntry settled = OverdueLeg();
  settled.leg.state = LegState::kSettled;
  EXPECT_THAT(LegsText(Of(settled), {}), Not(HasSubstr("asked")));
}

TEST(QueueTextTest, SaysWhoseMoveWhoHoldsItAndHowUrgentItIs) {
  projections::CaseEntry entry;
  entry.priority = 2;
  entry.summary.key = "o/TAOBAO/1";
  entry.summary.phase = Phase::kSellerRefused;
  entry.summary.overlay = Overlay::kReview;
  entry.summary.holder = "agent-3";
  entry.summary.to_move = Role::kAgent;
  entry.summary.next_due = Instant{0};
  entry.summary.next_timer = Timer::kT13;
  entry.summary.kind = CaseKind::kExchange;
  entry.summary.ask = {5990, Currency::kCny};
  entry.summary.quantity = 3;
  entry.summary.split_from = 1;
  const std::string text = QueueText(Of(entry), {});
  for (const char* part : {"(T13)", "SELLER_REFUSED, arbitration REVIEW", "agent-3", "AGENT", " 2 ",
                           "EXCHANGE 59.90 CNY", "3 units, split from 1", "1 open case, as of"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(QueueJson(Of(entry)),
              AllOf(HasSubstr("{\"priority\":2,\"case\":{"), HasSubstr("\"queue\":1}\n")));
}

TEST(DueTextTest, SaysWhichTimerOfWhomAndWhen) {
  projections::DeadlineEntry entry;
  entry.key = "o/TAOBAO/1";
  entry.name = {1, Timer::kT1, Role::kSeller, 2};
  entry.due = Instant{kDayMs};
  EXPECT_THAT(DueText(Of(entry), {}),
              AllOf(HasSubstr("1970-01-02T08:00:00.000+08:00"), HasSubstr("T1 of SELLER"),
                    HasSubstr("1 deadline that runs")));
  EXPECT_THAT(DueJson(Of(entry)),
              HasSubstr("\"timer\":\"T1\",\"role\":\"SELLER\",\"generation\":2"));
}

TEST(VouchersTextTest, SaysStateAndExpiry) {
  projections::VoucherEntry entry;
  entry.key = "o/TAOBAO/1";
  entry.kind = "SETTLEMENT";
  entry.amount = 500;
  entry.currency = Currency::kCny;
  entry.state = VoucherState::kIssued;
  EXPECT_THAT(VouchersText(Of(entry), {}),
              AllOf(HasSubstr("5.00 CNY"), HasSubstr("ISSUED"), HasSubstr("1 voucher, as of")));
  EXPECT_THAT(VouchersJson(Of(entry)), Not(HasSubstr("expires_at")));
  entry.expires_at = Instant{0};
  EXPECT_THAT(VouchersJson(Of(entry)), HasSubstr("\"expires_at\":\"1970-01-01T08:00"));
}

TEST(TalliesTextTest, SumsAreWholeHoweverLarge) {
  EXPECT_EQ(SumText(absl::int128(INT64_MAX) * 10, Currency::kCny), "922337203685477580.70 CNY");
  EXPECT_EQ(SumText(-7, Currency::kCny), "-0.07 CNY");
  EXPECT_EQ(SumText(500, Currency::kJpy), "500 JPY");
  EXPECT_EQ(SumText(1, Currency::kKwd), "0.001 KWD");
}

TEST(TalliesTextTest, WhatHasNoSumHasNone) {
  projections::TallyEntry entry;
  entry.name = {19783, Platform::kTaobao, "refused ROLE_MAY_NOT", Currency::kUnspecified};
  entry.count = 3;
  EXPECT_THAT(TalliesText(Of(entry), {}),
              AllOf(HasSubstr("2024-03-01"), HasSubstr("TAOBAO"), HasSubstr("refused ROLE_MAY_NOT"),
                    HasSubstr("1 tally, as of")));
  EXPECT_THAT(TalliesJson(Of(entry)), Not(HasSubstr("sum")));
}

TEST(OrdersTextTest, SumsWhatTheLegsComeTo) {
  projections::OrderLedgerRead read;
  read.order.key = "o/TAOBAO/1";
  read.order.currency = Currency::kCny;
  read.order.refused = 7;
  projections::LegEntry settled = OverdueLeg();
  settled.leg.state = LegState::kSettled;
  projections::LegEntry back = settled;
  back.leg.to = Bearer::kPlatform;
  back.leg.reversed = 0;
  read.legs = {OverdueLeg(), settled, back};
  EXPECT_THAT(OrdersText(Of(read), {}), ContainsRegex("49.90 CNY +59.90 CNY +59.90 CNY"));
  EXPECT_THAT(OrdersJson(Of(read)),
              AllOf(HasSubstr("\"refused\":7,\"legs\":3,\"currency\":\"CNY\",\"given\":\"4990\","
                              "\"on_its_way\":\"5990\",\"taken_back\":\"5990\""),
                    HasSubstr("\"orders\":1}\n"), Not(HasSubstr("entrance"))));
}

TEST(ParkedTextTest, SaysWhatWaitsWhere) {
  ParkedOn parked{"o/TAOBAO/1", {"p-9", RefundPaid{}, Instant{0}}};
  EXPECT_THAT(ParkedText(Of(parked), {}),
              AllOf(HasSubstr("RefundPaid"), HasSubstr("p-9"), HasSubstr("o/TAOBAO/1")));
  EXPECT_THAT(ParkedJson(Of(parked)), HasSubstr("\"type\":\"RefundPaid\",\"claim_id\":\"p-9\""));
}

}  // namespace
}  // namespace refund::tools
