// Guards of goods, landing and quantities.
#include <algorithm>

#include "engine/arbiter/answers.h"
#include "engine/arbiter/entrance.h"
#include "engine/arbiter/fail.h"
#include "engine/arbiter/filing.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/landing.h"

namespace refund::arbiter {
namespace {

std::string ParcelOf(const Turn& turn) {
  if (const auto* body = turn.BodyIf<DeliveryScan>()) return body->parcel;
  if (const auto* body = turn.BodyIf<ParcelLost>()) return body->parcel;
  return "";
}

bool ReturnIsDeferred(const Case& c) { return c.money_first; }

bool HasClosedWith(const Case& c, std::initializer_list<CloseReason> reasons) {
  return std::find(reasons.begin(), reasons.end(), c.close_reason) != reasons.end();
}

}  // namespace

// ---- Quantities ----

bool QuantityFits(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  const uint32_t named = UnitsAtHand(turn);
  if (named == c.quantity) return true;
  if (named > c.quantity) {
    return Fail(why, "expected 1 to " + std::to_string(c.quantity) + " units of the case, found " +
                         std::to_string(named));
  }
  // A payment cannot be divided between two cases (docs/decisions/0009, 62).
  return NothingIsSent(turn, nullptr) ||
         Fail(why, "expected all " + std::to_string(c.quantity) +
                       " units, since money of the case was sent, found " + std::to_string(named));
}

bool NamesAllUnits(const Turn& turn, std::string* why) {
  return UnitsAtHand(turn) == turn.the_case->quantity ||
         Fail(why, "expected all " + std::to_string(turn.the_case->quantity) +
                       " units: under arbitration only a ruling may divide a case");
}

bool ReceivedUnitsFit(const Turn& turn, std::string* why) {
  return turn.the_case->OverlayIsLive() ? NamesAllUnits(turn, why) : QuantityFits(turn, why);
}

bool DeductFits(const Turn& turn, std::string* why) {
  const auto& body = turn.BodyAs<ReturnInspected>();
  if (!body.deduct) return true;
  if (body.deduct->currency != turn.order.currency) {
    return Fail(why, "expected " + std::string(NameOf(turn.order.currency)));
  }
  const Case& c = *turn.the_case;
  const int64_t most = ReadyMoneyOf(turn.order, c, UnitsAtHand(turn));
  return (body.deduct->units >= 0 && body.deduct->units < most) ||
         Fail(why, "expected a deduction of less than " + FormatMoney(turn.InCurrency(most)) +
                       ", found " + FormatMoney(*body.deduct));
}

// ---- Kinds ----

bool KindIsRefundOnly(const Turn& turn, std::string*) {
  return turn.the_case->kind == CaseKind::kRefundOnly;
}
bool KindIsPriceOrVoucher(const Turn& turn, std::string*) {
  const CaseKind kind = turn.the_case->kind;
  return kind == CaseKind::kRefundOnly || kind == CaseKind::kPriceProtection ||
         kind == CaseKind::kVoucher;
}
bool KindIsReturnRefund(const Turn& turn, std::string*) {
  return turn.the_case->kind == CaseKind::kReturnRefund;
}
bool KindIsExchange(const Turn& turn, std::string*) {
  return turn.the_case->kind == CaseKind::kExchange;
}
bool KindIsRepair(const Turn& turn, std::string*) {
  return turn.the_case->kind == CaseKind::kRepair;
}
bool KindIsResend(const Turn& turn, std::string*) {
  return turn.the_case->kind == CaseKind::kResend;
}
bool KindComesBack(const Turn& turn, std::string*) {
  const CaseKind kind = turn.the_case->kind;
  return kind == CaseKind::kReturnRefund || kind == CaseKind::kExchange ||
         kind == CaseKind::kRepair;
}
bool IsMoneyKind(const Turn& turn, std::string*) {
  const CaseKind kind = turn.the_case->kind;
  return kind == CaseKind::kRefundOnly || kind == CaseKind::kPriceProtection ||
         kind == CaseKind::kReturnRefund;
}
bool IsRefundAsked(const Turn& turn, std::string*) {
  const CaseKind kind = turn.the_case->kind;
  return kind == CaseKind::kRefundOnly || kind == CaseKind::kReturnRefund;
}
bool IsReturnAsked(const Turn& turn, std::string*) {
  return turn.the_case->kind == CaseKind::kReturnRefund && WithBuyer(*turn.the_case);
}
bool OverlayIsLive(const Turn& turn, std::string* why) {
  return turn.the_case->OverlayIsLive() || Fail(why, "the arbitration is not live");
}
// Of what comes back: goods go out again …
bool KindIsGoods(const Turn& turn, std::string*) {
  const CaseKind kind = turn.the_case->kind;
  return kind == CaseKind::kExchange || kind == CaseKind::kRepair;
}
// … or money does.
bool KindIsRefund(const Turn& turn, std::string*) {
  return turn.the_case->kind == CaseKind::kReturnRefund || turn.the_case->intercepted;
}
bool KindIsReturn(const Turn& turn, std::string*) { return IsReturnKind(*turn.the_case); }
bool KindIsOut(const Turn& turn, std::string*) { return IsGoodsKind(turn.the_case->kind); }

// ---- Acceptance ----

bool NothingComesBack(const Turn& turn, std::string*) {
  return turn.the_case->kind != CaseKind::kReturnRefund || !WithBuyer(*turn.the_case);
}
bool NoGoodsMove(const Turn& turn, std::string*) {
  return !turn.BodyAs<RefundAccepted>().intercept;
}
bool AsksToIntercept(const Turn& turn, std::string*) {
  return turn.BodyAs<RefundAccepted>().intercept;
}
bool GoodsAreShipped(const Turn& turn, std::string* why) {
  return turn.the_case->goods == Goods::kShipped ||
         Fail(why, "expected goods on their way to the buyer, found " +
                       std::string(NameOf(turn.the_case->goods)));
}
bool GoodsAreIntercepting(const Turn& turn, std::string*) {
  return turn.the_case->goods == Goods::kIntercepting;
}
bool IsWaived(const Turn& turn, std::string*) { return turn.BodyAs<RefundAccepted>().waived; }
bool IsNotWaived(const Turn& turn, std::string* why) {
  return !turn.BodyAs<RefundAccepted>().waived ||
         Fail(why, "only the goods of a return-refund can be waived");
}
bool UnitsAreWithBuyer(const Turn& turn, std::string*) { return WithBuyer(*turn.the_case); }
bool UnitsAreNotWithBuyer(const Turn& turn, std::string*) { return !WithBuyer(*turn.the_case); }
bool AddressIsUsable(const Turn& turn, std::string*) { return !UsableAddress(turn).empty(); }
bool AddressIsMissing(const Turn& turn, std::string*) { return UsableAddress(turn).empty(); }
bool GivenAddressIsUsable(const Turn& turn, std::string* why) {
  return turn.BodyAs<ReturnAddressGiven>().address != turn.the_case->invalid_address ||
         Fail(why, "the carrier cannot deliver to this address");
}
bool MoneyGoesFirst(const Turn& turn, std::string*) {
  return turn.the_case->kind == CaseKind::kReturnRefund &&
         Says(turn, policy::Question::kMoneyFirst);
}
bool GoodsGoFirst(const Turn& turn, std::string* why) { return !MoneyGoesFirst(turn, why); }

bool NoBankDisputeHolds(const Turn& turn, std::string* why) {
  const bool held = std::any_of(
      turn.order.disputes.begin(), turn.order.disputes.end(),
      [](const Dispute& each) { return each.state == DisputeState::kOpen && !each.refundable; });
  return !held || Fail(why, "a bank dispute holds the payment");
}

// ---- Landing ----

bool LandsL1(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL1; }
bool LandsL2(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL2; }
bool LandsL3(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL3; }
bool LandsL4(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL4; }
bool LandsL5(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL5; }
bool LandsL6(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL6; }
bool LandsL7b(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL7b; }
bool LandsL7(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL7; }
bool LandsL8(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL8; }
bool LandsL9(const Turn& turn, std::string*) { return LandingOf(turn) == Line::kL9; }

// ---- Goods back ----

bool IsReturnParcel(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  const std::string parcel = ParcelOf(turn);
  if (turn.BodyIf<ReturnReceived>() != nullptr) return true;
  if (!parcel.empty() && c.return_parcel == parcel) return true;
  return Fail(why, "expected the return parcel, found " + parcel);
}
bool IsReplacementParcel(const Turn& turn, std::string* why) {
  return turn.the_case->out_parcel == ParcelOf(turn) ||
         Fail(why, "expected the replacement's parcel, found " + ParcelOf(turn));
}
bool IsFirstWordOfArrival(const Turn& turn, std::string* why) {
  return OnTheWayBack(*turn.the_case) ||
         Fail(why, "the return has arrived already: " + std::string(NameOf(turn.the_case->goods)));
}
bool ReturnIsAccepted(const Turn& turn, std::string*) {
  return turn.BodyAs<ReturnInspected>().result == Inspection::kAccepted;
}
bool ReturnIsRefused(const Turn& turn, std::string*) {
  return turn.BodyAs<ReturnInspected>().result == Inspection::kRefused;
}
bool GoodsNeverCame(const Turn& turn, std::string*) {
  const Case& c = *turn.the_case;
  return c.goods == Goods::kLost && c.shipped_back == 0;
}
bool GoodsCame(const Turn& turn, std::string* why) { return !GoodsNeverCame(turn, why); }
bool GoodsAreNotLost(const Turn& turn, std::string*) {
  return turn.the_case->goods != Goods::kLost;
}
bool LossIsPaid(const Turn& turn, std::string*) {
  return AnswerTo<OnLoss>(turn, policy::Question::kLoss) == OnLoss::kPay;
}
bool UnfulfilledIsRefunded(const Turn& turn, std::string*) {
  return AnswerTo<OnUnfulfilled>(turn, policy::Question::kUnfulfilled) == OnUnfulfilled::kRefund;
}
bool SerialIsTheSame(const Turn& turn, std::string* why) {
  const std::string& serial = turn.Line().serial;
  return serial.empty() || turn.BodyAs<RepairDone>().serial == serial ||
         Fail(why, "expected the serial number of the thing sold, " + serial + ", found " +
                       turn.BodyAs<RepairDone>().serial);
}

bool DifferenceIsDue(const Turn& turn, std::string*) {
  const Case& c = *turn.the_case;
  if (IsGoodsKind(c.kind) && c.extra != 0) return true;
  return std::any_of(turn.order.legs.begin(), turn.order.legs.end(), [&](const Leg& leg) {
    return leg.case_number == c.number && leg.kind == LegKind::kFreightReturn &&
           leg.state == LegState::kProposed;
  });
}
bool NothingIsDue(const Turn& turn, std::string* why) { return !DifferenceIsDue(turn, why); }

// The money of a return that has not come back yet.
bool MoneyIsOut(const Turn& turn, std::string*) {
  return ReturnIsDeferred(*turn.the_case) || PaidOut(turn.order, *turn.the_case) > 0;
}
bool MoneyIsNotOut(const Turn& turn, std::string* why) { return !MoneyIsOut(turn, why); }
bool MoneyWentFirst(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  const bool there = c.phase == Phase::kSettling ||
                     HasClosedWith(c, {CloseReason::kSettled, CloseReason::kPayoutImpossible});
  return (c.money_first && there) || Fail(why, "no return is due after the money");
}
bool ReturnIsDue(const Turn& turn, std::string*) {
  return turn.the_case->goods == Goods::kReturnDue;
}
bool ReturnIsOnItsWay(const Turn& turn, std::string*) {
  return turn.the_case->goods == Goods::kReturnInTransit;
}
bool ReturnIsAtTheSeller(const Turn& turn, std::string*) {
  return turn.the_case->goods == Goods::kReturnInTransit ||
         turn.the_case->goods == Goods::kAtSeller;
}

// ---- Withdrawn from a live arbitration: what became of the goods meanwhile ----

bool ReturnHasGone(const Turn& turn, std::string*) {
  const Case& c = *turn.the_case;
  return c.phase == Phase::kAwaitBuyerReturn &&
         (c.goods == Goods::kReturnInTransit || c.goods == Goods::kAtSeller);
}
bool ReturnWasLost(const Turn& turn, std::string* why) {
  return turn.the_case->return_lost && LossIsPaid(turn, why) && ValueIsUnderCeiling(turn, nullptr);
}
bool ReturnWasLostAndAsked(const Turn& turn, std::string*) { return turn.the_case->return_lost; }
bool ReplacementWasLost(const Turn& turn, std::string*) {
  const Case& c = *turn.the_case;
  return c.phase == Phase::kAwaitBuyerReceipt && c.out_goods == Goods::kLost;
}
bool InterceptionFailed(const Turn& turn, std::string*) {
  const Case& c = *turn.the_case;
  return c.phase == Phase::kAwaitSellerReceipt && c.intercept_failed;
}
// Sent while the arbitration was live, where it was waited for (F3).
bool ReplacementWasSent(const Turn& turn, std::string*) {
  const Case& c = *turn.the_case;
  return c.phase == Phase::kAwaitSellerShip && IsSentOut(c) && !c.out_received;
}
bool ReplacementWasReceived(const Turn& turn, std::string*) {
  const Case& c = *turn.the_case;
  const bool waits = c.phase == Phase::kAwaitSellerShip || c.phase == Phase::kAwaitBuyerReceipt;
  return waits && c.out_received;
}
bool GoodsAreAsTheyWere(const Turn& turn, std::string* why) {
  return !ReturnHasGone(turn, why) && !turn.the_case->return_lost &&
         !ReplacementWasLost(turn, why) && !InterceptionFailed(turn, why) &&
         !ReplacementWasSent(turn, why) && !ReplacementWasReceived(turn, why);
}

// ---- Parcels ----

bool IsOfACase(const Turn& turn, std::string*) { return turn.the_case != nullptr; }
bool IsOfTheOrder(const Turn& turn, std::string*) { return turn.the_case == nullptr; }
// A refused return that is sent back to the buyer under its own number.
bool GoodsAreOwedBack(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  const bool there = c.goods == Goods::kAtSeller || c.goods == Goods::kInspectedBad ||
                     c.goods == Goods::kInspectedOk;
  const bool refused =
      HasClosedWith(c, {CloseReason::kSellerRefusedFinal, CloseReason::kBuyerWithdrew,
                        CloseReason::kRuledForSeller, CloseReason::kDismissed});
  return (there && refused) || Fail(why, "no goods are owed back");
}
bool ReplacementIsAwaited(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  const bool its_kind =
      (turn.BodyIf<ReplacementShipped>() != nullptr && c.kind == CaseKind::kExchange) ||
      (turn.BodyIf<RepairDone>() != nullptr && c.kind == CaseKind::kRepair) ||
      (turn.BodyIf<ResendShipped>() != nullptr && c.kind == CaseKind::kResend);
  return (c.phase == Phase::kAwaitSellerShip && its_kind) ||
         Fail(why, "nothing of that kind is to be sent");
}
bool ReplacementIsOut(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  // Where it was lost the buyer knows better.
  return c.phase == Phase::kAwaitBuyerReceipt ||
         (c.phase == Phase::kAwaitSellerShip && IsSentOut(c)) ||
         Fail(why, "no replacement is on its way");
}

// ---- Who ----

bool ByTalker(const Turn& turn, std::string* why) {
  return RoleIs(
      turn, {Role::kBuyer, Role::kSeller, Role::kPlatform, Role::kAgent, Role::kModel, Role::kBot},
      why);
}
bool ByShopkeeper(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kSeller, Role::kPlatform}, why);
}

// ---- Cases that somebody else opens ----

bool BySellerOrCarrier(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kSeller, Role::kCarrier, Role::kPlatform}, why);
}

bool ByCarrier(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kCarrier, Role::kPlatform}, why);
}
bool CardWasLeft(const Turn& turn, std::string* why) {
  return CardForHelp(turn.order) != nullptr ||
         Fail(why, "expected an issue card that was refused, or left unanswered");
}
bool LineIsAtHand(const Turn& turn, std::string* why) {
  return FilingOf(turn).has_value() || Fail(why, "no units of the line are free");
}
// Behind the guard that a pack is in force. A parcel of a case is lost to that case, and never
// looked for here: what is left went out to the buyer.
bool PackOpensForLoss(const Turn& turn, std::string*) {
  return turn.packs.InForce(turn.order.platform, turn.at)->lost_parcel_opens_case;
}
bool PackOpensForInterception(const Turn& turn, std::string*) {
  return turn.packs.InForce(turn.order.platform, turn.at)->intercepted_product_opens_case;
}
bool IsUpTo3Options(const Turn& turn, std::string* why) {
  return turn.BodyAs<OfferMade>().options.size() <= 3 || Fail(why, "expected at most 3 options");
}
bool SupersedesTheOpen(const Turn& turn, std::string* why) {
  const Id& named = turn.BodyAs<OfferMade>().supersedes;
  if (named.IsZero()) return true;
  const auto& offers = turn.the_case->offers;
  return (!offers.empty() && offers.back().id == named) ||
         Fail(why,
              "expected the newest offer of the case in \"supersedes\": another crossed this one");
}

}  // namespace refund::arbiter
