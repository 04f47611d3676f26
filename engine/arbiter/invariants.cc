#include "engine/arbiter/invariants.h"

#include <algorithm>
#include <span>
#include <vector>

#include "engine/arbiter/due.h"
#include "engine/ledger/buckets.h"
#include "engine/ledger/ceiling.h"
#include "engine/ledger/takings.h"

namespace refund::arbiter {
namespace {

using Broken = std::optional<std::string>;

const Leg* LegOf(const Order& order, const Id& id) {
  for (const Leg& leg : order.legs) {
    if (leg.id == id) return &leg;
  }
  return nullptr;
}

// What has been added since the step was judged last.
template <class T>
std::span<const T> NewOf(const std::vector<T>& all, size_t judged) {
  return std::span(all).subspan(judged);
}
std::span<const Transition> NewTransitions(const Turn& turn) {
  return NewOf(turn.step.transitions, turn.judged.transitions);
}

// Calls check(leg) for each leg that the step has made, until one breaks.
template <class Check>
Broken ForNewLegs(const Turn& turn, Check check) {
  for (const Transition& each : NewTransitions(turn)) {
    if (each.machine != Machine::kLeg || each.from != static_cast<uint8_t>(LegState::kNone)) {
      continue;
    }
    const Leg* leg = LegOf(turn.order, each.leg);
    if (leg == nullptr) return "a leg was made that the order does not have";
    if (Broken broken = check(*leg)) return broken;
  }
  return std::nullopt;
}

// Of a leg that gives: it stands in the place of another, so it adds nothing to what was rerouted,
// reversed or owed.
bool IsSuccessor(const Leg& leg) { return !leg.cause_leg.IsZero(); }

std::string Words(const Leg& leg) { return std::string(NameOf(leg.kind)) + " leg " + leg.id.hex(); }

// ---- 1. The ceiling. It guards each new leg: a fact recorded later (a cancellation, a bank
// dispute) may lift the sum above, and then nothing is added. ----

Broken BucketCeilingHolds(const Order& order, const Leg& leg) {
  const OrderLine* line = order.FindLine(leg.line);
  if (line == nullptr) return Words(leg) + " is on no line of the order";
  if (ledger::GivenFrom(order, *line, leg.bucket, {}) <= ledger::CapturedOf(*line, leg.bucket)) {
    return std::nullopt;
  }
  return "the legs on line " + leg.line + " exceed what was captured in " +
         std::string(NameOf(leg.bucket));
}

// Where the other does not count any more, what it was; where it does, what was reversed of it; of
// what was taken back and is given back, what was taken.
Broken SuccessorAddsNothing(const Order& order, const Leg& leg) {
  const Leg* before = LegOf(order, leg.cause_leg);
  if (before == nullptr) return Words(leg) + " follows a leg that is not there";
  const bool is_there = before->state == LegState::kSettled || before->state == LegState::kReversed;
  int64_t free = before->reversed;
  if (before->state == LegState::kRerouted) free = before->amount;
  const bool took = TakesBack(*before) || before->bearer == Bearer::kBuyer;
  if (took && is_there) free = before->amount - before->reversed;
  if (leg.amount <= free) return std::nullopt;
  return Words(leg) + " gives more than was freed by the leg that it follows";
}

Broken CeilingHolds(const Turn& turn) {
  return ForNewLegs(turn, [&](const Leg& leg) -> Broken {
    if (IsBuyersOwn(leg)) return SuccessorAddsNothing(turn.order, leg);
    // A voucher of goodwill, without a case, is no money of the order.
    const bool counts = ledger::GivesOrdersMoney(leg, leg.case_number != 0);
    if (leg.bucket == Bucket::kUnspecified || !counts) return std::nullopt;
    if (IsSuccessor(leg)) return SuccessorAddsNothing(turn.order, leg);
    // A voucher is worth money of the order, but is not paid from one bucket of it.
    if (leg.kind != LegKind::kVoucher) {
      if (Broken broken = BucketCeilingHolds(turn.order, leg)) return broken;
    }
    if (ledger::IsMoney(leg.bucket) && ledger::OrderRemaining(turn.order, {}) < 0) {
      return "the legs of the order exceed what was captured, with its bank disputes";
    }
    return std::nullopt;
  });
}

Broken AmountsHold(const Turn& turn) {
  for (const Leg& leg : turn.order.legs) {
    if (leg.amount < 0) return Words(leg) + " is below zero";
    if (leg.reversed < 0 || leg.reversed > leg.amount) {
      return Words(leg) + " is reversed by more than it gave";
    }
  }
  for (const Payout& payout : turn.payouts) {
    if (payout.amount.units <= 0) return "a payout has no amount";
  }
  return std::nullopt;
}

// ---- 2. A decision is its legs and its bearers. ----

Broken BearersSum(const Decision& d) {
  int64_t borne = 0;
  uint64_t basis_points = 0;
  for (const BearerShare& share : d.bearers) {
    if (!CheckedAdd(borne, share.amount, borne)) return "the bearers' amounts overflow";
    basis_points += share.basis_points;
  }
  if (borne != d.amount) return "the bearers' amounts do not sum to the decision";
  if (d.amount > 0 && basis_points != 10000) return "the bearers' shares do not sum to 10000";
  return std::nullopt;
}

bool IsOneOf(const std::vector<Id>& legs, const Id& id) {
  return std::find(legs.begin(), legs.end(), id) != legs.end();
}

// What it comes to is what the case's money came to before, and its legs: up by what they give,
// down by what they take back. A voucher is no money: it replaces all that went before.
Broken LegsSum(const Order& order, const Decision& d) {
  int64_t given = 0;
  int64_t vouchers = 0;
  int64_t taken_back = 0;
  int64_t of_case = 0;  // taken back in the case, by whatever decision
  for (const Leg& leg : order.legs) {
    const bool takes = TakesFromBuyer(leg);
    if (takes && leg.case_number == d.case_number && leg.state != LegState::kVoid &&
        !CheckedAdd(of_case, leg.amount, of_case)) {
      return "the legs' amounts overflow";
    }
    if (leg.decision != d.id) continue;
    const bool gives = leg.to == Bearer::kBuyer && !TakesBack(leg) && !IsRestored(leg.kind) &&
                       leg.kind != LegKind::kFreightReturn &&
                       (!IsSuccessor(leg) || IsOneOf(d.legs, leg.id));  // taken over as it stood
    int64_t& sum = leg.kind == LegKind::kVoucher ? vouchers : given;
    if (gives && !CheckedAdd(sum, leg.amount, sum)) return "the legs' amounts overflow";
    if (takes && !CheckedAdd(taken_back, leg.amount, taken_back)) {
      return "the legs' amounts overflow";
    }
  }
  const bool by_voucher = d.remedy == Remedy::kVoucher;
  if (vouchers != (by_voucher ? d.amount : 0)) return "the voucher is not the decision's";
  const int64_t difference = (by_voucher ? 0 : d.amount) - d.before;
  if (given != std::max<int64_t>(0, difference)) return "the legs do not sum to the decision";
  const int64_t less = std::max<int64_t>(0, -difference);
  if (taken_back > less) return "a decision takes back more than its difference";
  // For the seller, or for nobody, the landing says what is taken back, and when.
  const bool at_once = d.outcome == RulingOutcome::kBuyer || d.outcome == RulingOutcome::kSplit;
  if (at_once && of_case < less) return "a decision takes back less than its difference";
  return std::nullopt;
}

Broken DecisionsSum(const Turn& turn) {
  for (const Decision& d : NewOf(turn.step.decisions, turn.judged.decisions)) {
    if (Broken broken = BearersSum(d)) return broken;
    if (Broken broken = LegsSum(turn.order, d)) return broken;
  }
  return std::nullopt;
}

// ---- 3, 4. Goods and freight. ----

Broken QuantitiesHold(const Turn& turn) {
  for (const Case& c : turn.order.cases) {
    if (c.accepted > c.received || c.received > c.shipped_back || c.shipped_back > c.quantity) {
      return "case " + c.id.hex() + " breaks accepted <= received <= shipped back <= requested";
    }
  }
  return std::nullopt;
}

// Freight out is a bucket, so the ceiling bounds it; freight back is paid once per return.
Broken FreightIsPaidOnce(const Turn& turn) {
  const auto pays = [](const Leg& leg) {
    return leg.kind == LegKind::kFreightReturn && leg.state != LegState::kVoid && !IsSuccessor(leg);
  };
  const auto& legs = turn.order.legs;
  for (auto leg = legs.begin(); leg != legs.end(); ++leg) {
    if (!pays(*leg)) continue;
    const bool again = std::any_of(leg + 1, legs.end(), [&](const Leg& other) {
      return pays(other) && other.case_number == leg->case_number;
    });
    if (again) return "the return freight of a case is paid twice";
  }
  return std::nullopt;
}

// ---- 5. Nobody gives back more than was paid by the leg that it is about. ----

// What it has taken and not given back: to the buyer his own, to who stands behind an advance what
// was claimed too much.
int64_t Weight(const Order& order, const Leg& taking) {
  if (TakesFromBuyer(taking)) return ledger::TakenBy(order, taking);
  int64_t weight = taking.amount - taking.reversed;
  for (const Leg& leg : order.legs) {
    const bool returns = TakesBack(leg) && leg.cause_leg == taking.id && Stands(leg);
    if (returns) weight -= leg.amount - leg.reversed;
  }
  return weight;
}

// To who stands behind an advance, all in all: a claim that came back is made again, so what is
// given back may be more than is left of the one that it names.
Broken ReturnsWhatWasClaimed(const Order& order, const Leg& leg, const Leg& claim) {
  int64_t kept = 0;
  for (const Leg& other : order.legs) {
    const bool same = TakesBack(other) && other.cause_leg == claim.cause_leg &&
                      other.bearer == claim.bearer && Stands(other);
    if (same) kept += Weight(order, other);
  }
  if (kept >= 0) return std::nullopt;
  return Words(leg) + " gives back more than was claimed";
}

Broken TakesBackWhatWasPaid(const Turn& turn) {
  return ForNewLegs(turn, [&](const Leg& leg) -> Broken {
    if (!TakesBack(leg)) return std::nullopt;
    const Leg* paid = LegOf(turn.order, leg.cause_leg);
    if (paid == nullptr) return Words(leg) + " does not name what it takes back";
    if (TakesBack(*paid)) {
      if (leg.bearer == Bearer::kBuyer) return Words(leg) + " names no payment";
      return ReturnsWhatWasClaimed(turn.order, leg, *paid);
    }
    int64_t taken = 0;
    for (const Leg& other : turn.order.legs) {
      const bool same = TakesBack(other) && other.cause_leg == leg.cause_leg &&
                        other.bearer == leg.bearer && Stands(other);
      if (same && !CheckedAdd(taken, Weight(turn.order, other), taken)) {
        return "what is taken back overflows";
      }
    }
    if (taken <= paid->amount - paid->reversed) return std::nullopt;
    return Words(leg) + " takes back more than was paid";
  });
}

// ---- 6. One currency. ----

Broken CurrencyIsOne(const Turn& turn) {
  for (const Decision& d : turn.step.decisions) {
    if (d.currency != turn.order.currency) return "a decision is in another currency";
  }
  for (const Payout& payout : turn.payouts) {
    if (payout.amount.currency != turn.order.currency) return "a payout is in another currency";
  }
  return std::nullopt;
}

// ---- 7, 8, 9. Ids and attempts. ----

// Of those that the step has added, each against all before it: those that were there already were
// told apart when they came, and no leg's id ever changes.
Broken LegIdsAreUnique(const Turn& turn) {
  const auto& legs = turn.order.legs;
  for (size_t i = turn.legs_before; i < legs.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (legs[i].id == legs[j].id) return "two legs have the id " + legs[i].id.hex();
    }
  }
  return std::nullopt;
}

// Calls check(leg, from) for each leg that the step has sent, until one breaks.
template <class Check>
Broken ForSentLegs(const Turn& turn, Check check) {
  constexpr auto kSubmitted = static_cast<uint8_t>(LegState::kSubmitted);
  for (const Transition& each : NewTransitions(turn)) {
    if (each.machine != Machine::kLeg || each.to != kSubmitted || each.from == kSubmitted) continue;
    const Leg* leg = LegOf(turn.order, each.leg);
    if (leg == nullptr) return "a leg was sent that the order does not have";
    if (Broken broken = check(*leg, static_cast<LegState>(each.from))) return broken;
  }
  return std::nullopt;
}

// What may have been paid is asked about, never sent again: only a proven failure has another try.
Broken AttemptsGrow(const Turn& turn) {
  for (const Payout& payout : NewOf(turn.payouts, turn.judged.payouts)) {
    const Leg* leg = LegOf(turn.order, payout.leg);
    if (leg == nullptr) return "a payout is of no leg of the order";
    if (payout.attempt != leg->attempt) return "a payout is not of the newest attempt";
  }
  return ForSentLegs(turn, [](const Leg& leg, LegState from) -> Broken {
    if (leg.kind == LegKind::kVoucher) return std::nullopt;  // nobody outside issues it
    const bool again = from == LegState::kFailed || from == LegState::kShortfall;
    if (again ? leg.attempt >= 2 : leg.attempt == 1) return std::nullopt;
    return Words(leg) + " was sent from " + std::string(NameOf(from)) + " as attempt " +
           std::to_string(leg.attempt);
  });
}

Broken DisputedPaymentIsNotSent(const Turn& turn) {
  const auto& disputes = turn.order.disputes;
  const bool blocked = std::any_of(disputes.begin(), disputes.end(), [](const Dispute& each) {
    return each.state == DisputeState::kOpen && !each.refundable;
  });
  if (!blocked) return std::nullopt;
  return ForSentLegs(turn, [](const Leg& leg, LegState) -> Broken {
    const bool of_payment = leg.kind != LegKind::kVoucher && ledger::IsMoney(leg.bucket) &&
                            ledger::GivesOrdersMoney(leg, false);
    if (!of_payment) return std::nullopt;
    return Words(leg) + " was sent while the bank disputes the payment";
  });
}

// ---- 10. Conservation. ----

Broken BalancesHold(const Turn& turn) { return BrokenConservation(ledger::BalancesOf(turn.order)); }

// ---- Time and cases. ----

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

constexpr Broken (*kInvariants[])(const Turn&) = {
    CeilingHolds,         AmountsHold,   DecisionsSum,    QuantitiesHold, FreightIsPaidOnce,
    TakesBackWhatWasPaid, CurrencyIsOne, LegIdsAreUnique, AttemptsGrow,   DisputedPaymentIsNotSent,
    BalancesHold,         TimeHolds,     CasesHold};

}  // namespace

std::optional<std::string> BrokenConservation(const ledger::Balances& balances) {
  if (ledger::SumOf(balances) == 0) return std::nullopt;
  return "the balances do not sum to zero";
}

std::optional<std::string> BrokenInvariant(const Turn& turn) {
  if (turn.broken) return turn.broken;
  for (const auto check : kInvariants) {
    if (Broken broken = check(turn)) return broken;
  }
  return std::nullopt;
}

void CheckSoFar(Turn& turn) {
  turn.broken = BrokenInvariant(turn);
  turn.judged = {turn.step.transitions.size(), turn.step.decisions.size(), turn.payouts.size()};
}

}  // namespace refund::arbiter
