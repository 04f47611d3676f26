// What a pack must be for the engine to run on it. Packs from the log are untrusted bytes, so the
// decoder asks this of each; tools/packc says the same to authors, with file, line and column.
#pragma once

#include <string>

#include "engine/base/calendar.h"
#include "engine/policy/pack.h"

namespace refund::policy {

// A limit is longer than nothing and at most 100 years, so that no due date overflows.
bool MayBeLimit(Period period);

// The first thing that is wrong with the pack; empty if nothing is. Maps need no check; lists stand
// in the order that packc gives them: kinds, help grounds, awaits and tests by number, each once.
std::string FaultOf(const Pack& pack);

}  // namespace refund::policy
