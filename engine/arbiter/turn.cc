#include "engine/arbiter/turn.h"

#include <algorithm>

#include "engine/base/calendar.h"
#include "engine/base/check.h"
#include "engine/base/id.h"
#include "engine/ledger/apportion.h"
#include "engine/ledger/takings.h"

namespace refund::arbiter {
namespace {

uint8_t YesOrNo(bool yes) { return static_cast<uint8_t>(yes ? YesNo::kYes : YesNo::kNo); }

Standing StandingOf(const RecordedFacts& facts, const policy::Pack& pack) {
  if (!facts.standing) return Standing::kUnknown;
  const bool marked = facts.standing->bad_reviews > pack.bad_reviews_over.value ||
                      facts.standing->violations > pack.violations_over.value;
  return marked ? Standing::kMarked : Standing::kClear;
}

Rating RatingOf(const RecordedFacts& facts, const policy::Pack& pack) {
  if (!facts.rating || facts.rating->rated == 0) return Rating::kUnknown;
  // good / rated < threshold, by cross-multiplication.
  __extension__ using Wide = unsigned __int128;
  const bool low = static_cast<Wide>(facts.rating->good) * 10000 <
                   static_cast<Wide>(facts.rating->rated) * pack.good_review_basis_points;
  return low ? Rating::kLow : Rating::kEnough;
}

uint8_t Promised(const Order& order, PromiseKind kind) {
  return YesOrNo(std::find(order.promises.begin(), order.promises.end(), kind) !=
                 order.promises.end());
}

uint8_t HasService(const Order& order, std::string_view service) {
  return YesOrNo(std::find(order.services.begin(), order.services.end(), service) !=
                 order.services.end());
}

// Filed within the pack's window from delivery (G-32); without a window or a delivery, no.
bool ReportedInTime(const Order& order, const Case& c, const policy::Pack& pack) {
  return pack.report_window && order.delivered_at &&
         c.filed_at < FirstInstantTooLate(*order.delivered_at, pack.report_window->period);
}

bool IsOutwardLost(const Order& order) {
  return !order.delivered_at && std::any_of(order.parcels.begin(), order.parcels.end(),
                                            [](const Parcel& parcel) { return parcel.lost; });
}

}  // namespace

std::string Turn::CauseText() const {
  if (event != nullptr) return event->claim.id;
  // No claim id starts with this character, so the two kinds of cause never meet.
  std::string text = "\x01";
  text += NameOf(firing->timer);
  text += '/';
  text += NameOf(firing->role);
  text += '/';
  text += std::to_string(firing->generation);
  return text;
}

Id Turn::NewId(std::string_view kind) {
  const bool in_case = the_case != nullptr;
  return MakeId(kind, order.key, in_case ? the_case->id : Id{}, in_case ? the_case->reopening : 0,
                CauseText(), ids_made++);
}

const policy::Pack& Turn::Procedure() const {
  const Digest& pinned =
      the_case->rearbitrated_pack.IsZero() ? the_case->procedure_pack : the_case->rearbitrated_pack;
  const policy::Pack* pack = packs.Find(pinned);
  CHECK(pack != nullptr);
  return *pack;
}

const policy::Pack* Turn::OrdersPack() const {
  const policy::Pack* pack =
      order.paid_at ? packs.InForce(order.platform, *order.paid_at) : nullptr;
  return pack != nullptr ? pack : packs.InForce(order.platform, at);
}

void Refuse(Turn& turn, Refusal refusal, std::string guard, std::string detail) {
  turn.step.result = StepResult::kRefused;
  turn.step.refusal = refusal;
  turn.step.guard = std::move(guard);
  turn.step.detail = std::move(detail);
}

void Note(Turn& turn, DerivedKind kind, Id subject, int64_t amount, Role party, std::string word) {
  const uint32_t number = turn.the_case != nullptr ? turn.the_case->number : 0;
  turn.step.derived.push_back({kind, number, subject, amount, party, std::move(word)});
}

const OrderLine& Turn::Line() const {
  const OrderLine* found = order.FindLine(the_case->line);
  CHECK(found != nullptr);
  return *found;
}

policy::Facts FactsOf(const Order& order, const Case& c, const policy::Pack& pack) {
  policy::Facts facts;
  const OrderLine* line = order.FindLine(c.line);
  CHECK(line != nullptr);
  facts.Set(FactName::kKind, static_cast<uint8_t>(c.kind));
  facts.Set(FactName::kReason, static_cast<uint8_t>(c.reason));
  facts.Set(FactName::kComplained, YesOrNo(c.by_complaint));
  facts.Set(FactName::kPerishable, YesOrNo(line->perishable));
  facts.Set(FactName::kShipped, YesOrNo(order.shipped_at.has_value()));
  facts.Set(FactName::kDelivered, YesOrNo(order.delivered_at.has_value()));
  facts.Set(FactName::kSellerStanding, static_cast<uint8_t>(StandingOf(c.facts, pack)));
  facts.Set(FactName::kGoodReviews, static_cast<uint8_t>(RatingOf(c.facts, pack)));
  facts.Set(FactName::kAbuse,
            static_cast<uint8_t>(c.facts.abuse ? c.facts.abuse->verdict : AbuseVerdict::kUnknown));
  facts.Set(FactName::kLiability,
            static_cast<uint8_t>(c.finding ? c.finding->liability : Liability::kUnspecified));
  facts.Set(FactName::kRefusalGround, static_cast<uint8_t>(c.refusal_ground));
  facts.Set(FactName::kGoods, static_cast<uint8_t>(c.goods));
  facts.Set(FactName::kBadGoodsRefundable, Promised(order, PromiseKind::kBadGoodsRefundable));
  facts.Set(FactName::kBadGoodsCompensated, Promised(order, PromiseKind::kBadGoodsCompensated));
  facts.Set(FactName::kDamagedReturnable, Promised(order, PromiseKind::kDamagedReturnable));
  facts.Set(FactName::kFreightCovered, HasService(order, "RETURN_FREIGHT_COVER"));
  facts.Set(FactName::kFreightInsured, HasService(order, "RETURN_FREIGHT_INSURANCE"));
  facts.Set(FactName::kReportedInTime, YesOrNo(ReportedInTime(order, c, pack)));
  facts.Set(FactName::kArrivalOverdue, YesOrNo(order.arrival_overdue));
  facts.Set(FactName::kPlatformOpened, YesOrNo(c.platform_opened));
  facts.Set(FactName::kLost, YesOrNo(c.goods == Goods::kLost || IsOutwardLost(order)));
  facts.ask = {c.ask, order.currency};
  return facts;
}

Remedy RemedyOf(CaseKind kind) {
  switch (kind) {
    case CaseKind::kReturnRefund:
      return Remedy::kReturnRefund;
    case CaseKind::kExchange:
      return Remedy::kExchange;
    case CaseKind::kRepair:
      return Remedy::kRepair;
    case CaseKind::kResend:
      return Remedy::kResend;
    case CaseKind::kVoucher:
      return Remedy::kVoucher;
    case CaseKind::kPriceProtection:
      return Remedy::kPriceDifference;
    default:
      return Remedy::kRefundOnly;
  }
}

CaseKind KindFor(Remedy remedy, CaseKind kind) {
  switch (remedy) {
    case Remedy::kRefundOnly:
      return CaseKind::kRefundOnly;
    case Remedy::kReturnRefund:
      return CaseKind::kReturnRefund;
    case Remedy::kExchange:
      return CaseKind::kExchange;
    case Remedy::kRepair:
      return CaseKind::kRepair;
    case Remedy::kResend:
      return CaseKind::kResend;
    default:
      return kind;
  }
}

bool IsGoodsKind(CaseKind kind) {
  return kind == CaseKind::kExchange || kind == CaseKind::kRepair || kind == CaseKind::kResend;
}

bool IsGoodsRemedy(Remedy remedy) {
  return remedy == Remedy::kExchange || remedy == Remedy::kRepair || remedy == Remedy::kResend;
}

bool IsReturnKind(const Case& c) {
  return c.kind == CaseKind::kReturnRefund || c.kind == CaseKind::kExchange ||
         c.kind == CaseKind::kRepair || c.intercepted;
}

bool WithBuyer(const Case& c) {
  return c.goods == Goods::kWithBuyer || c.goods == Goods::kReturnDue ||
         c.goods == Goods::kShipped || (c.goods == Goods::kReturnedToOrigin && c.shipped_back > 0);
}

bool OnTheWayBack(const Case& c) {
  return c.goods == Goods::kReturnInTransit || c.goods == Goods::kIntercepting;
}
bool IsSentOut(const Case& c) {
  return c.out_goods == Goods::kShipped || c.out_goods == Goods::kWithBuyer;
}

namespace {

// The quantity that the event names; 0 where it names none.
uint32_t NamedQuantity(const Turn& turn) {
  if (const auto* body = turn.BodyIf<RefundAccepted>()) return body->quantity;
  if (const auto* body = turn.BodyIf<RefundRejected>()) return body->quantity;
  if (const auto* body = turn.BodyIf<OfferChosen>()) return body->quantity;
  if (const auto* body = turn.BodyIf<ReturnShipped>()) return body->quantity;
  if (const auto* body = turn.BodyIf<ReturnReceived>()) return body->quantity;
  if (const auto* body = turn.BodyIf<ReturnInspected>()) return body->quantity;
  if (const auto* body = turn.BodyIf<RulingProposed>()) return body->quantity;
  if (turn.BodyIf<RulingApproved>() == nullptr) return 0;
  // Taking the row has moved the proposal from the case to the turn.
  const auto& proposal = turn.left_proposal ? turn.left_proposal : turn.the_case->proposal;
  CHECK(proposal.has_value());
  return proposal->ruling.quantity;
}

}  // namespace

uint32_t UnitsAtHand(const Turn& turn) {
  const uint32_t named = NamedQuantity(turn);
  return named == 0 ? turn.the_case->quantity : named;
}

bool MadeByOffer(const Case& c) {
  return c.ask == 0 && !c.offers.empty() && c.filer.role != Role::kBuyer;
}

int64_t AskOf(const Case& c) {
  if (!MadeByOffer(c) || IsGoodsKind(c.kind)) return c.ask;
  return c.offers.front().options.front().amount.units;
}

bool IsReady(const Leg& leg) {
  return leg.state == LegState::kReserved || leg.state == LegState::kHeld;
}

bool IsReadyOrWaited(const Leg& leg) { return IsReady(leg) || leg.waited; }

int64_t PartOfLeg(const Leg& leg, uint32_t units, uint32_t of) {
  return units < of && IsOfNoUnit(leg) ? 0 : FloorShare(leg.amount, units, of);
}

int64_t PartOfAsk(const Order& order, const Case& c, int64_t ask, uint32_t units) {
  if (units == c.quantity) return ask;
  for (const Leg& leg : order.legs) {
    const bool of_case = leg.case_number == c.number && IsReadyOrWaited(leg);
    if (of_case && IsOfNoUnit(leg) && ledger::IsMoney(leg.bucket)) ask -= leg.amount;
  }
  return FloorShare(std::max<int64_t>(0, ask), units, c.quantity);
}

int64_t AskAtHand(const Turn& turn) {
  const Case& c = *turn.the_case;
  return PartOfAsk(turn.order, c, AskOf(c), std::min(UnitsAtHand(turn), c.quantity));
}

int64_t ReadyMoney(const Order& order, const Case& c) { return ReadyMoneyOf(order, c, c.quantity); }

int64_t ReadyMoneyOf(const Order& order, const Case& c, uint32_t units) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    const bool money = !IsRestored(leg.kind) && leg.kind != LegKind::kVoucher;
    if (leg.case_number == c.number && IsReady(leg) && IsTowardBuyer(leg) && money &&
        !leg.decision.IsZero()) {
      sum += PartOfLeg(leg, units, c.quantity);
    }
  }
  return sum;
}

int64_t ValueAtHand(const Turn& turn) {
  const Case& c = *turn.the_case;
  return ledger::RefundableFor(turn.order, turn.Line(), std::min(UnitsAtHand(turn), c.quantity),
                               c.number);
}

bool IsTowardBuyer(const Leg& leg) { return leg.to == Bearer::kBuyer; }

namespace {

// What is taken back of it, or is to be, is the buyer's no more.
template <class Counts>
int64_t LeftOf(const Order& order, const Leg& payment, Counts counts) {
  const auto takes = [&](const Leg& taking) { return Stands(taking) && counts(taking); };
  return std::max<int64_t>(0, -ledger::Overhang(order, payment, takes));
}

template <class Counts>
int64_t PaidOutLess(const Order& order, const Case& c, Counts counts) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    const bool out = leg.state == LegState::kSubmitted || leg.state == LegState::kSettled ||
                     leg.state == LegState::kReversed;
    if (leg.case_number == c.number && out && !leg.decision.IsZero() && IsTowardBuyer(leg) &&
        !IsRestored(leg.kind) && leg.kind != LegKind::kVoucher) {
      sum += LeftOf(order, leg, counts);
    }
  }
  return sum;
}

}  // namespace

int64_t PaidOut(const Order& order, const Case& c) {
  return PaidOutLess(order, c, [](const Leg&) { return true; });
}

int64_t PaidOutForAnother(const Order& order, const Case& c) {
  return PaidOutLess(order, c, [](const Leg& taking) { return !IsReplaceable(taking.state); });
}

bool IsRestored(LegKind kind) {
  return kind == LegKind::kPoints || kind == LegKind::kCoins || kind == LegKind::kCouponRestore;
}

namespace {

Role FirstUnsealed(const Case& c) {
  for (const AskedParty& each : c.asked_parties) {
    if (!each.sealed) return each.party;
  }
  return Role::kAgent;
}

// Whom the open offer waits for; without one, the platform, which negotiates.
Role AnswererOf(const Case& c) {
  for (const Offer& offer : c.offers) {
    if (offer.open) return offer.by == Role::kBuyer ? Role::kSeller : Role::kBuyer;
  }
  return Role::kAgent;
}

}  // namespace

Role ToMove(const Case& c) {
  if (c.OverlayIsLive()) {
    switch (c.overlay) {
      case Overlay::kEvidence:
        return FirstUnsealed(c);
      case Overlay::kNegotiating:
        return AnswererOf(c);
      case Overlay::kRuled:
        return Role::kUnspecified;
      default:
        return Role::kAgent;
    }
  }
  switch (c.phase) {
    case Phase::kAwaitSeller:
    case Phase::kAwaitSellerReceipt:
    case Phase::kAwaitSellerShip:
      return Role::kSeller;
    case Phase::kSellerRefused:
    case Phase::kAwaitBuyerOffer:
    case Phase::kAwaitBuyerReturn:
    case Phase::kReceiptRefused:
    case Phase::kAwaitBuyerReceipt:
      return Role::kBuyer;
    case Phase::kFiled:
      return Role::kPlatform;
    case Phase::kSettling:
      return Role::kPsp;
    default:
      return Role::kUnspecified;
  }
}

}  // namespace refund::arbiter
