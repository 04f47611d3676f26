#include "engine/arbiter/leg_answers.h"

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "engine/arbiter/authority.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/follow.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/invariants.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"

namespace refund::arbiter {
namespace {

constexpr size_t kMostParked = 16;
constexpr int64_t kParkedForMs = 30 * kDayMs;

const Id& LegOf(const EventBody& body) {
  if (const auto* paid = std::get_if<RefundPaid>(&body)) return paid->leg;
  if (const auto* failed = std::get_if<RefundFailed>(&body)) return failed->leg;
  if (const auto* reversed = std::get_if<RefundReversed>(&body)) return reversed->leg;
  if (const auto* granted = std::get_if<DrawGranted>(&body)) return granted->leg;
  if (const auto* refused = std::get_if<DrawRefused>(&body)) return refused->leg;
  return std::get<PayoutDestinationGiven>(body).leg;
}

// The attempt that an answer speaks of; 0 where it does not say.
uint32_t AttemptOf(const EventBody& body) {
  if (const auto* paid = std::get_if<RefundPaid>(&body)) return paid->attempt;
  if (const auto* failed = std::get_if<RefundFailed>(&body)) return failed->attempt;
  return 0;
}

// An answer that no leg row takes: the same word again is late, another word is a conflict.
void NoteLateAnswer(Turn& turn, const Leg& leg) {
  const EventKind kind = turn.event->claim.kind();
  const bool failed = leg.state == LegState::kFailed || leg.state == LegState::kOwed ||
                      leg.state == LegState::kShortfall;
  const bool agrees = kind == EventKind::kRefundPaid ? leg.state == LegState::kSettled
                      : kind == EventKind::kRefundFailed
                          ? failed
                          : kind == EventKind::kPayoutDestinationGiven;
  turn.step.result = agrees ? StepResult::kStale : StepResult::kConflict;
  turn.step.detail = "the leg is " + std::string(NameOf(leg.state)) +
                     (agrees ? " already" : ", which this answer contradicts; no money moves");
}

// A voucher is the platform's own, and is there at once: nobody outside pays it, so none of these
// answers moves it. Only vouchers, of goodwill, have no case.
bool IsVoucher(const Leg& leg) { return leg.kind == LegKind::kVoucher; }

// What may still come true of a leg that was sent: a destination before it is needed, a reversal
// before the word that it was paid.
bool IsEarly(const Leg& leg, EventKind kind) {
  const bool not_known = leg.state == LegState::kSubmitted || leg.state == LegState::kFailed;
  const bool short_of_money = leg.state == LegState::kShortfall;
  if (kind == EventKind::kRefundReversed) return not_known || short_of_money;
  return kind == EventKind::kPayoutDestinationGiven &&
         (not_known || leg.state == LegState::kSettled);
}

// A failure notice of an attempt that has been followed by another one says nothing new.
bool IsOfAnOlderAttempt(const Leg& leg, const EventBody& body) {
  const uint32_t attempt = AttemptOf(body);
  return std::holds_alternative<RefundFailed>(body) && attempt != 0 && attempt < leg.attempt;
}

// And what follows from it, of the leg and of its case. False: no row takes it.
bool TakeAnswer(Turn& turn, Leg& leg, Trigger on) {
  const Id id = leg.id;
  if (!TakeLegRow(turn, leg, on)) return false;
  DropIfNoLongerDue(turn, id);
  TakePhaseRow(turn, on, nullptr);  // 24a, 24b, 25a
  FollowThrough(turn);
  return true;
}

void AnswerLeg(Turn& turn, Trigger on) {
  const EventBody& body = turn.event->claim.body;
  Leg* leg = turn.order.FindLeg(LegOf(body));
  if (leg == nullptr || IsUnsent(leg->state)) return Park(turn);
  turn.leg = leg;
  std::string why;
  const bool misfits = on.event() == EventKind::kRefundReversed && !ReversalFits(turn, &why);
  if (!misfits && IsEarly(*leg, on.event())) return Park(turn);
  if (IsVoucher(*leg)) return NoteLateAnswer(turn, *leg);
  turn.the_case = &turn.order.cases[leg->case_number - 1];
  turn.step.case_number = leg->case_number;
  Touch(turn);
  if (misfits) {
    return Refuse(turn, Refusal::kOverTheCeiling, "at most what was paid is reversed",
                  std::move(why));
  }
  if (IsOfAnOlderAttempt(*leg, body)) {
    turn.step.result = StepResult::kStale;
    turn.step.detail = "attempt " + std::to_string(AttemptOf(body)) + " was followed by another";
    return;
  }
  if (!TakeAnswer(turn, *leg, on)) NoteLateAnswer(turn, *leg);
}

}  // namespace

void Park(Turn& turn) {
  auto& parked = turn.order.parked;
  if (parked.size() >= kMostParked) {
    turn.step.result = StepResult::kStale;
    turn.step.detail = "16 early facts are parked already; this one is not kept";
    return;
  }
  parked.push_back({turn.event->claim.id, turn.event->claim.body, turn.at});
  turn.step.result = StepResult::kParked;
  turn.step.detail = "the leg is not known, or not submitted yet";
}

void TakeLegAnswer(Turn& turn, Trigger on) {
  std::string why;
  const bool may = on.event() == EventKind::kPayoutDestinationGiven ? ByDestinationGiver(turn, &why)
                                                                    : ByPayoutSystem(turn, &why);
  if (!may) {
    return Refuse(turn, Refusal::kRoleMayNot, "the actor may answer for a leg", std::move(why));
  }
  AnswerLeg(turn, on);
}

namespace {

// A parked answer can be taken now: its leg has been sent since, or waits for an account.
bool IsDue(const ParkedFact& fact, const Leg* leg) {
  if (leg == nullptr || IsVoucher(*leg)) return false;
  if (std::holds_alternative<PayoutDestinationGiven>(fact.body)) {
    return leg->state == LegState::kOwed;
  }
  if (std::holds_alternative<RefundReversed>(fact.body)) return leg->state == LegState::kSettled;
  return leg->state == LegState::kSubmitted;
}

// As if it came now. What does not fit its leg, which is of a case, moves nothing.
void TakeUp(Turn& turn, const ParkedFact& fact, Leg& leg) {
  CheckSoFar(turn);
  Event event;
  event.claim.id = fact.claim_id;
  event.claim.body = fact.body;
  const Event* outer = std::exchange(turn.event, &event);
  const Deadline* firing = std::exchange(turn.firing, nullptr);
  const Trigger on = Trigger::On(event.claim.kind());
  turn.the_case = &turn.order.cases[leg.case_number - 1];
  Touch(turn);
  turn.leg = &leg;
  if (std::holds_alternative<RefundReversed>(fact.body) && !ReversalFits(turn, nullptr)) {
    turn.step.detail += "parked fact " + fact.claim_id + " does not fit its leg; ";
    Note(turn, DerivedKind::kFactConflict, leg.id, 0, Role::kUnspecified, fact.claim_id);
  } else {
    TakeAnswer(turn, leg, on);
  }
  turn.event = outer;
  turn.firing = firing;
}

}  // namespace

void TakeUpParked(Turn& turn) {
  auto& parked = turn.order.parked;
  for (size_t i = 0; i < parked.size();) {
    const bool stale = turn.at - parked[i].at > kParkedForMs;
    Leg* leg = turn.order.FindLeg(LegOf(parked[i].body));
    if (!stale && !IsDue(parked[i], leg)) {
      ++i;
      continue;
    }
    const ParkedFact fact = parked[i];
    parked.erase(parked.begin() + static_cast<std::ptrdiff_t>(i));
    if (stale) {
      turn.step.detail += "parked fact " + fact.claim_id + " is stale; ";
      Note(turn, DerivedKind::kFactStale, LegOf(fact.body), 0, Role::kUnspecified, fact.claim_id);
      continue;
    }
    TakeUp(turn, fact, *leg);
    i = 0;  // it may have sent another
  }
}

}  // namespace refund::arbiter
