#include "tools/refundctl/whatif/compare_text.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/refundctl/context.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

std::string_view WordsOf(Difference difference) {
  switch (difference) {
    case Difference::kAdded:
      return "added";
    case Difference::kRemoved:
      return "removed";
    case Difference::kOutcome:
      return "outcome changed";
    case Difference::kAmount:
      return "amount changed";
    case Difference::kPayer:
      return "payer changed";
    case Difference::kBasis:
      return "basis changed";
    case Difference::kTime:
      return "time changed";
    case Difference::kEnd:
      return "ends otherwise";
  }
  return "?";
}

std::string_view CodeOf(Difference difference) {
  switch (difference) {
    case Difference::kAdded:
      return "ADDED";
    case Difference::kRemoved:
      return "REMOVED";
    case Difference::kOutcome:
      return "OUTCOME";
    case Difference::kAmount:
      return "AMOUNT";
    case Difference::kPayer:
      return "PAYER";
    case Difference::kBasis:
      return "BASIS";
    case Difference::kTime:
      return "TIME";
    case Difference::kEnd:
      return "END";
  }
  return "?";
}

template <class Word>
std::vector<std::string> Each(const std::set<Difference>& differences, Word word) {
  std::vector<std::string> words;
  for (const Difference each : differences) words.emplace_back(word(each));
  return words;
}

// "+12.00 CNY", "-12.00 CNY"
std::string Signed(Money money) { return (money.units > 0 ? "+" : "") + FormatMoney(money); }

// ---- For people ----

std::string DecisionText(const Decision* decision) {
  if (decision == nullptr) return "no such decision";
  std::string text = FormatInstant(decision->at) + " " + std::string(NameOf(decision->basis));
  if (decision->outcome != RulingOutcome::kUnspecified) {
    absl::StrAppendFormat(&text, ", for %s", NameOf(decision->outcome));
  }
  absl::StrAppendFormat(&text, ", %s %s", NameOf(decision->remedy),
                        FormatMoney({decision->amount, decision->currency}));
  for (const BearerShare& each : decision->bearers) {
    absl::StrAppendFormat(&text, ", %s bears %s", NameOf(each.bearer),
                          FormatMoney({each.amount, decision->currency}));
  }
  return text;
}

std::string RulesText(const Decision* decision) {
  if (decision == nullptr || decision->rules.empty()) return "";
  std::vector<std::string> rules;
  for (const RuleFired& each : decision->rules) {
    rules.push_back(absl::StrFormat("%s %s by %s", each.question, each.answer,
                                    RuleText(each.label, each.catalogue)));
  }
  return "           " + Listed(rules) + "\n";
}

std::string StepText(const Step* step, uint32_t number) {
  if (step == nullptr) return "nothing more";
  std::string text = CauseText(step->cause) + " at " + FormatInstant(step->at);
  if (step->result != StepResult::kApplied) {
    absl::StrAppendFormat(&text, ", %s", NameOf(step->result));
    if (step->refusal != Refusal::kNone) absl::StrAppendFormat(&text, " %s", NameOf(step->refusal));
  }
  const std::vector<std::string> rows = RowsOf(*step, number);
  return rows.empty() ? text : text + ", rows " + absl::StrJoin(rows, " ");
}

std::string DecisionsText(const CaseChange& change) {
  std::string text;
  for (const DecisionChange& each : change.decisions) {
    absl::StrAppendFormat(&text, "    decision %s\n", Listed(Each(each.differences, WordsOf)));
    absl::StrAppendFormat(&text, "      was  %s\n%s", DecisionText(each.was), RulesText(each.was));
    absl::StrAppendFormat(&text, "      now  %s\n%s", DecisionText(each.now), RulesText(each.now));
  }
  return text;
}

std::string EndText(const CaseSummary* end) {
  return end == nullptr ? "there is no such case" : StandText(*end);
}

uint32_t NumberIn(const CaseSummary* end) { return end == nullptr ? 0 : end->number; }

std::string CaseText(const CaseChange& change) {
  std::string text = absl::StrFormat("  %s case %d (%s): %s", change.key, change.number,
                                     ShortId(change.id), Listed(Each(change.differences, WordsOf)));
  if (change.money != 0) text += ", " + Signed({change.money, change.currency});
  text += "\n" + DecisionsText(change);
  if (change.differences.contains(Difference::kEnd)) {
    absl::StrAppendFormat(&text, "    ends  was %s, now %s\n", EndText(change.was),
                          EndText(change.now));
  }
  absl::StrAppendFormat(&text, "    first cause\n      was  %s\n      now  %s\n",
                        StepText(change.parting.was, NumberIn(change.was)),
                        StepText(change.parting.now, NumberIn(change.now)));
  if (change.counterfactual != nullptr) {
    absl::StrAppendFormat(&text, "    counterfactual from there on: taken then, now %s\n",
                          StepText(change.counterfactual, NumberIn(change.now)));
  }
  return text;
}

// ---- For machines ----

std::string MoneyJson(int64_t units, Currency currency) {
  return absl::StrFormat(R"({"units":%d,"currency":"%s"})", units, NameOf(currency));
}

std::string StringsJson(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& each : texts) quoted.push_back(Quoted(each));
  return "[" + absl::StrJoin(quoted, ",") + "]";
}

std::string RuleJson(const RuleFired& rule) {
  return absl::StrFormat(R"({"question":%s,"answer":%s,"rule":%s,"catalogue":%s})",
                         Quoted(rule.question), Quoted(rule.answer), Quoted(rule.label),
                         Quoted(rule.catalogue));
}

std::string DecisionJson(const Decision* decision) {
  if (decision == nullptr) return "null";
  std::vector<std::string> bearers;
  for (const BearerShare& each : decision->bearers) {
    bearers.push_back(absl::StrFormat(R"({"bearer":"%s","amount":%s})", NameOf(each.bearer),
                                      MoneyJson(each.amount, decision->currency)));
  }
  std::vector<std::string> rules;
  for (const RuleFired& each : decision->rules) rules.push_back(RuleJson(each));
  return absl::StrFormat(
      R"({"at":"%s","basis":"%s","outcome":"%s","remedy":"%s","amount":%s,"bearers":[%s],"rules":[%s]})",
      FormatInstant(decision->at), NameOf(decision->basis), NameOf(decision->outcome),
      NameOf(decision->remedy), MoneyJson(decision->amount, decision->currency),
      absl::StrJoin(bearers, ","), absl::StrJoin(rules, ","));
}

std::string StepJson(const Step* step, uint32_t number) {
  if (step == nullptr) return "null";
  return absl::StrFormat(R"({"cause":%s,"at":"%s","result":"%s","refusal":"%s","rows":%s})",
                         Quoted(CauseText(step->cause)), FormatInstant(step->at),
                         NameOf(step->result), NameOf(step->refusal),
                         StringsJson(RowsOf(*step, number)));
}

std::string DecisionChangeJson(const DecisionChange& change) {
  const Decision& known = change.was != nullptr ? *change.was : *change.now;
  return absl::StrFormat(R"({"decision":"%s","differences":%s,"was":%s,"now":%s})", known.id.hex(),
                         StringsJson(Each(change.differences, CodeOf)), DecisionJson(change.was),
                         DecisionJson(change.now));
}

std::string EndJson(const CaseSummary* end) {
  return end == nullptr ? "null" : Quoted(StandText(*end));
}

std::string CaseJson(const CaseChange& change) {
  std::vector<std::string> decisions;
  for (const DecisionChange& each : change.decisions) decisions.push_back(DecisionChangeJson(each));
  return absl::StrFormat(
      R"({"order":%s,"case":"%s","number":%d,"differences":%s,"decisions":[%s],"ends":{"was":%s,"now":%s},"money":%s,"first_cause":{"was":%s,"now":%s},"counterfactual":%s})",
      Quoted(change.key), change.id.hex(), change.number,
      StringsJson(Each(change.differences, CodeOf)), absl::StrJoin(decisions, ","),
      EndJson(change.was), EndJson(change.now), MoneyJson(change.money, change.currency),
      StepJson(change.parting.was, NumberIn(change.was)),
      StepJson(change.parting.now, NumberIn(change.now)),
      StepJson(change.counterfactual, NumberIn(change.now)));
}

}  // namespace

std::string ComparisonText(const Comparison& comparison, const std::string& log) {
  std::string text = absl::StrFormat("\nOf %d cases on %d orders of %s ", comparison.cases,
                                     comparison.orders, log);
  if (comparison.changed.empty()) return text + "none is decided differently.\n";
  absl::StrAppendFormat(&text, "%d %s decided differently:\n", comparison.changed.size(),
                        comparison.changed.size() == 1 ? "is" : "are");
  for (const CaseChange& each : comparison.changed) text += CaseText(each);
  std::vector<std::string> sums;
  for (const auto& [currency, sum] : comparison.money) sums.push_back(Signed({sum, currency}));
  return text + "Decided for buyers in all: " + (sums.empty() ? "the same" : Listed(sums)) + "\n";
}

std::string ComparisonJson(const Comparison& comparison, const std::string& log) {
  std::vector<std::string> cases;
  for (const CaseChange& each : comparison.changed) cases.push_back(CaseJson(each));
  std::vector<std::string> sums;
  for (const auto& [currency, sum] : comparison.money) sums.push_back(MoneyJson(sum, currency));
  return absl::StrFormat(R"("log":%s,"cases_compared":%d,"cases":[%s],"money":[%s])", Quoted(log),
                         comparison.cases, absl::StrJoin(cases, ","), absl::StrJoin(sums, ","));
}

}  // namespace refund::tools
