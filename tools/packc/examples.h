// A pack's own examples: [[examples]] of its file, "these facts, asked that, this answer by that
// rule". They say what the author meant, are run by `refundctl policy test`, and are not part of
// the pack's bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/facts.h"
#include "engine/policy/pack.h"
#include "tools/packc/section.h"

namespace refund::packc {

struct Example {
  std::string name;
  policy::Question question = policy::Question::kRoute;
  policy::Facts facts;  // what is not given is 0: UNKNOWN, NO, UNSPECIFIED
  uint8_t expect = 0;
  std::string rule;
  Place place;
};

// Every [[examples]] of the file. Each rule named must be one of the question's in `pack`.
std::vector<Example> ReadExamples(Section& root, const policy::Pack& pack, Diagnostics& errors);

// What the pack answers to an example.
struct Answered {
  const policy::Rule* rule = nullptr;
  bool as_expected = false;
};
Answered AnswerTo(const Example& example, const policy::Pack& pack);

// The rules that answer none of the examples: "route: seller-answers-first".
std::vector<std::string> RulesWithoutExample(const policy::Pack& pack,
                                             const std::vector<Example>& examples);

// Sets one fact from "reason=TASTE", "complained=true" or "ask=5990CNY" (minor units). Gives what
// is wrong, if anything is.
std::optional<std::string> SetFact(std::string_view assignment, policy::Facts& facts);
// A case has a kind and a reason; what is missing of the two, for messages.
std::optional<std::string> MissingFact(const policy::Facts& facts);
// "kind=REFUND_ONLY reason=TASTE complained=YES": the facts that are not 0.
std::string FactsText(const policy::Facts& facts);

}  // namespace refund::packc
