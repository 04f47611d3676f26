// Whose move it is in a case, and what they may do.
#include <algorithm>
#include <utility>

#include "engine/arbiter/turn.h"
#include "tools/generate/acts.h"

namespace refund::generate {
namespace {

// ---- Seller and buyer ----

void Accept(History& h, const Target& t) {
  const Case& c = h.CaseOf(t);
  RefundAccepted body;
  body.quantity = SomeQuantity(h, c);
  body.waived = c.kind == CaseKind::kReturnRefund && h.random().Percent(15);
  body.intercept =
      c.kind == CaseKind::kRefundOnly && c.goods == Goods::kShipped && h.random().Percent(60);
  if (h.random().Percent(30)) body.address = h.random().Pick({"addr-1", "addr-2", "addr-3"});
  h.Say(std::move(body), Role::kSeller, t);
}
void Reject(History& h, const Target& t) {
  RefundRejected body;
  body.ground = h.random().Pick({RefusalGround::kDeliveredIntact, RefusalGround::kPersonalTaste,
                                 RefusalGround::kNoEvidence, RefusalGround::kNone});
  body.evidence.push_back(h.Piece());
  body.quantity = SomeQuantity(h, h.CaseOf(t));
  h.Say(std::move(body), Role::kSeller, t);
}
void Offer(History& h, const Target& t) {
  OfferMade body;
  const size_t options = h.random().Pick<size_t>({1, 1, 2, 3});
  for (size_t i = 0; i < options; ++i) body.options.push_back(SomeOption(h, h.CaseOf(t)));
  h.Say(std::move(body), Role::kSeller, t);
}
void Amend(History& h, const Target& t) {
  const Case& c = h.CaseOf(t);
  const int64_t most = MostFor(h, h.LineOf(c), c.kind, c.reason, c.quantity, &c);
  RefundAmended body;
  body.ask = h.Cny(std::max<int64_t>(1, h.random().Between(1, std::max<int64_t>(1, most))));
  if (h.random().Percent(20) && c.kind == CaseKind::kReturnRefund)
    body.kind = CaseKind::kRefundOnly;
  h.Say(std::move(body), Role::kBuyer, t);
}
void Withdraw(History& h, const Target& t) { h.Say(RefundWithdrawn{}, h.CaseOf(t).filer.role, t); }
void Settle(History& h, const Target& t) {
  h.Say(SomeSettlement(h, SomeOption(h, h.CaseOf(t))), Role::kPlatform, t);
}
void Choose(History& h, const Target& t) {
  const refund::Offer& offer = h.CaseOf(t).offers.back();
  h.Say(OfferChosen{offer.id, static_cast<uint32_t>(h.random().Below(offer.options.size())), 0},
        Role::kBuyer, t);
}
void Decline(History& h, const Target& t) {
  h.Say(OfferDeclined{h.CaseOf(t).offers.back().id}, Role::kBuyer, t);
}
void AskForHelp(History& h, const Target& t) {
  h.Say(PlatformHelpRequested{HelpGround::kSellerRefused}, Role::kBuyer, t);
}
void AskOnAGround(History& h, const Target& t) {
  h.Say(PlatformHelpRequested{h.random().Pick(
            {HelpGround::kPassiveHandling, HelpGround::kHandedAround})},
        Role::kBuyer, t);
}
// What was agreed was not done by its deadline.
void AskOnBreach(History& h, const Target& t) {
  const Role asker = h.random().Pick({Role::kBuyer, Role::kSeller});
  h.Say(PlatformHelpRequested{HelpGround::kAgreementBroken}, asker, t);
}
void SellerAsks(History& h, const Target& t) {
  h.Say(PlatformHelpRequested{HelpGround::kGoodsDisputed}, Role::kSeller, t);
}
void Intervene(History& h, const Target& t) {
  PlatformIntervened body;
  body.ground = HelpGround::kPlatformReview;
  h.Say(std::move(body), Role::kPlatform, t);
}
void Show(History& h, const Target& t) {
  EvidenceSubmitted body;
  body.evidence.push_back(h.Piece());
  h.Say(std::move(body), h.random().Pick({Role::kBuyer, Role::kSeller}), t);
}
void Find(History& h, const Target& t) {
  const Liability liability =
      h.random().Pick({Liability::kMerchant, Liability::kMerchant, Liability::kMerchant,
                       Liability::kBuyer, Liability::kCarrier, Liability::kUndetermined});
  h.Say(LiabilityAssessed{liability, ""}, Role::kAgent, t);
}
void Extend(History& h, const Target& t) {
  for (const Deadline& each : h.order().deadlines) {
    const bool of_case = each.case_number == t.case_number && each.leg.IsZero() && !each.paused;
    if (!of_case || each.timer == Timer::kT9) continue;
    return h.Say(
        DeadlineExtended{each.timer, each.due + h.random().Between(1, 3 * kDayMs), "peak season"},
        Role::kPlatform, t);
  }
  Show(h, t);
}

void AddToOpen(const Case& c, const Target& t, Choices& choices) {
  if (c.overlay != Overlay::kEvidence && c.overlay != Overlay::kReview) choices.Add(3, t, Show);
  const bool broken = c.overlay == Overlay::kFinal && c.final_by_agreement && c.in_default;
  if (broken) choices.Add(40, t, AskOnBreach);
  if (c.OverlayIsLive() || c.phase == Phase::kSettling) return;
  choices.Add(arbiter::OnTheWayBack(c) ? 25 : 5, t, Withdraw);
  choices.Add(3, t, Extend);
  if (c.overlay == Overlay::kFinal) return;
  const bool moving = c.phase == Phase::kAwaitBuyerReturn ||
                      c.phase == Phase::kAwaitSellerReceipt || c.phase == Phase::kAwaitBuyerReceipt;
  choices.Add(5, t, Intervene);
  choices.Add(moving ? 40 : 6, t, AskOnAGround);
}

void AddBefore(const Case& c, const Target& t, Choices& choices) {
  const bool offered = !c.offers.empty() && c.offers.back().open;
  switch (c.phase) {
    case Phase::kAwaitSeller:
      choices.Add(35, t, Accept);
      choices.Add(350, t, Reject);
      choices.Add(arbiter::OnTheWayBack(c) ? 250 : 25, t, Offer);
      break;
    case Phase::kSellerRefused:
    case Phase::kReceiptRefused:
      choices.Add(1000, t, AskForHelp);
      break;
    case Phase::kAwaitBuyerOffer:
      if (!offered) return;
      choices.Add(60, t, Choose);
      choices.Add(30, t, Decline);
      break;
    default:
      return;
  }
  choices.Add(6, t, Settle);
  const bool asks = c.phase == Phase::kAwaitSeller || c.phase == Phase::kSellerRefused;
  if (asks && c.filer.role == Role::kBuyer && !arbiter::IsGoodsKind(c.kind))
    choices.Add(8, t, Amend);
}

// ---- Goods back, goods out ----

void ShipBack(History& h, const Target& t) {
  ReturnShipped body{"SF", h.Name("r-"), 0, {}};
  if (!h.CaseOf(t).OverlayIsLive()) body.quantity = SomeQuantity(h, h.CaseOf(t));
  if (h.random().Percent(50)) body.freight = h.Cny(h.random().Pick<int64_t>({500, 1200, 2000}));
  h.Say(std::move(body), Role::kBuyer, t);
}
void GiveAddress(History& h, const Target& t) {
  h.Say(ReturnAddressGiven{h.random().Pick({"addr-1", "addr-2", "addr-3"})}, Role::kSeller, t);
}
void LoseAddress(History& h, const Target& t) { h.Say(ReturnAddressInvalid{}, Role::kCarrier, t); }
void Receive(History& h, const Target& t) { h.Say(ReturnReceived{}, Role::kSeller, t); }
void ScanReturn(History& h, const Target& t) {
  h.Say(DeliveryScan{h.CaseOf(t).return_parcel, DeliveryLevel::kDoor}, Role::kCarrier);
}
void LoseReturn(History& h, const Target& t) {
  h.Say(ParcelLost{h.CaseOf(t).return_parcel}, Role::kCarrier);
}
void MissInterception(History& h, const Target& t) {
  h.Say(InterceptFailed{"p-1"}, Role::kCarrier, t);
}
void TakeGoods(History& h, const Target& t) {
  const Case& c = h.CaseOf(t);
  ReturnInspected body;
  body.result = Inspection::kAccepted;
  body.quantity = SomeQuantity(h, c);
  if (!arbiter::IsGoodsKind(c.kind) && c.ask > 100 && h.random().Percent(15)) {
    body.deduct = h.Cny(h.random().Between(1, 99));
  }
  h.Say(std::move(body), Role::kSeller, t);
}
void RefuseGoods(History& h, const Target& t) {
  ReturnInspected body;
  body.result = Inspection::kRefused;
  body.fault = h.random().Pick({GoodsFault::kUsed, GoodsFault::kDamaged, GoodsFault::kWrongItem});
  body.evidence.push_back(h.Piece());
  h.Say(std::move(body), Role::kSeller, t);
}
void ShipOut(History& h, const Target& t) {
  const Case& c = h.CaseOf(t);
  const CaseKind kind = c.remedy == Remedy::kExchange ? CaseKind::kExchange
                        : c.remedy == Remedy::kRepair ? CaseKind::kRepair
                        : c.remedy == Remedy::kResend ? CaseKind::kResend
                                                      : c.kind;
  if (kind == CaseKind::kExchange)
    return h.Say(ReplacementShipped{"SF", h.Name("x-")}, Role::kSeller, t);
  if (kind == CaseKind::kResend) return h.Say(ResendShipped{"SF", h.Name("x-")}, Role::kSeller, t);
  RepairDone body{"SF", h.Name("x-"), h.LineOf(c).serial};
  if (!body.serial.empty() && h.random().Percent(10)) body.serial = "S-0";
  h.Say(std::move(body), Role::kSeller, t);
}
void GiveUp(History& h, const Target& t) {
  h.Say(SellerCannotFulfil{"none left"}, Role::kSeller, t);
}
void TakeNew(History& h, const Target& t) { h.Say(ReplacementReceived{}, Role::kBuyer, t); }
void ScanNew(History& h, const Target& t) {
  h.Say(DeliveryScan{h.CaseOf(t).out_parcel, DeliveryLevel::kDoor}, Role::kCarrier);
}
void LoseNew(History& h, const Target& t) {
  h.Say(ParcelLost{h.CaseOf(t).out_parcel}, Role::kCarrier);
}

void AddOnTheWayBack(const Case& c, const Target& t, Choices& choices) {
  if (c.goods == Goods::kIntercepting) {
    choices.Add(40, t, Receive);
    choices.Add(40, t, MissInterception);
    return;
  }
  if (c.goods == Goods::kReturnInTransit) {
    choices.Add(40, t, Receive);
    choices.Add(30, t, ScanReturn);
    choices.Add(20, t, LoseReturn);
  }
  if (c.OverlayIsLive()) return;
  choices.Add(60, t, TakeGoods);
  choices.Add(30, t, RefuseGoods);
  choices.Add(15, t, SellerAsks);
}

void AddGoods(const Case& c, const Target& t, Choices& choices) {
  const bool live = c.OverlayIsLive();
  switch (c.phase) {
    case Phase::kAwaitBuyerReturn:
      if (c.goods == Goods::kReturnDue) choices.Add(live ? 30 : 60, t, ShipBack);
      if (live && c.goods == Goods::kReturnInTransit) AddOnTheWayBack(c, t, choices);
      choices.Add(12, t, GiveAddress);
      choices.Add(8, t, LoseAddress);
      break;
    case Phase::kAwaitSellerReceipt:
      AddOnTheWayBack(c, t, choices);
      break;
    case Phase::kReceiptRefused:
      if (!live) choices.Add(50, t, TakeGoods);
      break;
    case Phase::kAwaitSellerShip:
      choices.Add(live ? 30 : 60, t, ShipOut);
      if (!live) choices.Add(15, t, GiveUp);
      break;
    case Phase::kAwaitBuyerReceipt:
      choices.Add(50, t, TakeNew);
      choices.Add(30, t, ScanNew);
      choices.Add(20, t, LoseNew);
      break;
    default:
      break;
  }
}

// The money is gone, and the goods are still to come back.
void AddOwedGoods(const Case& c, const Target& t, Choices& choices) {
  if (!c.money_first || (c.phase != Phase::kSettling && c.phase != Phase::kClosed)) return;
  if (c.goods == Goods::kReturnDue) choices.Add(60, t, ShipBack);
  if (c.goods == Goods::kReturnInTransit || c.goods == Goods::kAtSeller)
    AddOnTheWayBack(c, t, choices);
}

// ---- The end, and after it ----

void ReopenWithEvidence(History& h, const Target& t) {
  CaseReopened body;
  body.ground = HelpGround::kNewEvidence;
  body.evidence.push_back(h.Piece());
  h.Say(std::move(body), Role::kBuyer, t);
}
void ReopenWithReason(History& h, const Target& t) {
  CaseReopened body;
  body.ground = HelpGround::kNewReason;
  body.reason = SomeReason(h.random());
  h.Say(std::move(body), Role::kBuyer, t);
}
void PlatformReopens(History& h, const Target& t) {
  CaseReopened body;
  body.ground = HelpGround::kPlatformReview;
  h.Say(std::move(body), Role::kPlatform, t);
}
void SetAside(History& h, const Target& t) {
  h.Say(RulingSetAside{"forged evidence", {Role::kAgent, "agent-9"}}, Role::kPlatform, t);
}
void Rearbitrate(History& h, const Target& t) {
  const Case& c = h.CaseOf(t);
  Rearbitrated body;
  body.pack = c.procedure_pack;
  body.ruling = SomeRuling(h, c, /*whole=*/true);
  body.approved_by = {Role::kAgent, "agent-9"};
  h.Say(std::move(body), Role::kPlatform, t);
}

void AddToClosed(History& h, const Case& c, const Target& t, Choices& choices) {
  const bool refused = c.close_reason == CloseReason::kSellerRefusedFinal ||
                       c.close_reason == CloseReason::kBuyerExpired;
  const bool in_time = std::any_of(
      h.order().deadlines.begin(), h.order().deadlines.end(),
      [&](const Deadline& d) { return d.case_number == c.number && d.timer == Timer::kT9; });
  const bool coming = arbiter::OnTheWayBack(c);
  if (in_time && (refused || c.close_reason == CloseReason::kBuyerWithdrew)) {
    choices.Add(coming ? 120 : 15, t, ReopenWithEvidence);
    choices.Add(4, t, ReopenWithReason);
  }
  if (in_time && refused) choices.Add(15, t, AskForHelp);
  if (c.close_reason != CloseReason::kSystemVoid) {
    choices.Add(coming ? 40 : 1, t, PlatformReopens);
  }
  // What the seller has of the buyer's goods comes back to the buyer.
  const bool owed = refused || c.close_reason == CloseReason::kBuyerWithdrew ||
                    c.close_reason == CloseReason::kRuledForSeller ||
                    c.close_reason == CloseReason::kDismissed;
  if (owed && !c.return_parcel.empty()) choices.Add(15, t, ScanReturn);
}

}  // namespace

uint32_t SomeQuantity(History& h, const Case& c) {
  if (c.quantity < 2 || !h.random().Percent(20)) return 0;
  return static_cast<uint32_t>(h.random().Between(1, c.quantity - 1));
}

OfferOption SomeOption(History& h, const Case& c) {
  static constexpr auto kAny = {Remedy::kRefundOnly, Remedy::kRefundOnly, Remedy::kVoucher,
                                Remedy::kReturnRefund, Remedy::kExchange};
  const bool coming = arbiter::OnTheWayBack(c) && h.random().Percent(60);
  Remedy remedy = coming ? Remedy::kReturnRefund : h.random().Pick(kAny);
  const bool back = remedy == Remedy::kReturnRefund || remedy == Remedy::kExchange;
  if (back && h.LineOf(c).perishable) remedy = Remedy::kRefundOnly;
  if (remedy == Remedy::kExchange) return {remedy, h.Cny(0)};
  const int64_t most = std::max<int64_t>(
      1, MostFor(h, h.LineOf(c), CaseKind::kRefundOnly, c.reason, c.quantity, &c));
  return {remedy, h.Cny(h.random().Between(1, std::clamp<int64_t>(c.ask, 1, most)))};
}

SettlementAgreed SomeSettlement(History& h, const OfferOption& option) {
  return {option, {{Role::kBuyer, h.order().buyer}, {Role::kSeller, h.order().merchant}}};
}

void AddPhaseActs(History& h, const Case& c, Choices& choices) {
  const Target t{c.number, 0};
  const bool live = c.OverlayIsLive();
  if (!c.finding && (c.IsOpen() || live)) choices.Add(live ? 80 : 5, t, Find);
  if (c.IsOpen()) AddToOpen(c, t, choices);
  if (c.IsOpen() && !live) AddBefore(c, t, choices);
  AddGoods(c, t, choices);
  if (live) return;
  AddOwedGoods(c, t, choices);
  const bool done = c.phase == Phase::kSettling || c.phase == Phase::kClosed;
  if (done && c.finding && c.close_reason != CloseReason::kSystemVoid) {
    choices.Add(2, t, Rearbitrate);
  }
  if (c.IsOpen() && c.finding && !done) choices.Add(1, t, Rearbitrate);
  if (c.overlay == Overlay::kFinal && !c.final_by_agreement) choices.Add(4, t, SetAside);
  if (c.phase == Phase::kClosed) AddToClosed(h, c, t, choices);
}

}  // namespace refund::generate
