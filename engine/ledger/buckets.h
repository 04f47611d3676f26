// Buckets and legs: what a line was paid with, which of it is money, and which legs give it back
// (case-model.md §3.5, §3.7; docs/decisions/0009, 6 and 9).
#pragma once

#include <cstdint>

#include "engine/domain/order.h"
#include "engine/domain/vocabulary.h"

namespace refund::ledger {

// What the line was paid with, for all its units: CASH is line.paid, the others are its buckets.
// CREDIT is what the buyer still owes; what was paid off it is CASH.
int64_t ValueOf(const OrderLine& line, Bucket bucket);

// What the buyer gets back as money, or as less to pay, unit by unit.
constexpr bool IsGoodsMoney(Bucket bucket) {
  switch (bucket) {
    case Bucket::kCash:
    case Bucket::kPresaleDeposit:
    case Bucket::kBalance:
    case Bucket::kGiftCard:
    case Bucket::kCredit:
    case Bucket::kTax:
      return true;
    default:
      return false;
  }
}
// The same with FREIGHT and PACKING, which belong to no unit.
constexpr bool IsMoney(Bucket bucket) {
  return IsGoodsMoney(bucket) || bucket == Bucket::kFreight || bucket == Bucket::kPacking;
}
constexpr bool IsCoupon(Bucket bucket) {
  return bucket == Bucket::kShopCoupon || bucket == Bucket::kPlatformCoupon ||
         bucket == Bucket::kCreatorCoupon;
}

// The kind of leg that gives this bucket back; kUnspecified where nothing gives it back (a
// channel's promotion, a subsidy, a trade-in).
LegKind KindOf(Bucket bucket);

// RECOVERY and CLAWBACK: from the buyer, or from who stands behind a payment.
constexpr bool TakesBack(const Leg& leg) {
  return leg.kind == LegKind::kRecovery || leg.kind == LegKind::kClawback;
}
constexpr bool TakesFromBuyer(const Leg& leg) {
  return TakesBack(leg) && leg.bearer == Bearer::kBuyer;
}
// Neither void nor replaced by another: it was, is or will be moved.
constexpr bool Stands(const Leg& leg) {
  return leg.state != LegState::kVoid && leg.state != LegState::kRerouted;
}
// What a buyer has paid back of a payment that then came back by itself: it is his whatever is
// decided, so no decision owns it (docs/decisions/0009, 53). A voucher follows no other leg.
inline bool IsBuyersOwn(const Leg& leg) {
  return leg.to == Bearer::kBuyer && leg.decision.IsZero() && !leg.cause_leg.IsZero() &&
         leg.bucket != Bucket::kUnspecified;
}

// Given back with units, and of none of them: freight, packing, a coupon. It goes with the last
// units of its line (docs/decisions/0009, 63). What was sent and has failed or come back goes
// alone.
inline bool IsOfNoUnit(const Leg& leg) {
  const bool of_units =
      IsGoodsMoney(leg.bucket) || leg.bucket == Bucket::kPoints || leg.bucket == Bucket::kCoins;
  const bool was_sent = leg.attempt > 0 || !leg.cause_leg.IsZero();
  return leg.by_units && !of_units && !was_sent;
}

// The leg gives the buyer something that the order was paid with, so it counts against the ceiling
// with amount − reversed: in whatever state but VOID or REROUTED (whose successor counts).
bool GivesOrdersMoney(const Leg& leg, bool voucher_counts);

// PROPOSED, RESERVED, HELD: nothing was sent.
constexpr bool IsUnsent(LegState state) {
  return state == LegState::kProposed || state == LegState::kReserved || state == LegState::kHeld;
}
// Unsent, or known not to have arrived (FAILED, SHORTFALL, OWED): a new decision voids it.
constexpr bool IsReplaceable(LegState state) {
  return IsUnsent(state) || state == LegState::kFailed || state == LegState::kShortfall ||
         state == LegState::kOwed;
}
// Not at an end: unsent, on its way, or to be tried again.
constexpr bool IsOpen(LegState state) {
  return IsUnsent(state) || state == LegState::kSubmitted || state == LegState::kFailed ||
         state == LegState::kShortfall;
}

}  // namespace refund::ledger
