// Which rules of a question can never fire, exactly: every fact has a small set of values, and sums
// of money fall into the intervals between the sums that rules compare with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/policy/pack.h"

namespace refund::packc {

// More sums than that in one question are refused before.
inline constexpr size_t kMaxSums = 40;
size_t CountSums(const std::vector<const policy::Rule*>& rules);

struct NeverFires {
  size_t rule = 0;  // its index
  enum class Why : uint8_t { kKindNotTaken, kOneRuleBefore, kAllRulesBefore };
  Why why = Why::kAllRulesBefore;
  size_t before = 0;  // the one rule that answers first
};

// `rules` in their order, with at most kMaxSums sums; `kinds` is the set of kinds that the pack
// takes (bit n = kind number n).
std::vector<NeverFires> FindNeverFires(const std::vector<const policy::Rule*>& rules,
                                       uint64_t kinds);

}  // namespace refund::packc
