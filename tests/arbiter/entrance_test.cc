// Windows, clicks and cards of the entrance: SY-14 to SY-16, SY-104, SY-105 of rules.md, with the
// instants on their limits.
#include "engine/arbiter/entrance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/arbiter/shop.h"

namespace refund::arbiter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// ---- SY-14: the window in which it may be opened ----

TEST(EntranceWindowTest, TwoYearsEndAtMidnightOfTheirLastDay) {
  const Instant end = At("2026-03-11T00:00:00+08:00");
  Shop in_time = Shop::WithNewPack();
  EXPECT_EQ(in_time.Say(Role::kSeller, kOpenIt, end + -1).row, "e10");
  Shop late = Shop::WithNewPack();
  const Answer answer = late.Say(Role::kSeller, kOpenIt, end);
  EXPECT_EQ(answer.refusal, Refusal::kOutOfWindow);
  EXPECT_THAT(answer.detail, HasSubstr("2y after completion (TB-27)"));
  EXPECT_EQ(late.state(), Entrance::kShut);
}

TEST(EntranceWindowTest, TheOldPolicyHasThreeMonths) {
  const Instant end = At("2024-06-11T00:00:00+08:00");
  Shop in_time = Shop::WithOldPack();
  EXPECT_EQ(in_time.Say(Role::kSeller, kOpenIt, end + -1).row, "e10");
  Shop late = Shop::WithOldPack();
  EXPECT_EQ(late.Say(Role::kSeller, kOpenIt, end).refusal, Refusal::kOutOfWindow);
}

TEST(EntranceWindowTest, IsMeasuredByTheSendersOwnTimeAtMostTheRecords) {
  const Instant end = At("2026-03-11T00:00:00+08:00");
  Shop before = Shop::WithNewPack();
  EXPECT_EQ(before.Say(Role::kSeller, kOpenIt, end + -1, end + kHourMs).row, "e10");
  // A clock that goes ahead proves nothing.
  Shop ahead = Shop::WithNewPack();
  EXPECT_EQ(ahead.Say(Role::kSeller, kOpenIt, end + kDayMs, end + -1).row, "e10");
}

// G-05: what counts is the pack in force when the card comes, not when the order was completed.
TEST(EntranceWindowTest, AnOrderFromBeforeTheUpgradeGetsTheNewWindow) {
  Shop shop = Shop::WithBothPacks();
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), kSwitch + -1).refusal, Refusal::kEntranceShut);
  EXPECT_EQ(shop.Say(Role::kBuyer, Click(), kSwitch + -1).row, "e3");
  EXPECT_EQ(shop.state(), Entrance::kExpired);
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), kSwitch).row, "e6");
}

TEST(EntranceWindowTest, BindsOpeningAndNotTheAnswerToACard) {
  const Instant end = At("2026-03-11T00:00:00+08:00");
  Shop shop = Shop::WithNewPack();
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), end + -1).row, "e6");
  EXPECT_EQ(shop.Say(Role::kSeller, kAgree, end + kMinuteMs).row, "e7");
  EXPECT_TRUE(shop.MayFile(end + kDayMs));
  EXPECT_FALSE(shop.IsTooOld(end + kDayMs));
}

// ---- SY-105 and G-13: the validity, and filing past it ----

TEST(ValidityTest, EndsAtMidnightOfTheFifteenthDay) {
  const Instant end = At("2024-03-26T00:00:00+08:00");
  Shop shop = Shop::WithOldPack();
  EXPECT_EQ(shop.Say(Role::kBuyer, Click(), end + -1).row, "e1");
  EXPECT_TRUE(shop.MayFile(end + -1));
  const Answer late = shop.Say(Role::kBuyer, Click(), end);
  EXPECT_EQ(late.row, "e4");
  EXPECT_EQ(Words(late), "GuidedToSeller(ORDER_LIST)");
  EXPECT_FALSE(shop.MayFile(end));
  EXPECT_FALSE(shop.IsTooOld(end));
  EXPECT_THAT(shop.entrance().cards, IsEmpty());
  // Sent in time, recorded late (G-47).
  EXPECT_TRUE(shop.MayFile(end + -1, end + kDayMs, "1", nullptr));
}

TEST(ValidityTest, HasNotBegunBeforeCompletion) {
  Shop shop = Shop::WithNewPack();
  shop.order().completed_at.reset();
  EXPECT_TRUE(shop.MayFile(kLater));
  EXPECT_EQ(shop.Say(Role::kBuyer, Click(), kLater).row, "e1");
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, kLater).refusal, Refusal::kNotExpectedNow);
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), kLater).refusal, Refusal::kNotExpectedNow);
}

TEST(ValidityTest, PastItACaseIsFiledThroughAnOpenEntranceOnly) {
  Shop shop = Shop::WithNewPack();
  std::string why;
  EXPECT_FALSE(shop.MayFile(kLater, kLater, "1", &why));
  EXPECT_THAT(why, HasSubstr("open after-sales entrance; it is SHUT"));
  EXPECT_FALSE(shop.MayComplain(kLater));
  shop.Say(Role::kSeller, kOpenIt, kLater);
  EXPECT_TRUE(shop.MayFile(kLater));
  EXPECT_TRUE(shop.MayComplain(kLater));
  EXPECT_EQ(shop.Say(Role::kBuyer, Click(), kLater).row, "e1");
}

TEST(ValidityTest, WithoutAnEntranceNothingFollowsIt) {
  Shop shop;
  shop.Publish(PackFrom("taobao/plain", At("2023-12-31T00:00:00+08:00")));
  EXPECT_TRUE(shop.IsTooOld(kLater));
  EXPECT_FALSE(shop.MayFile(kLater));
  EXPECT_EQ(shop.Say(Role::kBuyer, Click(), kLater).row, "e4");
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, kLater).refusal, Refusal::kEntranceShut);
  Shop lasting;  // no filing window: no limit
  auto pack = PackFrom("taobao/lasting", At("2023-12-31T00:00:00+08:00"));
  pack->filing_window.reset();
  lasting.Publish(pack);
  EXPECT_TRUE(lasting.MayFile(At("2030-01-01T00:00:00+08:00")));
}

// The validity was sold with the order: the pack of the instant of payment (G-01).
TEST(ValidityTest, IsThatOfThePackAtPayment) {
  Shop shop = Shop::WithOldPack();
  auto longer = PackFrom("taobao/longer", At("2024-03-20T00:00:00+08:00"));
  longer->filing_window = policy::Limit{{90, PeriodUnit::kDay}, "G-13"};
  shop.Publish(longer);
  EXPECT_TRUE(shop.MayFile(At("2024-03-25T23:59:59.999+08:00")));
  EXPECT_FALSE(shop.MayFile(At("2024-03-26T00:00:00+08:00")));
}

// ---- SY-104: channels ----

TEST(ChannelTest, ListAndDetailAreTheSameAndOthersAreRefused) {
  Shop shop = Shop::WithOldPack();
  EXPECT_EQ(Words(shop.Say(Role::kBuyer, Click(Channel::kOrderList), kLater)),
            "GuidedToSeller(ORDER_LIST)");
  EXPECT_EQ(Words(shop.Say(Role::kBuyer, Click(Channel::kOrderDetail), kLater)),
            "GuidedToSeller(ORDER_DETAIL)");
  const Answer other = shop.Say(Role::kBuyer, Click(Channel::kOther), kLater);
  EXPECT_EQ(other.refusal, Refusal::kChannelUnknown);
  EXPECT_EQ(other.guard, "the channel is listed");
}

TEST(ChannelTest, TheNewPolicyOffersACardInsteadOfAPopUp) {
  Shop shop = Shop::WithNewPack();
  const Answer click = shop.Say(Role::kBuyer, Click(), kLater);
  EXPECT_EQ(click.row, "e2");
  EXPECT_EQ(Words(click), "");
  const Answer too_late = shop.Say(Role::kBuyer, Click(), At("2026-03-11T00:00:00+08:00"));
  EXPECT_EQ(too_late.row, "e3");
  EXPECT_EQ(Words(too_late), "GuidedToSeller(ORDER_LIST)");
}

// ---- SY-15: the card ----

TEST(CardTest, IsPushedAndAgreeOpens) {
  Shop shop = Shop::WithNewPack();
  const Answer pushed = shop.Say(Role::kBuyer, Card(), kLater);
  EXPECT_EQ(pushed.row, "e6");
  EXPECT_EQ(shop.state(), Entrance::kCardPending);
  EXPECT_EQ(shop.DueOf(Timer::kT20), kLater + (3 * kMinuteMs + 1));
  EXPECT_EQ(shop.DueOf(Timer::kT21), kLater + (72 * kHourMs + 1));
  EXPECT_EQ(shop.card().ask, 5000);
  EXPECT_FALSE(shop.MayFile(kLater));
  const Answer agreed = shop.Say(Role::kSeller, kAgree, kLater + kMinuteMs);
  EXPECT_EQ(agreed.row, "e7");
  EXPECT_EQ(Words(agreed), "EntranceOpened(CARD)");
  EXPECT_EQ(shop.card().answer, CardAnswer::kAgree);
  EXPECT_TRUE(shop.MayFile(kLater + kMinuteMs));
  // What was armed for the card has ended with it.
  EXPECT_EQ(shop.order().deadlines.size(), 1u);
  EXPECT_EQ(shop.order().deadlines.front().timer, Timer::kT22);
}

TEST(CardTest, RefuseShutsAndAnotherCardMayFollow) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kBuyer, Card(), kLater);
  EXPECT_EQ(CardForHelp(shop.order()), nullptr);
  EXPECT_EQ(shop.Say(Role::kSeller, kRefuse, kLater + kMinuteMs).row, "e8");
  EXPECT_EQ(shop.state(), Entrance::kShut);
  EXPECT_THAT(shop.order().deadlines, IsEmpty());
  EXPECT_FALSE(shop.MayFile(kLater + kHourMs));
  ASSERT_EQ(CardForHelp(shop.order()), &shop.card());
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), kLater + kHourMs).row, "e6");
  // The one that was refused still takes the buyer to the platform; one that was agreed to ends it.
  EXPECT_EQ(CardForHelp(shop.order()), &shop.entrance().cards[0]);
  shop.Say(Role::kSeller, kAgree, kLater + 2 * kHourMs);
  EXPECT_EQ(CardForHelp(shop.order()), nullptr);
}

TEST(CardTest, IsLawfulPastTheValidityAndUnderTheNewPolicyOnly) {
  Shop early = Shop::WithNewPack();
  const Instant end = At("2024-03-26T00:00:00+08:00");
  const Answer answer = early.Say(Role::kBuyer, Card(), end + -1);
  EXPECT_EQ(answer.refusal, Refusal::kNotExpectedNow);
  EXPECT_EQ(answer.guard, "past the validity, and no card waits");
  EXPECT_EQ(early.Say(Role::kBuyer, Card(), end).row, "e6");
  Shop old = Shop::WithOldPack();
  const Answer refused = old.Say(Role::kBuyer, Card(), kLater);
  EXPECT_EQ(refused.refusal, Refusal::kEntranceShut);
  EXPECT_THAT(refused.detail, HasSubstr("taobao/old"));
}

TEST(CardTest, OneWaitsAtATime) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kBuyer, Card(), kLater);
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), kLater + kHourMs).refusal, Refusal::kNotExpectedNow);
  shop.Say(Role::kSeller, kAgree, kLater + 2 * kHourMs);
  const Answer open = shop.Say(Role::kBuyer, Card(), kLater + 3 * kHourMs);
  EXPECT_EQ(open.refusal, Refusal::kNotExpectedNow);
  EXPECT_EQ(open.detail, "IssueCardSubmitted is not expected while the entrance is OPEN");
}

TEST(CardTest, IsRefusedForWhatIsNotOfTheOrder) {
  Shop shop = Shop::WithNewPack();
  const auto refusal = [&](const IssueCardSubmitted& card) {
    return shop.Say(Role::kBuyer, card, kLater).refusal;
  };
  IssueCardSubmitted card = Card();
  card.units = {"9", 1};
  EXPECT_EQ(refusal(card), Refusal::kNoSuchLine);
  card.units = {"1", 3};
  EXPECT_EQ(refusal(card), Refusal::kNoSuchLine);
  card.units = {"1", 0};
  EXPECT_EQ(refusal(card), Refusal::kNoSuchLine);
  EXPECT_EQ(refusal(Card(CaseKind::kReturnRefund, 0)), Refusal::kAmountNotPositive);
  EXPECT_EQ(refusal(Card(CaseKind::kExchange, -1)), Refusal::kAmountNotPositive);
  EXPECT_EQ(refusal(Card(CaseKind::kReturnRefund, 10001)), Refusal::kOverTheCeiling);
  card = Card();
  card.ask.currency = Currency::kUsd;
  EXPECT_EQ(refusal(card), Refusal::kOtherCurrency);
  EXPECT_THAT(shop.entrance().cards, IsEmpty());
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(CaseKind::kExchange, 0), kLater).row, "e6");
}

TEST(CardTest, AnAnswerNeedsACardThatWaits) {
  Shop shop = Shop::WithNewPack();
  EXPECT_EQ(shop.Say(Role::kSeller, kAgree, kLater).refusal, Refusal::kNoCard);
  shop.Say(Role::kBuyer, Card(), kLater);
  shop.Say(Role::kSeller, kRefuse, kLater);
  const Answer again = shop.Say(Role::kSeller, kRefuse, kLater);
  EXPECT_EQ(again.refusal, Refusal::kNoCard);
  EXPECT_THAT(again.detail, HasSubstr("SHUT"));
}

// ---- SY-16: three minutes ----

TEST(ThreeMinutesTest, TheLimitItselfIsInTime) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kBuyer, Card(), kLater);
  EXPECT_EQ(shop.Say(Role::kSeller, kAgree, kLater + 180000).row, "e7");
  EXPECT_FALSE(shop.card().late);
}

TEST(ThreeMinutesTest, OneMillisecondLaterIsAMissAndTheEntranceStillOpens) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kBuyer, Card(), kLater);
  EXPECT_THAT(shop.Tick(kLater + 180000), IsEmpty());
  EXPECT_THAT(shop.Tick(kLater + 180001), ElementsAre("e13"));
  EXPECT_TRUE(shop.card().late);
  EXPECT_EQ(shop.state(), Entrance::kCardPending);
  EXPECT_EQ(shop.Say(Role::kSeller, kAgree, kLater + 180001).row, "e7");
  EXPECT_TRUE(shop.card().late);
  EXPECT_EQ(shop.state(), Entrance::kOpen);
}

// The rate is measured by the seller's own time (G-47), which the deadline cannot see.
TEST(ThreeMinutesTest, AnAnswerInTimeThatIsRecordedLateIsNoMiss) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kBuyer, Card(), kLater);
  shop.Say(Role::kSeller, kRefuse, kLater + 180000, kLater + kHourMs);
  EXPECT_FALSE(shop.card().late);
  EXPECT_EQ(shop.card().answer, CardAnswer::kRefuse);
}

TEST(SeventyTwoHoursTest, ThenTheBuyerMayAskThePlatformAndTheCardStaysAnswerable) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kBuyer, Card(), kLater);
  EXPECT_THAT(shop.Tick(kLater + 72 * kHourMs), ElementsAre("e13"));
  EXPECT_EQ(CardForHelp(shop.order()), nullptr);
  EXPECT_THAT(shop.Tick(kLater + (72 * kHourMs + 1)), ElementsAre("e14"));
  EXPECT_EQ(CardForHelp(shop.order()), &shop.card());
  EXPECT_EQ(shop.state(), Entrance::kCardPending);
  EXPECT_EQ(shop.Say(Role::kSeller, kAgree, kLater + 80 * kHourMs).row, "e7");
}

TEST(SeventyTwoHoursTest, ThenAnotherCardMayTakeItsPlace) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kBuyer, Card(), kLater);
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), kLater + 73 * kHourMs).row, "e6");
  EXPECT_EQ(shop.entrance().cards.size(), 2u);
  EXPECT_EQ(shop.DueOf(Timer::kT21), kLater + (145 * kHourMs + 1));
  EXPECT_EQ(CardForHelp(shop.order()), &shop.entrance().cards[0]);
}

}  // namespace
}  // namespace refund::arbiter
