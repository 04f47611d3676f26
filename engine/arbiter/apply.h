// Apply: one step of one order. Pure, total, deterministic: it depends on its arguments alone,
// cannot fail, and what is not allowed is a recorded refusal. The lane calls it; nobody else
// decides anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/domain/event.h"
#include "engine/domain/order.h"
#include "engine/domain/step.h"
#include "engine/policy/pack_book.h"

namespace refund::arbiter {

struct Outcome {
  // The same claim under the same id was seen before: absorbed, no step (G-48).
  bool duplicate = false;
  Step step;  // its `previous` and the order's chain are the lane's affair
  std::vector<Payout> payouts;
  // An invariant that our own step broke (case-model.md §3.5). Nothing of the step may be kept: the
  // order is in an undefined state, and the partition stops.
  std::optional<std::string> broken;
};

// Applies an event of this order's key. All deadlines due at `at` must have been fired before; `at`
// is the order's clock: the highest of its own records and its partition's Ticks.
Outcome Apply(Order& order, const Event& event, Instant at, const policy::PackBook& packs);

// Fires the deadline, one of order.deadlines, at its own `due`.
Outcome Fire(Order& order, const Deadline& deadline, const policy::PackBook& packs);

}  // namespace refund::arbiter
