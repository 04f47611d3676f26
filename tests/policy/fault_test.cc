// Each thing that can be wrong with a pack from the log, on a pack that is right but for that.
#include "engine/policy/fault.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/policy/pack_files.h"

namespace refund::policy {
namespace {

struct Wrong {
  std::string fault;
  std::function<void(Pack&)> breaks;
};

Test Asks(FactName fact, uint64_t allowed, Money at_most = {}) {
  Test test;
  test.fact = fact;
  test.allowed = allowed;
  test.at_most = at_most;
  return test;
}

void ReadFirst(Pack& pack, const Test& test) {
  Rule rule = pack.payer.back();
  rule.label = "made-up";
  rule.when = {test};
  pack.payer.insert(pack.payer.begin(), rule);
}

const std::vector<Wrong>& AllWrongs() {
  static const std::vector<Wrong> wrongs = {
      {"no name", [](Pack& p) { p.name.clear(); }},
      {"effective_from is outside the years 1970 to 9999",
       [](Pack& p) { p.effective_from = kMaxInstant + 1; }},
      {"no kind of case", [](Pack& p) { p.kinds.clear(); }},
      {"a kind is UNSPECIFIED", [](Pack& p) { p.kinds.front().kind = CaseKind::kUnspecified; }},
      {"a kind's date is outside the years 1970 to 9999",
       [](Pack& p) { p.kinds.front().from = kMaxInstant + 1; }},
      {"impossible seller review for 'RETURN_REFUND'",
       [](Pack& p) {
         p.seller_review[CaseKind::kReturnRefund] = {{0, PeriodUnit::kDay}, "T"};
       }},
      {"a good-review limit over 100%", [](Pack& p) { p.good_review_basis_points = 10001; }},
      {"a seller review is for kind UNSPECIFIED",
       [](Pack& p) {
         p.seller_review[CaseKind::kUnspecified] = {{1, PeriodUnit::kDay}, "T"};
       }},
      {"impossible period for 'filing_window'",
       [](Pack& p) {
         p.filing_window = Limit{{0, PeriodUnit::kDay}, "T"};
       }},
      {"no first step of arbitration", [](Pack& p) { p.first_step = FirstStep::kUnspecified; }},
      {"evidence is asked of nobody", [](Pack& p) { p.evidence_from = Side::kNone; }},
      {"a slot without a name",
       [](Pack& p) {
         p.evidence_from = Side::kBoth;
         p.slots.push_back({});
         p.slots.back().party = Role::kBuyer;
       }},
      {"nobody to fill slot 'photo'",
       [](Pack& p) {
         p.evidence_from = Side::kSeller;
         p.slots.clear();
         p.slots.push_back({});
         p.slots.back().slot = "photo";
         p.slots.back().party = Role::kBuyer;
       }},
      {"nobody to fill slot 'photo'",
       [](Pack& p) {
         p.evidence_from = Side::kBuyer;
         p.slots = {{Role::kSeller, "photo"}};
       }},
      {"nobody to fill slot 'photo'",
       [](Pack& p) {
         p.evidence_from = Side::kBoth;
         p.slots = {{Role::kAgent, "photo"}};
       }},
      {"the authority limit is not a sum",
       [](Pack& p) { p.authority_limit.units = kMaxUnits + 1; }},
      {"the authority limit is not a sum",
       [](Pack& p) { p.authority_limit.currency = Currency::kUnspecified; }},
      {"help grounds out of order",
       [](Pack& p) {
         p.help_grounds = {HelpGround::kOther, HelpGround::kNewReason};
       }},
      {"a help ground is UNSPECIFIED",
       [](Pack& p) { p.help_grounds = {HelpGround::kUnspecified}; }},
      {"awaits out of order",
       [](Pack& p) {
         p.awaits.clear();
         p.awaits.push_back({.fact = FactName::kSellerStanding});
         p.awaits.push_back({.fact = FactName::kSellerStanding});
       }},
      {"nobody records the awaited 'perishable'",
       [](Pack& p) {
         p.awaits.clear();
         p.awaits.push_back({.fact = FactName::kPerishable});
       }},
      {"a rule without a label", [](Pack& p) { p.payer.front().label.clear(); }},
      {"no answer in rule 'default'",
       [](Pack& p) {
         Rule rule;
         rule.label = "default";
         rule.answer = 200;
         p.payer = {rule};
       }},
      {"impossible condition in rule 'made-up'",
       [](Pack& p) {
         ReadFirst(p, Asks(FactName::kAsk, 1, {5, Currency::kCny}));
       }},
      {"impossible condition in rule 'made-up'",
       [](Pack& p) {
         ReadFirst(p, Asks(FactName::kAsk, 0, {0, Currency::kCny}));
       }},
      {"impossible condition in rule 'made-up'",
       [](Pack& p) { ReadFirst(p, Asks(FactName::kPerishable, 0)); }},
      {"impossible condition in rule 'made-up'",
       [](Pack& p) { ReadFirst(p, Asks(FactName::kPerishable, uint64_t{1} << 60)); }},
      {"impossible condition in rule 'made-up'",
       [](Pack& p) {
         ReadFirst(p, Asks(FactName::kPerishable, 2, {5, Currency::kCny}));
       }},
  };
  return wrongs;
}

TEST(Fault, EachIsNamed) {
  const Pack well = testing::PackOf("policies/taobao/2024-08-09.toml");
  ASSERT_EQ(FaultOf(well), "");
  for (const Wrong& wrong : AllWrongs()) {
    Pack pack = well;
    wrong.breaks(pack);
    EXPECT_EQ(FaultOf(pack), wrong.fault);
  }
}

TEST(Fault, EitherSideAloneMayBeAskedForItsSlots) {
  Pack pack = testing::PackOf("policies/taobao/2024-08-09.toml");
  pack.help_grounds.clear();  // a refusal is ground enough
  for (const auto& [side, role] :
       {std::pair(Side::kBuyer, Role::kBuyer), std::pair(Side::kSeller, Role::kSeller)}) {
    pack.evidence_from = side;
    pack.slots = {{role, "photo"}};
    EXPECT_EQ(FaultOf(pack), "");
  }
}

TEST(Fault, AWindowOfAnAccountIsAtMostAHundredYears) {
  const Pack well = testing::PackOf("policies/taobao/2024-08-09.toml");
  for (const uint32_t days : {0U, 1U, 36600U}) {
    Pack pack = well;
    pack.voucher_budget = pack.buyer_cap = AccountLimit{{100, Currency::kCny}, days, "T"};
    EXPECT_EQ(FaultOf(pack), "");
  }
  Pack budget = well;
  budget.voucher_budget = AccountLimit{{100, Currency::kCny}, 36601, "T"};
  EXPECT_EQ(FaultOf(budget), "the voucher budget is not a sum");
  Pack cap = well;
  cap.buyer_cap = AccountLimit{{100, Currency::kCny}, 36601, "T"};
  EXPECT_EQ(FaultOf(cap), "the buyer cap is not a sum");
}

TEST(Fault, ALimitIsLongerThanNothingAndAtMostAHundredYears) {
  struct Most {
    PeriodUnit unit;
    int64_t count;
  };
  constexpr int64_t kDays = 100 * 366;
  const Most all[] = {{PeriodUnit::kMillisecond, kDays * kDayMs},
                      {PeriodUnit::kSecond, kDays * 24 * 3600},
                      {PeriodUnit::kMinute, kDays * 24 * 60},
                      {PeriodUnit::kHour, kDays * 24},
                      {PeriodUnit::kDay, kDays},
                      {PeriodUnit::kMonth, 1200},
                      {PeriodUnit::kYear, 100}};
  for (const Most& most : all) {
    EXPECT_FALSE(MayBeLimit({0, most.unit}));
    EXPECT_FALSE(MayBeLimit({-1, most.unit}));
    EXPECT_TRUE(MayBeLimit({1, most.unit}));
    EXPECT_TRUE(MayBeLimit({most.count, most.unit}));
    EXPECT_FALSE(MayBeLimit({most.count + 1, most.unit}));
  }
  EXPECT_FALSE(MayBeLimit({1, static_cast<PeriodUnit>(99)}));
}

}  // namespace
}  // namespace refund::policy
