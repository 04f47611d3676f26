// Effects of goods, quantities and landing (case-model.md §3.1, §3.2).
#include <algorithm>
#include <utility>

#include "engine/arbiter/answers.h"
#include "engine/arbiter/due.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/landing.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"
#include "engine/arbiter/ruling.h"
#include "engine/arbiter/verdicts.h"
#include "engine/base/check.h"

namespace refund::arbiter {
namespace {

// The sibling's part of a leg, by units: the case that answered keeps floor(amount · k / n), and
// nothing of what is of no unit.
void DivideLeg(Turn& turn, const Id& id, uint32_t kept, uint32_t of, uint32_t sibling) {
  Leg* leg = turn.order.FindLeg(id);
  Leg rest = *leg;
  leg->amount = PartOfLeg(*leg, kept, of);
  rest.amount -= leg->amount;
  const bool nothing_left = leg->amount == 0;
  // Something is left over always: of an amount above zero, less than all was kept.
  rest.id = turn.NewId("leg");
  rest.case_number = sibling;
  if (nothing_left) leg->waited = false;
  turn.order.legs.push_back(std::move(rest));
  if (nothing_left) TakeLegRow(turn, *turn.order.FindLeg(id), kNotNeeded);
}

// By units, of a sum that may be below zero.
int64_t PartOf(int64_t sum, uint32_t kept, uint32_t of) {
  return sum < 0 ? -FloorShare(-sum, kept, of) : FloorShare(sum, kept, of);
}

bool IsDivided(const Leg& leg, uint32_t case_number) {
  return leg.case_number == case_number && IsReadyOrWaited(leg) && IsTowardBuyer(leg) &&
         leg.kind != LegKind::kFreightReturn;
}

// None of them is a leg's (T12, T15): such a leg was sent, and then its case is not divided
// (docs/decisions/0009, 62).
void CopyDeadlines(Turn& turn, uint32_t from, uint32_t to) {
  std::vector<Deadline> copies;
  for (const Deadline& d : turn.order.deadlines) {
    if (d.case_number != from) continue;
    copies.push_back(d);
    copies.back().case_number = to;
  }
  for (Deadline& d : copies) {
    turn.step.deadlines.push_back({d.paused ? DeadlineAct::kPaused : DeadlineAct::kArmed, d.timer,
                                   d.role, d.case_number, d.generation, d.due, d.remaining_ms});
    turn.order.deadlines.push_back(std::move(d));
  }
}

Case SiblingOf(const Turn& turn, const Case& c, uint32_t kept) {
  Case rest = c;
  rest.number = static_cast<uint32_t>(turn.order.cases.size()) + 1;
  rest.split_from = c.number;
  rest.quantity = c.quantity - kept;
  rest.ask = c.ask - PartOfAsk(turn.order, c, c.ask, kept);
  rest.extra = c.extra - PartOf(c.extra, kept, c.quantity);
  // Of the goods that have moved those of the case that answered went first.
  rest.shipped_back = c.shipped_back - std::min(c.shipped_back, kept);
  rest.received = c.received - std::min(c.received, kept);
  rest.accepted = c.accepted - std::min(c.accepted, kept);
  rest.version = 0;
  rest.proposal.reset();  // what is approved, once, is for the units that it names
  // Its freight is claimed once, by the case that answered.
  if (c.freight_claimed) rest.freight_claimed = true;
  return rest;
}

int64_t ReturnFreight(const Turn& turn, Bearer bearer) {
  const policy::Pack& pack = turn.Procedure();
  const Case& c = *turn.the_case;
  const int64_t sum = c.return_freight ? *c.return_freight : pack.freight_flat.units;
  const bool capped = bearer == Bearer::kFreightCover || bearer == Bearer::kInsurer;
  return capped ? std::min(sum, pack.freight_cover_cap.units) : sum;
}

// The parcel that is stopped on its way out: the newest that is no return of a buyer's, and no
// replacement. It comes back under the number it went out with.
std::string NewestOutward(const Order& order) {
  for (auto parcel = order.parcels.rbegin(); parcel != order.parcels.rend(); ++parcel) {
    const bool of_a_case = std::any_of(order.cases.begin(), order.cases.end(), [&](const Case& c) {
      return (c.return_parcel == parcel->id && !c.intercepted) || c.out_parcel == parcel->id;
    });
    if (!of_a_case) return parcel->id;
  }
  return "";
}

// What the decision in force comes to: what stands ready, and what has gone.
int64_t DecidedMoney(const Turn& turn) {
  return ReadyMoney(turn.order, *turn.the_case) + PaidOut(turn.order, *turn.the_case);
}

void FallTo(Turn& turn, CaseKind kind, Basis basis) {
  Case& c = *turn.the_case;
  const bool swap = IsGoodsKind(c.kind);
  const int64_t value = swap ? ValueAtHand(turn) : DecidedMoney(turn);
  c.kind = kind;
  if (swap) c.ask = value;
  Verdict verdict = ForTheBuyer(turn, basis, value);
  verdict.outcome = RulingOutcome::kBuyer;
  if (turn.firing != nullptr) verdict.authors.clear();
  Decide(turn, verdict);
}

void Landed(Turn& turn) {
  Case& c = *turn.the_case;
  CHECK(!c.decisions.empty());
  c.decisions.back().landed = true;
  c.kind = KindFor(c.remedy, c.kind);
}

// Nothing more is to be sent: it is on its way (0009, 46).
void AwaitSent(Turn& turn) {
  Landed(turn);
  EndReturnClocks(turn);
  GoOnReceiving(turn);
}

void MoveAndLand(Turn& turn, Phase phase, void (*after)(Turn&),
                 CloseReason reason = CloseReason::kNone) {
  MovePhase(turn, phase, reason);
  after(turn);
}

}  // namespace

void SplitOffTheRest(Turn& turn) {
  const uint32_t kept = UnitsAtHand(turn);
  const uint32_t number = turn.the_case->number;
  if (kept >= turn.the_case->quantity) return;
  const uint32_t of = turn.the_case->quantity;
  Case rest = SiblingOf(turn, *turn.the_case, kept);
  rest.id = turn.NewId("case");
  const uint32_t sibling = rest.number;
  const int64_t ask = turn.the_case->ask - rest.ask;
  const bool is_live = rest.OverlayIsLive();
  if (!is_live) rest.overlay = Overlay::kNone;
  turn.order.cases.push_back(std::move(rest));
  turn.the_case = &turn.order.cases[number - 1];
  std::vector<Id> divided;
  for (const Leg& leg : turn.order.legs) {
    if (IsDivided(leg, number)) divided.push_back(leg.id);
  }
  for (const Id& id : divided) DivideLeg(turn, id, kept, of, sibling);
  CopyDeadlines(turn, number, sibling);
  Case& c = *turn.the_case;
  c.quantity = kept;
  c.ask = ask;
  c.extra = PartOf(c.extra, kept, of);
  c.shipped_back = std::min(c.shipped_back, kept);
  c.received = std::min(c.received, kept);
  c.accepted = std::min(c.accepted, kept);
  TouchCase(turn, sibling);
}

// ---- Back ----

void AskReturn(Turn& turn) {
  turn.the_case->money_first = false;
  AskForReturn(turn);
}

void AskReturnAfterMoney(Turn& turn) {
  turn.the_case->money_first = true;
  AskForReturn(turn);
}

void WaiveReturn(Turn& turn) { turn.the_case->goods = Goods::kWaived; }

void Intercept(Turn& turn) {
  Case& c = *turn.the_case;
  c.intercepted = true;
  c.goods = Goods::kIntercepting;
  c.return_parcel = NewestOutward(turn.order);
  ArmInspection(turn, false);
}

void FailInterception(Turn& turn) {
  turn.the_case->return_parcel.clear();  // it goes on to the buyer
  AskForReturn(turn);
}

void ArmShipping(Turn& turn) { Arm(turn, {.timer = Timer::kT6, .role = Role::kSeller}); }

void ShipReturn(Turn& turn) {
  Case& c = *turn.the_case;
  const auto& body = turn.BodyAs<ReturnShipped>();
  c.goods = Goods::kReturnInTransit;
  c.shipped_back = c.quantity;
  c.return_parcel = body.parcel;
  if (body.freight) c.return_freight = body.freight->units;
  End(turn, Timer::kT3);
  ArmInspection(turn, false);
  if (c.money_first) return;  // claimed with row 11 alone (docs/decisions/0009, 14)
  const auto bearer = AnswerTo<Bearer>(turn, policy::Question::kFreight);
  ClaimFreight(turn, ReturnFreight(turn, bearer), bearer);
}

void TakeAddress(Turn& turn) {
  Case& c = *turn.the_case;
  c.return_address = turn.BodyAs<ReturnAddressGiven>().address;
  // While T3 runs no address is waited for: another one gives the buyer no new time.
  const Deadline* t3 = FindDeadline(turn, Timer::kT3);
  if (t3 != nullptr && !t3->paused) return;
  if (FindDeadline(turn, Timer::kT14) != nullptr) {
    Pause(turn, Timer::kT14);  // the second time, what was left of it
    if (!Resume(turn, Timer::kT3)) {
      Arm(turn, {.timer = Timer::kT3, .role = Role::kBuyer});
    }
  }
}

void LoseAddress(Turn& turn) {
  Case& c = *turn.the_case;
  if (!c.return_address.empty()) c.invalid_address = std::exchange(c.return_address, "");
  Pause(turn, Timer::kT3);
  // That nobody can deliver there is no new time for a seller who owes an address already.
  if (!Resume(turn, Timer::kT14) && FindDeadline(turn, Timer::kT14) == nullptr) {
    Arm(turn, {.timer = Timer::kT14, .role = Role::kSeller});
  }
}

// Row 12b: nobody could say where to, so the buyer keeps the goods, and the seller pays what the
// buyer has spent on sending them in vain.
void GiveUpReturn(Turn& turn) {
  Case& c = *turn.the_case;
  Note(turn, DerivedKind::kViolationRecorded, c.id, 0, Role::kSeller,
       std::string(NameOf(Violation::kAbnormalAddress)));
  c.goods = Goods::kWaived;
  if (IsGoodsKind(c.kind)) {
    FallTo(turn, CaseKind::kRefundOnly, Basis::kFallback);
  } else {
    c.kind = CaseKind::kRefundOnly;
  }
  if (c.invalid_address.empty()) return;
  ClaimFreight(turn, ReturnFreight(turn, Bearer::kMerchant), Bearer::kMerchant);
  ApproveFreight(turn);
}

void ArriveAtSeller(Turn& turn) {
  ArriveAside(turn);
  ArmInspection(turn, true);
}

void CountAsAccepted(Turn& turn) {
  Case& c = *turn.the_case;
  c.shipped_back = c.received = c.accepted = c.quantity;
  if (c.goods != Goods::kLost) c.goods = Goods::kInspectedOk;
  End(turn, Timer::kT5);
}

void AcceptGoods(Turn& turn) {
  const auto& body = turn.BodyAs<ReturnInspected>();
  CountAsAccepted(turn);
  StoreEvidence(turn, body.evidence, 0, false);
  if (!body.deduct || body.deduct->units == 0 || IsGoodsKind(turn.the_case->kind)) return;
  Decide(turn, ForTheBuyer(turn, Basis::kInspection, DecidedMoney(turn) - body.deduct->units));
}

void RefuseGoods(Turn& turn) {
  Case& c = *turn.the_case;
  const auto& body = turn.BodyAs<ReturnInspected>();
  c.shipped_back = c.received = c.quantity;
  c.goods = Goods::kInspectedBad;
  c.fault = body.fault;
  StoreEvidence(turn, body.evidence, 0, false);
}

// A ruling that gave a voucher, reserved again when the case was reopened (26b), stands as it is.
bool AVoucherStandsReady(const Turn& turn) {
  return std::any_of(turn.order.legs.begin(), turn.order.legs.end(), [&](const Leg& leg) {
    return leg.case_number == turn.the_case->number && leg.kind == LegKind::kVoucher &&
           leg.state == LegState::kReserved;
  });
}

void DecideBySilentInspection(Turn& turn) {
  CountAsAccepted(turn);
  if (AVoucherStandsReady(turn)) return;
  Verdict verdict = ForTheBuyer(turn, Basis::kTimeout, DecidedMoney(turn));
  verdict.as_reserved = !IsGoodsKind(turn.the_case->kind);
  Decide(turn, verdict);
}

void ArriveAside(Turn& turn) {
  Case& c = *turn.the_case;
  c.goods = Goods::kAtSeller;
  if (c.shipped_back == 0) c.shipped_back = c.quantity;  // intercepted on its way out
  c.received = c.shipped_back;
}

void LoseReturnAside(Turn& turn) {
  turn.the_case->goods = Goods::kLost;
  turn.the_case->return_lost = true;
}

void MissInterceptionAside(Turn& turn) {
  turn.the_case->goods = Goods::kReturnDue;
  turn.the_case->return_parcel.clear();
  turn.the_case->intercept_failed = true;
}

void ReturnToOrigin(Turn& turn) { turn.the_case->goods = Goods::kReturnedToOrigin; }

void LoseReturn(Turn& turn) { turn.the_case->goods = Goods::kLost; }

void DecideByLoss(Turn& turn) {
  Case& c = *turn.the_case;
  c.goods = Goods::kLost;
  // Of a parcel that was lost under an arbitration it is known when T3 passes (row 12l).
  const Actor teller = turn.firing == nullptr ? turn.actor() : Actor{Role::kEngine, ""};
  c.finding = Finding{Liability::kCarrier, "the goods were lost on their way", teller};
  const CaseKind kind = c.kind == CaseKind::kRefundOnly ? c.kind : CaseKind::kReturnRefund;
  FallTo(turn, kind, Basis::kLoss);
}

void SettleWithoutReturn(Turn& turn) {
  if (IsGoodsKind(turn.the_case->kind)) DecideByLoss(turn);
}

// ---- Out ----

void ShipOut(Turn& turn) {
  Case& c = *turn.the_case;
  if (const auto* body = turn.BodyIf<ReplacementShipped>()) c.out_parcel = body->parcel;
  if (const auto* body = turn.BodyIf<RepairDone>()) c.out_parcel = body->parcel;
  if (const auto* body = turn.BodyIf<ResendShipped>()) c.out_parcel = body->parcel;
  c.out_goods = Goods::kShipped;
  c.out_received = false;
  if (c.phase == Phase::kAwaitBuyerReceipt) ArmConfirmation(turn, false);
}

void DeliverOut(Turn& turn) {
  Case& c = *turn.the_case;
  if (std::exchange(c.out_goods, Goods::kWithBuyer) == Goods::kWithBuyer) return;  // once
  if (FindDeadline(turn, Timer::kT7) != nullptr) ArmConfirmation(turn, true);
}

void ConfirmOut(Turn& turn) {
  turn.the_case->out_goods = Goods::kWithBuyer;
  turn.the_case->out_received = true;
}

void LoseOut(Turn& turn) {
  turn.the_case->out_goods = Goods::kLost;
  turn.the_case->finding =
      Finding{Liability::kCarrier, "the replacement was lost on its way", turn.actor()};
}

void DecideByFallback(Turn& turn) {
  const Case& c = *turn.the_case;
  const bool came_back = c.kind != CaseKind::kResend;
  FallTo(turn, came_back ? CaseKind::kReturnRefund : CaseKind::kRefundOnly, Basis::kFallback);
}

// Rows 22b, 22d: what the new thing is cheaper or dearer by.
void DecideByDelivery(Turn& turn) {
  Case& c = *turn.the_case;
  ConfirmOut(turn);
  if (c.extra < 0) {
    Verdict verdict = ForTheBuyer(turn, Basis::kDelivery, 0);
    verdict.amount = -c.extra;
    if (turn.firing != nullptr) verdict.authors.clear();
    Decide(turn, verdict);
  }
  const int64_t dearer = c.extra - DifferencePaid(turn.order, c);
  if (dearer > 0) {
    Leg leg;
    leg.kind = LegKind::kPriceDiff;
    leg.bearer = Bearer::kBuyer;
    leg.to = Bearer::kMerchant;
    leg.amount = dearer;
    ReserveLeg(turn, std::move(leg));
  }
}

// ---- The money went first ----

void RecoverGoods(Turn& turn) {
  TakeWhatIsOfNoUnit(turn);
  VoidReadyLegs(turn);
  TakeBack(turn, LegKind::kRecovery);
}

void EndReturnClocks(Turn& turn) {
  End(turn, Timer::kT3);
  End(turn, Timer::kT5);
}

void ReleaseRecovery(Turn& turn) {
  EndReturnClocks(turn);
  VoidRecovery(turn);
  GiveBackRecovered(turn);
  ApproveFreight(turn);
}

// ---- Landing ----

void AfterL1(Turn& turn) {
  Landed(turn);
  Case& c = *turn.the_case;
  EndReturnClocks(turn);
  if (WithBuyer(c)) c.goods = Goods::kWaived;
}

void AfterL2(Turn& turn) {  // and L4
  Landed(turn);
  AskReturn(turn);
}

void AfterL3(Turn& turn) {
  Landed(turn);
  Case& c = *turn.the_case;
  c.money_first = true;
  // A return that was due already goes on with what was left of its time.
  if (c.goods == Goods::kReturnDue && FindDeadline(turn, Timer::kT3) != nullptr) {
    ResumeGoods(turn);
  } else {
    AskForReturn(turn);
  }
}

void AfterL5(Turn& turn) {
  Case& c = *turn.the_case;
  // What the buyer has said to have is WITH_BUYER, so this is still on its way.
  if (c.out_goods == Goods::kShipped) return AwaitSent(turn);
  Landed(turn);
  EndReturnClocks(turn);
  c.out_goods = Goods::kUnshipped;
  c.out_received = false;
  ArmShipping(turn);
}

void AfterL6(Turn& turn) {
  Landed(turn);
  ArmInspection(turn, false);
}

void AfterL7(Turn& turn) {  // and L8
  Landed(turn);
  EndReturnClocks(turn);
  RememberReady(turn);
  VoidReadyLegs(turn);
}

void AfterL7b(Turn& turn) {
  AfterL7(turn);
  TakeBack(turn, LegKind::kRecovery);
}

void LandL1(Turn& turn) { MoveAndLand(turn, Phase::kSettling, AfterL1); }
void LandL2(Turn& turn) { MoveAndLand(turn, Phase::kAwaitBuyerReturn, AfterL2); }
void LandL3(Turn& turn) { MoveAndLand(turn, Phase::kSettling, AfterL3); }
void LandL5(Turn& turn) {
  // Sent while the decision was waited for. What the buyer had before, and disputes, is another
  // matter.
  const bool sent = ReplacementWasSent(turn, nullptr);
  MovePhase(turn, Phase::kAwaitSellerShip);
  sent ? AwaitSent(turn) : AfterL5(turn);
}
void LandL6(Turn& turn) { MoveAndLand(turn, Phase::kAwaitSellerReceipt, AfterL6); }
void LandL7b(Turn& turn) {
  MoveAndLand(turn, Phase::kClosed, AfterL7b, CloseReason::kRuledForSeller);
}
void LandL7(Turn& turn) {
  MoveAndLand(turn, Phase::kClosed, AfterL7, CloseReason::kRuledForSeller);
}
void LandL8(Turn& turn) { MoveAndLand(turn, Phase::kClosed, AfterL7, CloseReason::kDismissed); }
void LandL9(Turn& turn) {
  MovePhase(turn, Phase::kClosed, CloseReason::kSystemVoid);
  Landed(turn);
  VoidCase(turn);
}

}  // namespace refund::arbiter
