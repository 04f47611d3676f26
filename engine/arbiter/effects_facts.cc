// Facts about the order: what was paid, promised, shipped, and what others know of it.
#include <algorithm>

#include "engine/arbiter/due.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"
#include "engine/base/calendar.h"
#include "engine/base/check.h"
#include "engine/ledger/ceiling.h"

namespace refund::arbiter {
namespace {

OrderLine Frozen(const PaidLine& paid) {
  OrderLine line;
  line.line = paid.line;
  line.sku = paid.sku;
  line.quantity = paid.quantity;
  line.paid = paid.paid.units;
  line.perishable = paid.perishable;
  for (const BucketAmount& each : paid.buckets) {
    line.buckets.push_back({each.bucket, each.amount.units, each.funder});
  }
  std::sort(line.buckets.begin(), line.buckets.end(),
            [](const BucketValue& a, const BucketValue& b) { return a.bucket < b.bucket; });
  line.supported = paid.supported;
  line.serial = paid.serial;
  return line;
}

Parcel& ParcelOf(Turn& turn, const std::string& id) {
  for (Parcel& parcel : turn.order.parcels) {
    if (parcel.id == id) return parcel;
  }
  turn.order.parcels.push_back({});
  turn.order.parcels.back().id = id;
  return turn.order.parcels.back();
}

bool Promised(const Turn& turn, PromiseKind kind) {
  const auto& promises = turn.order.promises;
  return std::find(promises.begin(), promises.end(), kind) != promises.end();
}

// A scan at the town's station is no delivery where the village was promised (PD-20), nor one at a
// locker where the door was (docs/decisions/0009, 20).
bool ReachesTheBuyer(const Turn& turn) {
  const DeliveryLevel level = turn.BodyAs<DeliveryScan>().level;
  const bool short_of_village = level == DeliveryLevel::kTown || level == DeliveryLevel::kStation;
  const bool short_of_door = level == DeliveryLevel::kLocker && turn.order.door_promised;
  return !short_of_door && !(short_of_village && Promised(turn, PromiseKind::kVillageDelivery));
}

void ArmParcel(Turn& turn, Timer timer, const std::string& parcel) {
  const policy::Pack* pack = turn.OrdersPack();
  const policy::Limit* limit = pack == nullptr ? nullptr : pack->FindLimit(timer);
  if (limit == nullptr) return;
  ArmOnOrder(turn, {.timer = timer,
                    .role = Role::kSeller,
                    .parcel = parcel,
                    .due = FirstInstantTooLate(turn.at, limit->period)});
}

// From the first scan that claims a delivery which was not the one promised (G-89).
void ArmArrival(Turn& turn) {
  const bool armed = std::any_of(turn.order.deadlines.begin(), turn.order.deadlines.end(),
                                 [](const Deadline& d) { return d.timer == Timer::kT27; });
  if (!armed && !turn.order.arrival_overdue) ArmParcel(turn, Timer::kT27, "");
}

// A parcel declared since the case was closed brings refused goods back to the buyer.
void ReturnRefusedGoods(Turn& turn) {
  const Parcel& parcel = ParcelOf(turn, turn.BodyAs<DeliveryScan>().parcel);
  for (Case& c : turn.order.cases) {
    const bool owed_back = c.goods == Goods::kReturnInTransit || c.goods == Goods::kAtSeller ||
                           c.goods == Goods::kInspectedBad || c.goods == Goods::kInspectedOk;
    const bool refused = c.close_reason == CloseReason::kSellerRefusedFinal ||
                         c.close_reason == CloseReason::kBuyerWithdrew ||
                         c.close_reason == CloseReason::kRuledForSeller ||
                         c.close_reason == CloseReason::kDismissed;
    if (c.IsOpen() || !owed_back || !refused || !parcel.declared_at) continue;
    if (*parcel.declared_at >= c.closed_at) c.goods = Goods::kReturnedToOrigin;
  }
}

Dispute& DisputeNamed(Turn& turn) {
  const std::string& id = turn.BodyAs<PaymentDisputeClosed>().dispute;
  auto& all = turn.order.disputes;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Dispute& each) { return each.id == id; });
  CHECK(found != all.end());
  return *found;
}

int64_t PaidToBuyer(const Order& order) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    const bool out = leg.state == LegState::kSettled || leg.state == LegState::kReversed;
    if (out && IsTowardBuyer(leg) && !IsRestored(leg.kind) && leg.kind != LegKind::kVoucher &&
        leg.kind != LegKind::kFreightReturn) {
      sum += leg.amount - leg.reversed;
    }
  }
  return sum;
}

void NoteDoublePaid(Turn& turn, int64_t by_bank) {
  const int64_t paid = PaidToBuyer(turn.order);
  if (paid <= 0) return;
  turn.order.double_paid = true;
  Note(turn, DerivedKind::kDoublePaid, Id{}, paid, Role::kBuyer, "bank:" + std::to_string(by_bank));
}

}  // namespace

// F3: every parcel by its number. The next scan, and the first after the declaration, are waited
// for where the pack says how long (T24, T25).
void NoteParcel(Turn& turn) {
  if (const auto* body = turn.BodyIf<ShipmentDeclared>()) {
    Parcel& parcel = ParcelOf(turn, body->parcel);
    parcel.carrier = body->carrier;
    if (parcel.declared_at) return;
    parcel.declared_at = turn.at;
    if (!parcel.scanned_at) ArmParcel(turn, Timer::kT24, body->parcel);
  }
  if (const auto* body = turn.BodyIf<CarrierScan>()) {
    Parcel& parcel = ParcelOf(turn, body->parcel);
    parcel.carrier = body->carrier;
    parcel.scanned_at = turn.at;
    EndOnOrder(turn, Timer::kT24, body->parcel);
    if (!parcel.delivered_at && !parcel.lost) ArmParcel(turn, Timer::kT25, body->parcel);
  }
  if (const auto* body = turn.BodyIf<DeliveryScan>()) {
    Parcel& parcel = ParcelOf(turn, body->parcel);
    parcel.scanned_at = turn.at;
    parcel.level = body->level;
    EndOnOrder(turn, Timer::kT24, body->parcel);
    EndOnOrder(turn, Timer::kT25, body->parcel);
    if (!parcel.delivered_at) parcel.delivered_at = turn.at;
  }
  if (const auto* body = turn.BodyIf<ParcelLost>()) {
    ParcelOf(turn, body->parcel).lost = true;
    EndOnOrder(turn, Timer::kT24, body->parcel);
    EndOnOrder(turn, Timer::kT25, body->parcel);
    // An outward parcel: what was in it never reaches the buyer (F4), nor can he send it back.
    const bool outward =
        std::none_of(turn.order.cases.begin(), turn.order.cases.end(), [&](const Case& c) {
          return c.return_parcel == body->parcel || c.out_parcel == body->parcel;
        });
    if (!outward || turn.order.delivered_at) return;
    for (Case& c : turn.order.cases) {
      const bool under_way = c.goods == Goods::kShipped || c.goods == Goods::kUnshipped;
      const bool awaited = c.goods == Goods::kReturnDue;
      if ((!c.IsOpen() || !under_way) && !awaited) continue;
      c.goods = Goods::kLost;
      if (!awaited || c.OverlayIsLive()) continue;
      turn.the_case = &c;
      EndReturnClocks(turn);
      turn.the_case = nullptr;
    }
  }
}

void NoteLinked(Turn& turn) {
  Order& order = turn.order;
  if (const auto* body = turn.BodyIf<ExternalComplaintReceived>()) {
    const std::string text = body->source + "/" + body->reference;
    auto& all = order.external_complaints;
    if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
  }
  if (turn.BodyIf<SafetyEscalated>() != nullptr) order.safety = true;
  if (turn.BodyIf<ProductIntercepted>() != nullptr) order.intercepted = true;
  if (const auto* body = turn.BodyIf<TradeInDevice>()) order.device = body->state;
  if (const auto* body = turn.BodyIf<MerchantSettingChanged>()) {
    order.settings[body->setting] = body->value;
  }
  if (const auto* body = turn.BodyIf<FreightServiceSubscribed>()) {
    auto& all = order.services;
    if (std::find(all.begin(), all.end(), body->service) == all.end()) all.push_back(body->service);
  }
}

void OpenDispute(Turn& turn) {
  const auto& body = turn.BodyAs<PaymentDisputeOpened>();
  turn.order.disputes.push_back(
      {body.dispute, body.amount.units, body.refundable, DisputeState::kOpen});
  if (!body.refundable) HoldForDispute(turn);
}

void WinDispute(Turn& turn) {
  DisputeNamed(turn).state = DisputeState::kWon;
  FreeFromDispute(turn);
}

// The bank has paid the buyer: what stood ready is void, and what was paid too is told of.
void LoseDispute(Turn& turn) {
  Dispute& dispute = DisputeNamed(turn);
  dispute.state = DisputeState::kLost;
  VoidForLostDispute(turn);
  NoteDoublePaid(turn, dispute.amount);
}

// A leg that was on its way when the bank paid has arrived: that is too much as well.
void TellOfLatePayment(Turn& turn) {
  int64_t by_bank = 0;
  for (const Dispute& each : turn.order.disputes) {
    if (each.state == DisputeState::kLost) by_bank += each.amount;
  }
  if (by_bank > 0 && ledger::OrderRemaining(turn.order, {}) < 0) NoteDoublePaid(turn, by_bank);
}

void TakeSnapshot(Turn& turn) {
  Order& order = turn.order;
  const auto* paid = turn.BodyIf<OrderPaid>();
  const auto& lines = paid != nullptr ? paid->lines : turn.BodyAs<PriceSnapshotRecorded>().lines;
  if (order.lines.empty()) {
    order.currency = lines.front().paid.currency;
    for (const PaidLine& line : lines) order.lines.push_back(Frozen(line));
  }
  if (paid == nullptr || order.paid_at) return;
  order.buyer = paid->buyer;
  order.merchant = paid->merchant;
  order.return_address = paid->return_address;
  order.paid_at = turn.at;
}

void AddPresaleDeposit(Turn& turn) {
  turn.order.presale_deposit += turn.BodyAs<PresaleDepositPaid>().amount.units;
}
void AddPresaleBalance(Turn& turn) {
  turn.order.presale_balance += turn.BodyAs<PresaleBalancePaid>().amount.units;
}
void RecordPromise(Turn& turn) {
  const auto& body = turn.BodyAs<PromiseRecorded>();
  turn.order.promises.push_back(body.kind);
  if (body.detail == "DOOR") turn.order.door_promised = true;
}

void CancelUnits(Turn& turn) {
  for (const LineUnits& units : turn.BodyAs<OrderCancelled>().lines) {
    turn.order.FindLine(units.line)->cancelled += units.quantity;
  }
}

void Complete(Turn& turn) {
  if (!turn.order.completed_at) turn.order.completed_at = turn.at;
}

// Not yet with the buyer, so it goes where the parcel goes.
void MarkShipped(Turn& turn) {
  NoteParcel(turn);
  if (!turn.order.shipped_at) turn.order.shipped_at = turn.at;
  for (Case& c : turn.order.cases) {
    if (c.IsOpen() && c.goods == Goods::kUnshipped) c.goods = Goods::kShipped;
  }
}

void MarkDelivered(Turn& turn) {
  MarkShipped(turn);
  if (!ReachesTheBuyer(turn)) return ArmArrival(turn);
  EndOnOrder(turn, Timer::kT27);
  ReturnRefusedGoods(turn);
  const bool first = !turn.order.delivered_at;
  if (first) turn.order.delivered_at = turn.at;
  for (Case& c : turn.order.cases) {
    if (c.IsOpen() && c.goods == Goods::kShipped) c.goods = Goods::kWithBuyer;
    // What was to be sent back before it had arrived: the time starts now (T3 anew).
    turn.the_case = &c;
    const Deadline* t3 = FindDeadline(turn, Timer::kT3);
    if (first && c.goods == Goods::kReturnDue && t3 != nullptr) {
      Touch(turn);
      const bool waited = t3->paused;  // for an address, say: it waits on
      Arm(turn, {.timer = Timer::kT3, .role = Role::kBuyer});
      if (waited) Pause(turn, Timer::kT3);
    }
  }
  turn.the_case = nullptr;
}

void RecordFact(Turn& turn) {
  RecordedFacts& facts = turn.order.facts;
  if (const auto* body = turn.BodyIf<SellerStandingSnapshot>()) {
    facts.standing = StandingFact{body->bad_reviews, body->violations, turn.at};
  }
  if (const auto* body = turn.BodyIf<ProductRatingSnapshot>()) {
    turn.order.ratings[body->line] = RatingFact{body->good, body->rated, turn.at};
  }
  if (const auto* body = turn.BodyIf<AbuseAssessed>()) {
    facts.abuse = AbuseFact{body->verdict, body->model_version, turn.at};
  }
  if (const auto* body = turn.BodyIf<BuyerTierSnapshot>()) {
    facts.tier = TierFact{body->tier, turn.at};
  }
}

void RecordFinding(Turn& turn) {
  const auto& body = turn.BodyAs<LiabilityAssessed>();
  turn.the_case->finding = Finding{body.liability, body.grounds, turn.actor()};
}

}  // namespace refund::arbiter
