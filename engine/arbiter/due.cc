#include "engine/arbiter/due.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/base/calendar.h"

namespace refund::arbiter {
namespace {

auto Rank(const Deadline& d) {
  return std::tuple(d.due, d.case_number, d.timer, d.role, d.generation, d.leg);
}

void Note(Turn& turn, DeadlineAct act, const Deadline& d) {
  turn.step.deadlines.push_back(
      {act, d.timer, d.role, d.case_number, d.generation, d.due, d.remaining_ms});
}

// The deadlines of the phase, as against those of the overlay, of a leg, and of a closed case.
bool IsOfPhase(const Deadline& d) {
  return !d.of_overlay && d.timer != Timer::kT9 && d.timer != Timer::kT12 && d.timer != Timer::kT15;
}

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

template <class Match>
void EndWhere(Turn& turn, Match match) {
  auto& all = turn.order.deadlines;
  const uint32_t number = turn.the_case->number;
  for (size_t i = 0; i < all.size();) {
    if (all[i].case_number == number && match(all[i])) {
      Note(turn, DeadlineAct::kEnded, all[i]);
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

template <class Match>
Deadline* Find(Turn& turn, Match match) {
  for (Deadline& d : turn.order.deadlines) {
    if (d.case_number == turn.the_case->number && match(d)) return &d;
  }
  return nullptr;
}

}  // namespace

const Deadline* EarliestDeadline(const Order& order) {
  const Deadline* best = nullptr;
  for (const Deadline& d : order.deadlines) {
    if (!d.paused && (best == nullptr || Rank(d) < Rank(*best))) best = &d;
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

void End(Turn& turn, Timer timer) {
  EndWhere(turn, [&](const Deadline& d) { return d.timer == timer; });
}

void EndOfLeg(Turn& turn, Timer timer, const Id& leg) {
  EndWhere(turn, [&](const Deadline& d) { return d.timer == timer && d.leg == leg; });
}

void EndAllOfPhase(Turn& turn) { EndWhere(turn, IsOfPhase); }

void EndAllOfOverlay(Turn& turn) {
  EndWhere(turn, [](const Deadline& d) { return d.of_overlay; });
}

void Pause(Turn& turn, Timer timer, bool of_overlay) {
  Deadline* d = Find(turn, [&](const Deadline& each) {
    return each.timer == timer && each.of_overlay == of_overlay && !each.paused;
  });
  if (d != nullptr) PauseOne(turn, *d);
}

bool Resume(Turn& turn, Timer timer, bool of_overlay) {
  Deadline* d = Find(turn, [&](const Deadline& each) {
    return each.timer == timer && each.of_overlay == of_overlay && each.paused;
  });
  if (d != nullptr) ResumeOne(turn, *d);
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
    ResumeOne(turn, d);
  }
}

bool IsArmed(const Order& order, uint32_t case_number, Timer timer, Role role) {
  return std::any_of(order.deadlines.begin(), order.deadlines.end(), [&](const Deadline& d) {
    return d.case_number == case_number && d.timer == timer && d.role == role;
  });
}

}  // namespace refund::arbiter
