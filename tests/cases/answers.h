// What the engine answered, as the indented lines of a script.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/domain/step.h"
#include "tests/cases/names.h"

namespace refund::cases {

// What one line of a script caused, over all partitions.
struct Caused {
  std::span<const Step> steps;
  std::span<const Payout> payouts;
  std::span<const Quarantined> quarantined;
  int64_t duplicates = 0;
};

// Steps of another order than `key` are headed by theirs.
std::vector<std::string> AnswersOf(const Caused& caused, const std::string& key,
                                   const Names& names);

}  // namespace refund::cases
