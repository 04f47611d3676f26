// The rules of a pack: reading the lists [[route]], [[timeout]] and so on, one for each question,
// and what can be wrong between rules.
#pragma once

#include <optional>
#include <vector>

#include "engine/policy/pack.h"
#include "tools/packc/section.h"

namespace refund::packc {

// A rule and its places, for messages about it.
struct PlacedRule {
  policy::Rule rule;
  policy::Question question = policy::Question::kRoute;
  Place place;
  Place label_at;
  Place when_at;
  bool understood = false;  // its condition has no error
};

// Of all questions, in the order of policy::kQuestions and then of the file.
std::vector<PlacedRule> ReadRules(Section& pack, Diagnostics& errors);

// The rule that answers a question on which the pack is silent; null for a question that needs
// rules.
std::optional<policy::Rule> DefaultRule(policy::Question question);

// Each reports one kind of mistake. `pack` has everything but its rules.
void CheckLabels(const std::vector<PlacedRule>& rules, Diagnostics& errors);
void CheckLastRules(const std::vector<PlacedRule>& rules, Diagnostics& errors);
void CheckAwaits(const std::vector<PlacedRule>& rules, const policy::Pack& pack,
                 Diagnostics& errors);
void CheckNeverFires(const std::vector<PlacedRule>& rules, const policy::Pack& pack,
                     Diagnostics& errors);

}  // namespace refund::packc
