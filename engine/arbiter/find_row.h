// Which row of a table fits: the first whose state, trigger and guards do. Internal to the tables.
#pragma once

#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

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

// The rows of a table that answer to a trigger, in the table's order. A table is far larger than a
// cache, and hardly any of its rows are about the trigger at hand.
template <class AnyRow>
class RowsByTrigger {
 public:
  explicit RowsByTrigger(std::span<const AnyRow> rows) {
    for (const AnyRow& row : rows) {
      for (const Trigger& on : row.on) by_code_[on.code()].push_back(&row);
    }
  }
  const std::vector<const AnyRow*>& On(Trigger on) const { return by_code_[on.code()]; }

 private:
  std::array<std::vector<const AnyRow*>, Trigger::kCodes> by_code_;
};

template <class State>
const Row<State>* FindRow(const RowsByTrigger<Row<State>>& rows, State from, Trigger on,
                          const Turn& turn, NotTaken* why) {
  for (const Row<State>* row : rows.On(on)) {
    if (row->from.Contains(from) && GuardsHold(*row, turn, why)) return row;
  }
  return nullptr;
}

}  // namespace refund::arbiter
