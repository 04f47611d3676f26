#include "engine/policy/fault.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace refund::policy {
namespace {

std::string Say(std::string_view what, std::string_view which) {
  return std::string(what) + " '" + std::string(which) + "'";
}

// Strictly rising by `key`: sorted, and each once.
template <class List, class Key>
bool Rises(const List& list, Key key) {
  return std::adjacent_find(list.begin(), list.end(), [&](const auto& a, const auto& b) {
           return !(key(a) < key(b));
         }) == list.end();
}

bool IsStorable(Instant at) { return at >= kMinInstant && at <= kMaxInstant; }

bool IsSum(Money money) {
  return money.units > 0 && money.units <= kMaxUnits && money.currency != Currency::kUnspecified;
}

std::string FaultOfHead(const Pack& pack) {
  if (pack.platform == Platform::kUnspecified) return "no platform";
  if (pack.name.empty()) return "no name";
  if (!IsStorable(pack.effective_from)) return "effective_from is outside the years 1970 to 9999";
  if (pack.kinds.empty()) return "no kind of case";
  if (!Rises(pack.kinds, [](const KindClause& k) { return k.kind; })) return "kinds out of order";
  for (const KindClause& clause : pack.kinds) {
    if (clause.kind == CaseKind::kUnspecified) return "a kind is UNSPECIFIED";
    if (!IsStorable(clause.from)) return "a kind's date is outside the years 1970 to 9999";
  }
  return {};
}

std::string FaultOfLimits(const Pack& pack) {
  for (const Timer timer : kNeededTimers) {
    if (!pack.deadlines.contains(timer)) return Say("no deadline", NameOf(timer));
  }
  for (const auto& [timer, limit] : pack.deadlines) {
    if (!MayBeLimit(limit.period)) return Say("impossible period for", NameOf(timer));
  }
  for (const auto& [kind, limit] : pack.seller_review) {
    if (kind == CaseKind::kUnspecified) return "a seller review is for kind UNSPECIFIED";
    if (!MayBeLimit(limit.period)) return Say("impossible seller review for", NameOf(kind));
  }
  const std::pair<std::string_view, const std::optional<Limit>&> optional[] = {
      {"evidence.perishable", pack.evidence_perishable},
      {"filing_window", pack.filing_window},
      {"return_in_transit", pack.return_in_transit},
      {"replacement_in_transit", pack.replacement_in_transit},
      {"report_window", pack.report_window},
      {"outage_grace", pack.outage_grace},
  };
  for (const auto& [name, limit] : optional) {
    if (limit && !MayBeLimit(limit->period)) return Say("impossible period for", name);
  }
  if (pack.good_review_basis_points > 10000) return "a good-review limit over 100%";
  return {};
}

bool IsAsked(Role party, Side side) {
  return (party == Role::kBuyer && (side == Side::kBuyer || side == Side::kBoth)) ||
         (party == Role::kSeller && (side == Side::kSeller || side == Side::kBoth));
}

std::string FaultOfArbitration(const Pack& pack) {
  if (pack.first_step == FirstStep::kUnspecified) return "no first step of arbitration";
  if (pack.evidence_from == Side::kNone) return "evidence is asked of nobody";
  for (const SlotAsked& slot : pack.slots) {
    if (slot.slot.empty()) return "a slot without a name";
    if (!IsAsked(slot.party, pack.evidence_from)) return Say("nobody to fill slot", slot.slot);
  }
  if (!IsSum(pack.authority_limit)) return "the authority limit is not a sum";
  if (!Rises(pack.help_grounds, [](HelpGround g) { return g; })) return "help grounds out of order";
  if (!pack.help_grounds.empty() && pack.help_grounds.front() == HelpGround::kUnspecified) {
    return "a help ground is UNSPECIFIED";
  }
  return {};
}

// A sum that a pack may leave out: nothing at all, or a sum.
bool IsSumOrAbsent(Money money) { return money == Money{} || IsSum(money); }

bool IsAccountLimit(const std::optional<AccountLimit>& limit) {
  constexpr uint32_t kHundredYears = 36'600;
  return !limit || (IsSum(limit->limit) && limit->window_days <= kHundredYears);
}

std::string FaultOfVouchers(const Pack& pack) {
  if (!Rises(pack.vouchers, [](const VoucherClause& v) { return v.kind; })) {
    return "vouchers out of order";
  }
  for (const VoucherClause& clause : pack.vouchers) {
    if (clause.kind == VoucherKind::kUnspecified) return "a voucher's kind is UNSPECIFIED";
    // That one is worth what the claim was settled for, and no goodwill.
    if (clause.kind == VoucherKind::kSettlement) return "a goodwill voucher of kind SETTLEMENT";
    if (!IsSum(clause.amount)) return Say("no sum for voucher", NameOf(clause.kind));
  }
  if (pack.anomaly_voucher && pack.FindVoucher(*pack.anomaly_voucher) == nullptr) {
    return Say("the pack has no voucher", NameOf(*pack.anomaly_voucher));
  }
  if (!IsAccountLimit(pack.voucher_budget)) return "the voucher budget is not a sum";
  if (!IsAccountLimit(pack.buyer_cap)) return "the buyer cap is not a sum";
  return {};
}

std::string FaultOfFreight(const Pack& pack) {
  if (!IsSumOrAbsent(pack.freight_flat)) return "the flat sum of return freight is no sum";
  if (!IsSumOrAbsent(pack.freight_cover_cap)) return "the cap of freight cover is no sum";
  return {};
}

std::string FaultOfEntrance(const Pack& pack) {
  if (pack.entrance && !MayBeLimit(pack.entrance->open_window.period)) {
    return Say("impossible period for", "entrance.open_window");
  }
  return {};
}

std::string FaultOfAwaits(const Pack& pack) {
  if (!Rises(pack.awaits, [](const Pack::Await& a) { return a.fact; }))
    return "awaits out of order";
  for (const Pack::Await& await : pack.awaits) {
    if (!IsRecorded(await.fact)) return Say("nobody records the awaited", NameOf(await.fact));
  }
  return {};
}

bool IsTest(const Test& test) {
  if (test.fact == FactName::kAsk) return test.allowed == 0 && IsSum(test.at_most);
  return test.allowed != 0 && (test.allowed & ~PossibleValues(test.fact)) == 0 &&
         test.at_most == Money{};
}

std::string FaultOfRule(Question question, const Rule& rule) {
  if (rule.label.empty()) return "a rule without a label";
  if (rule.answer >= AnswersOf(question).size() ||
      (PossibleAnswers(question) >> rule.answer & 1) == 0) {
    return Say("no answer in rule", rule.label);
  }
  if (!Rises(rule.when, [](const Test& t) { return t.fact; }) ||
      !std::all_of(rule.when.begin(), rule.when.end(), IsTest)) {
    return Say("impossible condition in rule", rule.label);
  }
  return {};
}

// A route is asked for once, when a case is filed: a recorded fact that nobody waited for would be
// there or not by chance.
std::string FaultOfRouteReads(const Pack& pack) {
  for (const Rule& rule : pack.route) {
    for (const Test& test : rule.when) {
      if (!IsRecorded(test.fact)) continue;
      if (std::none_of(pack.awaits.begin(), pack.awaits.end(),
                       [&](const Pack::Await& a) { return a.fact == test.fact; })) {
        return Say("the pack does not await what it reads in rule", rule.label);
      }
    }
  }
  return {};
}

// Labels are unique, but that each question may have the rule that packc fills in for it.
std::string FaultOfRules(const Pack& pack) {
  std::set<std::string_view> labels;
  for (const Question question : kQuestions) {
    const std::vector<Rule>& rules = pack.RulesOf(question);
    if (rules.empty() || !rules.back().when.empty()) {
      return Say("no last, unconditional rule for", NameOfQuestion(question));
    }
    for (const Rule& rule : rules) {
      if (std::string fault = FaultOfRule(question, rule); !fault.empty()) return fault;
      const bool filled_in = rule.label == kDefaultLabel && rule.when.empty();
      if (!filled_in && !labels.insert(rule.label).second) {
        return Say("two rules with label", rule.label);
      }
    }
  }
  return FaultOfRouteReads(pack);
}

}  // namespace

bool MayBeLimit(Period period) {
  constexpr int64_t kYears = 100;
  switch (period.unit) {
    case PeriodUnit::kMillisecond:
      return period.count > 0 && period.count <= kYears * 366 * kDayMs;
    case PeriodUnit::kSecond:
      return period.count > 0 && period.count <= kYears * 366 * kDayMs / kSecondMs;
    case PeriodUnit::kMinute:
      return period.count > 0 && period.count <= kYears * 366 * kDayMs / kMinuteMs;
    case PeriodUnit::kHour:
      return period.count > 0 && period.count <= kYears * 366 * 24;
    case PeriodUnit::kDay:
      return period.count > 0 && period.count <= kYears * 366;
    case PeriodUnit::kMonth:
      return period.count > 0 && period.count <= kYears * 12;
    case PeriodUnit::kYear:
      return period.count > 0 && period.count <= kYears;
  }
  return false;
}

uint64_t PossibleAnswers(Question question) {
  const auto answers = AnswersOf(question);
  const uint64_t all = (uint64_t{1} << answers.size()) - 1;
  return answers.front() == "UNSPECIFIED" ? all & ~uint64_t{1} : all;
}

std::string FaultOf(const Pack& pack) {
  for (const auto check : {FaultOfHead, FaultOfLimits, FaultOfAwaits, FaultOfArbitration,
                           FaultOfFreight, FaultOfVouchers, FaultOfEntrance, FaultOfRules}) {
    if (std::string fault = check(pack); !fault.empty()) return fault;
  }
  return {};
}

}  // namespace refund::policy
