// Effects of the leg machine (case-model.md §3.6).
#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/vouchers.h"
#include "engine/base/check.h"

namespace refund::arbiter {
namespace {

Payout PayoutOf(const Turn& turn, PayoutAct act) {
  const Leg& leg = *turn.leg;
  Payout payout;
  payout.act = act;
  payout.leg = leg.id;
  payout.key = turn.order.key;
  CHECK(leg.case_number != 0);  // goodwill is a voucher, which nobody is told to pay
  payout.case_id = turn.order.cases[leg.case_number - 1].id;
  payout.decision = leg.decision;
  payout.kind = leg.kind;
  payout.bearer = leg.bearer;
  payout.line = leg.line;
  payout.amount = turn.InCurrency(leg.amount);
  payout.attempt = leg.attempt;
  payout.buyer = turn.order.buyer;
  payout.at = turn.at;
  payout.to = leg.to;
  payout.bucket = leg.bucket;
  payout.destination = leg.destination;
  return payout;
}

// How a leg of that bearer is shown (rules.md §3.1).
void NoteSettled(Turn& turn, const Leg& leg) {
  const auto note = [&](DerivedKind kind) {
    Note(turn, kind, leg.id, leg.amount, Role::kUnspecified, std::string(NameOf(leg.kind)));
  };
  if (leg.bearer == Bearer::kFund) note(DerivedKind::kFundDrawn);
  if (leg.to == Bearer::kFund) note(DerivedKind::kFundRecovered);
  if (leg.bearer == Bearer::kMerchant) note(DerivedKind::kMerchantDebited);
  const bool cover = leg.bearer == Bearer::kFreightCover || leg.bearer == Bearer::kInsurer;
  if (leg.kind == LegKind::kFreightReturn && cover) note(DerivedKind::kFreightClaimPaid);
}

// The line is refunded for another reason: what a voucher settled before is unsettled, as far as it
// was not spent (G-30).
void RevokeOlderVouchers(Turn& turn, const Leg& refund) {
  for (const Case& c : turn.order.cases) {
    if (c.number != refund.case_number && c.line == refund.line && c.settled_claim) {
      RevokeSettlementVouchers(turn, c.number);
    }
  }
}

// What was given early for this leg has been used.
void ForgetEarlyDestination(Turn& turn, const Id& leg) {
  std::erase_if(turn.order.parked, [&](const ParkedFact& fact) {
    const auto* body = std::get_if<PayoutDestinationGiven>(&fact.body);
    return body != nullptr && body->leg == leg;
  });
}

}  // namespace

void SendLeg(Turn& turn) {
  ++turn.leg->attempt;
  // A voucher is the platform's own: nobody is told to pay it.
  if (turn.leg->kind == LegKind::kVoucher) return;
  turn.payouts.push_back(PayoutOf(turn, PayoutAct::kInstruct));
  Note(turn, DerivedKind::kRefundInstructed, turn.leg->id, turn.leg->amount, Role::kUnspecified,
       std::to_string(turn.leg->attempt));
}

void QueryLeg(Turn& turn) {
  ++turn.leg->queries;
  turn.payouts.push_back(PayoutOf(turn, PayoutAct::kQuery));
  Note(turn, DerivedKind::kPayoutQueried, turn.leg->id, turn.leg->amount, Role::kUnspecified,
       std::to_string(turn.leg->queries));
}

void SettleLeg(Turn& turn) {
  if (const auto* answer = turn.BodyIf<RefundPaid>()) turn.leg->reference = answer->reference;
  const Leg leg = *turn.leg;
  const Case& c = *turn.the_case;
  NoteSettled(turn, leg);
  if (leg.kind == LegKind::kVoucher) IssueVoucher(turn, leg, VoucherKind::kSettlement);
  if (ledger::GivesOrdersMoney(leg, false)) {
    RevokeOlderVouchers(turn, leg);
    TellOfLatePayment(turn);
  }
  if (!c.voided || IsBuyersOwn(leg)) ClaimFromBehind(turn, leg.id);
  // The advance may have come back while its claim was on its way.
  if (TakesBack(leg) && leg.bearer != Bearer::kBuyer) ClaimFromBehind(turn, leg.cause_leg);
  const bool goods_are_back = c.money_first && c.goods == Goods::kInspectedOk;
  if (leg.kind == LegKind::kRecovery && goods_are_back && !c.voided) GiveBackRecovered(turn);
  if (TakesFromBuyer(leg)) GiveBackOverhang(turn, leg.cause_leg);
  // It was on its way when the case was voided.
  if (c.voided && IsTakenBackOfVoid(leg)) {
    TakeBackLeg(turn, leg, LegKind::kClawback);
  }
}

void RerouteToKnown(Turn& turn) {
  Leg leg = *turn.leg;
  const std::string destination = KnownDestination(turn.order, leg);
  ForgetEarlyDestination(turn, leg.id);
  Reroute(turn, leg, destination);
}

void RerouteAsGiven(Turn& turn) {
  const Leg leg = *turn.leg;
  if (const auto* given = turn.BodyIf<PayoutDestinationGiven>()) {
    return Reroute(turn, leg, given->destination);
  }
  // The platform pays in advance, and takes it back from who could not once the buyer has it (0009,
  // 15 and 28).
  Leg advance = SuccessorOf(leg);
  advance.kind = LegKind::kAdvance;
  advance.bearer = Bearer::kPlatform;
  advance.behind = leg.bearer;
  ReserveSuccessor(turn, leg.id, std::move(advance));
}

void OweLeg(Turn& turn) {
  const Id id = turn.leg->id;
  if (IsNoLongerDue(turn, *turn.leg)) return DropIfNoLongerDue(turn, id);
  const bool short_of_money = turn.BodyAs<RefundFailed>().failure == PayoutFailure::kInsufficient;
  Leg* leg = turn.order.FindLeg(id);
  if (short_of_money && leg->bearer == Bearer::kMerchant && IsTowardBuyer(*leg)) {
    TakeLegRow(turn, *leg, kCovered);
  }
}

namespace {

// In the place of what came back: another leg for as much of it as is still due.
void ReserveAgain(Turn& turn, const Leg& leg, int64_t amount) {
  constexpr uint32_t kMostReversals = 3;
  Leg next = SuccessorOf(leg);
  next.amount = amount;
  next.reversals = leg.reversals + 1;
  next.destination = KnownDestination(turn.order, leg);
  const bool known = !next.destination.empty() && next.reversals < kMostReversals;
  if (known && leg.kind == LegKind::kRefundOriginal) next.kind = LegKind::kRefundBank;
  const Id id = ReserveLeg(turn, std::move(next));
  if (!known) TakeLegRow(turn, *turn.order.FindLeg(id), kOweAtOnce);
}

}  // namespace

// What was to be taken back of it need not be: that much has come by itself. What has been taken
// already goes back to the buyer, whose own it is. Only the rest is paid again.
void ReverseLeg(Turn& turn) {
  const int64_t reversed = turn.BodyAs<RefundReversed>().amount.units;
  turn.leg->reversed += reversed;
  const Leg leg = *turn.leg;
  int64_t again = reversed;
  if (IsTowardBuyer(leg)) again = DropFromTakings(turn, leg, reversed);
  if (TakesBack(leg)) again = TakenAgain(turn.order, leg, reversed);
  if (again > 0) ReserveAgain(turn, leg, again);
  ForgetEarlyDestination(turn, leg.id);
  if (IsTowardBuyer(leg)) ClaimFromBehind(turn, leg.id);
}

// An advance that never went is claimed from nobody, nor is anything else that did not go. One that
// is not to come back from the buyer is claimed from who stands behind it.
void DropWhatTakesItBack(Turn& turn) {
  const Leg leg = *turn.leg;
  VoidUnsentTakings(turn, leg.id);
  if (TakesFromBuyer(leg)) {
    // A bank dispute that is lost drops legs of any case, with none at hand.
    Case& its_case = turn.order.cases[leg.case_number - 1];
    Case* const at_hand = std::exchange(turn.the_case, &its_case);
    if (!its_case.voided) ClaimFromBehind(turn, leg.cause_leg);
    turn.the_case = at_hand;
  }
  turn.leg = turn.order.FindLeg(leg.id);
}

void GiveBackLeg(Turn& turn) { GiveBackDraws(turn, *turn.leg); }

void ArmRetry(Turn& turn) {
  Arm(turn, {.timer = Timer::kT15, .role = Role::kPlatform, .leg = turn.leg->id});
}

void ArmAnswer(Turn& turn) {
  if (turn.leg->kind == LegKind::kVoucher) return;
  Arm(turn, {.timer = Timer::kT12, .role = Role::kPsp, .leg = turn.leg->id});
}

void EndLegDeadlines(Turn& turn) {
  EndOfLeg(turn, Timer::kT12, turn.leg->id);
  EndOfLeg(turn, Timer::kT15, turn.leg->id);
}

}  // namespace refund::arbiter
