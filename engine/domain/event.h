// Events: what came in by intake. An event is a claim (what the sender said) and a stamp (what
// intake added). Plain values; the bytes are the codec's affair (engine/codec/event_codec.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/domain/money.h"
#include "engine/domain/vocabulary.h"

namespace refund {

struct Actor {
  Role role = Role::kUnspecified;
  std::string id;  // a token, never a name
  bool operator==(const Actor&) const = default;
};

// Units of one order line.
struct LineUnits {
  std::string line;
  uint32_t quantity = 0;
};

struct Evidence {
  Digest hash;  // of the file, which lies elsewhere
  EvidenceKind kind = EvidenceKind::kUnspecified;
  std::string slot;  // the piece asked for that this is; empty outside a round
  std::string uri;   // where the file lies
  bool shared = false;
};

// A part of a line's price that was not cash, and who put it up (coupons, subsidies, trade-in).
struct BucketAmount {
  Bucket bucket = Bucket::kUnspecified;
  Money amount;  // for the whole line; of CREDIT: what the buyer still owes
  Bearer funder = Bearer::kUnspecified;
};

struct PaidLine {
  std::string line;
  std::string sku;
  uint32_t quantity = 0;
  Money paid;  // cash for the whole line
  bool perishable = false;
  std::vector<BucketAmount> buckets;  // besides cash, each bucket once
  std::vector<CaseKind> supported;    // kinds that the product supports (TB-37); empty: all
  std::string serial;                 // of the one thing sold, where it has one
};

struct OfferOption {
  Remedy remedy = Remedy::kUnspecified;
  Money amount;
};

// Somebody asked for a piece of evidence, by party.
struct SlotAsked {
  Role party = Role::kUnspecified;
  std::string slot;
};

// A bearer's part of what a ruling costs; all parts of a ruling sum to 10,000.
struct LiabilityShare {
  Bearer bearer = Bearer::kUnspecified;
  uint32_t basis_points = 0;
};

// ---- Bodies, in the order of the schema's union. Broadcast first. ----

struct LogOpened {
  Id log_id;
  uint32_t partition = 0;
  uint32_t partitions = 0;
  std::string partitioner;
  uint32_t semantic = 0;
};
struct PolicyPublished {
  Digest digest;     // SHA-256 of `pack`
  std::string pack;  // canonical bytes (schemas/pack.capnp)
};
struct Tick {};

struct OrderPaid {
  std::string buyer;
  std::string merchant;
  std::vector<PaidLine> lines;
  std::string return_address;  // the merchant's registered one, a token; empty: none
};
struct PriceSnapshotRecorded {
  std::vector<PaidLine> lines;
};
struct PresaleDepositPaid {
  Money amount;
};
struct PresaleBalancePaid {
  Money amount;
};
struct PromiseRecorded {
  PromiseKind kind = PromiseKind::kUnspecified;
  std::string detail;
};
struct OrderCancelled {
  std::vector<LineUnits> lines;
};
struct OrderCompleted {};

struct ShipmentDeclared {
  std::string parcel;
  std::string carrier;
};
struct CarrierScan {
  std::string parcel;
  std::string carrier;
};
struct DeliveryScan {
  std::string parcel;
  DeliveryLevel level = DeliveryLevel::kUnspecified;
};

struct RefundRequested {
  CaseKind kind = CaseKind::kUnspecified;
  LineUnits units;
  Money ask;  // of a goods kind: the price difference asked back, zero or more
  ClaimReason reason = ClaimReason::kUnspecified;
  std::vector<Evidence> evidence;
  std::optional<Money> extra;  // of an exchange: what the buyer pays for a dearer thing
};
struct ComplaintFiled {
  CaseKind kind = CaseKind::kUnspecified;
  LineUnits units;
  Money ask;
  ClaimReason reason = ClaimReason::kUnspecified;
  std::vector<Evidence> evidence;
};
struct RefundAmended {
  CaseKind kind = CaseKind::kUnspecified;  // unspecified: as it was
  std::optional<Money> ask;
  std::vector<Evidence> evidence;
};
// An answer that names fewer units than the case holds splits it; quantity 0 means all.
struct RefundAccepted {
  uint32_t quantity = 0;
  bool waived = false;     // the goods need not come back
  bool intercept = false;  // the seller stops the parcel on its way out
  std::string address;     // where to send the goods; empty: the registered one
};
struct RefundRejected {
  RefusalGround ground = RefusalGround::kUnspecified;
  std::vector<Evidence> evidence;
  uint32_t quantity = 0;  // 0: all
};
struct RefundWithdrawn {};
struct CaseReopened {
  HelpGround ground = HelpGround::kUnspecified;
  ClaimReason reason = ClaimReason::kUnspecified;  // a new one, where that is the ground
  std::vector<Evidence> evidence;
};

struct OfferMade {
  std::vector<OfferOption> options;
  std::optional<Instant> expires_at;  // absent: the pack's T2
  Id supersedes;                      // the offer that it takes the place of; zero: whichever
  std::optional<LineUnits> units;     // where there is no case yet (rows 1b, 1e)
};
struct OfferChosen {
  Id offer;
  uint32_t option = 0;    // from 0
  uint32_t quantity = 0;  // 0: all
};
struct OfferDeclined {
  Id offer;
};
// Both parties agreed outside; the actor reports it, and `agreed_by` names them.
struct SettlementAgreed {
  OfferOption remedy;
  std::vector<Actor> agreed_by;
};

struct PlatformHelpRequested {
  HelpGround ground = HelpGround::kUnspecified;
};
// With `units`, without a case: the platform opens one (row 1d) and names what is asked.
struct PlatformIntervened {
  HelpGround ground = HelpGround::kUnspecified;
  CaseKind kind = CaseKind::kUnspecified;
  std::optional<LineUnits> units;
  std::optional<Money> ask;
  ClaimReason reason = ClaimReason::kUnspecified;
};
struct InterventionOpened {
  std::string agent;
  std::vector<SlotAsked> slots;  // empty: the pack's
};
struct InterventionWithdrawn {};
struct EvidenceSubmitted {
  std::vector<Evidence> evidence;
  bool seal = false;  // "I have no more"
};
struct EvidenceRequested {
  std::vector<SlotAsked> slots;
};
struct LiabilityAssessed {
  Liability liability = Liability::kUnspecified;
  std::string grounds;
};
struct RulingProposed {
  RulingOutcome outcome = RulingOutcome::kUnspecified;
  Remedy remedy = Remedy::kUnspecified;
  Money amount;
  std::vector<std::string> reason_codes;
  std::vector<Digest> considered;
  std::string text;
  uint32_t quantity = 0;               // 0: all
  std::vector<LiabilityShare> shares;  // who bears it; empty: the pack's payer rule
};
struct RulingApproved {};
struct RulingRejected {
  std::string text;
};
struct AppealWaived {};

struct SellerStandingSnapshot {
  uint32_t bad_reviews = 0;
  uint32_t violations = 0;
  Instant as_of;
  std::string source_version;
};
struct ProductRatingSnapshot {
  std::string line;
  uint64_t good = 0;
  uint64_t rated = 0;
  Instant as_of;
  std::string source_version;
};
struct AbuseAssessed {
  AbuseVerdict verdict = AbuseVerdict::kUnknown;
  Instant as_of;
  std::string model_version;
};
struct BuyerTierSnapshot {
  std::string tier;
  Instant as_of;
  std::string source_version;
};

struct RefundPaid {
  Id leg;
  std::string reference;  // the payment provider's own number
  uint32_t attempt = 0;   // of RefundInstructed; 0: not said
};
struct RefundFailed {
  Id leg;
  PayoutFailure failure = PayoutFailure::kUnspecified;
  std::string reference;
  uint32_t attempt = 0;
};

// One sum of a day: so many of so many.
struct DayTotal {
  std::string metric;
  int64_t numerator = 0;
  int64_t denominator = 0;
};

// ---- All machines and all money. What has class "message" is made by the engine alone. ----

// From its offset on, records mean what that semantic says.
struct VersionBarrier {
  uint32_t semantic = 0;
};
// Windows that ended inside get the pack's grace, from `to`.
struct OutageDeclared {
  Instant from;
  Instant to;
};
// No leg of the scope is submitted. `name`: "TAOBAO", "TAOBAO/m-7", or a pack's digest; empty for
// ALL.
struct PayoutHold {
  HoldScope scope = HoldScope::kUnspecified;
  std::string name;
};
struct PayoutReleased {
  HoldScope scope = HoldScope::kUnspecified;
  std::string name;
};
struct OrderVoided {
  std::string reason;
};
struct FraudStop {
  std::string reason;
};
// The carrier's word; of the parcel out, back, or out again.
struct ParcelLost {
  std::string parcel;
};
struct InterceptFailed {
  std::string parcel;
};
struct AfterSalesApplyClicked {
  Channel channel = Channel::kUnspecified;
};
struct IssueCardSubmitted {
  CaseKind kind = CaseKind::kUnspecified;
  LineUnits units;
  Money ask;
  ClaimReason reason = ClaimReason::kUnspecified;
  std::string text;
  std::vector<Evidence> evidence;
};
struct IssueCardAnswered {
  CardAnswer answer = CardAnswer::kUnspecified;
};
// The seller opens the entrance of its own accord (TB-27).
struct EntranceOpenRequested {};
struct EntranceReopened {};
// A token.
struct ReturnAddressGiven {
  std::string address;
};
// The carrier: it cannot be delivered there.
struct ReturnAddressInvalid {};
// `freight`: the receipt, if there is one (G-86).
struct ReturnShipped {
  std::string carrier;
  std::string parcel;
  uint32_t quantity = 0;
  std::optional<Money> freight;
};
// The seller's own word for it.
struct ReturnReceived {
  uint32_t quantity = 0;
};
// `deduct`: what their condition takes off the refund of the units named.
struct ReturnInspected {
  Inspection result = Inspection::kUnspecified;
  uint32_t quantity = 0;
  GoodsFault fault = GoodsFault::kUnspecified;
  std::optional<Money> deduct;
  std::vector<Evidence> evidence;
};
struct ReplacementShipped {
  std::string carrier;
  std::string parcel;
};
// Repaired and sent back.
struct RepairDone {
  std::string carrier;
  std::string parcel;
  std::string serial;
};
struct ResendShipped {
  std::string carrier;
  std::string parcel;
};
struct ReplacementReceived {};
struct SellerCannotFulfil {
  std::string reason;
};
struct AppealFiled {
  HelpGround ground = HelpGround::kUnspecified;
  std::string text;
  std::vector<Evidence> evidence;
};
// `ruling`: the new one, with OVERTURNED and VARIED.
struct AppealDecided {
  AppealResult result = AppealResult::kUnspecified;
  std::optional<RulingProposed> ruling;
  std::string text;
};
// Always two pairs of eyes (G-84).
struct RulingSetAside {
  std::string reason;
  Actor approved_by;
};
// The result by another pack; what differs from the old is moved.
struct Rearbitrated {
  Digest pack;
  RulingProposed ruling;
  Actor approved_by;
};
struct DeadlineExtended {
  Timer timer = Timer::kT0;
  Instant until;
  std::string reason;
};
// `refundable`: the provider says that refunds may still go out.
struct PaymentDisputeOpened {
  std::string dispute;
  Money amount;
  bool refundable = false;
};
struct PaymentDisputeClosed {
  std::string dispute;
  DisputeResult result = DisputeResult::kUnspecified;
};
// The provider got the money back: the account is closed, say.
struct RefundReversed {
  Id leg;
  Money amount;
  std::string reference;
};
// A token.
struct PayoutDestinationGiven {
  Id leg;
  std::string destination;
};
// Goodwill.
struct VoucherGrantRequested {
  VoucherKind kind = VoucherKind::kUnspecified;
  Money amount;
  std::string cause;
};
struct VoucherRedeemed {
  Id voucher;
  Money amount;
};
struct ExternalComplaintReceived {
  std::string source;
  std::string reference;
};
// Holds automatic closing; money goes on (G-65).
struct SafetyEscalated {
  std::string reference;
};
// One record for each open order, by the sender.
struct ProductIntercepted {
  std::string reason;
};
// A token; the words lie elsewhere.
struct BuyerMessage {
  std::string message;
};
struct SellerReply {
  ReplierKind by = ReplierKind::kUnspecified;
  std::string message;
};
struct BuyerBlocked {
  std::string cause;
};
struct SatisfactionRated {
  bool satisfied = false;
};
struct ChatMonitoringFlag {
  std::string flag;
  std::string model_version;
};
struct TradeInDevice {
  DeviceState state = DeviceState::kUnspecified;
};
// Reaches orders as a fact recorded on their key: with an order's key, it holds for that order from
// then on.
struct MerchantSettingChanged {
  std::string setting;
  std::string value;
};
struct FreightServiceSubscribed {
  std::string service;
};
struct IpComplaintFiled {
  std::string reference;
};
struct IpComplaintClosed {
  std::string reference;
  bool upheld = false;
};
// To an account: take so much, or give it back. window_days 0: the Beijing month.
struct Draw {
  Id leg;
  std::string order;
  Money amount;
  Money limit;
  uint32_t window_days = 0;
  bool give_back = false;
};
struct DrawGranted {
  Id leg;
  std::string account;
};
struct DrawRefused {
  Id leg;
  std::string account;
  std::string reason;
};
// What one partition counted of a merchant on one Beijing day.
struct DayTotals {
  uint32_t partition = 0;
  Instant day;
  std::vector<DayTotal> totals;
};
// The sum over all partitions.
struct MerchantRolledUp {
  Instant day;
  Digest pack;
  std::vector<DayTotal> totals;
};

using AnyEventBody = std::variant<
    LogOpened, PolicyPublished, Tick, OrderPaid, PriceSnapshotRecorded, PresaleDepositPaid,
    PresaleBalancePaid, PromiseRecorded, OrderCancelled, OrderCompleted, ShipmentDeclared,
    CarrierScan, DeliveryScan, RefundRequested, ComplaintFiled, RefundAmended, RefundAccepted,
    RefundRejected, RefundWithdrawn, CaseReopened, OfferMade, OfferChosen, OfferDeclined,
    SettlementAgreed, PlatformHelpRequested, PlatformIntervened, InterventionOpened,
    InterventionWithdrawn, EvidenceSubmitted, EvidenceRequested, LiabilityAssessed, RulingProposed,
    RulingApproved, RulingRejected, AppealWaived, SellerStandingSnapshot, ProductRatingSnapshot,
    AbuseAssessed, BuyerTierSnapshot, RefundPaid, RefundFailed, VersionBarrier, OutageDeclared,
    PayoutHold, PayoutReleased, OrderVoided, FraudStop, ParcelLost, InterceptFailed,
    AfterSalesApplyClicked, IssueCardSubmitted, IssueCardAnswered, EntranceOpenRequested,
    EntranceReopened, ReturnAddressGiven, ReturnAddressInvalid, ReturnShipped, ReturnReceived,
    ReturnInspected, ReplacementShipped, RepairDone, ResendShipped, ReplacementReceived,
    SellerCannotFulfil, AppealFiled, AppealDecided, RulingSetAside, Rearbitrated, DeadlineExtended,
    PaymentDisputeOpened, PaymentDisputeClosed, RefundReversed, PayoutDestinationGiven,
    VoucherGrantRequested, VoucherRedeemed, ExternalComplaintReceived, SafetyEscalated,
    ProductIntercepted, BuyerMessage, SellerReply, BuyerBlocked, SatisfactionRated,
    ChatMonitoringFlag, TradeInDevice, MerchantSettingChanged, FreightServiceSubscribed,
    IpComplaintFiled, IpComplaintClosed, Draw, DrawGranted, DrawRefused, DayTotals,
    MerchantRolledUp>;

// Copied, moved and destroyed in event.cc: what a hundred alternatives come to is compiled there,
// once, and not wherever an event passes through.
struct EventBody : AnyEventBody {
  using AnyEventBody::AnyEventBody;
  EventBody();
  EventBody(const EventBody& other);
  EventBody(EventBody&& other) noexcept;
  EventBody& operator=(const EventBody& other);
  EventBody& operator=(EventBody&& other) noexcept;
  ~EventBody();
};

// The index of each body in EventBody and in the schema's union; names are those of rules.md §3.1.
// clang-format off
#define REFUND_EVENT_KINDS(X) \
  X(LogOpened, "LogOpened") X(PolicyPublished, "PolicyPublished") X(Tick, "Tick") X(OrderPaid, "OrderPaid") \
  X(PriceSnapshotRecorded, "PriceSnapshotRecorded") X(PresaleDepositPaid, "PresaleDepositPaid") \
  X(PresaleBalancePaid, "PresaleBalancePaid") X(PromiseRecorded, "PromiseRecorded") \
  X(OrderCancelled, "OrderCancelled") X(OrderCompleted, "OrderCompleted") X(ShipmentDeclared, "ShipmentDeclared") \
  X(CarrierScan, "CarrierScan") X(DeliveryScan, "DeliveryScan") X(RefundRequested, "RefundRequested") \
  X(ComplaintFiled, "ComplaintFiled") X(RefundAmended, "RefundAmended") X(RefundAccepted, "RefundAccepted") \
  X(RefundRejected, "RefundRejected") X(RefundWithdrawn, "RefundWithdrawn") X(CaseReopened, "CaseReopened") \
  X(OfferMade, "OfferMade") X(OfferChosen, "OfferChosen") X(OfferDeclined, "OfferDeclined") \
  X(SettlementAgreed, "SettlementAgreed") X(PlatformHelpRequested, "PlatformHelpRequested") \
  X(PlatformIntervened, "PlatformIntervened") X(InterventionOpened, "InterventionOpened") \
  X(InterventionWithdrawn, "InterventionWithdrawn") X(EvidenceSubmitted, "EvidenceSubmitted") \
  X(EvidenceRequested, "EvidenceRequested") X(LiabilityAssessed, "LiabilityAssessed") \
  X(RulingProposed, "RulingProposed") X(RulingApproved, "RulingApproved") X(RulingRejected, "RulingRejected") \
  X(AppealWaived, "AppealWaived") X(SellerStandingSnapshot, "SellerStandingSnapshot") \
  X(ProductRatingSnapshot, "ProductRatingSnapshot") X(AbuseAssessed, "AbuseAssessed") \
  X(BuyerTierSnapshot, "BuyerTierSnapshot") X(RefundPaid, "RefundPaid") X(RefundFailed, "RefundFailed") \
  X(VersionBarrier, "VersionBarrier") X(OutageDeclared, "OutageDeclared") X(PayoutHold, "PayoutHold") \
  X(PayoutReleased, "PayoutReleased") X(OrderVoided, "OrderVoided") X(FraudStop, "FraudStop") \
  X(ParcelLost, "ParcelLost") X(InterceptFailed, "InterceptFailed") \
  X(AfterSalesApplyClicked, "AfterSalesApplyClicked") X(IssueCardSubmitted, "IssueCardSubmitted") \
  X(IssueCardAnswered, "IssueCardAnswered") X(EntranceOpenRequested, "EntranceOpenRequested") \
  X(EntranceReopened, "EntranceReopened") X(ReturnAddressGiven, "ReturnAddressGiven") \
  X(ReturnAddressInvalid, "ReturnAddressInvalid") X(ReturnShipped, "ReturnShipped") \
  X(ReturnReceived, "ReturnReceived") X(ReturnInspected, "ReturnInspected") \
  X(ReplacementShipped, "ReplacementShipped") X(RepairDone, "RepairDone") X(ResendShipped, "ResendShipped") \
  X(ReplacementReceived, "ReplacementReceived") X(SellerCannotFulfil, "SellerCannotFulfil") \
  X(AppealFiled, "AppealFiled") X(AppealDecided, "AppealDecided") X(RulingSetAside, "RulingSetAside") \
  X(Rearbitrated, "Rearbitrated") X(DeadlineExtended, "DeadlineExtended") \
  X(PaymentDisputeOpened, "PaymentDisputeOpened") X(PaymentDisputeClosed, "PaymentDisputeClosed") \
  X(RefundReversed, "RefundReversed") X(PayoutDestinationGiven, "PayoutDestinationGiven") \
  X(VoucherGrantRequested, "VoucherGrantRequested") X(VoucherRedeemed, "VoucherRedeemed") \
  X(ExternalComplaintReceived, "ExternalComplaintReceived") X(SafetyEscalated, "SafetyEscalated") \
  X(ProductIntercepted, "ProductIntercepted") X(BuyerMessage, "BuyerMessage") X(SellerReply, "SellerReply") \
  X(BuyerBlocked, "BuyerBlocked") X(SatisfactionRated, "SatisfactionRated") \
  X(ChatMonitoringFlag, "ChatMonitoringFlag") X(TradeInDevice, "TradeInDevice") \
  X(MerchantSettingChanged, "MerchantSettingChanged") X(FreightServiceSubscribed, "FreightServiceSubscribed") \
  X(IpComplaintFiled, "IpComplaintFiled") X(IpComplaintClosed, "IpComplaintClosed") X(Draw, "Draw") \
  X(DrawGranted, "DrawGranted") X(DrawRefused, "DrawRefused") X(DayTotals, "DayTotals") \
  X(MerchantRolledUp, "MerchantRolledUp")
// clang-format on
REFUND_ENUM(EventKind, REFUND_EVENT_KINDS)
static_assert(CountOf<EventKind>() == std::variant_size_v<AnyEventBody>);

// True for kinds that go to every partition and have no key.
constexpr bool IsBroadcast(EventKind kind) {
  return kind <= EventKind::kTick ||
         (kind >= EventKind::kVersionBarrier && kind <= EventKind::kPayoutReleased);
}
// True for kinds of class "message": derived on one key and carried to another (rules.md §3.1).
// Accepted from the engine alone.
constexpr bool IsMessage(EventKind kind) { return kind >= EventKind::kDraw; }

struct Claim {
  std::string id;   // made by the sender, unique within its key, 1 to 128 bytes
  std::string key;  // empty for broadcast kinds
  std::optional<Id> case_id;
  Instant occurred_at;
  Actor actor;
  std::optional<int64_t> expected_version;  // of the case; absent: not checked
  EventBody body;

  EventKind kind() const { return static_cast<EventKind>(body.index()); }
};

struct Stamp {
  Instant recorded_at;
  std::string principal;  // on whose authority intake took it
};

struct Event {
  Claim claim;
  Digest claim_hash;  // SHA-256 over the claim's stored bytes
  Stamp stamp;
};

}  // namespace refund
