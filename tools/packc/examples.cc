#include "tools/packc/examples.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <system_error>
#include <utility>

#include "engine/policy/assess.h"
#include "engine/policy/fault.h"

namespace refund::packc {
namespace {

using policy::Facts;
using policy::Pack;
using policy::Question;
using policy::Rule;

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::vector<std::string_view> FactNames() {
  return {EnumNames<FactName>::kNames.begin(), EnumNames<FactName>::kNames.end()};
}

std::vector<std::string_view> QuestionNames() {
  std::vector<std::string_view> names;
  for (const Question question : policy::kQuestions) names.push_back(NameOfQuestion(question));
  return names;
}

// ---- Reading [[examples]] ----

void ReadAsk(const Node& node, Facts& facts, Diagnostics& errors) {
  Section section(node, "'ask'", errors);
  facts.ask = section.Sum();
  section.Finish();
}

void ReadFact(const Entry& entry, Facts& facts, Diagnostics& errors) {
  const auto fact = ParseName<FactName>(entry.key);
  if (!fact) return errors.Add(entry.place, UnknownWord("fact", entry.key, FactNames()));
  if (*fact == FactName::kAsk) return ReadAsk(entry.value, facts, errors);
  if (policy::IsYesNo(*fact)) {
    if (entry.value.type == Node::Type::kYesNo) {
      facts.Set(*fact, static_cast<uint8_t>(entry.value.yes ? YesNo::kYes : YesNo::kNo));
    } else if (entry.value.type != Node::Type::kRefused) {
      errors.Add(entry.value.place, "expected true or false, found " + Describe(entry.value));
    }
    return;
  }
  const auto value = ReadWord(entry.value, "value of " + entry.key, policy::ValuesOf(*fact),
                              policy::PossibleValues(*fact), errors);
  if (value) facts.Set(*fact, *value);
}

void ReadFacts(const Node& node, Facts& facts, Diagnostics& errors) {
  if (node.type != Node::Type::kTable) {
    if (node.type != Node::Type::kRefused) {
      errors.Add(node.place,
                 "expected facts such as { kind = \"REFUND_ONLY\", reason = \"TASTE\" }, found " +
                     Describe(node));
    }
    return;
  }
  for (const Entry& entry : node.entries) ReadFact(entry, facts, errors);
  for (const char* needed : {"kind", "reason"}) {
    if (node.Find(needed) == nullptr) {
      errors.Add(node.place, "missing " + Quoted(needed) + ": every case has one");
    }
  }
}

void CheckKind(const Node& facts, const Facts& read, const Pack& pack, Diagnostics& errors) {
  const auto kind = static_cast<CaseKind>(read[FactName::kKind]);
  if (kind == CaseKind::kUnspecified || pack.FindKind(kind) != nullptr) return;
  errors.Add(facts.place, "the pack takes no case of kind " + std::string(NameOf(kind)));
}

bool HasRule(const Pack& pack, Question question, std::string_view label) {
  const auto& rules = pack.RulesOf(question);
  return std::any_of(rules.begin(), rules.end(), [&](const Rule& r) { return r.label == label; });
}

void ReadRuleName(Section& section, const Pack& pack, Example& example, Diagnostics& errors) {
  const Node* named = section.Required("rule");
  if (named == nullptr) return;
  example.rule = named->text;
  if (named->type != Node::Type::kText) {
    if (named->type == Node::Type::kRefused) return;
    return errors.Add(named->place, "expected the rule's label, found " + Describe(*named));
  }
  if (HasRule(pack, example.question, example.rule)) return;
  std::vector<std::string_view> known;
  for (const Rule& rule : pack.RulesOf(example.question)) known.push_back(rule.label);
  errors.Add(named->place, UnknownWord("rule", example.rule, known) + " of " +
                               Quoted(NameOfQuestion(example.question)));
}

Example ReadExample(const Node& node, const Pack& pack, Diagnostics& errors) {
  Example example;
  example.place = node.place;
  Section section(node, "[[examples]]", errors);
  example.name = section.Text("name");
  std::optional<uint8_t> question;
  if (const Node* named = section.Required("question")) {
    const auto names = QuestionNames();
    question = ReadWord(*named, "question", names, (uint64_t{1} << names.size()) - 1, errors);
  }
  example.question = static_cast<Question>(question.value_or(0));
  if (const Node* facts = section.Required("facts")) {
    ReadFacts(*facts, example.facts, errors);
    CheckKind(*facts, example.facts, pack, errors);
  }
  const Node* expect = section.Required("expect");
  if (question) {
    const auto answers = policy::AnswersOf(example.question);
    if (expect != nullptr) {
      const uint64_t possible = policy::PossibleAnswers(example.question);
      example.expect = ReadWord(*expect, "answer", answers, possible, errors).value_or(0);
    }
    ReadRuleName(section, pack, example, errors);
  } else {
    section.Required("rule");
  }
  section.Finish();
  return example;
}

// ---- Facts on a command line ----

std::optional<std::string> SetAsk(std::string_view text, Facts& facts) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, facts.ask.units);
  const auto currency = ParseName<Currency>(std::string_view(rest, end));
  if (error == std::errc() && facts.ask.units > 0 && currency &&
      *currency != Currency::kUnspecified) {
    facts.ask.currency = *currency;
    return std::nullopt;
  }
  return "ask: expected minor units and a currency such as ask=5990CNY, found " + Quoted(text);
}

std::vector<std::string_view> PossibleNames(FactName fact) {
  std::vector<std::string_view> names;
  const auto values = policy::ValuesOf(fact);
  for (size_t i = 0; i < values.size(); ++i) {
    if ((policy::PossibleValues(fact) >> i & 1) != 0) names.push_back(values[i]);
  }
  return names;
}

std::optional<uint8_t> ValueNamed(FactName fact, std::string_view text) {
  if (policy::IsYesNo(fact) && text == "true") text = "YES";
  if (policy::IsYesNo(fact) && text == "false") text = "NO";
  const auto values = policy::ValuesOf(fact);
  const auto found = std::find(values.begin(), values.end(), text);
  if (found == values.end()) return std::nullopt;
  const auto value = static_cast<uint8_t>(found - values.begin());
  return (policy::PossibleValues(fact) >> value & 1) != 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::vector<Example> ReadExamples(Section& root, const Pack& pack, Diagnostics& errors) {
  std::vector<Example> examples;
  const Node* list = root.Optional("examples");
  if (list == nullptr) return examples;
  std::set<std::string> names;
  for (const Node& item : ReadList(*list, "[[examples]]", errors)) {
    Example example = ReadExample(item, pack, errors);
    // The same name may ask several questions: one story, told from several sides.
    const std::string asked = std::string(NameOfQuestion(example.question)) + "/" + example.name;
    if (!example.name.empty() && !names.insert(asked).second) {
      errors.Add(item.place, "example " + Quoted(example.name) + " of " +
                                 Quoted(NameOfQuestion(example.question)) + " stands twice");
    }
    examples.push_back(std::move(example));
  }
  return examples;
}

Answered AnswerTo(const Example& example, const Pack& pack) {
  const Rule* rule = policy::Assess(pack, example.question, example.facts).rule;
  return {rule, rule->answer == example.expect && rule->label == example.rule};
}

std::vector<std::string> RulesWithoutExample(const Pack& pack,
                                             const std::vector<Example>& examples) {
  std::vector<std::string> without;
  for (const Question question : policy::kQuestions) {
    for (const Rule& rule : pack.RulesOf(question)) {
      if (rule.label == policy::kDefaultLabel) continue;  // nobody wrote it
      const bool has_one = std::any_of(examples.begin(), examples.end(), [&](const Example& e) {
        return e.question == question && AnswerTo(e, pack).rule == &rule;
      });
      if (!has_one) without.push_back(std::string(NameOfQuestion(question)) + ": " + rule.label);
    }
  }
  return without;
}

std::optional<std::string> SetFact(std::string_view assignment, Facts& facts) {
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return "expected fact=value, found " + Quoted(assignment);
  }
  const std::string_view name = assignment.substr(0, equals);
  const std::string_view text = assignment.substr(equals + 1);
  const auto fact = ParseName<FactName>(name);
  if (!fact) return UnknownWord("fact", name, FactNames());
  if (*fact == FactName::kAsk) return SetAsk(text, facts);
  if (const auto value = ValueNamed(*fact, text)) {
    facts.Set(*fact, *value);
    return std::nullopt;
  }
  return UnknownWord("value of " + std::string(name), text, PossibleNames(*fact));
}

std::optional<std::string> MissingFact(const Facts& facts) {
  for (const FactName fact : {FactName::kKind, FactName::kReason}) {
    if (facts[fact] != 0) continue;
    return "expected " + std::string(NameOf(fact)) + "=…: every case has one";
  }
  return std::nullopt;
}

std::string FactsText(const Facts& facts) {
  std::string text;
  for (size_t i = 0; i < policy::kFactCount; ++i) {
    const auto fact = static_cast<FactName>(i);
    const bool given =
        fact == FactName::kAsk ? facts.ask.currency != Currency::kUnspecified : facts[fact] != 0;
    if (!given) continue;
    text += (text.empty() ? "" : " ") + std::string(NameOf(fact)) + "=" +
            policy::ValueText(fact, facts);
  }
  return text;
}

}  // namespace refund::packc
