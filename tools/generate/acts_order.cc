// The order itself, what is recorded about it, and who opens cases on it.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "engine/arbiter/turn.h"
#include "engine/ledger/apportion.h"
#include "engine/ledger/ceiling.h"
#include "tools/generate/acts.h"

namespace refund::generate {
namespace {

constexpr char kParcel[] = "p-1";

std::vector<BucketAmount> SomeBuckets(History& h) {
  static constexpr std::array kBuckets = {
      Bucket::kPresaleDeposit, Bucket::kBalance, Bucket::kGiftCard,   Bucket::kCredit,
      Bucket::kPoints,         Bucket::kCoins,   Bucket::kShopCoupon, Bucket::kPlatformCoupon,
      Bucket::kFreight,        Bucket::kPacking, Bucket::kTax};
  std::vector<BucketAmount> buckets;
  for (const Bucket bucket : kBuckets) {
    if (h.random().Percent(7)) {
      buckets.push_back({bucket, h.Cny(h.random().Between(1, 1500)), Bearer::kUnspecified});
    }
  }
  return buckets;
}

PaidLine SomeLine(History& h, uint32_t number) {
  Random& random = h.random();
  PaidLine line;
  line.line = std::to_string(number);
  line.sku = "sku-" + std::to_string(random.Below(5000));
  line.quantity = random.Pick<uint32_t>({1, 1, 1, 2, 2, 3, 5, 7});
  // A few are dear enough for a second pair of eyes (G-84).
  const int64_t most = random.Percent(6) ? 600'000 : 30'000;
  line.paid = h.Cny(random.Between(100, most));
  line.perishable = random.Percent(12);
  line.buckets = SomeBuckets(h);
  if (random.Percent(5)) line.supported = {CaseKind::kRefundOnly, CaseKind::kReturnRefund};
  if (random.Percent(15)) line.serial = "S-" + std::to_string(number);
  return line;
}

// ---- Parcels ----

Parcel* OutwardParcel(Order& order) {
  for (Parcel& each : order.parcels) {
    if (each.id == kParcel) return &each;
  }
  return nullptr;
}

void Declare(History& h, const Target&) { h.Say(ShipmentDeclared{kParcel, "SF"}, Role::kSeller); }
void Scan(History& h, const Target&) { h.Say(CarrierScan{kParcel, "SF"}, Role::kCarrier); }
void Deliver(History& h, const Target&) {
  const DeliveryLevel level =
      h.random().Pick({DeliveryLevel::kDoor, DeliveryLevel::kDoor, DeliveryLevel::kDoor,
                       DeliveryLevel::kLocker, DeliveryLevel::kStation, DeliveryLevel::kTown});
  h.Say(DeliveryScan{kParcel, level}, Role::kCarrier);
}
void LoseParcel(History& h, const Target&) { h.Say(ParcelLost{kParcel}, Role::kCarrier); }
void Complete(History& h, const Target&) { h.Say(OrderCompleted{}, Role::kPlatform); }

void AddParcelActs(History& h, Choices& choices) {
  const Order& order = h.order();
  const Parcel* parcel = OutwardParcel(h.order());
  if (parcel == nullptr) choices.Add(60, {}, Declare);
  if (!order.shipped_at) choices.Add(40, {}, Scan);
  if (order.shipped_at && !order.delivered_at) {
    choices.Add(8, {}, Scan);
    choices.Add(90, {}, Deliver);
    choices.Add(4, {}, LoseParcel);
  }
  if (order.delivered_at && !order.completed_at) choices.Add(12, {}, Complete);
}

// ---- Facts and talk ----

void Promise(History& h, const Target&) {
  PromiseRecorded body;
  body.kind = h.random().Pick({PromiseKind::kVillageDelivery, PromiseKind::kFreeShipping,
                               PromiseKind::kBadGoodsRefundable, PromiseKind::kDamagedReturnable,
                               PromiseKind::kShip48h, PromiseKind::kEstimatedArrival});
  h.Say(std::move(body), Role::kSeller);
}

void Cancel(History& h, const Target&) {
  const OrderLine& line = h.random().PickOf(h.order().lines);
  h.Say(OrderCancelled{{{line.line, 1}}}, Role::kBuyer);
}

void SnapshotAgain(History& h, const Target&) {
  PriceSnapshotRecorded body;
  for (const OrderLine& line : h.order().lines) {
    PaidLine paid;
    paid.line = line.line;
    paid.sku = line.sku;
    paid.quantity = line.quantity;
    paid.paid = h.Cny(line.paid);
    paid.perishable = line.perishable;
    for (const BucketValue& each : line.buckets) {
      paid.buckets.push_back({each.bucket, h.Cny(each.amount), each.funder});
    }
    paid.supported = line.supported;
    paid.serial = line.serial;
    body.lines.push_back(std::move(paid));
  }
  h.Say(std::move(body), Role::kPlatform);
}

void Assess(History& h, const Target&) {
  AbuseAssessed body;
  body.verdict =
      h.random().Pick({AbuseVerdict::kNormal, AbuseVerdict::kNormal, AbuseVerdict::kAbnormal});
  body.as_of = h.now();
  body.model_version = "v1";
  h.Say(std::move(body), Role::kModel);
}
void Stand(History& h, const Target&) {
  SellerStandingSnapshot body;
  body.bad_reviews = h.random().Pick<uint32_t>({0, 20, 21});
  body.violations = h.random().Pick<uint32_t>({0, 5, 6});
  body.as_of = h.now();
  h.Say(std::move(body), Role::kPlatform);
}
void Rate(History& h, const Target&) {
  ProductRatingSnapshot body;
  body.line = h.random().PickOf(h.order().lines).line;
  body.good = h.random().Pick<uint64_t>({6999, 7000, 9500});
  body.rated = 10'000;
  body.as_of = h.now();
  h.Say(std::move(body), Role::kPlatform);
}
void Tier(History& h, const Target&) {
  BuyerTierSnapshot body;
  body.tier = "T" + std::to_string(h.random().Below(5));
  body.as_of = h.now();
  h.Say(std::move(body), Role::kPlatform);
}

void Talk(History& h, const Target&) {
  switch (h.random().Below(5)) {
    case 0:
      return h.Say(BuyerMessage{h.Name("msg-")}, Role::kBuyer);
    case 1:
      return h.Say(SellerReply{ReplierKind::kHuman, h.Name("msg-")}, Role::kSeller);
    case 2:
      return h.Say(SellerReply{ReplierKind::kBot, h.Name("msg-")}, Role::kBot);
    case 3:
      return h.Say(SatisfactionRated{h.random().Percent(60)}, Role::kBuyer);
    default:
      return h.Say(ChatMonitoringFlag{"SARCASM", "v1"}, Role::kModel);
  }
}

void Subscribe(History& h, const Target&) {
  h.Say(FreightServiceSubscribed{h.random().Percent(50) ? "RETURN_FREIGHT_COVER"
                                                        : "RETURN_FREIGHT_INSURANCE"},
        Role::kSeller);
}
void OpenByItself(History& h, const Target&) {
  h.Say(MerchantSettingChanged{"auto_open", h.random().Percent(70) ? "true" : "false"},
        Role::kSeller);
}
void Complain(History& h, const Target&) {
  h.Say(ExternalComplaintReceived{"12315", h.Name("c-")}, Role::kPlatform);
}
void Escalate(History& h, const Target&) { h.Say(SafetyEscalated{h.Name("s-")}, Role::kPlatform); }
void Intercept(History& h, const Target&) {
  h.Say(ProductIntercepted{"counterfeit"}, Role::kPlatform);
}
void Device(History& h, const Target&) {
  h.Say(TradeInDevice{DeviceState::kHeld}, Role::kPlatform);
}
void Deposit(History& h, const Target&) {
  h.Say(PresaleDepositPaid{h.Cny(h.random().Between(1, 500))}, Role::kPlatform);
}
void Balance(History& h, const Target&) {
  h.Say(PresaleBalancePaid{h.Cny(h.random().Between(1, 500))}, Role::kPlatform);
}
void End(History& h, const Target&) {
  if (h.random().Percent(50)) return h.Say(OrderVoided{"duplicate"}, Role::kPlatform);
  h.Say(FraudStop{"stolen card"}, Role::kPlatform);
}

// ---- Filing ----

struct FreeLine {
  const OrderLine* line = nullptr;
  uint32_t free = 0;
};

FreeLine SomeFreeLine(History& h) {
  const Order& order = h.order();
  const OrderLine& line = h.random().PickOf(order.lines);
  const uint32_t taken = ledger::UnitsTaken(order, line, 0);
  return {&line, line.quantity > taken ? line.quantity - taken : 0};
}

CaseKind SomeKind(History& h, const OrderLine& line) {
  const policy::Pack* pack = h.pack();
  if (pack == nullptr || h.random().Percent(40)) return CaseKind::kRefundOnly;
  const CaseKind kind = h.random().PickOf(pack->kinds).kind;
  const bool listed =
      line.supported.empty() ||
      std::find(line.supported.begin(), line.supported.end(), kind) != line.supported.end();
  const bool back =
      kind == CaseKind::kReturnRefund || kind == CaseKind::kExchange || kind == CaseKind::kRepair;
  return listed && !(line.perishable && back) ? kind : CaseKind::kRefundOnly;
}

struct Filed {
  CaseKind kind = CaseKind::kRefundOnly;
  LineUnits units;
  int64_t ask = 0;
  ClaimReason reason = ClaimReason::kTaste;
};

// Absent where nothing is left to ask for.
std::optional<Filed> SomeFiling(History& h) {
  Random& random = h.random();
  const FreeLine at = SomeFreeLine(h);
  if (at.free == 0) return std::nullopt;
  Filed filed;
  filed.kind = SomeKind(h, *at.line);
  filed.reason = SomeReason(random);
  filed.units = {at.line->line,
                 random.Percent(50) ? at.free : static_cast<uint32_t>(random.Between(1, at.free))};
  const int64_t most =
      MostFor(h, *at.line, filed.kind, filed.reason, filed.units.quantity, nullptr);
  if (arbiter::IsGoodsKind(filed.kind)) {
    filed.ask = random.Percent(75) ? 0 : std::min<int64_t>(most, 300);
  } else if (most <= 0) {
    return std::nullopt;
  } else {
    filed.ask = random.Percent(65) ? most : random.Between(1, most);
  }
  return filed;
}

void File(History& h, const Target&) {
  const std::optional<Filed> filed = SomeFiling(h);
  if (!filed) return Talk(h, {});
  const bool money = filed->kind == CaseKind::kRefundOnly || filed->kind == CaseKind::kReturnRefund;
  if (money && h.random().Percent(25)) {
    return h.Say(ComplaintFiled{filed->kind, filed->units, h.Cny(filed->ask), filed->reason, {}},
                 Role::kBuyer);
  }
  RefundRequested body{filed->kind, filed->units, h.Cny(filed->ask), filed->reason, {}, {}};
  if (filed->kind == CaseKind::kExchange && filed->ask == 0 && h.random().Percent(20)) {
    body.extra = h.Cny(h.random().Between(1, 500));
  }
  if (h.random().Percent(20)) body.evidence.push_back(h.Piece());
  h.Say(std::move(body), Role::kBuyer);
}

void Intervene(History& h, const Target&) {
  const std::optional<Filed> filed = SomeFiling(h);
  if (!filed) return Talk(h, {});
  PlatformIntervened body;
  body.ground = HelpGround::kPlatformReview;
  body.kind = filed->kind;
  body.units = filed->units;
  body.ask = h.Cny(filed->ask);
  body.reason = filed->reason;
  h.Say(std::move(body), Role::kPlatform);
}

void OfferUnasked(History& h, const Target&) {
  const FreeLine at = SomeFreeLine(h);
  const uint32_t quantity = at.free;
  const int64_t most = quantity == 0 ? 0
                                     : MostFor(h, *at.line, CaseKind::kRefundOnly,
                                               ClaimReason::kOther, quantity, nullptr);
  if (most <= 0) return Talk(h, {});
  OfferMade body;
  body.units = LineUnits{at.line->line, quantity};
  body.options = {{h.random().Pick({Remedy::kRefundOnly, Remedy::kVoucher}),
                   h.Cny(h.random().Between(1, most))}};
  h.Say(std::move(body), h.random().Pick({Role::kSeller, Role::kPlatform}));
}

void HelpAfterCard(History& h, const Target&) {
  h.Say(PlatformHelpRequested{HelpGround::kCardRefused}, Role::kBuyer);
}

}  // namespace

ClaimReason SomeReason(Random& random) {
  return random.Pick({ClaimReason::kTaste, ClaimReason::kQuality, ClaimReason::kSize,
                      ClaimReason::kColour, ClaimReason::kDamaged, ClaimReason::kSpoiled,
                      ClaimReason::kLateShipment, ClaimReason::kWrongItem,
                      ClaimReason::kNotAsDescribed, ClaimReason::kNotReceived,
                      ClaimReason::kNotToVillage});
}

int64_t MostFor(History& h, const OrderLine& line, CaseKind kind, ClaimReason reason,
                uint32_t quantity, const Case* c) {
  const uint32_t number = c == nullptr ? 0 : c->number;
  const int64_t left = ledger::RemainingMoney(h.order(), line, {number});
  const bool of_freight = reason == ClaimReason::kNotToVillage || reason == ClaimReason::kNotToDoor;
  if (of_freight || kind == CaseKind::kPriceProtection || kind == CaseKind::kVoucher) return left;
  return std::min(left, ledger::RefundableFor(h.order(), line, quantity, number));
}

void PayOrder(History& h) {
  OrderPaid body;
  const uint32_t lines = h.random().Pick<uint32_t>({1, 1, 1, 1, 2, 3});
  for (uint32_t n = 1; n <= lines; ++n) body.lines.push_back(SomeLine(h, n));
  if (h.random().Percent(80)) body.return_address = "addr-0";
  h.Say(std::move(body), Role::kPlatform);
}

void AddOrderActs(History& h, Choices& choices) {
  const Order& order = h.order();
  AddParcelActs(h, choices);
  choices.Add(3, {}, Assess);
  choices.Add(3, {}, Stand);
  choices.Add(3, {}, Rate);
  choices.Add(1, {}, Tier);
  choices.Add(2, {}, Talk);
  choices.Add(1, {}, Complain);
  if (order.cases.empty()) {
    choices.Add(3, {}, Promise);
    choices.Add(3, {}, Cancel);
    choices.Add(2, {}, SnapshotAgain);
    choices.Add(4, {}, Subscribe);
    choices.Add(1, {}, Device);
    choices.Add(1, {}, Deposit);
    choices.Add(1, {}, Balance);
  }
  if (order.completed_at) choices.Add(5, {}, OpenByItself);
  if (h.random().Percent(8)) {
    choices.Add(2, {}, Escalate);
    choices.Add(4, {}, Intercept);
    choices.Add(4, {}, End);
  }
}

void AddFilingActs(History& h, Choices& choices) {
  const auto& cards = h.order().entrance.cards;
  choices.Add(h.order().cases.empty() ? 80 : 30, {}, File);
  choices.Add(4, {}, Intervene);
  choices.Add(6, {}, OfferUnasked);
  if (!cards.empty() && (cards.back().answer == CardAnswer::kRefuse || cards.back().unanswered)) {
    choices.Add(60, {}, HelpAfterCard);
  }
}

}  // namespace refund::generate
