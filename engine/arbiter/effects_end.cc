// Effects of appeal, authority and the end of a case (case-model.md §3.2, §3.4).
#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/landing.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"
#include "engine/arbiter/verdicts.h"
#include "engine/arbiter/vouchers.h"

namespace refund::arbiter {

void SellerDefaults(Turn& turn) { turn.the_case->in_default = Role::kSeller; }

void JoinAppeal(Turn& turn) {
  turn.the_case->appealed_by.push_back(turn.actor().role);
  StoreEvidence(turn, turn.BodyAs<AppealFiled>().evidence, 0, false);
}

void FileAppeal(Turn& turn) {
  JoinAppeal(turn);
  HoldForAppeal(turn);
  ArmReview(turn);
}

void UpholdRuling(Turn& turn) {
  turn.the_case->ruling_authors.push_back(turn.actor().id);
  FreeFromAppeal(turn);
}

void DecideAppeal(Turn& turn) {
  const auto& body = turn.BodyAs<AppealDecided>();
  if (!body.ruling) return UpholdRuling(turn);
  RuleBy(turn, *body.ruling, Basis::kAppeal, {turn.actor()});
  FreeFromAppeal(turn);
}

// The ruling falls, and what it reserved waits for the next. What has gone out is settled with that
// one's difference.
void SetAside(Turn& turn) {
  Case& c = *turn.the_case;
  ++c.reopening;
  c.appealed_by.clear();
  c.appeal_waived_by.clear();
  c.landed_first = false;
  c.voided = false;  // it was by the ruling
  c.outcome = RulingOutcome::kUnspecified;
  HoldForAppeal(turn);
  ArmReview(turn);
}

void PayFirst(Turn& turn) { turn.the_case->landed_first = true; }

// a12e, a14f: the ruling was paid first, and this much more is due.
void SettleDelta(Turn& turn) {
  MovePhase(turn, Phase::kSettling);
  ResumeReturn(turn);
}

// The decision leaves a return due after the money: its clock goes on.
void ResumeReturn(Turn& turn) {
  if (turn.the_case->money_first) {
    ResumeGoods(turn);
  } else {
    EndReturnClocks(turn);
  }
}

void VoidCase(Turn& turn) {
  Case& c = *turn.the_case;
  c.voided = true;
  End(turn, Timer::kT9);
  TakeWhatIsOfNoUnit(turn);
  VoidAllLegs(turn);
  FreeFromAppeal(turn);  // what others owe each other stands
  RevokeSettlementVouchers(turn, c.number);
  TakeBack(turn, LegKind::kClawback);
}

void VoidOverlay(Turn& turn) {
  if (!turn.the_case->OverlayIsLive()) return;
  turn.the_case->outcome = RulingOutcome::kVoid;
  TakeOverlayRow(turn, kOrderVoided, nullptr);
}

void RearbitrateCase(Turn& turn) {
  const auto& body = turn.BodyAs<Rearbitrated>();
  turn.the_case->rearbitrated_pack = body.pack;
  turn.the_case->final_by_agreement = false;
  RuleBy(turn, body.ruling, Basis::kRearbitration, {turn.actor(), body.approved_by});
  ForgetReady(turn);  // what is decided anew after the end is settled
}

void NotePack(Turn& turn) { turn.the_case->rearbitrated_pack = turn.BodyAs<Rearbitrated>().pack; }

void ExtendDeadline(Turn& turn) {
  const auto& body = turn.BodyAs<DeadlineExtended>();
  ++turn.the_case->extensions;
  Extend(turn, *FindDeadline(turn, body.timer), body.until);
  if (!body.reason.empty()) turn.step.detail += body.reason;
}

void NoteBreach(Turn& turn) {
  const Case& c = *turn.the_case;
  Note(turn, DerivedKind::kViolationRecorded, c.id, 0, *c.in_default,
       std::string(NameOf(Violation::kBreachOfAgreement)));
}

// ---- Withdrawn from arbitration: what became of the goods meanwhile is taken up ----

void GoOnShippingBack(Turn& turn) {
  MovePhase(turn, Phase::kAwaitSellerReceipt);
  ArmInspection(turn, turn.the_case->goods == Goods::kAtSeller);
}

void GoOnAfterLoss(Turn& turn) {
  turn.the_case->return_lost = false;
  EndReturnClocks(turn);
  MovePhase(turn, Phase::kSettling);
  DecideByLoss(turn);
}

void GoOnAskingSeller(Turn& turn) {
  turn.the_case->return_lost = false;
  EndReturnClocks(turn);
  MovePhase(turn, Phase::kAwaitSeller);
  ArmSellerReview(turn);
}

void GoOnShippingOut(Turn& turn) {
  MovePhase(turn, Phase::kAwaitSellerShip);
  ArmShipping(turn);
}

void GoOnReceiving(Turn& turn) {
  MovePhase(turn, Phase::kAwaitBuyerReceipt);
  ArmConfirmation(turn, turn.the_case->out_goods == Goods::kWithBuyer);
}

void GoOnReturning(Turn& turn) {
  turn.the_case->intercept_failed = false;
  MovePhase(turn, Phase::kAwaitBuyerReturn);
  AskForReturn(turn);
}

void GoOnFulfilled(Turn& turn) {
  MovePhase(turn, Phase::kClosed, CloseReason::kFulfilled);
  ArmReopenWindow(turn);
}

void GoOnDelivered(Turn& turn) {
  MovePhase(turn, Phase::kSettling);
  DecideByDelivery(turn);
}

}  // namespace refund::arbiter
