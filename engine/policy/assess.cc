#include "engine/policy/assess.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/base/check.h"

namespace refund::policy {
namespace {

void Remember(std::vector<FactName>& read, FactName fact) {
  if (std::find(read.begin(), read.end(), fact) == read.end()) read.push_back(fact);
}

const Rule* FirstMatch(const Pack& pack, Question question, const Facts& facts,
                       std::vector<FactName>* read) {
  const auto& rules = pack.RulesOf(question);
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) {
    return std::all_of(rule.when.begin(), rule.when.end(), [&](const Test& test) {
      if (read != nullptr) Remember(*read, test.fact);
      return Holds(test, facts);
    });
  });
  CHECK(found != rules.end());  // lint: the last rule of each question has no test
  return &*found;
}

// Every sum that some rule of the question compares with, and the next one above it; the nearest to
// the ask first, of two the lower.
std::vector<int64_t> AskCandidates(const Pack& pack, Question question, int64_t ask) {
  std::vector<int64_t> candidates;
  for (const Rule& rule : pack.RulesOf(question)) {
    for (const Test& test : rule.when) {
      if (test.fact != FactName::kAsk) continue;
      candidates.push_back(test.at_most.units);
      candidates.push_back(test.at_most.units + 1);
    }
  }
  std::sort(candidates.begin(), candidates.end(), [&](int64_t a, int64_t b) {
    return std::pair(std::abs(a - ask), a) < std::pair(std::abs(b - ask), b);
  });
  return candidates;
}

std::optional<Flip> FlipOf(const Pack& pack, Question question, FactName fact, const Facts& facts,
                           const Facts& changed, uint8_t answer) {
  const Rule* rule = FirstMatch(pack, question, changed, nullptr);
  if (rule->answer == answer) return std::nullopt;
  return Flip{fact, ValueText(fact, facts), ValueText(fact, changed), rule};
}

std::optional<Flip> FlipByFact(const Pack& pack, Question question, FactName fact,
                               const Facts& facts, uint8_t answer) {
  Facts changed = facts;
  if (fact == FactName::kAsk) {
    for (const int64_t units : AskCandidates(pack, question, facts.ask.units)) {
      changed.ask.units = units;
      if (auto flip = FlipOf(pack, question, fact, facts, changed, answer)) return flip;
    }
    return std::nullopt;
  }
  // Value 0 comes last: UNKNOWN tells a reader less than what the fact could have been.
  const size_t count = ValuesOf(fact).size();
  for (size_t n = 1; n <= count; ++n) {
    const size_t value = n % count;
    // UNSPECIFIED is no value that a case could have had; UNKNOWN and NO are.
    if (ValuesOf(fact)[value] == "UNSPECIFIED" && fact != FactName::kLiability) continue;
    changed.Set(fact, static_cast<uint8_t>(value));
    if (auto flip = FlipOf(pack, question, fact, facts, changed, answer)) return flip;
  }
  return std::nullopt;
}

}  // namespace

bool Holds(const Test& test, const Facts& facts) {
  if (test.fact == FactName::kAsk) {
    return facts.ask.currency == test.at_most.currency && facts.ask.units <= test.at_most.units;
  }
  return (test.allowed >> facts[test.fact] & 1) != 0;
}

Assessment Assess(const Pack& pack, Question question, const Facts& facts) {
  Assessment assessment;
  assessment.rule = FirstMatch(pack, question, facts, &assessment.read);
  return assessment;
}

std::optional<Flip> NearestFlip(const Pack& pack, Question question, const Facts& facts) {
  // A fact that was not read flips nothing alone, so there is no harm in trying all.
  const uint8_t answer = FirstMatch(pack, question, facts, nullptr)->answer;
  for (const bool recorded : {true, false}) {
    for (size_t i = 0; i < kFactCount; ++i) {
      const auto fact = static_cast<FactName>(i);
      if (IsRecorded(fact) != recorded) continue;
      if (auto flip = FlipByFact(pack, question, fact, facts, answer)) return flip;
    }
  }
  return std::nullopt;
}

std::string ValueText(FactName fact, const Facts& facts) {
  if (fact == FactName::kAsk) return FormatMoney(facts.ask);
  const auto values = ValuesOf(fact);
  const std::string_view name = values[facts[fact]];
  if (name != "UNSPECIFIED") return std::string(name);
  // A refusal of ground NONE was one without a word; here nobody refused.
  return fact == FactName::kRefusalGround ? "NOT_REFUSED" : "NONE";
}

}  // namespace refund::policy
