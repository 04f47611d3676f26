#include "engine/arbiter/legs.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/arbiter/due.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/find_row.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/machine.h"
#include "engine/arbiter/vouchers.h"
#include "engine/base/check.h"
#include "engine/ledger/ceiling.h"

namespace refund::arbiter {
namespace {

using enum LegState;

// A PayoutHold keeps what could go but for it (m7).
bool IsBraked(const Turn& turn, const Leg& leg) {
  const Digest& pack = turn.order.cases[leg.case_number - 1].procedure_pack;
  return turn.packs.IsHeld(turn.order.platform, turn.order.merchant, pack);
}
bool NoBrakeKeepsIt(const Turn& turn, std::string*) { return !IsBraked(turn, *turn.leg); }

constexpr Guard kMaySend{"SETTLING or taking back, no bank dispute, arbitration not live",
                         Refusal::kNone, false, MaySendLeg};
constexpr Guard kRetryable{"the failure is RETRYABLE", Refusal::kNone, true, FailureIsRetryable};
constexpr Guard kShort{"the payer's balance does not cover it", Refusal::kNone, true,
                       FailureIsInsufficient};
constexpr Guard kFinal{"the failure is PERMANENT, or the last try's", Refusal::kNone, true,
                       FailureIsFinal};
constexpr Guard kRetries{"tries are left", Refusal::kNone, false, RetriesAreLeft};
constexpr Guard kQueries{"queries are left", Refusal::kNone, false, QueriesAreLeft};
constexpr Guard kUnheld{"no bank dispute holds the payment", Refusal::kNone, false, LegIsNotHeld};
constexpr Guard kUnbraked{"no PayoutHold keeps it", Refusal::kNone, false, NoBrakeKeepsIt};
constexpr Guard kKnown{"another destination is known, and the payer has the money", Refusal::kNone,
                       false, AnotherDestinationIsKnown};

constexpr Effect kSend{"RefundInstructed", SendLeg};
constexpr Effect kQuery{"PayoutQueried", QueryLeg};
constexpr Effect kSettle{"note the provider's reference; what follows from it", SettleLeg};
constexpr Effect kArmRetry{"arm T15", ArmRetry};
constexpr Effect kArmAnswer{"arm T12", ArmAnswer};
constexpr Effect kEndDeadlines{"T12, T15 off", EndLegDeadlines};
constexpr Effect kFollow{"a new leg to the known destination", RerouteToKnown};
constexpr Effect kGiven{"a new leg to the destination given", RerouteAsGiven};
constexpr Effect kOwe{"void if the case was; the platform pays in advance for a merchant", OweLeg};
constexpr Effect kReverse{"the sum, and a new leg for it", ReverseLeg};
constexpr Effect kNoMore{"what was to be taken back of it is VOID", DropWhatTakesItBack};
constexpr Effect kBack{"its draws are given back", GiveBackLeg};

constexpr Trigger kPaid = Trigger::On(EventKind::kRefundPaid);
constexpr Trigger kFailedAnswer = Trigger::On(EventKind::kRefundFailed);
constexpr Trigger kReversedAnswer = Trigger::On(EventKind::kRefundReversed);
constexpr Trigger kDestination = Trigger::On(EventKind::kPayoutDestinationGiven);
constexpr Trigger kT12 = Trigger::Passed(Timer::kT12);
constexpr Trigger kT15 = Trigger::Passed(Timer::kT15);
constexpr auto kStay = LegRow::Target::kStay;

// clang-format off
constexpr std::array kLegRows = {
  //     label   from                                  on                 when                      to          then
  LegRow{"m1",   {kNone},                              {kFreightApproved},{},                       kProposed,  {}},
  LegRow{"m2",   {kProposed},                          {kFreightApproved},{},                       kReserved,  {}},
  LegRow{"m3",   {kProposed},                          {kFreightDropped}, {},                       kVoid,      {}},
  LegRow{"m4",   {kNone},                              {kReserve},        {},                       kReserved,  {}},
  LegRow{"m5",   {kReserved},                          {kHeldNow},        {},                       kHeld,      {}},
  LegRow{"m6",   {kHeld},                              {kFreedNow},       {},                       kReserved,  {}},
  LegRow{"m7",   {kReserved},                          {kMayBeSent},      {kMaySend},               kSubmitted, {kSend, kArmAnswer}},
  LegRow{"m8",   {kProposed, kReserved, kHeld},        {kNotNeeded},      {},                       kVoid,      {kEndDeadlines, kBack, kNoMore}},
  LegRow{"m8b",  {kFailed, kShortfall, kOwed},         {kNotNeeded},      {},                       kVoid,      {kEndDeadlines, kNoMore}},
  // From FAILED as well: the provider's word that it has paid ends the retries (docs/decisions/0005).
  LegRow{"m9",   {kSubmitted, kFailed},                {kPaid},           {},                       kSettled,   {kEndDeadlines, kSettle}},
  LegRow{"m10",  {kSubmitted},                         {kFailedAnswer},   {kRetryable, kRetries},   kFailed,    {kEndDeadlines, kArmRetry}},
  LegRow{"m11",  {kFailed},                            {kT15},            {kUnheld, kUnbraked},            kSubmitted, {kSend, kArmAnswer}},
  LegRow{"m12",  {kSubmitted},                         {kFailedAnswer},   {kShort, kRetries},       kShortfall, {kEndDeadlines, kArmRetry}},
  LegRow{"m13",  {kSubmitted, kFailed},                {kFailedAnswer},   {kFinal, kKnown},         kRerouted,  {kEndDeadlines, kFollow}},
  LegRow{"m14",  {kSubmitted, kFailed},                {kFailedAnswer},   {kFinal},                 kOwed,      {kEndDeadlines, kOwe}},
  // Ours: a reversed sum that has nowhere to go (docs/decisions/0009, 16).
  LegRow{"m14r", {kReserved},                          {kOweAtOnce},      {},                       kOwed,      {}},
  LegRow{"m15",  {kOwed},                              {kDestination, kCovered}, {},                kRerouted,  {kGiven}},
  LegRow{"m16",  {kSettled},                {kReversedAnswer}, {},                       kReversed,  {kReverse}},
  LegRow{"m17",  {kShortfall},                         {kT15},            {kUnheld, kUnbraked},            kSubmitted, {kSend, kArmAnswer}},
  // Ours: while a bank dispute or a PayoutHold keeps it nothing is tried again, and the try comes later.
  LegRow{"m11w", {kFailed, kShortfall},                {kT15},            {},                       kFailed,    {kArmRetry}, kStay},
  LegRow{"m18",  {kSubmitted},                         {kT12},            {kQueries},               kSubmitted, {kQuery, kArmAnswer}, kStay},
};
// clang-format on
static_assert(LabelsAreUnique(kLegRows));

bool Fits(const LegRow& row, const Turn& turn) {
  if (!row.from.Contains(turn.leg->state)) return false;
  for (const Guard& guard : row.when) {
    if (!guard.holds(turn, nullptr)) return false;
  }
  return true;
}

void Take(const LegRow& row, Turn& turn) {
  Leg& leg = *turn.leg;
  const LegState from = leg.state;
  if (row.target == LegRow::Target::kState) leg.state = row.to;
  if (leg.state != kReserved) leg.by_brake = false;
  turn.step.transitions.push_back({Machine::kLeg, std::string(row.label), leg.case_number,
                                   static_cast<uint8_t>(from), static_cast<uint8_t>(leg.state),
                                   leg.id});
  for (const Effect& effect : row.then) effect.apply(turn);
}

// Effects add legs, so legs are walked by number.
template <class Fits, class Do>
bool EachLeg(Turn& turn, Fits fits, Do what) {
  bool any = false;
  for (size_t i = 0; i < turn.order.legs.size(); ++i) {
    if (fits(turn.order.legs[i])) any = what(turn.order.legs[i]) || any;
  }
  return any;
}

// m8, m8b.
template <class Fits>
void VoidWhere(Turn& turn, Fits fits) {
  EachLeg(turn, fits, [&](Leg& leg) { return TakeLegRow(turn, leg, kNotNeeded); });
}

bool IsOfCase(const Turn& turn, const Leg& leg) { return leg.case_number == turn.the_case->number; }

bool IsFreightClaim(const Leg& leg) {
  return leg.kind == LegKind::kFreightReturn && leg.state == kProposed;
}

bool Frees(Leg& leg) { return !leg.held_by_appeal && !leg.held_by_dispute; }

bool SendOne(Turn& turn, Leg& leg) {
  if (leg.state != kReserved) return false;
  turn.leg = &leg;
  if (!MaySendLeg(turn, nullptr)) {
    leg.by_brake = false;
    return false;
  }
  leg.by_brake = IsBraked(turn, leg);
  if (leg.by_brake) return false;
  const Id id = leg.id;
  CHECK(TakeLegRow(turn, leg, kMayBeSent));
  // A voucher has no outside issuer: it is there at once (m9).
  Leg* sent = turn.order.FindLeg(id);
  if (sent->kind == LegKind::kVoucher) TakeLegRow(turn, *sent, kPaid);
  return true;
}

}  // namespace

std::span<const LegRow> LegRows() { return kLegRows; }

bool TakeLegRow(Turn& turn, Leg& leg, Trigger on) {
  turn.leg = &leg;
  static const auto& rows = *new RowsByTrigger<LegRow>(kLegRows);
  for (const LegRow* row : rows.On(on)) {
    if (!Fits(*row, turn)) continue;
    Take(*row, turn);
    return true;
  }
  return false;
}

Id ReserveLeg(Turn& turn, Leg leg) {
  leg.id = turn.NewId("leg");
  leg.case_number = turn.the_case->number;
  leg.line = turn.the_case->line;
  const bool claim = leg.kind == LegKind::kFreightReturn && leg.cause_leg.IsZero();
  turn.order.legs.push_back(std::move(leg));
  const Id id = turn.order.legs.back().id;
  TakeLegRow(turn, turn.order.legs.back(), claim ? kFreightApproved : kReserve);
  return id;
}

int64_t TakenBack(const Order& order, const Id& leg) {
  int64_t sum = 0;
  for (const Leg& each : order.legs) {
    const bool takes = each.kind == LegKind::kRecovery || each.kind == LegKind::kClawback;
    if (takes && each.bearer == Bearer::kBuyer && each.cause_leg == leg && each.state != kVoid) {
      sum += each.amount - each.reversed;
    }
  }
  return sum;
}

void TakeBackLeg(Turn& turn, const Leg& source, LegKind kind) {
  const int64_t left = source.amount - source.reversed - TakenBack(turn.order, source.id);
  if (left > 0) ReserveLeg(turn, TakingBack(turn, source, kind, left));
}

Leg TakingBack(const Turn& turn, const Leg& source, LegKind kind, int64_t amount) {
  const auto& legs = turn.order.legs;
  const auto behind = std::find_if(legs.begin(), legs.end(), [&](const Leg& each) {
    return each.kind == LegKind::kClawback && each.bearer != Bearer::kBuyer &&
           each.cause_leg == source.id && each.state != kVoid;
  });
  Leg leg;
  leg.kind = kind;
  leg.bearer = Bearer::kBuyer;
  leg.to = behind != legs.end() ? behind->bearer : source.bearer;
  leg.bucket = source.bucket;
  leg.amount = amount;
  leg.cause_leg = source.id;
  return leg;
}

void TakeBack(Turn& turn, LegKind kind) {
  std::vector<Id> paid;
  for (const Leg& leg : turn.order.legs) {
    // A recovery waits for what is still on its way; a clawback is made when that is there.
    const bool out = leg.state == kSettled || leg.state == kReversed ||
                     (leg.state == kSubmitted && kind == LegKind::kRecovery);
    if (IsOfCase(turn, leg) && out && ledger::GivesOrdersMoney(leg, false) &&
        !IsRestored(leg.kind)) {
      paid.push_back(leg.id);
    }
  }
  for (const Id& id : paid) {
    const Leg source = *turn.order.FindLeg(id);
    TakeBackLeg(turn, source, kind);
  }
}

bool IsNoLongerDue(const Turn& turn, const Leg& leg) {
  const bool voided = turn.the_case->voided && IsTowardBuyer(leg);
  return voided || TakenBack(turn.order, leg.id) >= leg.amount - leg.reversed;
}

void DropIfNoLongerDue(Turn& turn, const Id& id) {
  const Leg* leg = turn.order.FindLeg(id);
  const bool failed = leg->state == kFailed || leg->state == kShortfall || leg->state == kOwed;
  if (!failed || !IsNoLongerDue(turn, *leg)) return;
  TakeLegRow(turn, *turn.order.FindLeg(id), kNotNeeded);
  VoidWhere(turn,
            [&](const Leg& each) { return each.cause_leg == id && each.bearer == Bearer::kBuyer; });
}

void VoidReplacedLegs(Turn& turn) {
  VoidWhere(turn, [&](const Leg& leg) {
    const bool takes_back = leg.bearer == Bearer::kBuyer &&
                            (leg.kind == LegKind::kRecovery || leg.kind == LegKind::kClawback);
    return IsOfCase(turn, leg) && (!leg.decision.IsZero() || takes_back);
  });
}

void RememberReady(Turn& turn) {
  const auto is_ready = [&](const Leg& leg) {
    return IsOfCase(turn, leg) && IsTowardBuyer(leg) && !leg.decision.IsZero() &&
           (leg.state == kReserved || leg.state == kHeld);
  };
  auto& legs = turn.order.legs;
  if (std::none_of(legs.begin(), legs.end(), is_ready)) return;
  for (Leg& leg : legs) {
    if (IsOfCase(turn, leg)) leg.waited = is_ready(leg);
  }
}

void ForgetReady(Turn& turn) {
  for (Leg& leg : turn.order.legs) {
    if (IsOfCase(turn, leg)) leg.waited = false;
  }
}

std::vector<Leg> LegsItHad(const Order& order, const Case& c) {
  std::vector<Leg> had;
  for (const Leg& leg : order.legs) {
    if (leg.case_number == c.number && leg.waited) had.push_back(leg);
  }
  return had;
}

void VoidReadyLegs(Turn& turn) {
  VoidWhere(turn, [&](const Leg& leg) {
    // Freight that was paid already and came back is the buyer's; what has not gone does not go.
    return IsOfCase(turn, leg) && IsTowardBuyer(leg) &&
           (!leg.decision.IsZero() || IsUnsent(leg.state));
  });
}

void VoidAllLegs(Turn& turn) {
  VoidWhere(turn, [&](const Leg& leg) {
    return IsOfCase(turn, leg) && (IsTowardBuyer(leg) || leg.bearer == Bearer::kBuyer);
  });
}

void VoidRecovery(Turn& turn) {
  VoidWhere(turn,
            [&](const Leg& leg) { return IsOfCase(turn, leg) && leg.kind == LegKind::kRecovery; });
}

namespace {

// A leg that takes back may itself have been rerouted: its cause is then the one it replaced.
const Leg& WhatIsTakenBack(Order& order, const Leg& taking) {
  const Leg* leg = &taking;
  while (leg->bearer == Bearer::kBuyer) {
    leg = order.FindLeg(leg->cause_leg);
    CHECK(leg != nullptr);
  }
  return *leg;
}

}  // namespace

void GiveBackRecovered(Turn& turn) {
  if (turn.the_case->OverlayIsLive()) return;
  const auto& legs = turn.order.legs;
  std::vector<Id> recovered;
  for (const Leg& leg : legs) {
    const bool there = leg.kind == LegKind::kRecovery && leg.state == kSettled;
    const bool given_back = std::any_of(legs.begin(), legs.end(), [&](const Leg& each) {
      return each.cause_leg == leg.id && IsTowardBuyer(each);
    });
    if (IsOfCase(turn, leg) && there && !given_back) recovered.push_back(leg.id);
  }
  for (const Id& id : recovered) {
    const Leg recovery = *turn.order.FindLeg(id);
    Leg next = SuccessorOf(WhatIsTakenBack(turn.order, recovery));
    next.amount = recovery.amount - recovery.reversed;
    next.cause_leg = id;
    next.reversals = 0;
    next.behind = Bearer::kUnspecified;
    ReserveLeg(turn, std::move(next));
  }
  const bool closed = turn.the_case->phase == Phase::kClosed;
  if (!recovered.empty() && closed) MovePhase(turn, Phase::kSettling);
}

bool SubmitLegs(Turn& turn) {
  return EachLeg(
      turn, [&](const Leg& leg) { return IsOfCase(turn, leg); },
      [&](Leg& leg) { return SendOne(turn, leg); });
}

void ClaimFreight(Turn& turn, int64_t amount, Bearer bearer) {
  if (bearer == Bearer::kBuyer || amount <= 0 || turn.the_case->freight_claimed) return;
  turn.the_case->freight_claimed = true;
  Leg leg;
  leg.kind = LegKind::kFreightReturn;
  leg.bearer = bearer;
  leg.bucket = Bucket::kUnspecified;
  leg.amount = amount;
  ReserveLeg(turn, std::move(leg));
}

void ApproveFreight(Turn& turn) {
  EachLeg(
      turn, [&](const Leg& leg) { return IsOfCase(turn, leg) && IsFreightClaim(leg); },
      [&](Leg& leg) { return TakeLegRow(turn, leg, kFreightApproved); });
}

void DropFreight(Turn& turn) {
  EachLeg(
      turn, [&](const Leg& leg) { return IsOfCase(turn, leg) && IsFreightClaim(leg); },
      [&](Leg& leg) { return TakeLegRow(turn, leg, kFreightDropped); });
}

void HoldForAppeal(Turn& turn) {
  EachLeg(
      turn,
      [&](const Leg& leg) {
        return IsOfCase(turn, leg) && (leg.state == kReserved || leg.state == kHeld);
      },
      [&](Leg& leg) {
        leg.held_by_appeal = true;
        return TakeLegRow(turn, leg, kHeldNow);
      });
}

void FreeFromAppeal(Turn& turn) {
  EachLeg(
      turn, [&](const Leg& leg) { return IsOfCase(turn, leg) && leg.held_by_appeal; },
      [&](Leg& leg) {
        leg.held_by_appeal = false;
        return Frees(leg) && TakeLegRow(turn, leg, kFreedNow);
      });
}

void HoldForDispute(Turn& turn) {
  EachLeg(
      turn,
      [&](const Leg& leg) {
        return ledger::GivesOrdersMoney(leg, false) &&
               (leg.state == kReserved || leg.state == kHeld);
      },
      [&](Leg& leg) {
        leg.held_by_dispute = true;
        return TakeLegRow(turn, leg, kHeldNow);
      });
}

void FreeFromDispute(Turn& turn) {
  if (!NoBankDisputeHolds(turn, nullptr)) return;  // another one still does
  EachLeg(
      turn, [&](const Leg& leg) { return leg.held_by_dispute; },
      [&](Leg& leg) {
        leg.held_by_dispute = false;
        return Frees(leg) && TakeLegRow(turn, leg, kFreedNow);
      });
}

namespace {

// The newest that can still be stopped.
Leg* NewestOfOrdersMoney(Turn& turn) {
  auto& legs = turn.order.legs;
  const auto leg = std::find_if(legs.rbegin(), legs.rend(), [](const Leg& each) {
    return ledger::GivesOrdersMoney(each, false) && ledger::IsReplaceable(each.state);
  });
  return leg == legs.rend() ? nullptr : &*leg;
}

}  // namespace

void VoidForLostDispute(Turn& turn) {
  VoidWhere(turn, [](const Leg& leg) { return leg.held_by_dispute && leg.state == kHeld; });
  while (ledger::OrderRemaining(turn.order, {}) < 0) {
    Leg* leg = NewestOfOrdersMoney(turn);
    if (leg == nullptr) return;
    CHECK(TakeLegRow(turn, *leg, kNotNeeded));  // m8 and m8b ask nothing
  }
}

namespace {

// Where this money has been sent in vain: by the leg, and by those that it follows. And nowhere,
// which is no destination.
std::vector<std::string> TriedDestinations(const Order& order, const Leg& leg) {
  std::vector<std::string> tried = {"", leg.destination};
  for (Id cause = leg.cause_leg; !cause.IsZero();) {
    const auto before = std::find_if(order.legs.begin(), order.legs.end(),
                                     [&](const Leg& each) { return each.id == cause; });
    CHECK(before != order.legs.end());
    if (!IsTowardBuyer(*before)) break;
    tried.push_back(before->destination);
    cause = before->cause_leg;
  }
  return tried;
}

}  // namespace

std::string KnownDestination(const Order& order, const Leg& leg) {
  if (!IsTowardBuyer(leg)) return "";
  for (const ParkedFact& fact : order.parked) {
    const auto* body = std::get_if<PayoutDestinationGiven>(&fact.body);
    if (body != nullptr && body->leg == leg.id) return body->destination;
  }
  const std::vector<std::string> tried = TriedDestinations(order, leg);
  for (auto other = order.legs.rbegin(); other != order.legs.rend(); ++other) {
    const bool is_new = std::find(tried.begin(), tried.end(), other->destination) == tried.end();
    if (IsTowardBuyer(*other) && is_new) return other->destination;
  }
  return "";
}

Leg SuccessorOf(const Leg& leg) {
  Leg next;
  next.kind = leg.kind;
  next.decision = leg.decision;
  next.bearer = leg.bearer;
  next.to = leg.to;
  next.behind = leg.behind;
  next.bucket = leg.bucket;
  next.by_units = leg.by_units;
  next.amount = leg.amount - leg.reversed;
  next.reversals = leg.reversals;
  next.cause_leg = leg.id;
  next.destination = leg.destination;
  return next;
}

Id ReserveSuccessor(Turn& turn, Leg next) {
  const Id replaced = next.cause_leg;
  const Id id = ReserveLeg(turn, std::move(next));
  // What is to be taken back of the old leg is taken back of the new one.
  for (Leg& each : turn.order.legs) {
    const bool takes_back = each.id != id && each.bearer == Bearer::kBuyer && IsUnsent(each.state);
    if (each.cause_leg == replaced && takes_back) each.cause_leg = id;
  }
  return id;
}

void Reroute(Turn& turn, const Leg& leg, const std::string& destination) {
  Leg next = SuccessorOf(leg);
  if (leg.kind == LegKind::kRefundOriginal) next.kind = LegKind::kRefundBank;
  next.destination = destination;
  ReserveSuccessor(turn, std::move(next));
}

}  // namespace refund::arbiter
