#include "engine/arbiter/summary.h"

#include <algorithm>

namespace refund::arbiter {

namespace {

// How the case stands. Into a summary that is new but for its number.
void FillIn(CaseSummary& s, const Order& order, const Case& c) {
  s.id = c.id;
  s.key = order.key;
  s.platform = order.platform;
  s.reopening = c.reopening;
  s.version = c.version;
  s.kind = c.kind;
  s.reason = c.reason;
  s.by_complaint = c.by_complaint;
  s.ask = {c.ask, order.currency};
  s.phase = c.phase;
  s.close_reason = c.close_reason;
  s.overlay = c.overlay;
  s.asked = c.asked;
  s.outcome = c.outcome;
  s.goods = c.goods;
  s.filed_at = c.filed_at;
  s.closed_at = c.closed_at;
  s.decisions = static_cast<uint32_t>(c.decisions.size());
  if (!c.decisions.empty()) s.last_decision = c.decisions.back();
  s.spent = c.spent;
  s.to_move = ToMove(c);
  s.holder = c.holder;
  s.quantity = c.quantity;
  s.split_from = c.split_from;
  for (const Leg& leg : order.legs) {
    const bool paid = leg.state == LegState::kSettled || leg.state == LegState::kReversed;
    if (leg.case_number == c.number && paid && IsTowardBuyer(leg) && !IsRestored(leg.kind)) {
      s.settled += leg.amount - leg.reversed;
    }
  }
  for (const Deadline& d : order.deadlines) {
    if (d.case_number != c.number || d.paused) continue;
    s.next_due = d.due;  // they lie in the order in which they are due
    s.next_timer = d.timer;
    break;
  }
}

}  // namespace

void SummarizeCases(Turn& turn) {
  const auto is_there = [&](uint32_t number) {
    return std::any_of(turn.step.cases.begin(), turn.step.cases.end(),
                       [&](const CaseSummary& s) { return s.number == number; });
  };
  if (turn.step.case_number == 0 && turn.step.cases.size() == 1) {
    turn.step.case_number = turn.step.cases.front().number;
  }
  if (turn.step.case_number != 0 && !is_there(turn.step.case_number)) {
    turn.step.cases.emplace_back().number = turn.step.case_number;
  }
  for (CaseSummary& summary : turn.step.cases) {
    FillIn(summary, turn.order, turn.order.cases[summary.number - 1]);
  }
}

}  // namespace refund::arbiter
