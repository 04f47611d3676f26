#include "tools/packc/difference.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "tools/packc/statements.h"

namespace refund::packc {
namespace {

using policy::Pack;
using policy::Question;
using policy::Rule;

const Statement* Find(const std::vector<Statement>& said, const Statement& like) {
  const auto found = std::find_if(said.begin(), said.end(), [&](const Statement& each) {
    return each.topic == like.topic && each.subject == like.subject;
  });
  return found == said.end() ? nullptr : &*found;
}

// Where the topic first stands, in the old pack and then in the new.
size_t PlaceOfTopic(const std::vector<Statement>& was, const std::vector<Statement>& now,
                    const std::string& topic) {
  size_t place = 0;
  for (const auto* said : {&was, &now}) {
    for (const Statement& each : *said) {
      if (each.topic == topic) return place;
      ++place;
    }
  }
  return place;
}

// Topic by topic: what is gone or says something else, then what is new.
void Compare(const std::vector<Statement>& was, const std::vector<Statement>& now,
             std::vector<Change>& changes) {
  const auto first = static_cast<std::ptrdiff_t>(changes.size());
  for (const Statement& before : was) {
    const Statement* after = Find(now, before);
    if (after != nullptr && after->says == before.says) continue;
    changes.push_back({before.topic, before.subject, before.about, before.says,
                       after == nullptr ? "" : after->says});
  }
  for (const Statement& after : now) {
    if (Find(was, after) != nullptr) continue;
    changes.push_back({after.topic, after.subject, after.about, "", after.says});
  }
  std::stable_sort(changes.begin() + first, changes.end(), [&](const Change& a, const Change& b) {
    return PlaceOfTopic(was, now, a.topic) < PlaceOfTopic(was, now, b.topic);
  });
}

// The labels that both have, in the order of the first.
std::string SharedOrder(const std::vector<Statement>& of, const std::vector<Statement>& other) {
  std::string order;
  for (const Statement& each : of) {
    if (Find(other, each) != nullptr) order += (order.empty() ? "" : ", ") + each.subject;
  }
  return order;
}

void CompareRules(const Pack& was, const Pack& now, Question question,
                  std::vector<Change>& changes) {
  const auto before = RuleStatements(was, question);
  const auto after = RuleStatements(now, question);
  Compare(before, after, changes);
  std::string old_order = SharedOrder(before, after);
  std::string new_order = SharedOrder(after, before);
  if (old_order == new_order) return;
  changes.push_back({std::string(NameOfQuestion(question)), "order", "first match answers",
                     std::move(old_order), std::move(new_order)});
}

std::string AnswerWords(const Example& example, const Pack& pack) {
  const auto kind = static_cast<CaseKind>(example.facts[FactName::kKind]);
  if (pack.FindKind(kind) == nullptr) {
    return "the kind " + std::string(NameOf(kind)) + " is not taken";
  }
  const Rule& rule = *AnswerTo(example, pack).rule;
  return std::string(policy::NameOfAnswer(example.question, rule.answer)) + " by " + rule.label;
}

// The kind is taken by both, and the answer is the same.
bool IsAnsweredAlike(const Example& example, const Pack& was, const Pack& now) {
  const auto kind = static_cast<CaseKind>(example.facts[FactName::kKind]);
  const bool taken_before = was.FindKind(kind) != nullptr;
  const bool taken_now = now.FindKind(kind) != nullptr;
  if (taken_before != taken_now) return false;
  return !taken_now || AnswerTo(example, was).rule->answer == AnswerTo(example, now).rule->answer;
}

}  // namespace

std::string Change::Text() const {
  std::string text = topic + " " + subject;
  if (!about.empty()) text += " (" + about + ")";
  if (was.empty()) return text + ": new: " + now;
  if (now.empty()) return text + ": gone; was " + was;
  return text + ": " + was + " → " + now;
}

std::vector<Change> Differences(const Pack& was, const Pack& now) {
  std::vector<Change> changes;
  Compare(StatementsOf(was), StatementsOf(now), changes);
  for (const Question question : policy::kQuestions) CompareRules(was, now, question, changes);
  return changes;
}

std::vector<AnsweredDifferently> AnsweredDifferentlyBy(const Pack& was, const Pack& now,
                                                       const std::vector<Example>& examples) {
  std::vector<AnsweredDifferently> found;
  for (const Example& example : examples) {
    if (IsAnsweredAlike(example, was, now)) continue;
    found.push_back({&example, AnswerWords(example, was), AnswerWords(example, now)});
  }
  return found;
}

}  // namespace refund::packc
