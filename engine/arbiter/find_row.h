// Which row of a table fits: the first whose state, trigger and guards do. Internal to the tables.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "engine/arbiter/machine.h"
#include "engine/arbiter/row.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Keeps the failure that came closest (see NotTaken).
inline void Keep(NotTaken* why, const Guard& guard, size_t held, std::string detail) {
  if (why == nullptr) return;
  const bool first = why->guard.empty();
  const bool closer =
      held > why->guards_held || (held == why->guards_held && guard.refusal < why->refusal);
  if (!first && !closer) return;
  *why = {guard.refusal, std::string(guard.name), std::move(detail), held};
}

template <class AnyRow>
bool GuardsHold(const AnyRow& row, const Turn& turn, NotTaken* why) {
  size_t held = 0;
  for (const Guard& guard : row.when) {
    std::string detail;
    if (guard.holds(turn, why != nullptr ? &detail : nullptr)) {
      ++held;
      continue;
    }
    // A guard without a refusal only chooses between rows: failing it is nobody's fault.
    if (guard.refusal != Refusal::kNone) Keep(why, guard, held, std::move(detail));
    return false;
  }
  return true;
}

template <class State>
const Row<State>* FindRow(std::span<const Row<State>> rows, State from, Trigger on,
                          const Turn& turn, NotTaken* why) {
  for (const Row<State>& row : rows) {
    if (row.from.Contains(from) && row.on.Contains(on) && GuardsHold(row, turn, why)) return &row;
  }
  return nullptr;
}

}  // namespace refund::arbiter
