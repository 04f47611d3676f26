// What must hold after every step, in every build (case-model.md §3.5). A request that would break
// one has been refused by a guard; one that is broken here is our own bug.
#pragma once

#include <optional>
#include <string>

#include "engine/arbiter/turn.h"
#include "engine/ledger/accounts.h"

namespace refund::arbiter {

// The first that is broken, in words; empty if all hold.
std::optional<std::string> BrokenInvariant(const Turn& turn);

// Judges what the step has come to by now, before it takes up another fact: of that what is broken
// is kept, and what the step has made is not judged again by what comes after.
void CheckSoFar(Turn& turn);

// One of them: the parties have what others gave (10). Postings balance by construction, so of an
// order this holds whatever its legs.
std::optional<std::string> BrokenConservation(const ledger::Balances& balances);

}  // namespace refund::arbiter
