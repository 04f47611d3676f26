// Assess: the first rule of a pack that matches, and what would have changed it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/policy/facts.h"
#include "engine/policy/pack.h"

namespace refund::policy {

struct Assessment {
  const Rule* rule = nullptr;  // never null: the last rule of a question has no test
  std::vector<FactName> read;  // the facts that were looked at on the way, each once, in order
};

bool Holds(const Test& test, const Facts& facts);
Assessment Assess(const Pack& pack, Question question, const Facts& facts);

// One fact, changed alone, that gives another answer.
struct Flip {
  FactName fact = FactName::kKind;
  std::string was;
  std::string would_be;
  const Rule* rule = nullptr;  // the rule that would have answered
};

// The nearest: of all facts in the order of their numbers, recorded ones first, then those of the
// case; of a fact's values the lowest that flips, of the asks the one nearest to the case's. Empty
// if no single fact changes the answer.
std::optional<Flip> NearestFlip(const Pack& pack, Question question, const Facts& facts);

std::string ValueText(FactName fact, const Facts& facts);

}  // namespace refund::policy
