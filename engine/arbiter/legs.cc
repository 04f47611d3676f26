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
#include "engine/ledger/takings.h"

namespace refund::arbiter {
namespace {

using enum LegState;

// A PayoutHold keeps what could go but for it (m7).
bool IsBraked(const Turn& turn, const Leg& leg) {
  const Digest& pack = turn.order.cases[leg.case_number - 1].procedure_pack;
  return turn.packs.IsHeld(turn.order.platform, turn.order.merchant, pack);
}
bool NoBrakeKeepsIt(const Turn& turn, std::string*) { return !IsBraked(turn, *turn.leg); }

constexpr Guard kMaySend{"SETTLING, closed or taking back, no bank dispute, arbitration not live",
                         Refusal::kNone, false, MaySendLeg};
constexpr Guard kRetryable{"the failure is RETRYABLE", Refusal::kNone, true, FailureIsRetryable};
constexpr Guard kShort{"the payer's balance does not cover it", Refusal::kNone, true,
                       FailureIsInsufficient};
constexpr Guard kFinal{"the failure is PERMANENT, or the last try's", Refusal::kNone, true,
                       FailureIsFinal};
constexpr Guard kRetries{"tries are left", Refusal::kNone, false, RetriesAreLeft};
constexpr Guard kQueries{"queries are left", Refusal::kNone, false, QueriesAreLeft};
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
  // From FAILED and SHORTFALL as well: the provider's word that it has paid ends the retries (docs/decisions/0005).
  LegRow{"m9",   {kSubmitted, kFailed, kShortfall},    {kPaid},           {},                       kSettled,   {kEndDeadlines, kSettle}},
  LegRow{"m10",  {kSubmitted},                         {kFailedAnswer},   {kRetryable, kRetries},   kFailed,    {kEndDeadlines, kArmRetry}},
  LegRow{"m11",  {kFailed},                            {kT15, kMayBeSent}, {kMaySend, kUnbraked},   kSubmitted, {kSend, kArmAnswer}},
  LegRow{"m12",  {kSubmitted},                         {kFailedAnswer},   {kShort, kRetries},       kShortfall, {kEndDeadlines, kArmRetry}},
  LegRow{"m13",  {kSubmitted, kFailed},                {kFailedAnswer},   {kFinal, kKnown},         kRerouted,  {kEndDeadlines, kFollow}},
  LegRow{"m14",  {kSubmitted, kFailed},                {kFailedAnswer},   {kFinal},                 kOwed,      {kEndDeadlines, kOwe}},
  // Ours: a reversed sum that has nowhere to go (docs/decisions/0009, 16).
  LegRow{"m14r", {kReserved},                          {kOweAtOnce},      {},                       kOwed,      {}},
  LegRow{"m15",  {kOwed},                              {kDestination, kCovered}, {},                kRerouted,  {kGiven}},
  LegRow{"m16",  {kSettled},                {kReversedAnswer}, {},                       kReversed,  {kReverse}},
  LegRow{"m17",  {kShortfall},                         {kT15, kMayBeSent}, {kMaySend, kUnbraked},   kSubmitted, {kSend, kArmAnswer}},
  // Ours: what would not be sent now (m7) is not tried again either. The try comes as soon as it would be.
  LegRow{"m11w", {kFailed, kShortfall},                {kT15},            {},                       kFailed,    {}, kStay},
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
  leg.by_brake = false;
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

// What a buyer adds to a dearer thing (row 22d).
bool IsDifferenceFromBuyer(const Leg& leg) {
  return leg.kind == LegKind::kPriceDiff && leg.bearer == Bearer::kBuyer;
}

bool Frees(Leg& leg) { return !leg.held_by_appeal && !leg.held_by_dispute; }

// Its time for another try has come, while something kept it (m11w).
bool IsTryDue(const Turn& turn, const Leg& leg) {
  const bool waits = leg.state == kFailed || leg.state == kShortfall;
  return waits && !IsArmedForLeg(turn.order, Timer::kT15, leg.id);
}

// Nothing but a PayoutHold may keep it.
bool MayGo(const Turn& turn, const Leg& leg) {
  return (leg.state == kReserved || IsTryDue(turn, leg)) && MaySendLeg(turn, nullptr);
}

// Of a case that was divided, by whatever answers: the one that was there first.
uint32_t FirstOf(const Order& order, uint32_t number) {
  const uint32_t from = order.cases[number - 1].split_from;
  return from == 0 ? number : FirstOf(order, from);
}

bool AreOfOne(const Order& order, uint32_t number, uint32_t other) {
  return number != other && FirstOf(order, number) == FirstOf(order, other);
}

// With what was asked for it.
void MoveTo(Turn& turn, Leg& leg, uint32_t number) {
  TouchCase(turn, leg.case_number);
  TouchCase(turn, number);
  auto& cases = turn.order.cases;
  Case& from = cases[leg.case_number - 1];
  const int64_t asked = ledger::IsMoney(leg.bucket) ? std::min(leg.amount, from.ask) : 0;
  from.ask -= asked;
  cases[number - 1].ask += asked;
  leg.case_number = number;
}

// What is of no unit goes with the last units of what was one case: it waits with those that are
// not paid yet.
bool IsHandedOn(Turn& turn, Leg& leg) {
  if (!IsOfNoUnit(leg)) return false;
  const auto& legs = turn.order.legs;
  const auto later = std::find_if(legs.begin(), legs.end(), [&](const Leg& each) {
    return each.by_units && IsReady(each) && !IsOfNoUnit(each) &&
           AreOfOne(turn.order, each.case_number, leg.case_number);
  });
  if (later == legs.end()) return false;
  MoveTo(turn, leg, later->case_number);
  return true;
}

bool SendOne(Turn& turn, Leg& leg) {
  turn.leg = &leg;
  if (!MayGo(turn, leg)) {
    leg.by_brake = false;
    return false;
  }
  leg.by_brake = IsBraked(turn, leg);
  if (leg.by_brake || IsHandedOn(turn, leg)) return false;
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

int64_t TakenBack(const Order& order, const Id& leg) { return ledger::TakenOf(order, leg, Stands); }

namespace {

// So much of what a void leg took back is to be taken back all the same.
void TakeAgain(Turn& turn, const Leg& payment, const Leg& dropped, int64_t amount) {
  if (amount <= 0) return;
  Leg leg = TakingBack(turn, payment, dropped.kind, amount);
  leg.decision = dropped.decision;
  ReserveLeg(turn, std::move(leg));
  ClaimFromBehind(turn, payment.id);
}

}  // namespace

bool IsTakenBackOfVoid(const Leg& leg) {
  return ledger::GivesOrdersMoney(leg, false) && leg.bucket != Bucket::kUnspecified &&
         !IsRestored(leg.kind);
}

namespace {

// The payer's claim of what he paid in advance, and one that gives it back.
bool IsClaimBehind(const Leg& leg, const Id& payment) {
  return TakesBack(leg) && leg.bearer != Bearer::kBuyer && leg.cause_leg == payment;
}

int64_t ReturnedOf(const Order& order, const Id& claim) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    if (IsClaimBehind(leg, claim) && Stands(leg)) sum += leg.amount - leg.reversed;
  }
  return sum;
}

// What the claims of a payment come to, less what was given back of them.
int64_t Claimed(const Order& order, const Id& payment) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    if (!IsClaimBehind(leg, payment) || !Stands(leg)) continue;
    sum += leg.amount - leg.reversed - ReturnedOf(order, leg.id);
  }
  return sum;
}

// What the buyer has of it and is not to give back to its payer.
int64_t ToBeClaimed(const Order& order, const Leg& payment) {
  if (payment.state != kSettled && payment.state != kReversed) return 0;
  int64_t left = payment.amount - payment.reversed;
  for (const Leg& leg : order.legs) {
    const bool comes_back = TakesFromBuyer(leg) && Stands(leg) && leg.to == payment.bearer;
    if (comes_back && leg.cause_leg == payment.id) left -= leg.amount - leg.reversed;
  }
  return std::max<int64_t>(0, left);
}

void ReserveClaim(Turn& turn, const Leg& payment, int64_t amount) {
  Leg leg;
  leg.kind = LegKind::kClawback;
  leg.bearer = payment.behind;
  leg.to = payment.bearer;
  leg.bucket = payment.bucket;
  leg.amount = amount;
  leg.cause_leg = payment.id;
  ReserveLeg(turn, std::move(leg));
}

// Too much was claimed: what is there goes back.
void ReturnClaims(Turn& turn, const Leg& payment, int64_t amount) {
  std::vector<Leg> back;
  for (const Leg& claim : turn.order.legs) {
    const bool there = claim.state == kSettled || claim.state == kReversed;
    if (!IsClaimBehind(claim, payment.id) || !there) continue;
    const int64_t kept = claim.amount - claim.reversed - ReturnedOf(turn.order, claim.id);
    const int64_t part = std::min(amount, kept);
    if (part <= 0) continue;
    amount -= part;
    Leg& leg = back.emplace_back();
    leg.kind = LegKind::kClawback;
    leg.bearer = claim.to;
    leg.to = claim.bearer;
    leg.bucket = claim.bucket;
    leg.amount = part;
    leg.cause_leg = claim.id;
  }
  for (Leg& leg : back) ReserveLeg(turn, std::move(leg));
}

}  // namespace

void ClaimFromBehind(Turn& turn, const Id& id) {
  const Leg payment = *turn.order.FindLeg(id);
  if (payment.behind == Bearer::kUnspecified) return;
  const int64_t due = ToBeClaimed(turn.order, payment);
  if (Claimed(turn.order, id) > due) {
    VoidWhere(turn, [&](const Leg& leg) { return IsClaimBehind(leg, id); });
  }
  const int64_t more = due - Claimed(turn.order, id);
  if (more > 0) ReserveClaim(turn, payment, more);
  if (more < 0) ReturnClaims(turn, payment, -more);
}

void TakeBackLeg(Turn& turn, const Leg& source, LegKind kind) {
  const int64_t left = source.amount - source.reversed - TakenBack(turn.order, source.id);
  if (left <= 0) return;
  ReserveLeg(turn, TakingBack(turn, source, kind, left));
  ClaimFromBehind(turn, source.id);
}

Leg TakingBack(const Turn& turn, const Leg& source, LegKind kind, int64_t amount) {
  const auto& legs = turn.order.legs;
  const auto behind = std::find_if(legs.begin(), legs.end(), [&](const Leg& each) {
    const bool waits = IsUnsent(each.state) || each.state == kOwed;
    return IsClaimBehind(each, source.id) && Stands(each) && !waits;
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

int64_t TakenAgain(const Order& order, const Leg& taking, int64_t reversed) {
  const Leg& payment = ledger::PaymentOf(order, taking);
  int64_t due = reversed;
  if (TakesFromBuyer(taking)) {
    due = -ledger::Overhang(order, payment, Stands);
  } else if (payment.behind != Bearer::kUnspecified) {
    due = ToBeClaimed(order, payment) - Claimed(order, payment.id);
  }
  return std::clamp<int64_t>(due, 0, reversed);
}

void TakeBack(Turn& turn, LegKind kind) {
  std::vector<Id> paid;
  for (const Leg& leg : turn.order.legs) {
    // A recovery waits for what is still on its way; a clawback is made when that is there.
    const bool out = leg.state == kSettled || leg.state == kReversed ||
                     (leg.state == kSubmitted && kind == LegKind::kRecovery);
    if (IsOfCase(turn, leg) && out && IsTakenBackOfVoid(leg)) paid.push_back(leg.id);
  }
  for (const Id& id : paid) {
    const Leg source = *turn.order.FindLeg(id);
    TakeBackLeg(turn, source, kind);
  }
}

bool IsNoLongerDue(const Turn& turn, const Leg& leg) {
  if (TakesFromBuyer(leg)) {
    return ledger::Overhang(turn.order, ledger::PaymentOf(turn.order, leg), Stands) > 0;
  }
  if (!IsTowardBuyer(leg) || IsBuyersOwn(leg)) return false;
  return turn.the_case->voided || TakenBack(turn.order, leg.id) >= leg.amount - leg.reversed;
}

void DropIfNoLongerDue(Turn& turn, const Id& id) {
  const Leg leg = *turn.order.FindLeg(id);
  const bool failed = leg.state == kFailed || leg.state == kShortfall || leg.state == kOwed;
  if (!failed) return;
  // Less may be due of it than when it was sent.
  if (TakesBack(leg) && !TakesFromBuyer(leg)) return ClaimFromBehind(turn, leg.cause_leg);
  if (!IsNoLongerDue(turn, leg)) return;
  TakeLegRow(turn, *turn.order.FindLeg(id), kNotNeeded);
  VoidWhere(turn, [&](const Leg& each) { return ledger::TakesBackOf(each, id); });
  if (!TakesFromBuyer(leg)) return;
  const Leg payment = ledger::PaymentOf(turn.order, leg);
  TakeAgain(turn, payment, leg, -ledger::Overhang(turn.order, payment, Stands));
}

int64_t DropFromTakings(Turn& turn, const Leg& payment, int64_t amount) {
  const auto waits = [&](const Leg& leg) {
    return ledger::TakesBackOf(leg, payment.id) && IsReplaceable(leg.state);
  };
  Leg dropped;
  int64_t left = amount;
  for (const Leg& leg : turn.order.legs) {
    if (!waits(leg)) continue;
    dropped = leg;
    left -= leg.amount - leg.reversed;
  }
  VoidWhere(turn, waits);
  if (!dropped.id.IsZero()) TakeAgain(turn, payment, dropped, -left);
  left -= GiveBackOverhang(turn, payment.id);
  // What is still on its way goes back to him when it is there.
  const auto comes = [](const Leg& leg) { return ledger::IsThere(leg) || leg.state == kSubmitted; };
  left -= std::max<int64_t>(0, ledger::Overhang(turn.order, payment, comes));
  return std::max<int64_t>(0, left);
}

namespace {

int64_t DifferenceGivenBack(const Order& order, const Id& paid) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    // One that went another way stands for whom it was followed by.
    if (IsTowardBuyer(leg) && leg.cause_leg == paid && leg.state != kVoid) sum += leg.amount;
  }
  return sum;
}

}  // namespace

int64_t DifferencePaid(const Order& order, const Case& c) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    if (leg.case_number != c.number || !IsDifferenceFromBuyer(leg) || !Stands(leg)) continue;
    sum += leg.amount - leg.reversed - DifferenceGivenBack(order, leg.id);
  }
  return sum;
}

void GiveBackDifference(Turn& turn) {
  std::vector<Leg> paid;
  for (const Leg& leg : turn.order.legs) {
    if (IsOfCase(turn, leg) && IsDifferenceFromBuyer(leg) && ledger::IsThere(leg)) {
      paid.push_back(leg);
    }
  }
  for (const Leg& leg : paid) {
    const int64_t kept = leg.amount - leg.reversed - DifferenceGivenBack(turn.order, leg.id);
    if (kept <= 0) continue;
    Leg back;
    back.kind = LegKind::kPriceDiff;
    back.bearer = leg.to;
    back.bucket = leg.bucket;
    back.amount = kept;
    back.cause_leg = leg.id;
    ReserveLeg(turn, std::move(back));
  }
}

void TakeWhatIsOfNoUnit(Turn& turn) {
  const uint32_t number = turn.the_case->number;
  for (Leg& leg : turn.order.legs) {
    const bool of_none = IsReady(leg) && IsOfNoUnit(leg);
    if (of_none && AreOfOne(turn.order, leg.case_number, number)) MoveTo(turn, leg, number);
  }
}

namespace {

// By itself, or in the place of one that does.
bool GivesDifferenceBack(const Order& order, const Leg& leg) {
  const Leg* before = &leg;
  while (before != nullptr && IsTowardBuyer(*before)) before = order.FindLeg(before->cause_leg);
  return before != nullptr && IsDifferenceFromBuyer(*before);
}

}  // namespace

void VoidReplacedLegs(Turn& turn) {
  VoidWhere(turn, [&](const Leg& leg) {
    const bool of_buyer = TakesFromBuyer(leg) || IsDifferenceFromBuyer(leg);
    const bool replaced =
        !leg.decision.IsZero() || of_buyer || GivesDifferenceBack(turn.order, leg);
    return IsOfCase(turn, leg) && replaced;
  });
}

void RememberReady(Turn& turn) {
  const auto is_ready = [&](const Leg& leg) {
    return IsOfCase(turn, leg) && IsTowardBuyer(leg) && !leg.decision.IsZero() && IsReady(leg);
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
    return IsOfCase(turn, leg) && IsTowardBuyer(leg) && !IsBuyersOwn(leg) &&
           (!leg.decision.IsZero() || IsUnsent(leg.state));
  });
}

void VoidAllLegs(Turn& turn) {
  VoidWhere(turn, [&](const Leg& leg) {
    const bool given = IsTowardBuyer(leg) && !IsBuyersOwn(leg);
    return IsOfCase(turn, leg) && (given || leg.bearer == Bearer::kBuyer);
  });
}

void VoidUnsentTakings(Turn& turn, const Id& id) {
  VoidWhere(turn, [&](const Leg& leg) {
    return TakesBack(leg) && leg.cause_leg == id && IsUnsent(leg.state);
  });
}

void VoidRecovery(Turn& turn) {
  VoidWhere(turn,
            [&](const Leg& leg) { return IsOfCase(turn, leg) && leg.kind == LegKind::kRecovery; });
}

namespace {

// By whom it went to. One that was paid in advance and has been claimed is given back by who stood
// behind it.
Leg GivingBack(const Turn& turn, const Leg& taking, int64_t amount) {
  const Leg& payment = ledger::PaymentOf(turn.order, taking);
  Leg next = SuccessorOf(payment);
  next.cause_leg = taking.id;
  next.amount = amount;
  next.reversals = 0;
  next.bearer = taking.to;
  if (next.bearer != payment.bearer) {
    next.behind = Bearer::kUnspecified;
    if (payment.kind == LegKind::kAdvance) next.kind = ledger::KindOf(payment.bucket);
  }
  return next;
}

int64_t KeptByDecision(const Order& order, const Leg& taking) {
  return taking.amount - taking.reversed - ledger::GivenBackByDecision(order, taking);
}

// At most so much of what `which` have taken of the payment. Returns how much it was.
template <class Which>
int64_t GiveBack(Turn& turn, const Id& payment, int64_t most, bool as_his_own, Which which) {
  std::vector<Id> takings;
  for (const Leg& leg : turn.order.legs) {
    if (ledger::TakesBackOf(leg, payment) && which(leg)) takings.push_back(leg.id);
  }
  int64_t given = 0;
  for (const Id& id : takings) {
    const Leg taking = *turn.order.FindLeg(id);
    const int64_t kept =
        as_his_own ? ledger::TakenBy(turn.order, taking) : KeptByDecision(turn.order, taking);
    const int64_t part = std::min(most - given, kept);
    if (part <= 0) continue;
    Leg next = GivingBack(turn, taking, part);
    if (as_his_own) {
      next.decision = Id{};
      next.behind = Bearer::kUnspecified;  // who has it gives it back: nobody owes it to him
    }
    ReserveLeg(turn, std::move(next));
    given += part;
  }
  return given;
}

}  // namespace

int64_t GiveBackOverhang(Turn& turn, const Id& id) {
  const Leg& payment = *turn.order.FindLeg(id);
  const int64_t over = ledger::Overhang(turn.order, payment, ledger::IsThere);
  return GiveBack(turn, id, over, true, ledger::IsThere);
}

void GiveBackRecovered(Turn& turn) {
  if (turn.the_case->OverlayIsLive()) return;
  const auto recovered = [](const Leg& leg) {
    return leg.kind == LegKind::kRecovery && ledger::IsThere(leg);
  };
  std::vector<Id> payments;
  for (const Leg& leg : turn.order.legs) {
    const bool is_new =
        std::find(payments.begin(), payments.end(), leg.cause_leg) == payments.end();
    if (IsOfCase(turn, leg) && recovered(leg) && is_new) payments.push_back(leg.cause_leg);
  }
  int64_t given = 0;
  for (const Id& payment : payments) {
    int64_t kept = 0;
    for (const Leg& leg : turn.order.legs) {
      const bool counts = ledger::TakesBackOf(leg, payment) && recovered(leg);
      if (counts) kept += KeptByDecision(turn.order, leg);
    }
    given += GiveBack(turn, payment, kept, false, recovered);
  }
  if (given > 0 && turn.the_case->phase == Phase::kClosed) MovePhase(turn, Phase::kSettling);
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
      turn, [&](const Leg& leg) { return IsOfCase(turn, leg) && IsReady(leg); },
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
      turn, [&](const Leg& leg) { return ledger::GivesOrdersMoney(leg, false) && IsReady(leg); },
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
    return ledger::GivesOrdersMoney(each, false) && ledger::IsMoney(each.bucket) &&
           ledger::IsReplaceable(each.state);
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
  for (const Leg* each = order.FindLeg(leg.cause_leg); each != nullptr;
       each = order.FindLeg(each->cause_leg)) {
    if (IsTowardBuyer(*each)) tried.push_back(each->destination);
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
  next.cause_leg = TakesBack(leg) ? leg.cause_leg : leg.id;
  next.destination = leg.destination;
  return next;
}

void ReserveSuccessor(Turn& turn, const Id& replaced, Leg next) {
  const Id id = ReserveLeg(turn, std::move(next));
  // What is to be taken back of the old leg is taken back of the new one.
  for (Leg& each : turn.order.legs) {
    if (each.cause_leg == replaced && TakesFromBuyer(each) && IsUnsent(each.state)) {
      each.cause_leg = id;
    }
  }
}

void Reroute(Turn& turn, const Leg& leg, const std::string& destination) {
  Leg next = SuccessorOf(leg);
  if (leg.kind == LegKind::kRefundOriginal) next.kind = LegKind::kRefundBank;
  next.destination = destination;
  ReserveSuccessor(turn, leg.id, std::move(next));
}

}  // namespace refund::arbiter
