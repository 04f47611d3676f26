// What opens the entrance, how often and for how long: SY-17 to SY-21 of rules.md; and its table as
// a whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/arbiter/entrance.h"
#include "tests/arbiter/shop.h"

namespace refund::arbiter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// ---- SY-17: auto-open ----

TEST(AutoOpenTest, OpensAtOnceAndCountsAsAnswered) {
  Shop shop = Shop::WithNewPack();
  shop.order().settings["auto_open"] = "true";
  const Answer answer = shop.Say(Role::kBuyer, Card(), kLater);
  EXPECT_EQ(answer.row, "e5");
  EXPECT_EQ(Words(answer), "EntranceOpened(AUTO)");
  EXPECT_TRUE(shop.card().by_auto);
  EXPECT_EQ(shop.card().answer, CardAnswer::kAgree);
  EXPECT_THAT(shop.Tick(kLater + kDayMs), IsEmpty());
  EXPECT_FALSE(shop.card().late);
}

TEST(AutoOpenTest, ALaterSettingDoesNotTouchAnEarlierCard) {
  Shop shop = Shop::WithNewPack();
  shop.order().settings["auto_open"] = "false";
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), kLater).row, "e6");
  shop.order().settings["auto_open"] = "true";
  shop.Tick(kLater + kDayMs);
  EXPECT_EQ(shop.state(), Entrance::kCardPending);
}

// ---- SY-18: thirty days, and reopening ----

// The dates of SC-07.
TEST(ThirtyDaysTest, ClosesAfterThemAndTheBuyerReopensForThirtyMore) {
  Shop shop = Shop::WithBothPacks();
  shop.Say(Role::kBuyer, Card(), At("2025-01-15T09:00:00+08:00"));
  shop.Say(Role::kSeller, kAgree, At("2025-01-15T09:02:30+08:00"));
  const Instant close = At("2025-02-15T00:00:00+08:00");
  EXPECT_EQ(shop.DueOf(Timer::kT22), close);
  EXPECT_THAT(shop.Tick(close + -1), IsEmpty());
  EXPECT_TRUE(shop.MayFile(close + -1));
  EXPECT_THAT(shop.Tick(close), ElementsAre("e17"));
  ASSERT_EQ(shop.last_derived().size(), 1u);
  EXPECT_EQ(shop.last_derived()[0].kind, DerivedKind::kEntranceAutoClosed);
  EXPECT_EQ(shop.state(), Entrance::kAutoClosed);
  EXPECT_FALSE(shop.MayFile(close));
  const Answer again = shop.Say(Role::kBuyer, kReopenIt, At("2025-02-20T11:00:00+08:00"));
  EXPECT_EQ(again.row, "e11");
  EXPECT_EQ(Words(again), "EntranceOpened(BUYER)");
  EXPECT_EQ(shop.DueOf(Timer::kT22), At("2025-03-23T00:00:00+08:00"));
  EXPECT_EQ(shop.entrance().openings, 2u);
}

TEST(ThirtyDaysTest, CloseOnlyAnIdleEntrance) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kSeller, kOpenIt, kLater);
  shop.AddCase("1", Phase::kAwaitSeller);
  const Instant first = At("2024-05-21T00:00:00+08:00");
  EXPECT_THAT(shop.Tick(first), ElementsAre("e15"));
  EXPECT_EQ(shop.state(), Entrance::kOpen);
  EXPECT_THAT(shop.last_derived(), IsEmpty());
  shop.order().cases[0].phase = Phase::kClosed;
  EXPECT_THAT(shop.Tick(At("2024-06-21T00:00:00+08:00")), ElementsAre("e17"));
}

TEST(ThirtyDaysTest, SafetyHoldsTheClosing) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kSeller, kOpenIt, kLater);
  shop.order().safety = true;
  EXPECT_THAT(shop.Tick(At("2024-05-21T00:00:00+08:00")), ElementsAre("e15"));
}

TEST(ThirtyDaysTest, PastTheWindowThereIsNothingToReopen) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kSeller, kOpenIt, At("2026-03-10T23:59:59.999+08:00"));
  EXPECT_THAT(shop.Tick(At("2026-04-10T00:00:00+08:00")), ElementsAre("e16"));
  EXPECT_EQ(shop.state(), Entrance::kExpired);
  EXPECT_EQ(shop.Say(Role::kBuyer, kReopenIt, At("2026-04-10T00:00:00+08:00")).refusal,
            Refusal::kOutOfWindow);
}

TEST(ReopeningTest, NeedsAnOpeningBeforeAndThePacksWord) {
  Shop fresh = Shop::WithNewPack();
  const Answer never = fresh.Say(Role::kBuyer, kReopenIt, kLater);
  EXPECT_EQ(never.refusal, Refusal::kEntranceShut);
  EXPECT_EQ(never.guard, "it was open before");
  Shop old = Shop::WithOldPack();
  old.Say(Role::kSeller, kOpenIt, kLater);
  old.Tick(kLater + 31 * kDayMs);
  const Answer refused = old.Say(Role::kBuyer, kReopenIt, kLater + 32 * kDayMs);
  EXPECT_EQ(refused.refusal, Refusal::kEntranceShut);
  EXPECT_EQ(refused.guard, "the pack lets buyers reopen");
}

TEST(ReopeningTest, ARefusedCardTakesNothingFromTheRightToReopen) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kSeller, kOpenIt, kLater);
  const Instant then = kLater + 40 * kDayMs;
  shop.Say(Role::kBuyer, Card(), then);
  shop.Say(Role::kSeller, kRefuse, then);
  EXPECT_EQ(shop.Say(Role::kBuyer, kReopenIt, then).row, "e11");
  EXPECT_EQ(shop.Say(Role::kBuyer, kReopenIt, then).refusal, Refusal::kNotExpectedNow);
}

TEST(ReopeningTest, ACardThatWaitsDoesNotStandInItsWay) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kSeller, kOpenIt, kLater);
  const Instant then = kLater + 40 * kDayMs;
  shop.Say(Role::kBuyer, Card(), then);
  EXPECT_EQ(shop.Say(Role::kBuyer, kReopenIt, then).row, "e11");
  EXPECT_EQ(shop.card().answer, CardAnswer::kUnspecified);
  EXPECT_EQ(shop.Say(Role::kSeller, kAgree, then).refusal, Refusal::kNoCard);
  EXPECT_THAT(shop.Tick(then + 4 * kDayMs), IsEmpty());
}

// ---- SY-19: how often ----

TEST(OpeningsTest, AreUnlimitedInTheNewPolicy) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kSeller, kOpenIt, kLater);
  for (int n = 1; n <= 4; ++n) {
    EXPECT_EQ(shop.Say(Role::kBuyer, kReopenIt, kLater + n * 31 * kDayMs).row, "e11");
  }
  EXPECT_EQ(shop.entrance().openings, 5u);
}

TEST(OpeningsTest, AreOneInTheOld) {
  Shop shop = Shop::WithOldPack();
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, kLater).row, "e10");
  const Answer again = shop.Say(Role::kSeller, kOpenIt, kLater + 31 * kDayMs);
  EXPECT_EQ(again.refusal, Refusal::kEntranceOpenBefore);
  EXPECT_THAT(again.detail, HasSubstr("fewer than 1 openings (TB-38), found 1"));
  // A second one while it is open is no opening at all.
  Shop open = Shop::WithOldPack();
  open.Say(Role::kSeller, kOpenIt, kLater);
  EXPECT_EQ(open.Say(Role::kSeller, kOpenIt, kLater).refusal, Refusal::kNotExpectedNow);
}

TEST(OpeningsTest, BindCardsToo) {
  Shop shop;
  auto pack = std::make_shared<policy::Pack>(*NewPack(At("2023-12-31T00:00:00+08:00")));
  pack->entrance->most_openings = 1;
  shop.Publish(pack);
  shop.Say(Role::kSeller, kOpenIt, kLater);
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), kLater + 31 * kDayMs).refusal,
            Refusal::kEntranceOpenBefore);
}

TEST(OpeningsTest, ASellerWhoOpensHasAgreedToTheCardThatWaits) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kBuyer, Card(), kLater);
  const Answer answer = shop.Say(Role::kSeller, kOpenIt, kLater + kHourMs);
  EXPECT_EQ(answer.row, "e10");
  EXPECT_EQ(Words(answer), "EntranceOpened(SELLER)");
  EXPECT_EQ(shop.card().answer, CardAnswer::kAgree);
  EXPECT_TRUE(shop.card().late);
}

// ---- SY-20: kinds ----

TEST(KindTest, IsOneThatPlatformAndProductTake) {
  Shop shop = Shop::WithNewPack();
  shop.order().lines[0].supported = {CaseKind::kReturnRefund, CaseKind::kRepair};
  const Answer answer = shop.Say(Role::kBuyer, Card(CaseKind::kExchange), kLater);
  EXPECT_EQ(answer.refusal, Refusal::kUnsupportedKind);
  EXPECT_THAT(answer.detail, HasSubstr("product supports (TB-37), found EXCHANGE"));
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(CaseKind::kResend), kLater).refusal,
            Refusal::kUnsupportedKind);
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(CaseKind::kRepair, 0), kLater).row, "e6");
}

TEST(KindTest, HasADateOfItsOwn) {
  Shop shop;
  auto pack = std::make_shared<policy::Pack>(*NewPack(At("2023-12-31T00:00:00+08:00")));
  pack->kinds.back().from = kLater;  // REPAIR
  shop.Publish(pack);
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(CaseKind::kRepair, 0), kLater + -1).refusal,
            Refusal::kUnsupportedKind);
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(CaseKind::kRepair, 0), kLater).row, "e6");
}

// ---- SY-21: agreed, and openable ----

TEST(AgreementTest, LeadsToAnOpenableEntranceByEitherParty) {
  for (const bool by_buyer : {true, false}) {
    Shop shop = Shop::WithNewPack();
    EXPECT_EQ(shop.Say(Role::kPlatform, Agreement(), kLater).row, "e12");
    EXPECT_TRUE(shop.entrance().agreed);
    EXPECT_EQ(shop.state(), Entrance::kShut);
    const Answer answer = by_buyer ? shop.Say(Role::kBuyer, kReopenIt, kLater)
                                   : shop.Say(Role::kSeller, kOpenIt, kLater);
    EXPECT_EQ(answer.row, "e9");
    EXPECT_EQ(Words(answer), "EntranceOpened(AGREEMENT)");
    EXPECT_EQ(shop.entrance().openings, 1u);
    EXPECT_FALSE(shop.entrance().agreed);
  }
}

TEST(AgreementTest, LetsTheSellerOpenAndTheBuyerReopenNotTheOtherWayRound) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kPlatform, Agreement(), kLater);
  EXPECT_EQ(shop.Say(Role::kBuyer, kOpenIt, kLater).refusal, Refusal::kRoleMayNot);
  EXPECT_EQ(shop.Say(Role::kSeller, kReopenIt, kLater).refusal, Refusal::kRoleMayNot);
  EXPECT_EQ(shop.Say(Role::kPlatform, kOpenIt, kLater).refusal, Refusal::kRoleMayNot);
  EXPECT_TRUE(shop.entrance().agreed);
}

TEST(AgreementTest, IsNoDeadEndUnderTheOldPolicy) {
  Shop shop = Shop::WithOldPack();
  shop.Say(Role::kSeller, kOpenIt, kLater);
  shop.AddCase("1", Phase::kClosed);
  const Instant then = kLater + 31 * kDayMs;
  EXPECT_NE(shop.Say(Role::kSeller, kOpenIt, then).refusal, Refusal::kNone);
  shop.Say(Role::kAgent, Agreement(), then);
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, then).row, "e9");
  // One agreement is good for one opening.
  EXPECT_NE(shop.Say(Role::kSeller, kOpenIt, then + 31 * kDayMs).refusal, Refusal::kNone);
}

TEST(AgreementTest, IsOfBothInsideTheWindowAndReportedByThePlatform) {
  Shop shop = Shop::WithNewPack();
  SettlementAgreed half = Agreement();
  half.agreed_by.pop_back();
  EXPECT_EQ(shop.Say(Role::kPlatform, half, kLater).refusal, Refusal::kNotBothParties);
  EXPECT_EQ(shop.Say(Role::kSeller, Agreement(), kLater).refusal, Refusal::kRoleMayNot);
  EXPECT_EQ(shop.Say(Role::kPlatform, Agreement(), At("2026-03-11T00:00:00+08:00")).refusal,
            Refusal::kOutOfWindow);
  EXPECT_FALSE(shop.entrance().agreed);
}

TEST(AgreementTest, OpensInsideTheWindowOnly) {
  Shop shop = Shop::WithNewPack();
  shop.Say(Role::kPlatform, Agreement(), At("2026-03-10T23:59:59.999+08:00"));
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, At("2026-03-11T00:00:00+08:00")).refusal,
            Refusal::kOutOfWindow);
}

// ---- G-07, TB-39, TB-41: refunds that were paid or closed ----

TEST(AgreementTest, MayComeBeforeCompletionAndOpensAfterIt) {
  Shop shop = Shop::WithNewPack();
  shop.order().completed_at.reset();
  EXPECT_EQ(shop.Say(Role::kPlatform, Agreement(), kLater).row, "e12");
  const Answer early = shop.Say(Role::kSeller, kOpenIt, kLater);
  EXPECT_EQ(early.row, "");
  shop.order().completed_at = kCompletedAt;
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, kLater).row, "e9");
}

TEST(RefundedLineTest, APaidRefundBlocksItsLineOnly) {
  Shop shop = Shop::WithNewPack();
  shop.AddLine("2");
  shop.AddCase("1", Phase::kClosed, true);
  EXPECT_EQ(shop.Say(Role::kBuyer, Card(), kLater).refusal, Refusal::kSettledAlready);
  IssueCardSubmitted other = Card();
  other.units.line = "2";
  EXPECT_EQ(shop.Say(Role::kBuyer, other, kLater).row, "e6");
  shop.Say(Role::kSeller, kAgree, kLater);
  std::string why;
  EXPECT_FALSE(shop.MayFile(kLater, kLater, "1", &why));
  EXPECT_THAT(why, HasSubstr("line 1 has had a refund that was paid"));
  EXPECT_TRUE(shop.MayFile(kLater, "2"));
}

TEST(RefundedLineTest, WithEveryLinePaidThereIsNothingToOpen) {
  Shop shop = Shop::WithNewPack();
  shop.AddCase("1", Phase::kClosed, true);
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, kLater).refusal, Refusal::kSettledAlready);
  shop.Say(Role::kPlatform, Agreement(), kLater);
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, kLater).refusal, Refusal::kSettledAlready);
}

TEST(RefundedLineTest, WithinTheValidityItBlocksNothing) {
  Shop shop = Shop::WithNewPack();
  shop.AddCase("1", Phase::kClosed, true);
  EXPECT_TRUE(shop.MayFile(kCompletedAt + kDayMs));
}

TEST(RefundedLineTest, OnlyMoneyThatArrivedForTheGoodsCounts) {
  const auto opens = [](LegKind kind, LegState state, CaseKind of_case) {
    Shop shop = Shop::WithNewPack();
    shop.AddCase("1", Phase::kClosed);
    shop.order().cases[0].kind = of_case;
    shop.AddLeg("1", kind, state);
    return shop.Say(Role::kSeller, kOpenIt, kLater).row == "e10";
  };
  const CaseKind refund = CaseKind::kRefundOnly;
  EXPECT_FALSE(opens(LegKind::kRefundBalance, LegState::kSettled, refund));
  EXPECT_FALSE(opens(LegKind::kAdvance, LegState::kSettled, refund));
  EXPECT_TRUE(opens(LegKind::kRefundOriginal, LegState::kVoid, refund));
  EXPECT_TRUE(opens(LegKind::kRefundOriginal, LegState::kReversed, refund));
  EXPECT_TRUE(opens(LegKind::kVoucher, LegState::kSettled, refund));
  EXPECT_TRUE(opens(LegKind::kPoints, LegState::kSettled, refund));
  EXPECT_TRUE(opens(LegKind::kFreightReturn, LegState::kSettled, refund));
  EXPECT_TRUE(opens(LegKind::kPriceDiff, LegState::kSettled, refund));
  EXPECT_TRUE(opens(LegKind::kCompensation, LegState::kSettled, refund));
  EXPECT_TRUE(opens(LegKind::kAdvance, LegState::kSettled, CaseKind::kPriceProtection));
}

TEST(RefundedLineTest, MoneyOfNoCaseCountsToo) {
  Shop shop = Shop::WithNewPack();
  shop.AddLeg("1", LegKind::kRefundOriginal, LegState::kSettled);
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, kLater).refusal, Refusal::kSettledAlready);
}

TEST(RefundedLineTest, AClosedRefundMayReturnUnderTheNewPolicyOnly) {
  Shop renewed = Shop::WithNewPack();
  renewed.AddCase("1", Phase::kClosed);
  EXPECT_EQ(renewed.Say(Role::kSeller, kOpenIt, kLater).row, "e10");
  Shop old = Shop::WithOldPack();
  old.AddCase("1", Phase::kClosed);
  const Answer refused = old.Say(Role::kSeller, kOpenIt, kLater);
  EXPECT_EQ(refused.refusal, Refusal::kSettledAlready);
  EXPECT_THAT(refused.detail, HasSubstr("lets no closed refund return"));
}

// ---- Who, and orders that are not there ----

TEST(EntranceRolesTest, EachWordIsOnePartys) {
  Shop shop = Shop::WithNewPack();
  const Refusal no = Refusal::kRoleMayNot;
  EXPECT_EQ(shop.Say(Role::kSeller, Click(), kCompletedAt).refusal, no);
  EXPECT_EQ(shop.Say(Role::kSeller, Click(), kLater).refusal, no);
  EXPECT_EQ(shop.Say(Role::kSeller, Card(), kLater).refusal, no);
  EXPECT_EQ(shop.Say(Role::kBuyer, kOpenIt, kLater).refusal, no);
  EXPECT_EQ(shop.Say(Role::kSeller, kReopenIt, kLater).refusal, no);
  shop.Say(Role::kBuyer, Card(), kLater);
  EXPECT_EQ(shop.Say(Role::kBuyer, kAgree, kLater).refusal, no);
  EXPECT_EQ(shop.Say(Role::kBot, kAgree, kLater).refusal, no);  // G-61
  EXPECT_EQ(shop.state(), Entrance::kCardPending);
}

TEST(EntranceRolesTest, AnOrderThatIsNotPaidHasNoEntrance) {
  Shop shop = Shop::WithNewPack();
  shop.order().paid_at.reset();
  EXPECT_EQ(shop.Say(Role::kBuyer, Click(), kLater).refusal, Refusal::kNotPaid);
  EXPECT_EQ(shop.Say(Role::kSeller, kOpenIt, kLater).refusal, Refusal::kNotPaid);
}

TEST(EntranceRolesTest, WithoutAPackInForceNothingOpens) {
  Shop shop;
  const Answer answer = shop.Say(Role::kSeller, kOpenIt, kLater);
  EXPECT_EQ(answer.refusal, Refusal::kEntranceShut);
  EXPECT_THAT(answer.detail, HasSubstr("found no pack"));
  EXPECT_EQ(shop.Say(Role::kBuyer, Click(), kLater).row, "e1");  // nor does anything end
}

// A pack without a limit for them arms none of the three.
TEST(EntranceTimersTest, AreOptional) {
  Shop shop;
  auto pack = std::make_shared<policy::Pack>(*NewPack(At("2023-12-31T00:00:00+08:00")));
  pack->deadlines.clear();
  shop.Publish(pack);
  shop.Say(Role::kBuyer, Card(), kLater);
  shop.Say(Role::kSeller, kAgree, kLater + kDayMs);
  EXPECT_THAT(shop.order().deadlines, IsEmpty());
  EXPECT_FALSE(shop.card().late);
  EXPECT_EQ(shop.state(), Entrance::kOpen);
}

// ---- The table as a whole ----

TEST(EntranceTableTest, EveryRowCanBeTaken) {
  Shop shop = Shop::WithBothPacks();
  shop.Say(Role::kBuyer, Click(), kCompletedAt);           // e1
  shop.Say(Role::kBuyer, Click(), kLater);                 // e4
  shop.Say(Role::kBuyer, Click(), kSwitch + -1);           // e3
  shop.Say(Role::kBuyer, Click(), kSwitch);                // e2
  shop.Say(Role::kBuyer, Card(), kSwitch);                 // e6, e13, e14
  shop.Say(Role::kSeller, kRefuse, kSwitch + 4 * kDayMs);  // e8
  shop.Say(Role::kBuyer, Card(), kSwitch + 5 * kDayMs);    // e6
  shop.Say(Role::kSeller, kAgree, kSwitch + 5 * kDayMs);   // e7
  shop.AddCase("1", Phase::kAwaitSeller);                  // e15
  shop.Tick(kSwitch + 40 * kDayMs);
  shop.order().cases[0].phase = Phase::kClosed;                   // e17
  shop.Say(Role::kBuyer, kReopenIt, kSwitch + 80 * kDayMs);       // e11
  shop.Say(Role::kPlatform, Agreement(), kSwitch + 80 * kDayMs);  // e12
  shop.Say(Role::kSeller, kOpenIt, kSwitch + 120 * kDayMs);       // e9
  shop.order().settings["auto_open"] = "true";
  shop.Say(Role::kBuyer, Card(), kSwitch + 160 * kDayMs);                 // e5
  shop.Say(Role::kSeller, kOpenIt, At("2026-03-10T23:59:59.999+08:00"));  // e10
  shop.Tick(At("2027-01-01T00:00:00+08:00"));                             // e16
  std::set<std::string> all;
  for (const EntranceRow& row : EntranceRows()) all.insert(std::string(row.label));
  EXPECT_EQ(shop.rows(), all);
}

// Every state, every word, by everybody: refused or taken, nothing else happens.
TEST(EntranceTableTest, ARefusalChangesNothing) {
  const std::vector<EventBody> words = {Click(), Card(),  kOpenIt,    kReopenIt,
                                        kAgree,  kRefuse, Agreement()};
  for (const Entrance state : {Entrance::kShut, Entrance::kCardPending, Entrance::kOpen,
                               Entrance::kAutoClosed, Entrance::kExpired}) {
    for (const Role role : {Role::kBuyer, Role::kSeller, Role::kPlatform, Role::kBot}) {
      for (const EventBody& word : words) {
        Shop shop = Shop::WithNewPack();
        shop.order().entrance.state = state;
        shop.order().entrance.cards.resize(1);
        const Answer answer = shop.Say(role, word, kLater);
        ASSERT_NE(answer.row.empty(), answer.refusal == Refusal::kNone);
        if (!answer.row.empty()) continue;
        EXPECT_EQ(shop.state(), state);
        EXPECT_EQ(shop.entrance().openings, 0u);
        EXPECT_EQ(shop.entrance().cards.size(), 1u);
        EXPECT_THAT(shop.order().deadlines, IsEmpty());
        EXPECT_FALSE(answer.detail.empty());
      }
    }
  }
}

// A thousand orders of random words: the clocks that run are those of the state, and every opening
// is counted.
TEST(EntranceTableTest, TheClocksAreThoseOfTheState) {
  const std::vector<std::pair<Role, EventBody>> words = {
      {Role::kBuyer, Click()},       {Role::kBuyer, Card()},   {Role::kSeller, kAgree},
      {Role::kSeller, kRefuse},      {Role::kSeller, kOpenIt}, {Role::kBuyer, kReopenIt},
      {Role::kPlatform, Agreement()}};
  uint64_t seed = 1;
  const auto next = [&](uint64_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
  };
  for (int n = 0; n < 1000; ++n) {
    Shop shop = Shop::WithBothPacks();
    Instant at = kCompletedAt;
    uint32_t opened = 0;
    for (int step = 0; step < 30; ++step) {
      at = at + static_cast<int64_t>(next(2) == 0 ? next(5 * kMinuteMs) : next(40 * kDayMs));
      if (next(5) == 0) shop.order().safety = !shop.order().safety;
      if (next(5) == 0) shop.order().settings["auto_open"] = next(2) == 0 ? "true" : "false";
      const auto& [role, word] = words[next(words.size())];
      const Answer answer = shop.Say(role, word, at);
      const auto is_opening = [](const Derived& d) {
        return d.kind == DerivedKind::kEntranceOpened;
      };
      opened += static_cast<uint32_t>(
          std::count_if(answer.derived.begin(), answer.derived.end(), is_opening));
      const bool pending = shop.state() == Entrance::kCardPending;
      const bool open = shop.state() == Entrance::kOpen;
      ASSERT_EQ(shop.entrance().openings, opened);
      ASSERT_EQ(shop.DueOf(Timer::kT22) != Instant{}, open);
      ASSERT_LE(shop.order().deadlines.size(), pending ? 2u : open ? 1u : 0u);
      ASSERT_EQ(shop.DueOf(Timer::kT21) != Instant{}, pending && !shop.card().unanswered);
      ASSERT_TRUE(!pending || shop.card().answer == CardAnswer::kUnspecified);
    }
  }
}

}  // namespace
}  // namespace refund::arbiter
