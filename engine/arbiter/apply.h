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
  std::vector<KeyMessage> messages;
  // A leg of the order could go but for a PayoutHold: the lane wakes the order when none holds it.
  bool held_by_brake = false;
  // An invariant that our own step broke (case-model.md §3.5). Nothing of the step may be kept: the
  // order is in an undefined state, and the partition stops.
  std::optional<std::string> broken;
};

// An order before its first event: all that is known of it is its key, and the platform in that.
Order NewOrder(std::string key);

// Applies an event of this order's key. All deadlines due at `at` must have been fired before; `at`
// is the order's clock: the highest of its own records and its partition's Ticks.
Outcome Apply(Order& order, const Event& event, Instant at, const policy::PackBook& packs);

// Fires the deadline, one of order.deadlines, at its own `due`.
Outcome Fire(Order& order, const Deadline& deadline, const policy::PackBook& packs);

// A brake was released: legs that it kept go now (m7). Absent if nothing moves.
std::optional<Outcome> Release(Order& order, Instant at, const policy::PackBook& packs);

// What passes next within an outage, up to `at`, though others there get grace: all of it is fired
// before Grace(), which is a step of the outage's end. Null if nothing gets any.
const Deadline* DueDespiteGrace(const Order& order, Instant from, Instant to, Instant at,
                                const policy::PackBook& packs);

// An outage of intake from `from` to `to`: what would have passed inside gets the pack's grace from
// `to` (row 30b). Absent if nothing is touched.
std::optional<Outcome> Grace(Order& order, Instant from, Instant to, Instant at,
                             const policy::PackBook& packs);

}  // namespace refund::arbiter
