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

// What one that took from the buyer has of it: what is given back is not, nor what a decision has
// given back and a later one has made void, since that said what is due.
int64_t KeptOf(const Order& order, const Leg& taking);

// Of all that `which` have taken of the payment. Below zero: more went back than was kept, since
// what had been taken came back by itself.
template <class Which>
int64_t KeptOfPayment(const Order& order, const Id& payment, Which which) {
  int64_t kept = 0;
  for (const Leg& leg : order.legs) {
    if (TakesBackOf(leg, payment) && which(leg)) kept += KeptOf(order, leg);
  }
  return kept;
}

// By how much what `which` have taken is more than the payment still is: after it was taken back it
// came back by itself. Zero or less: by nothing.
template <class Which>
int64_t Overhang(const Order& order, const Leg& payment, Which which) {
  return KeptOfPayment(order, payment.id, which) - (payment.amount - payment.reversed);
}

}  // namespace refund::ledger
