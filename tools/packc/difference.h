// What changes from one pack to another, rule by rule and limit by limit, as a person would say it,
// and which examples of either are answered differently.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/pack.h"
#include "tools/packc/examples.h"

namespace refund::packc {

struct Change {
  std::string topic;    // "deadlines", "route"
  std::string subject;  // "T1", "seller-answers-first"
  std::string about;    // "the seller answers": the subject in words; may be empty
  std::string was;      // empty: it was not there
  std::string now;      // empty: it is gone

  // "deadlines T1 (the seller answers): 48h (G-12) → 72h (G-12)"
  std::string Text() const;
};

// In the order of a pack file; rules last, by question. Empty for packs that say the same, whatever
// their names.
std::vector<Change> Differences(const policy::Pack& was, const policy::Pack& now);

struct AnsweredDifferently {
  const Example* example = nullptr;
  std::string was;  // "DIRECT by direct-ruling-of-marked-seller", or "the kind is not taken"
  std::string now;
};

// The examples that the two packs answer differently; by another rule but alike does not count.
std::vector<AnsweredDifferently> AnsweredDifferentlyBy(const policy::Pack& was,
                                                       const policy::Pack& now,
                                                       const std::vector<Example>& examples);

}  // namespace refund::packc
