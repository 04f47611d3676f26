#include "engine/arbiter/invariants.h"

#include <algorithm>

#include "engine/arbiter/due.h"

namespace refund::arbiter {
namespace {

using Broken = std::optional<std::string>;

// 1. Legs on a line, in whatever state but VOID, are at most what was captured less cancellations.
// It guards each new leg: a cancellation recorded later may lift the sum above.
Broken CeilingHolds(const Turn& turn) {
  for (const Decision& d : turn.step.decisions) {
    if (d.amount == 0) continue;
    const OrderLine* line = turn.order.FindLine(turn.order.cases[d.case_number - 1].line);
    if (line == nullptr || CommittedOn(turn.order, line->line, 0) > CeilingOf(*line)) {
      return "the legs on the decided line exceed its ceiling";
    }
  }
  return std::nullopt;
}

// 2. A decision's bearers sum to the decision, in basis points to 10,000, and its legs too.
Broken DecisionsSum(const Turn& turn) {
  for (const Decision& d : turn.step.decisions) {
    int64_t borne = 0;
    uint32_t basis_points = 0;
    for (const BearerShare& share : d.bearers) {
      if (!CheckedAdd(borne, share.amount, borne)) return "the bearers' amounts overflow";
      basis_points += share.basis_points;
    }
    if (borne != d.amount) return "the bearers' amounts do not sum to the decision";
    if (d.amount > 0 && basis_points != 10000) return "the bearers' shares do not sum to 10000";
    int64_t in_legs = 0;
    for (const Leg& leg : turn.order.legs) {
      if (leg.decision == d.id && !CheckedAdd(in_legs, leg.amount, in_legs)) {
        return "the legs' amounts overflow";
      }
    }
    if (in_legs != d.amount) return "the legs do not sum to the decision";
  }
  return std::nullopt;
}

// 7. Ids are unique: a leg's id is never given twice.
Broken LegIdsAreUnique(const Turn& turn) {
  const auto& legs = turn.order.legs;
  for (size_t i = 0; i < legs.size(); ++i) {
    for (size_t j = i + 1; j < legs.size(); ++j) {
      if (legs[i].id == legs[j].id) return "two legs have the id " + legs[i].id.hex();
    }
  }
  return std::nullopt;
}

Broken TimeHolds(const Turn& turn) {
  if (turn.at < turn.order.clock) return "the order's clock went back";
  const Deadline* next = EarliestDeadline(turn.order);
  if (next != nullptr && next->armed_at > next->due) return "a deadline is due before it is armed";
  return std::nullopt;
}

Broken CasesHold(const Turn& turn) {
  for (const Case& c : turn.order.cases) {
    if (c.phase == Phase::kNone) return "a case has no phase";
    if ((c.phase == Phase::kClosed) != (c.close_reason != CloseReason::kNone)) {
      return "a close reason without CLOSED, or CLOSED without one";
    }
    if (c.proposal && c.overlay != Overlay::kReview) return "a proposal is pending outside REVIEW";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> BrokenInvariant(const Turn& turn) {
  for (const auto check : {CeilingHolds, DecisionsSum, LegIdsAreUnique, TimeHolds, CasesHold}) {
    if (Broken broken = check(turn)) return broken;
  }
  return std::nullopt;
}

}  // namespace refund::arbiter
