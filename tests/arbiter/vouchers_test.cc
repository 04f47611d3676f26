// Vouchers, on turns made by hand: SY-64, SY-65, SY-90, G-28 to G-30, G-85, G-87.
#include "engine/arbiter/vouchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/arbiter/due.h"
#include "engine/base/check.h"
#include "engine/domain/key.h"

namespace refund::arbiter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kBudget[] = "a/PINDUODUO/voucher-budget";
constexpr char kCap[] = "a/PINDUODUO/buyer-cap/b-1";

Instant At(const std::string& text) {
  Instant at;
  std::string error;
  CHECK(ParseInstant(text, at, error));
  return at;
}

const Instant kNow = At("2024-03-01T10:00:00+08:00");

std::shared_ptr<policy::Pack> PackOfVouchers() {
  auto pack = std::make_shared<policy::Pack>();
  pack->platform = Platform::kPinduoduo;
  pack->digest = Sha256("pack");
  pack->deadlines[Timer::kT26] = {{90, PeriodUnit::kDay}, "G-28"};
  pack->vouchers = {{VoucherKind::kLogisticsSubsidy, {500, Currency::kCny}, "G-87"},
                    {VoucherKind::kExperienceComp, {500, Currency::kCny}, "G-87"}};
  pack->anomaly_voucher = VoucherKind::kLogisticsSubsidy;
  pack->voucher_budget = policy::AccountLimit{{100'000'000, Currency::kCny}, 0, "G-85"};
  pack->buyer_cap = policy::AccountLimit{{10'000, Currency::kCny}, 30, "G-85"};
  return pack;
}

Parcel ParcelOf(const std::string& id) {
  Parcel parcel;
  parcel.id = id;
  return parcel;
}

// An order, and what came of the newest turn.
class Shop {
 public:
  explicit Shop(std::shared_ptr<policy::Pack> pack = PackOfVouchers()) {
    if (pack != nullptr) packs.Add(std::move(pack), {});
    order.key = "o/PINDUODUO/1";
    order.platform = Platform::kPinduoduo;
    order.buyer = "b-1";
    order.merchant = "m-7";
    order.currency = Currency::kCny;
    order.paid_at = kNow;
  }

  template <class Body>
  void Turned(Body body) {
    Event event;
    event.claim.id = "claim-" + std::to_string(++turns_);
    event.claim.actor = {actor, "x"};
    Turn turn(order, packs, now);
    turn.event = &event;
    body(turn, event);
    step = std::move(turn.step);
    messages = std::move(turn.messages);
  }

  // Empty if it is taken, or why not.
  std::string Say(Role role, EventBody body) {
    actor = role;
    NotTaken why;
    bool taken = false;
    Turned([&](Turn& turn, Event& event) {
      event.claim.body = std::move(body);
      taken = TakeVoucherEvent(turn, Trigger::On(event.claim.kind()), &why);
    });
    return taken ? "" : std::string(NameOf(why.refusal));
  }
  std::string Grant(int64_t amount, const std::string& cause,
                    VoucherKind kind = VoucherKind::kExperienceComp) {
    return Say(Role::kAgent, VoucherGrantRequested{kind, {amount, Currency::kCny}, cause});
  }
  std::string Redeem(int64_t amount, size_t voucher = 0) {
    return Say(Role::kPlatform,
               VoucherRedeemed{order.vouchers[voucher].id, {amount, Currency::kCny}});
  }
  bool Answered(EventBody body) {
    actor = Role::kEngine;
    bool taken = false;
    Turned([&](Turn& turn, Event& event) {
      event.claim.body = std::move(body);
      taken = TakeDrawAnswer(turn, Trigger::On(event.claim.kind()));
    });
    return taken;
  }
  bool Granted(const std::string& account, size_t leg = 0) {
    return Answered(DrawGranted{order.legs[leg].id, account});
  }
  bool Refused(const std::string& account, size_t leg = 0) {
    return Answered(DrawRefused{order.legs[leg].id, account, "BUDGET_EXHAUSTED"});
  }
  void Anomaly(const std::string& parcel, refund::Anomaly kind = refund::Anomaly::kStalled) {
    Turned([&](Turn& turn, Event&) { GrantAnomalyVoucher(turn, ParcelOf(parcel), kind); });
  }
  // A settlement voucher of case 1.
  void Settle(int64_t amount) {
    Leg leg;
    leg.id = MakeId("leg", order.key, Id{}, 0, "case", static_cast<uint32_t>(++turns_));
    leg.case_number = 1;
    leg.kind = LegKind::kVoucher;
    leg.amount = amount;
    leg.state = LegState::kSettled;
    order.legs.push_back(leg);
    Turned([&](Turn& turn, Event&) {
      turn.row = "m9";
      IssueVoucher(turn, order.legs.back(), VoucherKind::kSettlement);
    });
  }
  void PassDue() {
    const Deadline due = *EarliestDeadline(order);
    now = due.due;
    std::erase_if(order.deadlines, [&](const Deadline& d) { return d.leg == due.leg; });
    Turned([&](Turn& turn, Event&) {
      turn.event = nullptr;
      turn.firing = &due;
      PassVoucherDeadline(turn);
    });
  }

  // "m1 PROPOSED m2 RESERVED …" of the newest step.
  std::string LegRowsTaken() const {
    std::string text;
    for (const Transition& each : step.transitions) {
      if (each.machine != Machine::kLeg) continue;
      if (!text.empty()) text += " ";
      text += each.row + ":" + std::string(NameOf(static_cast<LegState>(each.to)));
    }
    return text;
  }
  // "key amount" of each Draw of the newest step, "key back amount" of what is given back.
  std::vector<std::string> Draws() const {
    std::vector<std::string> all;
    for (const auto& each : messages) {
      const auto& draw = std::get<Draw>(each.body);
      EXPECT_EQ(draw.order, order.key);
      all.push_back(each.key + (draw.give_back ? " back " : " ") +
                    std::to_string(draw.amount.units));
    }
    return all;
  }
  std::string VoucherText(size_t n = 0) const {
    const Voucher& v = order.vouchers[n];
    return std::string(NameOf(v.kind)) + " " + std::string(NameOf(v.state)) + " " +
           std::to_string(v.redeemed) + "/" + std::to_string(v.amount);
  }
  std::vector<std::string> Derived() const {
    std::vector<std::string> all;
    for (const auto& each : step.derived) {
      all.push_back(std::string(NameOf(each.kind)) + " " + std::to_string(each.amount));
    }
    return all;
  }

  Order order;
  policy::PackBook packs;
  Instant now = kNow;
  Role actor = Role::kEngine;
  Step step;
  decltype(Turn::messages) messages;

 private:
  int turns_ = 0;
};

// ---- Goodwill ----

TEST(GoodwillTest, WaitsForBothAccountsAndIsIssuedInTheStepOfTheSecond) {
  Shop shop;
  EXPECT_EQ(shop.Grant(500, "long wait"), "");
  EXPECT_EQ(shop.LegRowsTaken(), "m1:PROPOSED");
  EXPECT_THAT(shop.Draws(), ElementsAre(std::string(kBudget) + " 500", std::string(kCap) + " 500"));
  EXPECT_EQ(std::get<Draw>(shop.messages[1].body).window_days, 30U);
  EXPECT_EQ(std::get<Draw>(shop.messages[0].body).limit.units, 100'000'000);
  EXPECT_EQ(shop.VoucherText(), "EXPERIENCE_COMP NONE 0/500");
  EXPECT_THAT(shop.order.deadlines, IsEmpty());

  EXPECT_TRUE(shop.Granted(kCap));
  EXPECT_EQ(shop.LegRowsTaken(), "");
  EXPECT_TRUE(shop.Granted(kBudget));
  EXPECT_EQ(shop.LegRowsTaken(), "m2:RESERVED m7:SUBMITTED m9:SETTLED");
  EXPECT_EQ(shop.VoucherText(), "EXPERIENCE_COMP ISSUED 0/500");
  EXPECT_THAT(shop.Derived(), ElementsAre("VoucherGranted 500"));
  EXPECT_THAT(shop.messages, IsEmpty());
  ASSERT_THAT(shop.order.deadlines, SizeIs(1));
  EXPECT_EQ(shop.order.deadlines[0].due, At("2024-05-31T00:00:00+08:00"));
  EXPECT_EQ(shop.order.vouchers[0].expires_at, shop.order.deadlines[0].due);
}

TEST(GoodwillTest, AnAnswerThatComesTwiceCountsOnce) {
  Shop shop;
  shop.Grant(500, "long wait");
  EXPECT_TRUE(shop.Granted(kCap));
  EXPECT_TRUE(shop.Granted(kCap));
  EXPECT_EQ(shop.step.result, StepResult::kStale);
  EXPECT_EQ(shop.order.legs[0].state, LegState::kProposed);
}

TEST(GoodwillTest, OneRefusalVoidsItAndWhatTheOtherGrantedGoesBack) {
  Shop shop;
  shop.Grant(500, "long wait");
  shop.Granted(kBudget);
  EXPECT_TRUE(shop.Refused(kCap));
  EXPECT_EQ(shop.LegRowsTaken(), "m3:VOID");
  EXPECT_THAT(shop.Draws(), ElementsAre(std::string(kBudget) + " back 500"));
  EXPECT_THAT(shop.step.detail, HasSubstr("BUDGET_EXHAUSTED"));
  EXPECT_THAT(shop.order.vouchers, IsEmpty());
}

TEST(GoodwillTest, WhatIsGrantedAfterTheRefusalGoesBackToo) {
  Shop shop;
  shop.Grant(500, "long wait");
  shop.Refused(kCap);
  EXPECT_THAT(shop.messages, IsEmpty());
  EXPECT_TRUE(shop.Granted(kBudget));
  EXPECT_THAT(shop.Draws(), ElementsAre(std::string(kBudget) + " back 500"));
  EXPECT_TRUE(shop.Granted(kBudget));
  EXPECT_THAT(shop.messages, IsEmpty()) << "once";
}

TEST(GoodwillTest, BothMayRefuse) {
  Shop shop;
  shop.Grant(500, "long wait");
  EXPECT_TRUE(shop.Refused(kCap));
  EXPECT_TRUE(shop.Refused(kBudget));
  EXPECT_EQ(shop.step.result, StepResult::kStale);
  EXPECT_THAT(shop.messages, IsEmpty());
}

TEST(GoodwillTest, AnAnswerAfterItIsIssuedChangesNothing) {
  Shop shop;
  shop.Grant(500, "long wait");
  shop.Granted(kBudget);
  shop.Granted(kCap);
  EXPECT_TRUE(shop.Granted("a/PINDUODUO/another"));
  EXPECT_EQ(shop.step.result, StepResult::kStale);
  EXPECT_TRUE(shop.Refused(kCap));
  EXPECT_EQ(shop.step.result, StepResult::kConflict);
  EXPECT_EQ(shop.order.legs[0].state, LegState::kSettled);
  EXPECT_THAT(shop.messages, IsEmpty());
}

TEST(GoodwillTest, ALegOfACaseDrawsNothing) {
  Shop shop;
  shop.Settle(500);
  EXPECT_FALSE(shop.Granted(kBudget));
  EXPECT_THAT(shop.order.draws, IsEmpty());
}

TEST(GoodwillTest, AnAnomalyOfAnOrderInAnotherCurrencyIsWorthNone) {
  Shop shop;
  shop.order.currency = Currency::kUsd;
  shop.Anomaly("p-1");
  EXPECT_THAT(shop.order.vouchers, IsEmpty());
}

TEST(GoodwillTest, AfterARefusalTheSameCauseMayBeGrantedAgain) {
  Shop shop;
  shop.Grant(500, "long wait");
  shop.Refused(kCap);
  EXPECT_EQ(shop.Grant(500, "long wait"), "");
}

TEST(GoodwillTest, AnAnswerForAnUnknownLegIsNotTaken) {
  Shop shop;
  EXPECT_FALSE(shop.Answered(DrawGranted{Id{}, kCap}));
}

TEST(GoodwillTest, WithoutAccountsItIsIssuedAtOnce) {
  auto pack = PackOfVouchers();
  pack->voucher_budget.reset();
  pack->buyer_cap.reset();
  Shop shop(pack);
  EXPECT_EQ(shop.Grant(500, "long wait"), "");
  EXPECT_EQ(shop.LegRowsTaken(), "m4:RESERVED m7:SUBMITTED m9:SETTLED");
  EXPECT_EQ(shop.VoucherText(), "EXPERIENCE_COMP ISSUED 0/500");
}

TEST(GoodwillTest, ABrakeKeepsItReserved) {
  Shop shop;
  shop.packs.Hold({HoldScope::kMerchant, "PINDUODUO/m-7"});
  shop.Grant(500, "long wait");
  shop.Granted(kBudget);
  shop.Granted(kCap);
  EXPECT_EQ(shop.LegRowsTaken(), "m2:RESERVED");
  EXPECT_TRUE(shop.order.legs[0].by_brake);
  shop.packs.Release({HoldScope::kMerchant, "PINDUODUO/m-7"});
  bool moved = false;
  shop.Turned([&](Turn& turn, Event&) { moved = SendGoodwillVouchers(turn); });
  EXPECT_TRUE(moved);
  EXPECT_EQ(shop.LegRowsTaken(), "m7:SUBMITTED m9:SETTLED");
  EXPECT_FALSE(shop.order.legs[0].by_brake);
  shop.Turned([&](Turn& turn, Event&) { moved = SendGoodwillVouchers(turn); });
  EXPECT_FALSE(moved);
}

TEST(GoodwillTest, ALegThatBecomesVoidLaterGivesBackAll) {
  Shop shop;
  shop.packs.Hold({HoldScope::kAll, ""});
  shop.Grant(500, "long wait");
  shop.Granted(kBudget);
  shop.Granted(kCap);
  shop.Turned([&](Turn& turn, Event&) { GiveBackDraws(turn, shop.order.legs[0]); });
  EXPECT_THAT(shop.Draws(),
              ElementsAre(std::string(kBudget) + " back 500", std::string(kCap) + " back 500"));
  shop.Turned([&](Turn& turn, Event&) { GiveBackDraws(turn, shop.order.legs[0]); });
  EXPECT_THAT(shop.messages, IsEmpty());
}

TEST(GoodwillTest, IsRefusedWithTheCodeThatSaysWhy) {
  Shop shop;
  EXPECT_EQ(
      shop.Say(Role::kSeller,
               VoucherGrantRequested{VoucherKind::kExperienceComp, {500, Currency::kCny}, "x"}),
      "ROLE_MAY_NOT");
  EXPECT_EQ(shop.Grant(501, "x"), "TOO_MUCH");
  EXPECT_EQ(shop.Grant(0, "x"), "AMOUNT_NOT_POSITIVE");
  EXPECT_EQ(shop.Grant(500, "x", VoucherKind::kSettlement), "UNSUPPORTED_KIND");
  EXPECT_EQ(shop.Grant(500, "x", VoucherKind::kExperienceLoss), "UNSUPPORTED_KIND");
  EXPECT_EQ(
      shop.Say(Role::kAgent,
               VoucherGrantRequested{VoucherKind::kExperienceComp, {500, Currency::kJpy}, "x"}),
      "OTHER_CURRENCY");
  EXPECT_THAT(shop.order.legs, IsEmpty());
  EXPECT_EQ(shop.Grant(500, "x"), "");
  EXPECT_EQ(shop.Grant(500, "x"), "GRANTED_BEFORE");
  EXPECT_EQ(shop.Grant(500, "y"), "");
  shop.order.paid_at.reset();
  EXPECT_EQ(shop.Grant(500, "z"), "NOT_PAID");
  EXPECT_EQ(Shop(nullptr).Grant(500, "x"), "NO_POLICY_IN_FORCE");
}

TEST(GoodwillTest, AnAnomalyIsWorthOneVoucherForEachParcelAndKind) {
  Shop shop;
  shop.Anomaly("p-1");
  EXPECT_EQ(shop.LegRowsTaken(), "m1:PROPOSED");
  EXPECT_EQ(shop.VoucherText(), "LOGISTICS_SUBSIDY NONE 0/500");
  EXPECT_EQ(shop.step.transitions.front().row, "1f");
  shop.Anomaly("p-1");
  EXPECT_THAT(shop.step.transitions, IsEmpty());
  shop.Anomaly("p-1", Anomaly::kBackward);
  shop.Anomaly("p-2");
  EXPECT_THAT(shop.order.vouchers, SizeIs(3));
}

TEST(GoodwillTest, APackThatGivesNoneForAnomaliesGivesNone) {
  auto pack = PackOfVouchers();
  pack->anomaly_voucher.reset();
  Shop shop(pack);
  shop.Anomaly("p-1");
  EXPECT_THAT(shop.order.legs, IsEmpty());
}

TEST(GoodwillTest, ABuyerWhoseTokenFitsInNoKeyHasAnAccountAllTheSame) {
  Shop shop;
  shop.order.buyer = std::string(80, 'b');
  shop.Grant(500, "x");
  KeyParts parts;
  std::string error;
  EXPECT_TRUE(ParseKey(shop.messages[1].key, parts, error)) << error;
  EXPECT_THAT(shop.messages[1].key, HasSubstr("/buyer-cap/"));
}

// ---- The life of a voucher ----

TEST(VoucherTest, IsRedeemedInPartsAndNotAFenMore) {
  Shop shop;
  shop.Settle(500);
  EXPECT_EQ(shop.Redeem(200), "");
  EXPECT_EQ(shop.VoucherText(), "SETTLEMENT ISSUED 200/500");
  EXPECT_EQ(shop.Redeem(301), "OVER_THE_CEILING");
  EXPECT_EQ(shop.Redeem(0), "AMOUNT_NOT_POSITIVE");
  EXPECT_EQ(shop.Redeem(300), "");
  EXPECT_EQ(shop.VoucherText(), "SETTLEMENT REDEEMED 500/500");
  EXPECT_THAT(shop.order.deadlines, IsEmpty());
  EXPECT_EQ(shop.Redeem(1), "OVER_THE_CEILING");
}

TEST(VoucherTest, RedemptionIsRefusedWithTheCodeThatSaysWhy) {
  Shop shop;
  shop.Settle(500);
  const Id id = shop.order.vouchers[0].id;
  EXPECT_EQ(shop.Say(Role::kPlatform, VoucherRedeemed{Id{}, {1, Currency::kCny}}),
            "NO_SUCH_VOUCHER");
  EXPECT_EQ(shop.Say(Role::kPlatform, VoucherRedeemed{id, {1, Currency::kJpy}}), "OTHER_CURRENCY");
  EXPECT_EQ(shop.Say(Role::kCarrier, VoucherRedeemed{id, {1, Currency::kCny}}), "ROLE_MAY_NOT");
  shop.Grant(500, "pending");
  EXPECT_EQ(shop.Redeem(1, 1), "NO_SUCH_VOUCHER") << "its leg waits for its accounts";
}

TEST(VoucherTest, WhatIsLeftExpires) {
  Shop shop;
  shop.Settle(500);
  shop.Redeem(200);
  shop.PassDue();
  EXPECT_EQ(shop.now, At("2024-05-31T00:00:00+08:00"));
  EXPECT_EQ(shop.VoucherText(), "SETTLEMENT EXPIRED 200/500");
  EXPECT_THAT(shop.Derived(), ElementsAre("VoucherExpired 300"));
  EXPECT_EQ(shop.Redeem(1), "NO_SUCH_VOUCHER");
}

TEST(VoucherTest, EachHasItsOwnDeadline) {
  Shop shop;
  shop.Settle(500);
  shop.now = shop.now + kDayMs;
  shop.Settle(300);
  EXPECT_THAT(shop.order.deadlines, SizeIs(2));
  EXPECT_EQ(shop.Redeem(500), "");
  ASSERT_THAT(shop.order.deadlines, SizeIs(1));
  EXPECT_EQ(shop.order.deadlines[0].leg, shop.order.vouchers[1].id);
}

TEST(VoucherTest, OnlySettlementVouchersOfTheCaseAreRevokedAndOnlyWhatIsLeft) {
  Shop shop;
  shop.Settle(500);
  shop.Redeem(200);
  shop.Grant(500, "goodwill");
  shop.Granted(kBudget, 1);
  shop.Granted(kCap, 1);
  int64_t spent = 0;
  shop.Turned([&](Turn& turn, Event&) { spent = RevokeSettlementVouchers(turn, 2); });
  EXPECT_EQ(spent, 0);
  EXPECT_EQ(shop.VoucherText(0), "SETTLEMENT ISSUED 200/500");
  shop.Turned([&](Turn& turn, Event&) { spent = RevokeSettlementVouchers(turn, 1); });
  EXPECT_EQ(spent, 200);
  EXPECT_EQ(shop.VoucherText(0), "SETTLEMENT REVOKED 200/500");
  EXPECT_EQ(shop.VoucherText(1), "EXPERIENCE_COMP ISSUED 0/500");
  EXPECT_THAT(shop.Derived(), ElementsAre("VoucherRevoked 300"));
  EXPECT_THAT(shop.order.deadlines, SizeIs(1)) << "the goodwill voucher's";
  shop.Turned([&](Turn& turn, Event&) { RevokeSettlementVouchers(turn, 1); });
  EXPECT_THAT(shop.step.transitions, IsEmpty()) << "once";
}

TEST(VoucherTest, WithoutALimitInThePackItDoesNotExpire) {
  auto pack = PackOfVouchers();
  pack->deadlines.clear();
  Shop shop(pack);
  shop.Settle(500);
  EXPECT_THAT(shop.order.deadlines, IsEmpty());
}

}  // namespace
}  // namespace refund::arbiter
