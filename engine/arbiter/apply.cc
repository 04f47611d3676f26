#include "engine/arbiter/apply.h"

#include <algorithm>
#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/invariants.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"
#include "engine/arbiter/summary.h"
#include "engine/arbiter/turn.h"
#include "engine/base/check.h"

namespace refund::arbiter {
namespace {

constexpr size_t kMostParked = 16;
constexpr int64_t kParkedForMs = 30 * kDayMs;

enum class Scope : uint8_t { kOrder, kNewCase, kOpenCase, kAnyCase, kLeg };

// What an event is about: the order, a case to be made, a case, or a leg.
Scope ScopeOf(EventKind kind) {
  switch (kind) {
    case EventKind::kRefundRequested:
    case EventKind::kComplaintFiled:
      return Scope::kNewCase;
    case EventKind::kCaseReopened:
    case EventKind::kPlatformHelpRequested:
      return Scope::kAnyCase;
    case EventKind::kRefundPaid:
    case EventKind::kRefundFailed:
      return Scope::kLeg;
    case EventKind::kOrderPaid:
    case EventKind::kPriceSnapshotRecorded:
    case EventKind::kPresaleDepositPaid:
    case EventKind::kPresaleBalancePaid:
    case EventKind::kPromiseRecorded:
    case EventKind::kOrderCancelled:
    case EventKind::kOrderCompleted:
    case EventKind::kShipmentDeclared:
    case EventKind::kCarrierScan:
    case EventKind::kDeliveryScan:
    case EventKind::kSellerStandingSnapshot:
    case EventKind::kProductRatingSnapshot:
    case EventKind::kAbuseAssessed:
    case EventKind::kBuyerTierSnapshot:
      return Scope::kOrder;
    default:
      return Scope::kOpenCase;
  }
}

void Refuse(Turn& turn, Refusal refusal, std::string guard, std::string detail) {
  turn.step.result = StepResult::kRefused;
  turn.step.refusal = refusal;
  turn.step.guard = std::move(guard);
  turn.step.detail = std::move(detail);
}

// ---- What follows in the same step ----

// One thing that another row brought about. False when nothing is left to do.
bool FollowUp(Turn& turn) {
  Case& c = *turn.the_case;
  if (std::exchange(turn.wants_direct_ruling, false)) {
    return TakeOverlayRow(turn, kDirectRuling, nullptr);
  }
  if (std::exchange(turn.wants_help, false)) {
    return TakeOverlayRow(turn, kRowAsksForHelp, nullptr);
  }
  if (std::exchange(turn.review_entered, false)) {
    if (TakeOverlayRow(turn, kReviewEntered, nullptr)) return true;
  }
  if (c.phase == Phase::kFiled && c.ready && !c.OverlayIsLive()) {
    return TakePhaseRow(turn, kReady, nullptr);
  }
  if (c.phase == Phase::kSettling && !c.OverlayIsLive()) {
    if (SubmitLegs(turn)) {
      Touch(turn);
      return true;
    }
    return TakePhaseRow(turn, kLegsDone, nullptr);
  }
  return false;
}

void FollowThrough(Turn& turn) {
  if (turn.the_case == nullptr) return;
  // Each follow-up leaves a state that the tables never lead back to in one step; the bound says
  // so.
  for (int i = 0; i < 16; ++i) {
    if (!FollowUp(turn)) return;
  }
  CHECK(false && "the tables lead round in one step");
}

// ---- Facts that bind cases (F6) ----

void OfferFactToCases(Turn& turn, Trigger on) {
  for (size_t i = 0; i < turn.order.cases.size(); ++i) {
    Case& c = turn.order.cases[i];
    if (!c.IsOpen()) continue;
    BindFacts(turn, c);
    if (c.phase != Phase::kFiled) continue;
    turn.the_case = &c;
    TakePhaseRow(turn, on, nullptr);  // row 0b, while another fact is missing
    FollowThrough(turn);
  }
  turn.the_case = nullptr;
}

bool IsRecordedFact(EventKind kind) {
  return kind == EventKind::kSellerStandingSnapshot || kind == EventKind::kProductRatingSnapshot ||
         kind == EventKind::kAbuseAssessed || kind == EventKind::kBuyerTierSnapshot;
}

// ---- Answers to legs (F11) ----

const Id& LegOf(const EventBody& body) {
  if (const auto* paid = std::get_if<RefundPaid>(&body)) return paid->leg;
  return std::get<RefundFailed>(body).leg;
}

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

// An answer that no leg row takes: the same word again is late, another word is a conflict.
void NoteLateAnswer(Turn& turn, const Leg& leg, bool says_paid) {
  const bool agrees = says_paid ? leg.state == LegState::kSettled
                                : leg.state == LegState::kFailed || leg.state == LegState::kOwed;
  turn.step.result = agrees ? StepResult::kStale : StepResult::kConflict;
  turn.step.detail = "the leg is " + std::string(NameOf(leg.state)) +
                     (agrees ? " already" : ", which this answer contradicts; no money moves");
}

void AnswerLeg(Turn& turn, Trigger on) {
  Leg* leg = turn.order.FindLeg(LegOf(turn.event->claim.body));
  if (leg == nullptr || IsUnsent(leg->state)) {
    Park(turn);
    return;
  }
  turn.the_case = &turn.order.cases[leg->case_number - 1];
  turn.step.case_number = leg->case_number;
  Touch(turn);
  if (TakeLegRow(turn, *leg, on)) {
    FollowThrough(turn);
  } else {
    NoteLateAnswer(turn, *leg, on == Trigger::On(EventKind::kRefundPaid));
  }
}

void TakeLegAnswer(Turn& turn, Trigger on) {
  std::string why;
  if (!ByPayoutSystem(turn, &why)) {
    return Refuse(turn, Refusal::kRoleMayNot, "the actor is the payout system", std::move(why));
  }
  AnswerLeg(turn, on);
}

// Early answers whose leg has been submitted since, in the order in which they came; and those that
// have waited too long.
void TakeUpParked(Turn& turn) {
  auto& parked = turn.order.parked;
  for (size_t i = 0; i < parked.size();) {
    const bool stale = turn.at - parked[i].at > kParkedForMs;
    Leg* leg = turn.order.FindLeg(LegOf(parked[i].body));
    if (!stale && (leg == nullptr || leg->state != LegState::kSubmitted)) {
      ++i;
      continue;
    }
    const ParkedFact fact = parked[i];
    parked.erase(parked.begin() + static_cast<std::ptrdiff_t>(i));
    if (stale) {
      turn.step.detail += "parked fact " + fact.claim_id + " is stale; ";
      continue;
    }
    Event event;
    event.claim.id = fact.claim_id;
    event.claim.body = fact.body;
    const Event* outer = std::exchange(turn.event, &event);
    const Deadline* firing = std::exchange(turn.firing, nullptr);
    turn.the_case = &turn.order.cases[leg->case_number - 1];
    Touch(turn);
    if (TakeLegRow(turn, *leg, Trigger::On(event.claim.kind()))) FollowThrough(turn);
    turn.event = outer;
    turn.firing = firing;
  }
}

// ---- Which case ----

Case* OnlyCase(Order& order, bool open_only, size_t& candidates) {
  Case* only = nullptr;
  candidates = 0;
  for (Case& c : order.cases) {
    if (open_only && !c.IsOpen()) continue;
    only = &c;
    ++candidates;
  }
  return candidates == 1 ? only : nullptr;
}

// Finds the case that the event is about, or refuses.
bool FindItsCase(Turn& turn) {
  const Claim& claim = turn.event->claim;
  if (claim.case_id) {
    turn.the_case = turn.order.FindCase(*claim.case_id);
    if (turn.the_case == nullptr) {
      Refuse(turn, Refusal::kNoSuchCase, "the case is of this order",
             "expected a case of " + turn.order.key + ", found " + claim.case_id->hex());
      return false;
    }
    return true;
  }
  size_t candidates = 0;
  // The only open case, or else the only case there is.
  turn.the_case = OnlyCase(turn.order, true, candidates);
  if (candidates == 0) turn.the_case = OnlyCase(turn.order, false, candidates);
  if (turn.the_case != nullptr) return true;
  Refuse(turn, candidates == 0 ? Refusal::kNoSuchCase : Refusal::kCaseNotNamed,
         "the event names its case, or there is only one",
         candidates == 0 ? "expected a case, the order has none"
                         : "expected \"case\", the order has " + std::to_string(candidates) +
                               " that it could be");
  return false;
}

// ---- Refusals ----

// A deadline got there first, though the sender acted before it, when the act was still looked for
// (case-model.md §3.3).
bool CameLate(const Turn& turn) {
  if (turn.the_case == nullptr) return false;
  const Case& c = *turn.the_case;
  return turn.event->claim.occurred_at < c.passed_at &&
         IsLookedFor(turn, c.phase_before, c.overlay_before, Trigger::On(turn.event->claim.kind()));
}

void RefuseAsNotTaken(Turn& turn, NotTaken why) {
  const EventKind kind = turn.event->claim.kind();
  if (why.refusal == Refusal::kNotExpectedNow) {
    if (CameLate(turn)) why.refusal = Refusal::kLateInLog;
    if (why.detail.empty() && turn.the_case != nullptr) {
      const Case& c = *turn.the_case;
      why.detail = std::string(NameOf(kind)) + " is not expected in " +
                   std::string(NameOf(c.phase)) + " with the arbitration at " +
                   std::string(NameOf(c.overlay));
      if (why.refusal == Refusal::kLateInLog) {
        why.detail +=
            "; it was recorded after the deadline of " + FormatInstant(c.passed_at) + " had passed";
      }
    }
  }
  Refuse(turn, why.refusal, std::move(why.guard), std::move(why.detail));
}

// ---- One event ----

void TakeCaseEvent(Turn& turn, Trigger on) {
  NotTaken why;
  if (TakeOverlayRow(turn, on, &why)) return FollowThrough(turn);
  // Where the live arbitration has a row for it, its word stands.
  const bool overlay_spoke =
      turn.the_case != nullptr && turn.the_case->OverlayIsLive() && !why.guard.empty();
  if (!overlay_spoke) {
    if (TakePhaseRow(turn, on, &why)) return FollowThrough(turn);
    if (TakeFactRow(turn, on, &why)) return;
  }
  RefuseAsNotTaken(turn, std::move(why));
}

void TakeOrderEvent(Turn& turn, Trigger on) {
  NotTaken why;
  if (!TakeFactRow(turn, on, &why)) return RefuseAsNotTaken(turn, std::move(why));
  if (IsRecordedFact(on.event())) OfferFactToCases(turn, on);
}

void TakeEvent(Turn& turn) {
  const EventKind kind = turn.event->claim.kind();
  const Trigger on = Trigger::On(kind);
  switch (ScopeOf(kind)) {
    case Scope::kOrder:
      return TakeOrderEvent(turn, on);
    case Scope::kLeg:
      return TakeLegAnswer(turn, on);
    case Scope::kNewCase:
      return TakeCaseEvent(turn, on);
    case Scope::kOpenCase:
    case Scope::kAnyCase:
      if (FindItsCase(turn)) {
        turn.step.case_number = turn.the_case->number;
        TakeCaseEvent(turn, on);
      }
  }
}

// ---- One deadline ----

// The deadlines within which a party may act.
bool IsOfAParty(Timer timer) {
  return timer == Timer::kT1 || timer == Timer::kT2 || timer == Timer::kT4 || timer == Timer::kT9 ||
         timer == Timer::kT10 || timer == Timer::kT11;
}

void RememberPassing(const Turn& turn) {
  if (!IsOfAParty(turn.firing->timer)) return;
  Case& c = *turn.the_case;
  c.passed_at = turn.at;
  c.phase_before = c.phase;
  c.overlay_before = c.overlay;
}

void TakeDeadline(Turn& turn) {
  const Trigger on = Trigger::Passed(turn.firing->timer);
  RememberPassing(turn);
  if (!turn.firing->leg.IsZero()) {
    Leg* leg = turn.order.FindLeg(turn.firing->leg);
    CHECK(leg != nullptr);
    Touch(turn);
    TakeLegRow(turn, *leg, on);
  } else if (turn.firing->timer == Timer::kT0) {
    Touch(turn);
    turn.the_case->ready = true;  // what is missing now is UNKNOWN
  } else if (turn.firing->of_overlay) {
    TakeOverlayRow(turn, on, nullptr);
  } else {
    TakePhaseRow(turn, on, nullptr);
  }
  FollowThrough(turn);
}

Outcome Finish(Turn& turn) {
  TakeUpParked(turn);
  Order& order = turn.order;
  order.clock = std::max(order.clock, turn.at);
  turn.step.sequence = ++order.sequence;
  SummarizeCases(turn);
  Outcome outcome;
  outcome.broken = BrokenInvariant(turn);
  outcome.step = std::move(turn.step);
  outcome.payouts = std::move(turn.payouts);
  return outcome;
}

Turn Begin(Order& order, Instant at, const policy::PackBook& packs) {
  Turn turn(order, packs, at);
  turn.step.key = order.key;
  turn.step.at = at;
  return turn;
}

void Conflict(Turn& turn, const SeenClaim& seen) {
  turn.step.result = StepResult::kConflict;
  turn.step.detail = "another claim under this id was taken in step " +
                     std::to_string(seen.sequence) + "; the first stands";
}

}  // namespace

Outcome Apply(Order& order, const Event& event, Instant at, const policy::PackBook& packs) {
  const auto seen = order.seen.find(event.claim.id);
  // A conflict that was sent again is absorbed too: it is on record already.
  if (seen != order.seen.end() && (seen->second.claim_hash == event.claim_hash ||
                                   seen->second.conflict_hash == event.claim_hash)) {
    Outcome outcome;
    outcome.duplicate = true;
    return outcome;
  }
  Turn turn = Begin(order, at, packs);
  turn.event = &event;
  turn.step.cause.claim_id = event.claim.id;
  turn.step.cause.kind = event.claim.kind();
  turn.step.actor = event.claim.actor;
  turn.step.claim_hash = event.claim_hash;
  if (seen != order.seen.end()) {
    Conflict(turn, seen->second);
    seen->second.conflict_hash = event.claim_hash;
  } else {
    TakeEvent(turn);
    order.seen.emplace(event.claim.id, SeenClaim{event.claim_hash, order.sequence + 1, Digest{}});
  }
  return Finish(turn);
}

Outcome Fire(Order& order, const Deadline& deadline, const policy::PackBook& packs) {
  const Deadline firing = deadline;
  CHECK(!firing.paused);
  Turn turn = Begin(order, firing.due, packs);
  turn.firing = &firing;
  turn.step.cause.timer = firing.timer;
  turn.step.cause.role = firing.role;
  turn.step.cause.generation = firing.generation;
  turn.step.actor.role = Role::kEngine;
  turn.step.case_number = firing.case_number;
  turn.the_case = &order.cases[firing.case_number - 1];
  turn.step.deadlines.push_back({DeadlineAct::kPassed, firing.timer, firing.role,
                                 firing.case_number, firing.generation, firing.due, 0});
  std::erase_if(order.deadlines, [&](const Deadline& d) {
    return d.timer == firing.timer && d.case_number == firing.case_number &&
           d.role == firing.role && d.generation == firing.generation;
  });
  TakeDeadline(turn);
  return Finish(turn);
}

}  // namespace refund::arbiter
