#include "engine/arbiter/legs.h"

#include "engine/arbiter/due.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"

namespace refund::arbiter {
namespace {

using enum LegState;

constexpr Guard kSettling{"the case is SETTLING and its arbitration not live", Refusal::kNone,
                          false, CaseIsSettling};
constexpr Guard kRetryable{"the failure is RETRYABLE", Refusal::kNone, true, FailureIsRetryable};
constexpr Guard kFinal{"the failure is PERMANENT, or the last retry's", Refusal::kNone, true,
                       FailureIsFinal};
constexpr Guard kRetries{"retries are left", Refusal::kNone, false, RetriesAreLeft};
constexpr Guard kQueries{"queries are left", Refusal::kNone, false, QueriesAreLeft};

constexpr Effect kSend{"RefundInstructed", SendLeg};
constexpr Effect kQuery{"PayoutQueried", QueryLeg};
constexpr Effect kSettle{"note the provider's reference", SettleLeg};
constexpr Effect kArmRetry{"arm T15", ArmRetry};
constexpr Effect kArmAnswer{"arm T12", ArmAnswer};
constexpr Effect kEndDeadlines{"T12, T15 off", EndLegDeadlines};

constexpr Trigger kPaid = Trigger::On(EventKind::kRefundPaid);
constexpr Trigger kFailedAnswer = Trigger::On(EventKind::kRefundFailed);
constexpr auto kStay = LegRow::Target::kStay;

// clang-format off
constexpr std::array kLegRows = {
  //     label   from                          on                            when                      to          then
  LegRow{"m4",   {kNone},                      {kReserve},                   {},                       kReserved,  {}},
  LegRow{"m7",   {kReserved},                  {kMayBeSent},                 {kSettling},              kSubmitted, {kSend, kArmAnswer}},
  LegRow{"m8",   {kProposed, kReserved, kHeld},{kNotNeeded},                 {},                       kVoid,      {kEndDeadlines}},
  LegRow{"m8b",  {kFailed, kOwed},             {kNotNeeded},                 {},                       kVoid,      {kEndDeadlines}},
  // From FAILED as well: the provider's word that it has paid ends the retries (docs/decisions/0005).
  LegRow{"m9",   {kSubmitted, kFailed},        {kPaid},                      {},                       kSettled,   {kEndDeadlines, kSettle}},
  LegRow{"m10",  {kSubmitted},                 {kFailedAnswer},              {kRetryable, kRetries},   kFailed,    {kEndDeadlines, kArmRetry}},
  LegRow{"m11",  {kFailed},                    {Trigger::Passed(Timer::kT15)},{},                      kSubmitted, {kSend, kArmAnswer}},
  LegRow{"m14",  {kSubmitted, kFailed},        {kFailedAnswer},              {kFinal},                 kOwed,      {kEndDeadlines}},
  LegRow{"m18",  {kSubmitted},                 {Trigger::Passed(Timer::kT12)},{kQueries},              kSubmitted, {kQuery, kArmAnswer}, kStay},
};
// clang-format on
static_assert(LabelsAreUnique(kLegRows));

bool Fits(const LegRow& row, const Turn& turn, Trigger on) {
  if (!row.from.Contains(turn.leg->state) || !row.on.Contains(on)) return false;
  for (const Guard& guard : row.when) {
    if (!guard.holds(turn, nullptr)) return false;
  }
  return true;
}

void Take(const LegRow& row, Turn& turn) {
  Leg& leg = *turn.leg;
  const LegState from = leg.state;
  if (row.target == LegRow::Target::kState) leg.state = row.to;
  turn.step.transitions.push_back({Machine::kLeg, std::string(row.label), leg.case_number,
                                   static_cast<uint8_t>(from), static_cast<uint8_t>(leg.state),
                                   leg.id});
  for (const Effect& effect : row.then) effect.apply(turn);
}

}  // namespace

std::span<const LegRow> LegRows() { return kLegRows; }

bool TakeLegRow(Turn& turn, Leg& leg, Trigger on) {
  turn.leg = &leg;
  for (const LegRow& row : kLegRows) {
    if (!Fits(row, turn, on)) continue;
    Take(row, turn);
    return true;
  }
  return false;
}

Id ReserveLeg(Turn& turn, const Decision& decision, const BearerShare& share) {
  Leg leg;
  leg.id = turn.NewId("leg");
  leg.decision = decision.id;
  leg.case_number = turn.the_case->number;
  leg.kind = LegKind::kRefundOriginal;
  leg.bearer = share.bearer;
  leg.line = turn.the_case->line;
  leg.amount = share.amount;
  turn.order.legs.push_back(std::move(leg));
  TakeLegRow(turn, turn.order.legs.back(), kReserve);
  return turn.order.legs.back().id;
}

void VoidReplacedLegs(Turn& turn) {
  for (Leg& leg : turn.order.legs) {
    if (leg.case_number == turn.the_case->number) TakeLegRow(turn, leg, kNotNeeded);
  }
}

bool SubmitLegs(Turn& turn) {
  bool sent = false;
  for (Leg& leg : turn.order.legs) {
    if (leg.case_number == turn.the_case->number) sent = TakeLegRow(turn, leg, kMayBeSent) || sent;
  }
  return sent;
}

}  // namespace refund::arbiter
