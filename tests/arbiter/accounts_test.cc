// Accounts, on turns made by hand: G-85, with draws on the limit and instants on the window's edge.
#include "engine/arbiter/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/check.h"
#include "engine/domain/key.h"

namespace refund::arbiter {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Instant At(const std::string& text) {
  Instant at;
  std::string error;
  CHECK(ParseInstant(text, at, error));
  return at;
}

const Instant kNow = At("2024-03-01T10:00:00+08:00");

Id LegNumber(uint32_t n) { return MakeId("leg", "o/PINDUODUO/1", Id{}, 0, "test", n); }

// An account, and what it says to what is said to it.
class Account {
 public:
  explicit Account(std::string key) { order_.key = std::move(key); }

  Step Say(EventBody body, Instant at, Role role = Role::kEngine) {
    Event event;
    event.claim.id = "claim-" + std::to_string(++said_);
    event.claim.key = order_.key;
    event.claim.actor = {role, "engine"};
    event.claim.body = std::move(body);
    Turn turn(order_, packs_, at);
    turn.event = &event;
    ApplyToAccount(turn);
    messages_ = std::move(turn.messages);
    return std::move(turn.step);
  }

  // "granted", "refused: WHY", "" for no answer.
  std::string Draws(uint32_t leg, int64_t amount, int64_t limit, uint32_t window_days, Instant at,
                    Currency currency = Currency::kCny) {
    Say(Draw{LegNumber(leg),
             "o/PINDUODUO/1",
             {amount, currency},
             {limit, currency},
             window_days,
             false},
        at);
    return Answer();
  }
  Step GivesBack(uint32_t leg, Instant at) {
    return Say(
        Draw{LegNumber(leg), "o/PINDUODUO/1", {1, Currency::kCny}, {0, Currency::kCny}, 0, true},
        at);
  }

  std::string Answer() const {
    if (messages_.empty()) return "";
    EXPECT_EQ(messages_.front().key, "o/PINDUODUO/1");
    if (const auto* refused = std::get_if<DrawRefused>(&messages_.front().body)) {
      return "refused: " + refused->reason;
    }
    EXPECT_EQ(std::get<DrawGranted>(messages_.front().body).account, order_.key);
    return "granted";
  }
  const auto& messages() const { return messages_; }
  const Order& order() const { return order_; }

 private:
  Order order_;
  policy::PackBook packs_;
  decltype(Turn::messages) messages_;
  int said_ = 0;
};

TEST(AccountsTest, GrantsUpToItsLimitAndNotAFenMore) {
  Account cap("a/PINDUODUO/buyer-cap/b-1");
  EXPECT_EQ(cap.Draws(1, 9'500, 10'000, 30, kNow), "granted");
  EXPECT_EQ(cap.Draws(2, 501, 10'000, 30, kNow), "refused: BUDGET_EXHAUSTED");
  EXPECT_EQ(cap.Draws(3, 500, 10'000, 30, kNow), "granted");
  EXPECT_EQ(cap.Draws(4, 1, 10'000, 30, kNow), "refused: BUDGET_EXHAUSTED");
}

TEST(AccountsTest, ARefusedDrawIsARecordedRefusal) {
  Account cap("a/PINDUODUO/buyer-cap/b-1");
  const Step step = cap.Say(
      Draw{LegNumber(1), "o/PINDUODUO/1", {2, Currency::kCny}, {1, Currency::kCny}, 30, false},
      kNow);
  EXPECT_EQ(step.result, StepResult::kRefused);
  EXPECT_EQ(step.refusal, Refusal::kBudgetExhausted);
  EXPECT_THAT(step.detail,
              HasSubstr("expected at most 0.01 CNY in all, with this draw it is 0.02"));
  EXPECT_THAT(step.transitions, IsEmpty());
  EXPECT_THAT(cap.order().draws, IsEmpty());
}

TEST(AccountsTest, AMonthIsTheBeijingMonth) {
  Account budget("a/PINDUODUO/voucher-budget");
  const Instant last = At("2024-12-31T23:59:59.999+08:00");
  EXPECT_EQ(budget.Draws(1, 10, 10, 0, At("2024-12-01T00:00:00+08:00")), "granted");
  EXPECT_EQ(budget.Draws(2, 1, 10, 0, last), "refused: BUDGET_EXHAUSTED");
  EXPECT_EQ(budget.Draws(3, 10, 10, 0, last + 1), "granted");
}

TEST(AccountsTest, ADayLimitCountsUntilTheEndOfItsLastDay) {
  Account cap("a/PINDUODUO/buyer-cap/b-1");
  EXPECT_EQ(cap.Draws(1, 10, 10, 30, kNow), "granted");
  const Instant end = At("2024-04-01T00:00:00+08:00");  // 30 days after 1 March are over
  EXPECT_EQ(cap.Draws(2, 1, 10, 30, end + -1), "refused: BUDGET_EXHAUSTED");
  EXPECT_EQ(cap.Draws(3, 10, 10, 30, end), "granted");
}

TEST(AccountsTest, ALegThatDrawsAgainIsAnsweredAgainAndDrawnOnce) {
  Account cap("a/PINDUODUO/buyer-cap/b-1");
  EXPECT_EQ(cap.Draws(1, 6, 10, 30, kNow), "granted");
  const std::string first = cap.messages().front().id;
  EXPECT_EQ(cap.Draws(1, 6, 10, 30, kNow), "granted");
  EXPECT_NE(cap.messages().front().id, first);  // of another cause, so no repeat
  EXPECT_THAT(cap.order().draws, SizeIs(1));
  EXPECT_EQ(cap.Draws(2, 4, 10, 30, kNow), "granted");
}

TEST(AccountsTest, WhatIsGivenBackCanBeDrawnAnew) {
  Account cap("a/PINDUODUO/buyer-cap/b-1");
  EXPECT_EQ(cap.Draws(1, 10, 10, 30, kNow), "granted");
  const Step back = cap.GivesBack(1, kNow);
  EXPECT_EQ(back.result, StepResult::kApplied);
  EXPECT_EQ(cap.Answer(), "") << "nobody waits for an answer";
  EXPECT_EQ(cap.Draws(2, 10, 10, 30, kNow), "granted");
  EXPECT_EQ(cap.GivesBack(1, kNow).result, StepResult::kStale) << "once";
  EXPECT_EQ(cap.GivesBack(7, kNow).result, StepResult::kStale) << "it has drawn nothing";
  EXPECT_EQ(cap.Draws(3, 1, 10, 30, kNow), "refused: BUDGET_EXHAUSTED");
  EXPECT_EQ(cap.GivesBack(2, kNow).result, StepResult::kApplied);
  EXPECT_EQ(cap.Draws(2, 9, 10, 30, kNow), "granted") << "by the same leg too";
  EXPECT_THAT(cap.order().draws, SizeIs(3));
  EXPECT_EQ(cap.Draws(2, 9, 10, 30, kNow), "granted") << "asked again";
  EXPECT_THAT(cap.order().draws, SizeIs(3)) << "what it drew first was given back";
  EXPECT_EQ(cap.GivesBack(2, kNow).result, StepResult::kApplied) << "what it drew last";
}

TEST(AccountsTest, NothingWrapsAndNothingIsMixed) {
  Account cap("a/PINDUODUO/buyer-cap/b-1");
  EXPECT_EQ(cap.Draws(1, 0, 10, 30, kNow), "refused: AMOUNT_NOT_POSITIVE");
  EXPECT_EQ(cap.Draws(2, -5, 10, 30, kNow), "refused: AMOUNT_NOT_POSITIVE");
  EXPECT_EQ(cap.Draws(3, 5, 10, 30, kNow), "granted");
  EXPECT_EQ(cap.Draws(4, 1, 10, 30, kNow, Currency::kJpy), "refused: OTHER_CURRENCY");
  EXPECT_EQ(cap.Draws(5, INT64_MAX, INT64_MAX, 30, kNow), "refused: OVERFLOW");
  cap.Say(Draw{LegNumber(6), "o/PINDUODUO/1", {1, Currency::kCny}, {1, Currency::kJpy}, 30, false},
          kNow);
  EXPECT_EQ(cap.Answer(), "refused: OTHER_CURRENCY");
}

TEST(AccountsTest, WhatMonthsHaveDrawnMayBeNoNumber) {
  Account cap("a/PINDUODUO/buyer-cap/b-1");
  EXPECT_EQ(cap.Draws(1, INT64_MAX, INT64_MAX, 0, kNow), "granted");
  EXPECT_EQ(cap.Draws(2, INT64_MAX, INT64_MAX, 0, At("2024-04-01T00:00:00+08:00")), "granted");
  EXPECT_EQ(cap.Draws(3, 1, INT64_MAX, 365, At("2024-04-02T00:00:00+08:00")), "refused: OVERFLOW");
}

TEST(AccountsTest, OnlyTheEngineDraws) {
  Account cap("a/PINDUODUO/buyer-cap/b-1");
  const Step step = cap.Say(
      Draw{LegNumber(1), "o/PINDUODUO/1", {1, Currency::kCny}, {1, Currency::kCny}, 30, false},
      kNow, Role::kPlatform);
  EXPECT_EQ(step.refusal, Refusal::kRoleMayNot);
  EXPECT_THAT(cap.messages(), IsEmpty());
}

TEST(AccountsTest, SettingsAndServicesAreKeptOnTheKey) {
  Account merchant("m/PINDUODUO/7");
  merchant.Say(MerchantSettingChanged{"auto_agree", "yes"}, kNow, Role::kSeller);
  merchant.Say(MerchantSettingChanged{"auto_agree", "no"}, kNow, Role::kSeller);
  merchant.Say(FreightServiceSubscribed{"FREIGHT_COVER"}, kNow, Role::kSeller);
  const Step again = merchant.Say(FreightServiceSubscribed{"FREIGHT_COVER"}, kNow, Role::kSeller);
  EXPECT_EQ(merchant.order().settings.at("auto_agree"), "no");
  EXPECT_THAT(merchant.order().services, SizeIs(1));
  ASSERT_THAT(again.transitions, SizeIs(1));
  EXPECT_EQ(again.transitions[0].row, "F7");
}

}  // namespace
}  // namespace refund::arbiter
