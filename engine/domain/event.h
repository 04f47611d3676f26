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

struct PaidLine {
  std::string line;
  std::string sku;
  uint32_t quantity = 0;
  Money paid;  // cash for the whole line
  bool perishable = false;
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
  Money ask;
  ClaimReason reason = ClaimReason::kUnspecified;
  std::vector<Evidence> evidence;
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
struct RefundAccepted {};
struct RefundRejected {
  RefusalGround ground = RefusalGround::kUnspecified;
  std::vector<Evidence> evidence;
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
};
struct OfferChosen {
  Id offer;
  uint32_t option = 0;  // from 0
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
struct PlatformIntervened {
  HelpGround ground = HelpGround::kUnspecified;
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
};
struct RefundFailed {
  Id leg;
  PayoutFailure failure = PayoutFailure::kUnspecified;
  std::string reference;
};

using EventBody = std::variant<
    LogOpened, PolicyPublished, Tick, OrderPaid, PriceSnapshotRecorded, PresaleDepositPaid,
    PresaleBalancePaid, PromiseRecorded, OrderCancelled, OrderCompleted, ShipmentDeclared,
    CarrierScan, DeliveryScan, RefundRequested, ComplaintFiled, RefundAmended, RefundAccepted,
    RefundRejected, RefundWithdrawn, CaseReopened, OfferMade, OfferChosen, OfferDeclined,
    SettlementAgreed, PlatformHelpRequested, PlatformIntervened, InterventionOpened,
    InterventionWithdrawn, EvidenceSubmitted, EvidenceRequested, LiabilityAssessed, RulingProposed,
    RulingApproved, RulingRejected, AppealWaived, SellerStandingSnapshot, ProductRatingSnapshot,
    AbuseAssessed, BuyerTierSnapshot, RefundPaid, RefundFailed>;

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
  X(BuyerTierSnapshot, "BuyerTierSnapshot") X(RefundPaid, "RefundPaid") X(RefundFailed, "RefundFailed")
// clang-format on
REFUND_ENUM(EventKind, REFUND_EVENT_KINDS)
static_assert(CountOf<EventKind>() == std::variant_size_v<EventBody>);

// True for kinds that go to every partition and have no key.
constexpr bool IsBroadcast(EventKind kind) { return kind <= EventKind::kTick; }

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
