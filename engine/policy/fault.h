// What a pack must be for the engine to run on it. Packs from the log are untrusted bytes, so the
// decoder asks this of each; tools/packc says the same to authors, with file, line and column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/calendar.h"
#include "engine/policy/pack.h"

namespace refund::policy {

// The label of the rule that packc fills in where a pack is silent on a question: the one label
// that several questions may have, and that no author may write.
inline constexpr std::string_view kDefaultLabel = "default";

// A limit is longer than nothing and at most 100 years, so that no due date overflows.
bool MayBeLimit(Period period);

// The answers that a rule of the question may give (bit n = answer number n): all but UNSPECIFIED.
uint64_t PossibleAnswers(Question question);

// The first thing that is wrong with the pack; empty if nothing is. Maps need no check; lists stand
// in the order that packc gives them: kinds, help
// grounds, awaits, vouchers and tests by number, each once.
std::string FaultOf(const Pack& pack);

}  // namespace refund::policy
