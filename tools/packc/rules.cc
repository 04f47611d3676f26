#include "tools/packc/rules.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/policy/fault.h"
#include "tools/packc/never_fires.h"

namespace refund::packc {
namespace {

using policy::NameOfQuestion;
using policy::Question;
using policy::Rule;
using policy::Test;

constexpr std::string_view kAskAtMost = "ask_at_most";

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// ---- Conditions ----

// The keys that a condition may have: the facts, and ask_at_most in place of `ask`.
std::optional<FactName> FactOfKey(std::string_view key) {
  if (key == kAskAtMost) return FactName::kAsk;
  const auto fact = ParseName<FactName>(key);
  return fact == FactName::kAsk ? std::nullopt : fact;
}

std::string UnknownFact(std::string_view key) {
  if (key == "ask") return "unknown fact 'ask' (did you mean 'ask_at_most'?)";
  std::vector<std::string_view> known = {kAskAtMost};
  for (const std::string_view name : EnumNames<FactName>::kNames) {
    if (name != "ask") known.push_back(name);
  }
  return UnknownWord("fact", key, known);
}

uint64_t BitOf(YesNo value) { return uint64_t{1} << static_cast<unsigned>(value); }

// 0, and an error, unless it is true or false.
uint64_t ReadYesNo(const Node& node, Diagnostics& errors) {
  if (node.type == Node::Type::kYesNo) return BitOf(node.yes ? YesNo::kYes : YesNo::kNo);
  if (node.type != Node::Type::kRefused) {
    errors.Add(node.place, "expected true or false, found " + Describe(node));
  }
  return 0;
}

uint64_t ReadValue(const Node& node, FactName fact, Diagnostics& errors) {
  const std::string what = "value of " + std::string(NameOf(fact));
  const auto value =
      ReadWord(node, what, policy::ValuesOf(fact), policy::PossibleValues(fact), errors);
  return value ? uint64_t{1} << *value : 0;
}

// One text or a list of them. 0, and an error, if any of it is wrong.
uint64_t ReadValues(const Node& node, FactName fact, Diagnostics& errors) {
  if (node.type != Node::Type::kList) return ReadValue(node, fact, errors);
  if (node.items.empty()) {
    errors.Add(node.place, "an empty list allows no value: the rule can never fire");
  }
  uint64_t allowed = 0;
  bool well = true;
  for (const Node& item : node.items) {
    const uint64_t bit = ReadValue(item, fact, errors);
    if ((allowed & bit) != 0)
      errors.Add(item.place, "value " + Quoted(item.text) + " stands twice");
    well = well && bit != 0;
    allowed |= bit;
  }
  return well ? allowed : 0;
}

bool ReadTest(const Entry& entry, Test& out, Diagnostics& errors) {
  const auto fact = FactOfKey(entry.key);
  if (!fact) {
    errors.Add(entry.place, UnknownFact(entry.key));
    return false;
  }
  out.fact = *fact;
  if (*fact == FactName::kAsk) {
    const auto read = ReadMoney(entry.value, kAskAtMost, errors);
    if (read) {
      out.at_most = read->money;
      out.source = read->source;
    }
    return read && read->money.currency != Currency::kUnspecified;
  }
  out.allowed = policy::IsYesNo(*fact) ? ReadYesNo(entry.value, errors)
                                       : ReadValues(entry.value, *fact, errors);
  return out.allowed != 0;
}

// Tests stand in the order of the facts' numbers, whatever the file's.
bool ReadCondition(const Node& when, std::vector<Test>& out, Diagnostics& errors) {
  if (when.type != Node::Type::kTable) {
    if (when.type != Node::Type::kRefused) {
      errors.Add(when.place,
                 "expected a condition such as { complained = true }, found " + Describe(when));
    }
    return false;
  }
  bool well = true;
  for (const Entry& entry : when.entries)
    well = ReadTest(entry, out.emplace_back(), errors) && well;
  std::sort(out.begin(), out.end(), [](const Test& a, const Test& b) { return a.fact < b.fact; });
  return well;
}

// ---- Rules ----

// "TB-20": a row of the catalogue, or of its gaps.
bool IsCatalogueId(std::string_view id) {
  const size_t dash = id.find('-');
  if (dash == 0 || dash == std::string_view::npos || dash + 1 == id.size()) return false;
  return std::all_of(id.begin(), id.begin() + static_cast<std::ptrdiff_t>(dash),
                     [](char c) { return c >= 'A' && c <= 'Z'; }) &&
         std::all_of(id.begin() + static_cast<std::ptrdiff_t>(dash) + 1, id.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

void ReadCatalogueId(const Node* node, Rule& rule, Diagnostics& errors) {
  if (node == nullptr || node->type == Node::Type::kRefused) return;
  rule.catalogue = node->text;
  if (node->type == Node::Type::kText && IsCatalogueId(node->text)) return;
  errors.Add(node->place,
             "expected the catalogue's id of what the rule implements, such as \"TB-20\", found " +
                 Describe(*node));
}

PlacedRule ReadRule(const Node& node, Question question, Diagnostics& errors) {
  const std::string name = "[[" + std::string(NameOfQuestion(question)) + "]]";
  PlacedRule read;
  read.question = question;
  read.place = read.label_at = read.when_at = node.place;
  if (const Node* label = node.Find("label")) read.label_at = label->place;
  Section section(node, name, errors);
  read.rule.label = section.Word("label");
  ReadCatalogueId(section.Required("implements"), read.rule, errors);
  read.rule.words = section.Text("words");
  read.understood = true;
  if (const Node* when = section.Optional("when")) {
    read.when_at = when->place;
    read.understood = ReadCondition(*when, read.rule.when, errors);
  }
  if (const Node* then = section.Required("then")) {
    const auto answers = policy::AnswersOf(question);
    read.rule.answer =
        ReadWord(*then, "answer", answers, policy::PossibleAnswers(question), errors).value_or(0);
  }
  section.Finish();
  return read;
}

void Explain(const NeverFires& never, const std::vector<const PlacedRule*>& rules,
             Diagnostics& errors) {
  const PlacedRule& rule = *rules[never.rule];
  std::string message = "rule " + Quoted(rule.rule.label) + " can never fire: ";
  switch (never.why) {
    case NeverFires::Why::kKindNotTaken:
      message += "the pack takes no case of its kinds";
      break;
    case NeverFires::Why::kOneRuleBefore:
      message += "rule " + Quoted(rules[never.before]->rule.label) + " in line " +
                 std::to_string(rules[never.before]->place.line) + " always answers first";
      break;
    case NeverFires::Why::kAllRulesBefore:
      message += "the rules before it answer every case that it would";
      break;
  }
  errors.Add(rule.label_at, std::move(message));
}

const policy::Pack::Await* FindAwait(const policy::Pack& pack, FactName fact) {
  for (const auto& await : pack.awaits) {
    if (await.fact == fact) return &await;
  }
  return nullptr;
}

bool OnlyComplaints(const Rule& rule) {
  return std::any_of(rule.when.begin(), rule.when.end(), [](const Test& test) {
    return test.fact == FactName::kComplained && test.allowed == BitOf(YesNo::kYes);
  });
}

void CheckRouteRule(const PlacedRule& placed, const policy::Pack& pack, Diagnostics& errors) {
  for (const Test& test : placed.rule.when) {
    if (!policy::IsRecorded(test.fact)) continue;
    const std::string fact(NameOf(test.fact));
    const std::string reads = "rule " + Quoted(placed.rule.label) + " reads " + fact;
    const policy::Pack::Await* await = FindAwait(pack, test.fact);
    if (await == nullptr) {
      errors.Add(placed.when_at,
                 reads + ", which the pack does not await: add [[awaits]] fact = \"" + fact + "\"");
    } else if (await->complaints_only && !OnlyComplaints(placed.rule)) {
      errors.Add(placed.when_at, reads +
                                     ", which the pack awaits for complaints only: add "
                                     "complained = true to the rule");
    }
  }
}

}  // namespace

std::optional<Rule> DefaultRule(Question question) {
  const auto rule = [](std::string_view words, auto answer) {
    return Rule{std::string(policy::kDefaultLabel),
                "case-model 3.2",
                std::string(words),
                {},
                static_cast<uint8_t>(answer)};
  };
  switch (question) {
    case Question::kRoute:
    case Question::kTimeout:
    case Question::kPayer:
    case Question::kRuling:
      return std::nullopt;
    case Question::kFreight:
      return rule("The pack says nothing of return freight: the buyer bears it.", Bearer::kBuyer);
    case Question::kLoss:
      return rule("The pack says nothing of lost returns: the buyer is paid.", OnLoss::kPay);
    case Question::kUnfulfilled:
      return rule("The pack says nothing of replacements that do not come: the buyer is refunded.",
                  OnUnfulfilled::kRefund);
    case Question::kPayFirst:
      return rule("The pack says nothing of it: a ruling is paid once it is final.", YesNo::kNo);
    case Question::kMoneyFirst:
      return rule("The pack says nothing of it: the money goes after the goods have come back.",
                  YesNo::kNo);
    case Question::kAdvance:
      return rule("The pack says nothing of it: who bears a refund pays it.", YesNo::kNo);
  }
  return std::nullopt;
}

std::vector<PlacedRule> ReadRules(Section& pack, Diagnostics& errors) {
  std::vector<PlacedRule> rules;
  for (const Question question : policy::kQuestions) {
    const std::string_view name = NameOfQuestion(question);
    const Node* list = DefaultRule(question)
                           ? pack.Optional(name)
                           : pack.Required(name, "a question needs a rule at least");
    if (list == nullptr) continue;
    const auto items = ReadList(*list, "[[" + std::string(name) + "]]", errors);
    if (items.empty() && list->type == Node::Type::kList) {
      errors.Add(list->place, Quoted(name) + " has no rule");
    }
    for (const Node& item : items) rules.push_back(ReadRule(item, question, errors));
  }
  return rules;
}

void CheckLabels(const std::vector<PlacedRule>& rules, Diagnostics& errors) {
  std::map<std::string_view, const PlacedRule*> taken;
  for (const PlacedRule& placed : rules) {
    if (placed.rule.label.empty()) continue;
    if (placed.rule.label == policy::kDefaultLabel) {
      errors.Add(placed.label_at,
                 "label 'default' is for the rules that the compiler fills in: choose another");
      continue;
    }
    const auto [first, fresh] = taken.insert({placed.rule.label, &placed});
    if (fresh) continue;
    errors.Add(placed.label_at, "label " + Quoted(placed.rule.label) +
                                    " is taken by the rule in line " +
                                    std::to_string(first->second->place.line));
  }
}

void CheckLastRules(const std::vector<PlacedRule>& rules, Diagnostics& errors) {
  for (size_t i = 0; i < rules.size(); ++i) {
    const bool last = i + 1 == rules.size() || rules[i + 1].question != rules[i].question;
    const bool conditional = !rules[i].rule.when.empty() || !rules[i].understood;
    if (!last || !conditional) continue;
    errors.Add(rules[i].when_at, "the last rule of " + Quoted(NameOfQuestion(rules[i].question)) +
                                     " has a condition: it must answer every case that is left");
  }
}

void CheckAwaits(const std::vector<PlacedRule>& rules, const policy::Pack& pack,
                 Diagnostics& errors) {
  for (const PlacedRule& placed : rules) {
    if (placed.question == Question::kRoute && placed.understood) {
      CheckRouteRule(placed, pack, errors);
    }
  }
}

void CheckNeverFires(const std::vector<PlacedRule>& rules, const policy::Pack& pack,
                     Diagnostics& errors) {
  uint64_t kinds = 0;
  for (const auto& clause : pack.kinds) kinds |= uint64_t{1} << static_cast<unsigned>(clause.kind);
  if (kinds == 0) kinds = policy::PossibleValues(FactName::kKind);  // reported elsewhere
  for (const Question question : policy::kQuestions) {
    std::vector<const PlacedRule*> placed;
    std::vector<const Rule*> plain;
    for (const PlacedRule& each : rules) {
      if (each.question != question || !each.understood) continue;
      placed.push_back(&each);
      plain.push_back(&each.rule);
    }
    if (CountSums(plain) > kMaxSums) {
      errors.Add(placed.front()->place, "more than " + std::to_string(kMaxSums) +
                                            " different sums in " +
                                            Quoted(NameOfQuestion(question)));
      continue;
    }
    for (const NeverFires& never : FindNeverFires(plain, kinds)) Explain(never, placed, errors);
  }
}

}  // namespace refund::packc
