#include "tools/refundctl/views/explain.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/policy/assess.h"
#include "tools/refundctl/views/explain_changes.h"
#include "tools/refundctl/views/rows.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

using policy::Facts;
using policy::Pack;
using policy::Question;

Money Amount(const Decision& d) { return {d.amount, d.currency}; }

bool IsRuled(Basis basis) {
  return basis == Basis::kRuling || basis == Basis::kAppeal || basis == Basis::kRearbitration;
}

bool IsDecidedByPeople(Basis basis) {
  return basis == Basis::kAcceptance || basis == Basis::kChoice || basis == Basis::kAgreement ||
         IsRuled(basis) || basis == Basis::kInspection;
}

Money AskOf(const Step& step, const Decision& d) {
  for (const CaseSummary& summary : step.cases) {
    if (summary.id == d.case_id) return summary.ask;
  }
  return Amount(d);
}

// ---- The sentence ----

std::string HowItCame(const Decision& d, const Cause& cause) {
  const std::string first = d.authors.empty() ? "" : ActorText(d.authors.front());
  switch (d.basis) {
    case Basis::kAutomatic:
      return "the pack granted it at once, before the seller was asked";
    case Basis::kDirectRuling:
      return "the platform ruled at once, without asking the seller";
    case Basis::kAcceptance:
      return first + " accepted";
    case Basis::kTimeout:
      return absl::StrFormat("the seller let %s pass without an answer", NameOf(cause.timer));
    case Basis::kChoice:
      return first + " took an offer";
    case Basis::kAgreement:
      return "both parties agreed";
    case Basis::kRuling:
      return d.authors.size() < 2
                 ? first + " ruled"
                 : absl::StrFormat("%s ruled and %s approved", first, ActorText(d.authors.back()));
    case Basis::kAutomaticRuling:
      return "the pack ruled by itself, no person was asked";
    case Basis::kRefusalStands:
      return absl::StrFormat("the seller had refused and the buyer let %s pass",
                             NameOf(cause.timer));
    case Basis::kAppeal:
      return first + " decided the appeal";
    case Basis::kRearbitration:
      return first + " arbitrated it anew, by another pack";
    case Basis::kInspection:
      return first + " inspected what came back";
    case Basis::kLoss:
      return "the parcel was lost on its way";
    case Basis::kFallback:
      if (cause.timer == Timer::kT14) return "the seller gave no usable address before T14 passed";
      return cause.IsDeadline()
                 ? absl::StrFormat("the goods did not come before %s passed", NameOf(cause.timer))
                 : "the goods cannot come";
    case Basis::kDelivery:
      return cause.IsDeadline() ? absl::StrFormat("%s passed after delivery", NameOf(cause.timer))
                                : "what was owed was delivered";
    case Basis::kUnspecified:
      break;
  }
  return "it was decided";
}

// What the buyer gets, where it is not money.
std::string_view ThingOf(Remedy remedy) {
  switch (remedy) {
    case Remedy::kExchange:
      return "a replacement";
    case Remedy::kRepair:
      return "the thing repaired";
    case Remedy::kResend:
      return "the goods sent again";
    default:
      return "";
  }
}

std::string UnitsText(const Decision& d) {
  return d.quantity > 1 ? absl::StrFormat(" for %d units", d.quantity) : "";
}

std::string WhoGetsWhat(const Decision& d, Money ask) {
  const std::string_view thing = ThingOf(d.remedy);
  if (!thing.empty() && d.outcome != RulingOutcome::kSeller) {
    std::string text =
        absl::StrFormat("the BUYER gets %s%s (%s)", thing, UnitsText(d), NameOf(d.remedy));
    if (d.amount > 0) absl::StrAppendFormat(&text, " and %s back", FormatMoney(Amount(d)));
    return text;
  }
  if (d.amount > 0 && d.remedy == Remedy::kVoucher) {
    return absl::StrFormat("the BUYER gets a voucher of %s", FormatMoney(Amount(d)));
  }
  if (d.amount > 0) {
    const bool part = d.amount < ask.units;
    return absl::StrFormat("the BUYER gets %s%s back%s (%s%s)", FormatMoney(Amount(d)),
                           part ? " of " + FormatMoney(ask) : "", UnitsText(d),
                           d.outcome == RulingOutcome::kSplit ? "SPLIT, " : "", NameOf(d.remedy));
  }
  if (d.basis == Basis::kRefusalStands) return "the refusal stands, nothing is refunded";
  if (d.outcome == RulingOutcome::kNone) return "for neither of them, nothing is refunded";
  return absl::StrFormat("decided for the %s, nothing is refunded", NameOf(d.outcome));
}

std::string WhoPays(const Decision& d) {
  std::vector<std::string> shares;
  for (const BearerShare& share : d.bearers) {
    std::string text(NameOf(share.bearer));
    if (d.bearers.size() > 1) {
      absl::StrAppendFormat(&text, " %s (%s)", FormatMoney({share.amount, d.currency}),
                            ShareText(share.basis_points));
    }
    shares.push_back(std::move(text));
  }
  if (shares.empty()) return "";
  return absl::StrFormat(", %s %s", absl::StrJoin(shares, " and "),
                         shares.size() == 1 ? "pays" : "pay");
}

// The difference to what was decided before is what moves.
std::string InPlaceOf(const Decision& d) {
  if (d.before == 0) return "";
  const std::string before = FormatMoney({d.before, d.currency});
  if (d.amount == d.before) return absl::StrFormat(", as before (%s)", before);
  const bool more = d.amount > d.before;
  return absl::StrFormat(
      ", in place of %s: %s is %s", before,
      FormatMoney({more ? d.amount - d.before : d.before - d.amount, d.currency}),
      more ? "paid on top" : "taken back");
}

// When the money goes: at once, or when the window for an appeal is over.
std::string WhenPaid(const Decision& d, const Step& step) {
  if (d.amount == 0) return "";
  for (const Transition& each : step.transitions) {
    if (each.machine == Machine::kLeg && each.to == static_cast<uint8_t>(LegState::kSubmitted)) {
      return ", the money is instructed at once";
    }
  }
  for (const DeadlineChange& each : step.deadlines) {
    if (each.act == DeadlineAct::kArmed && each.timer == Timer::kT10 &&
        each.case_number == d.case_number) {
      return absl::StrFormat(", the money goes once the appeal window is over at %s (T10)",
                             FormatInstant(each.due));
    }
  }
  return "";
}

std::string SentenceOf(const Decision& d, const Step& step, Money ask) {
  return absl::StrFormat("At %s %s: %s%s%s%s (basis %s, row %s).", FormatInstant(d.at),
                         HowItCame(d, step.cause), WhoGetsWhat(d, ask), WhoPays(d), InPlaceOf(d),
                         WhenPaid(d, step), NameOf(d.basis), d.row);
}

// ---- The path ----

bool IsOfCase(const Transition& t, const Decision& d) { return t.case_number == d.case_number; }

PathRow PathRowOf(const Step& step, const Transition& t) {
  PathRow row{step.at, step.sequence, CauseText(step.cause), t.machine, t.row, "", "", {},
              {},      false};
  row.from = StateName(t.machine, t.from);
  row.to = StateName(t.machine, t.to);
  if (const RowWords* words = FindRow(t.machine, t.row)) {
    for (const GuardWords& guard : words->when) row.when.push_back(guard.name);
    row.then = words->then;
  }
  return row;
}

std::vector<PathRow> PathOf(std::span<const Step> steps, const Decision& d) {
  std::vector<PathRow> path;
  for (const Step& step : steps) {
    for (const Transition& t : step.transitions) {
      if (!IsOfCase(t, d)) continue;
      path.push_back(PathRowOf(step, t));
      const bool here = std::any_of(step.decisions.begin(), step.decisions.end(),
                                    [&](const Decision& each) { return each.id == d.id; });
      path.back().decided = here && t.row == d.row && t.machine != Machine::kLeg;
    }
  }
  return path;
}

// ---- Facts and rules ----

std::string AllowedText(const policy::Test& test) {
  if (test.fact == FactName::kAsk) return "at most " + FormatMoney(test.at_most);
  std::vector<std::string> allowed;
  const auto values = policy::ValuesOf(test.fact);
  for (size_t i = 0; i < values.size(); ++i) {
    if ((test.allowed >> i & 1) != 0) allowed.emplace_back(values[i]);
  }
  return absl::StrJoin(allowed, " or ");
}

PassedOver WhyPassedOver(const policy::Rule& rule, const Facts& facts) {
  PassedOver passed{rule.label, rule.catalogue, ""};
  for (const policy::Test& test : rule.when) {
    if (policy::Holds(test, facts)) continue;
    passed.why = absl::StrFormat("%s is %s, not %s", NameOf(test.fact),
                                 policy::ValueText(test.fact, facts), AllowedText(test));
    break;
  }
  return passed;
}

std::vector<RuleAnswered> RulesOf(const Decision& d, const Pack* pack, const Facts& facts) {
  std::vector<RuleAnswered> rules;
  for (const RuleFired& fired : d.rules) {
    rules.push_back({fired, {}});
    if (pack == nullptr || !Reproduces(*pack, fired, facts)) continue;
    for (const policy::Rule& rule : pack->RulesOf(*QuestionNamed(fired.question))) {
      if (rule.label == fired.label) break;
      rules.back().passed_over.push_back(WhyPassedOver(rule, facts));
    }
  }
  return rules;
}

std::vector<FactUsed> FactsOf(const Decision& d, const Pack* pack, const Facts& facts) {
  std::vector<FactUsed> used;
  for (const FactRead& fact : d.facts) used.push_back({fact, {}});
  if (pack == nullptr) return used;
  for (const RuleFired& fired : d.rules) {
    if (!Reproduces(*pack, fired, facts)) continue;
    for (const FactName name : policy::Assess(*pack, *QuestionNamed(fired.question), facts).read) {
      for (FactUsed& each : used) {
        if (each.fact.name == NameOf(name)) each.read_for.push_back(fired.question);
      }
    }
  }
  return used;
}

// ---- What people rested on ----

const FactRead* FindFact(const Decision& d, FactName name) {
  for (const FactRead& fact : d.facts) {
    if (fact.name == NameOf(name)) return &fact;
  }
  return nullptr;
}

void AddRuling(const Decision& d, const Pack* pack, std::vector<std::string>& lines) {
  const FactRead* liability = FindFact(d, FactName::kLiability);
  std::string finding = absl::StrFormat("finding of liability: %s", NameOf(d.liability));
  if (liability != nullptr && !liability->detail.empty()) finding += ", " + liability->detail;
  lines.push_back(std::move(finding));
  if (d.authors.size() > 1) {
    lines.push_back(absl::StrFormat("four eyes: proposed by %s, approved by %s",
                                    ActorText(d.authors.front()), ActorText(d.authors.back())));
  } else if (!d.authors.empty()) {
    lines.push_back("author: " + ActorText(d.authors.front()));
  }
  if (pack != nullptr && pack->authority_limit.units > 0) {
    lines.push_back(absl::StrFormat("one author's limit: %s (%s), ruled %s",
                                    FormatMoney(pack->authority_limit), pack->authority_source,
                                    FormatMoney(Amount(d))));
  }
}

std::vector<std::string> RestedOn(const Decision& d, const Step& step, const Pack* pack) {
  std::vector<std::string> lines;
  if (!IsDecidedByPeople(d.basis)) return lines;
  lines.push_back(
      absl::StrFormat("the act: %s by %s", CauseText(step.cause), ActorText(step.actor)));
  if (IsRuled(d.basis)) AddRuling(d, pack, lines);
  if (d.basis == Basis::kAgreement) {
    std::vector<std::string> names;
    for (const Actor& each : d.authors) names.push_back(ActorText(each));
    lines.push_back("agreed by " + absl::StrJoin(names, " and "));
  }
  if (!d.reason_codes.empty()) lines.push_back("reasons: " + Listed(d.reason_codes));
  if (!d.considered.empty()) {
    lines.push_back(absl::StrFormat("evidence considered: %d piece%s", d.considered.size(),
                                    d.considered.size() == 1 ? "" : "s"));
  }
  if (!d.text.empty()) lines.push_back(absl::StrFormat("in its words: \"%s\"", d.text));
  return lines;
}

// The legs of the decision, as they stand after the newest step.
std::vector<LegSummary> LegsOf(std::span<const Step> steps, const Decision& d) {
  std::vector<LegSummary> legs;
  for (const Id& id : d.legs) {
    std::optional<LegSummary> newest;
    for (const Step& step : steps) {
      for (const LegSummary& each : step.legs) {
        if (each.id == id) newest = each;
      }
    }
    if (newest) legs.push_back(*std::move(newest));
  }
  return legs;
}

PackSeen SeenPack(const Digest& digest, const Pack* pack) {
  if (pack == nullptr) return {digest, "", "", {}};
  return {digest, pack->name, pack->title, pack->effective_from};
}

// 0 is UNSPECIFIED for those that have it: how "nobody refused" and "no finding" are stored.
uint8_t ValueNumber(FactName fact, std::string_view text) {
  const auto values = policy::ValuesOf(fact);
  const auto at = std::find(values.begin(), values.end(), text);
  return at == values.end() ? 0 : static_cast<uint8_t>(at - values.begin());
}

}  // namespace

Facts FactsFrom(const std::vector<FactRead>& read, Money ask) {
  Facts facts;
  facts.ask = ask;
  for (const FactRead& each : read) {
    const auto name = ParseName<FactName>(each.name);
    if (name && *name != FactName::kAsk) facts.Set(*name, ValueNumber(*name, each.value));
  }
  return facts;
}

Explanation Explain(const ExplainInput& input) {
  const Step& step = input.steps[input.step];
  Explanation e;
  e.decision = step.decisions[input.decision];
  const Decision& d = e.decision;
  e.key = step.key;
  e.ask = AskOf(step, d);
  e.cause = CauseText(step.cause);
  e.sentence = SentenceOf(d, step, e.ask);
  e.path = PathOf(input.steps.first(input.step + 1), d);
  e.since = PathOf(input.steps.subspan(input.step + 1), d);
  const Facts facts = FactsFrom(d.facts, e.ask);
  e.facts = FactsOf(d, input.procedure, facts);
  e.rules = RulesOf(d, input.procedure, facts);
  e.procedure = SeenPack(d.procedure_pack, input.procedure);
  e.commercial = SeenPack(d.commercial_pack, input.commercial);
  e.legs = LegsOf(input.steps, d);
  e.rested_on = RestedOn(d, step, input.procedure);
  e.others = ChangesOfOutcome(input, d, facts);
  if (!e.others.empty()) {
    e.nearest = std::move(e.others.front());
    e.others.erase(e.others.begin());
  }
  for (Change& each : ChangesOfPayer(input, d, facts)) e.others.push_back(std::move(each));
  return e;
}

}  // namespace refund::tools
