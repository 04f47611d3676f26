// What was taken back of a payment, by RECOVERY and CLAWBACK from the buyer, and given back again
// (case-model.md §3.6; docs/decisions/0009, 53). Each of them names the payment, also where it
// stands in the place of another; what gives back names the one that took.
#pragma once

#include <cstdint>

#include "engine/base/check.h"
#include "engine/domain/order.h"
#include "engine/ledger/buckets.h"

namespace refund::ledger {

inline bool TakesBackOf(const Leg& leg, const Id& payment) {
  return TakesFromBuyer(leg) && leg.cause_leg == payment;
}

// What that one takes back.
inline const Leg& PaymentOf(const Order& order, const Leg& taking) {
  const Leg* payment = order.FindLeg(taking.cause_leg);
  CHECK(payment != nullptr);
  return *payment;
}

// It has moved, if not all of it may have stayed.
constexpr bool IsThere(const Leg& leg) {
  return leg.state == LegState::kSettled || leg.state == LegState::kReversed;
}

// What legs toward the buyer give back of what that one has taken, also where they stand in the
// place of others that did. His own: what stands of it. By a decision: what a later one has made
// void counts as well, since that said what is due.
int64_t GivenBackAsHisOwn(const Order& order, const Leg& taking);
int64_t GivenBackByDecision(const Order& order, const Leg& taking);

// What it weighs against the payment: below zero where the buyer has got his own back, and then
// what had been taken came back by itself.
int64_t TakenBy(const Order& order, const Leg& taking);

// By all of the payment's that `which` is true of.
template <class Which>
int64_t TakenOf(const Order& order, const Id& payment, Which which) {
  int64_t taken = 0;
  for (const Leg& leg : order.legs) {
    if (TakesBackOf(leg, payment) && which(leg)) taken += TakenBy(order, leg);
  }
  return taken;
}

// By how much that is more than the payment still is: after it was taken back it came back by
// itself. Zero or less: by nothing.
template <class Which>
int64_t Overhang(const Order& order, const Leg& payment, Which which) {
  return TakenOf(order, payment.id, which) - (payment.amount - payment.reversed);
}

}  // namespace refund::ledger
