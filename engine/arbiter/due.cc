#include "engine/arbiter/due.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/base/calendar.h"
#include "engine/base/check.h"

namespace refund::arbiter {
namespace {

auto Rank(const Deadline& d) {
  return std::tuple(d.due, d.case_number, d.timer, d.role, d.generation, d.leg,
                    std::string_view(d.parcel));
}

void Note(Turn& turn, DeadlineAct act, const Deadline& d) {
  turn.step.deadlines.push_back(
      {act, d.timer, d.role, d.case_number, d.generation, d.due, d.remaining_ms});
}

// The deadlines of the phase and the goods, as against those of the overlay, of a leg, and of a
// closed case.
bool IsOfPhase(const Deadline& d) {
  return !d.of_overlay && d.timer != Timer::kT9 && d.timer != Timer::kT12 && d.timer != Timer::kT15;
}

// T3 and T5 belong to the goods: with the money out they outlive the phase (case-model.md §3.1).
bool IsOfGoods(const Deadline& d) { return d.timer == Timer::kT3 || d.timer == Timer::kT5; }

void PauseOne(Turn& turn, Deadline& d) {
  d.paused = true;
  d.remaining_ms = d.due - turn.at;
  Note(turn, DeadlineAct::kPaused, d);
}

void ResumeOne(Turn& turn, Deadline& d) {
  d.paused = false;
  d.due = turn.at + d.remaining_ms;
  d.remaining_ms = 0;
  Note(turn, DeadlineAct::kResumed, d);
}

// Of the order and all its cases.
template <class Match>
void EndAny(Turn& turn, Match match) {
  auto& all = turn.order.deadlines;
  for (size_t i = 0; i < all.size();) {
    if (match(all[i])) {
      Note(turn, DeadlineAct::kEnded, all[i]);
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

// Of the case at hand.
template <class Match>
void EndWhere(Turn& turn, Match match) {
  const uint32_t number = turn.the_case->number;
  EndAny(turn, [&](const Deadline& d) { return d.case_number == number && match(d); });
}

template <class Match>
Deadline* Find(Turn& turn, Match match) {
  for (Deadline& d : turn.order.deadlines) {
    if (d.case_number == turn.the_case->number && match(d)) return &d;
  }
  return nullptr;
}

}  // namespace

bool PassesBefore(const Deadline& a, const Deadline& b) { return Rank(a) < Rank(b); }

const Deadline* EarliestDeadline(const Order& order) {
  const Deadline* best = nullptr;
  for (const Deadline& d : order.deadlines) {
    if (!d.paused && (best == nullptr || PassesBefore(d, *best))) best = &d;
  }
  return best;
}

const Deadline* NextDue(const Order& order, Instant clock) {
  const Deadline* earliest = EarliestDeadline(order);
  return earliest != nullptr && earliest->due <= clock ? earliest : nullptr;
}

void Arm(Turn& turn, const Arming& arming) {
  EndWhere(turn, [&](const Deadline& d) {
    return d.timer == arming.timer && d.role == arming.role && d.leg == arming.leg;
  });
  Case& c = *turn.the_case;
  Deadline d;
  d.timer = arming.timer;
  d.case_number = c.number;
  d.role = arming.role;
  d.generation = ++c.generations[{arming.timer, arming.role}];
  d.armed_at = turn.at;
  d.of_overlay = arming.of_overlay;
  d.leg = arming.leg;
  d.due = arming.due
              ? *arming.due
              : FirstInstantTooLate(
                    turn.at,
                    turn.Procedure().LimitOf(arming.timer, c.kind, turn.Line().perishable).period);
  turn.order.deadlines.push_back(d);
  Note(turn, DeadlineAct::kArmed, d);
  // What is armed while the overlay is live is paused at once.
  if (c.OverlayIsLive() && IsOfPhase(d)) PauseOne(turn, turn.order.deadlines.back());
}

void ArmOnOrder(Turn& turn, const Arming& arming) {
  EndOnOrder(turn, arming.timer, arming.parcel);
  CHECK(arming.due.has_value());
  Deadline d;
  d.timer = arming.timer;
  d.role = arming.role;
  d.generation = ++turn.order.generations[{arming.timer, arming.role}];
  d.armed_at = turn.at;
  d.leg = arming.leg;
  d.parcel = arming.parcel;
  d.due = *arming.due;
  turn.order.deadlines.push_back(d);
  Note(turn, DeadlineAct::kArmed, d);
}

void EndOnOrder(Turn& turn, Timer timer, const std::string& parcel) {
  // Vouchers have a deadline each, by leg; they are ended by EndOfVoucher.
  EndAny(turn, [&](const Deadline& d) {
    return d.case_number == 0 && d.timer == timer && d.parcel == parcel && d.leg.IsZero();
  });
}

void EndOfVoucher(Turn& turn, const Id& voucher) { EndOfLeg(turn, Timer::kT26, voucher); }

void Extend(Turn& turn, Deadline& deadline, Instant until) {
  Note(turn, DeadlineAct::kEnded, deadline);
  Case& c = turn.order.cases[deadline.case_number - 1];
  deadline.generation = ++c.generations[{deadline.timer, deadline.role}];
  if (deadline.paused) deadline.remaining_ms += until - deadline.due;
  deadline.due = until;
  Note(turn, DeadlineAct::kArmed, deadline);
}

Deadline* FindDeadline(Turn& turn, Timer timer) {
  return Find(turn, [&](const Deadline& each) { return each.timer == timer; });
}

void End(Turn& turn, Timer timer) {
  EndWhere(turn, [&](const Deadline& d) { return d.timer == timer; });
}

void EndOfLeg(Turn& turn, Timer timer, const Id& leg) {
  EndAny(turn, [&](const Deadline& d) { return d.timer == timer && d.leg == leg; });
}

void EndAllOfPhase(Turn& turn) { EndWhere(turn, IsOfPhase); }

void EndAllButGoods(Turn& turn) {
  EndWhere(turn, [](const Deadline& d) { return IsOfPhase(d) && !IsOfGoods(d); });
}

void ResumeGoods(Turn& turn) {
  for (Deadline& d : turn.order.deadlines) {
    if (d.case_number == turn.the_case->number && IsOfGoods(d) && d.paused) ResumeOne(turn, d);
  }
}

void EndAllOfOverlay(Turn& turn) {
  EndWhere(turn, [](const Deadline& d) { return d.of_overlay; });
}

void Pause(Turn& turn, Timer timer) {
  Deadline* d =
      Find(turn, [&](const Deadline& each) { return each.timer == timer && !each.paused; });
  if (d != nullptr) PauseOne(turn, *d);
}

bool Resume(Turn& turn, Timer timer) {
  Deadline* d =
      Find(turn, [&](const Deadline& each) { return each.timer == timer && each.paused; });
  // While the arbitration is live what belongs to the phase waits for its end.
  const bool waits = d != nullptr && turn.the_case->OverlayIsLive() && IsOfPhase(*d);
  if (d != nullptr && !waits) ResumeOne(turn, *d);
  return d != nullptr;
}

void PauseAllOfPhase(Turn& turn) {
  for (Deadline& d : turn.order.deadlines) {
    if (d.case_number == turn.the_case->number && IsOfPhase(d) && !d.paused) PauseOne(turn, d);
  }
}

void ResumeAllOfPhase(Turn& turn) {
  for (Deadline& d : turn.order.deadlines) {
    if (d.case_number != turn.the_case->number || !IsOfPhase(d) || !d.paused) continue;
    // T1 lives on, paused, for as long as the buyer is thinking about an offer (row 5).
    if (d.timer == Timer::kT1 && turn.the_case->phase == Phase::kAwaitBuyerOffer) continue;
    // Of T3 and T14 the one runs that is waited for: a usable address, or the goods (row 11b).
    const bool has_address = !turn.the_case->return_address.empty();
    if (d.timer == Timer::kT3 && !has_address && !turn.the_case->money_first) continue;
    if (d.timer == Timer::kT14 && has_address) continue;
    ResumeOne(turn, d);
  }
}

bool IsArmed(const Order& order, uint32_t case_number, Timer timer, Role role) {
  return std::any_of(order.deadlines.begin(), order.deadlines.end(), [&](const Deadline& d) {
    return d.case_number == case_number && d.timer == timer && d.role == role;
  });
}

bool IsArmedForLeg(const Order& order, Timer timer, const Id& leg) {
  return std::any_of(order.deadlines.begin(), order.deadlines.end(),
                     [&](const Deadline& d) { return d.timer == timer && d.leg == leg; });
}

}  // namespace refund::arbiter
