// What must hold after every step, in every build (case-model.md §3.5). A request that would break
// one has been refused by a guard; one that is broken here is our own bug.
#pragma once

#include <optional>
#include <string>

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// The first that is broken, in words; empty if all hold.
std::optional<std::string> BrokenInvariant(const Turn& turn);

}  // namespace refund::arbiter
