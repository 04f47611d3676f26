#include "engine/ledger/takings.h"

namespace refund::ledger {
namespace {

// What a leg toward the buyer gives back of what was taken from him: the leg that took it, also
// where it follows another that gave it back. Null where it gives back nothing.
const Leg* WhatIsGivenBack(const Order& order, const Leg& leg) {
  const Leg* at = &leg;
  while (at != nullptr && at->to == Bearer::kBuyer) at = order.FindLeg(at->cause_leg);
  return at != nullptr && TakesFromBuyer(*at) ? at : nullptr;
}

}  // namespace

int64_t KeptOf(const Order& order, const Leg& taking) {
  int64_t kept = taking.amount - taking.reversed;
  for (const Leg& leg : order.legs) {
    const bool follows = leg.to == Bearer::kBuyer && !leg.cause_leg.IsZero();
    if (!follows || leg.state == LegState::kRerouted) continue;
    const Leg* taken = WhatIsGivenBack(order, leg);
    if (taken != nullptr && taken->id == taking.id) kept -= leg.amount - leg.reversed;
  }
  return kept;
}

}  // namespace refund::ledger
