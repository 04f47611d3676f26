// The aggregate: one order, its money ledger and all its cases. One key, one partition, one fold.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/domain/event.h"
#include "engine/domain/money.h"
#include "engine/domain/vocabulary.h"

namespace refund {

// What a line was paid with besides cash, frozen: for the whole line, minor units.
struct BucketValue {
  Bucket bucket = Bucket::kUnspecified;
  int64_t amount = 0;
  Bearer funder = Bearer::kUnspecified;
};

// A line of the frozen price snapshot: what was bought, and the cash that was captured for it.
struct OrderLine {
  std::string line;
  std::string sku;
  uint32_t quantity = 0;
  uint32_t cancelled = 0;  // units cancelled before any case; they lower the ceiling
  int64_t paid = 0;        // minor units, for the whole line
  bool perishable = false;
  std::vector<BucketValue> buckets;  // besides cash, in the order of Bucket
  std::vector<CaseKind> supported;   // kinds that the product supports; empty: all
  std::string serial;
};

// Facts of others, as recorded on the order. `at` is the record's stamp; binding is by 3.1.
struct StandingFact {
  uint32_t bad_reviews = 0;
  uint32_t violations = 0;
  Instant at;
};
struct RatingFact {
  uint64_t good = 0;
  uint64_t rated = 0;
  Instant at;
};
struct AbuseFact {
  AbuseVerdict verdict = AbuseVerdict::kUnknown;
  std::string model_version;
  Instant at;
};
struct TierFact {
  std::string tier;
  Instant at;
};

// The newest of each (on the order), or the one that bound the case (on a case).
struct RecordedFacts {
  std::optional<StandingFact> standing;
  std::optional<RatingFact> rating;  // of the case's line
  std::optional<AbuseFact> abuse;
  std::optional<TierFact> tier;
};

// A deadline is derived, never appended: it passes when the order's clock reaches `due`, the first
// instant that is too late, and its step happens at `due`.
struct Deadline {
  Timer timer = Timer::kT0;
  uint32_t case_number = 0;        // 0: of the order itself (T20 to T27)
  Role role = Role::kUnspecified;  // whose time it is
  uint32_t generation = 0;         // counts the armings of (case, timer, role), from 1
  Instant due;
  Instant armed_at;
  bool of_overlay = false;  // belongs to the arbitration, so it does not pause for it
  bool paused = false;
  int64_t remaining_ms = 0;  // while paused
  Id leg;                    // T12, T15: whose leg; T26: whose voucher
  std::string parcel;        // T24, T25, T27: whose
};

// In which order they lie, in memory as in store. An order's are in it between any two steps: which
// of two that are due at once passes first, and how a step lists what it ended, must not tell
// whether the order was written and read again in between. The first four are the documented order;
// the rest only makes it total.
inline bool LiesBefore(const Deadline& a, const Deadline& b) {
  const auto key = [](const Deadline& d) {
    return std::tie(d.due, d.case_number, d.timer, d.role, d.generation, d.leg, d.parcel,
                    d.armed_at, d.of_overlay, d.paused, d.remaining_ms);
  };
  return key(a) < key(b);
}

// What is known of a claim id that this order has seen.
struct SeenClaim {
  Digest claim_hash;
  uint64_t sequence = 0;  // of the step that took it
  Digest conflict_hash;   // of the newest other claim under this id; zero: there was none
  bool operator==(const SeenClaim&) const = default;
};

struct EvidenceItem {
  Digest hash;
  EvidenceKind kind = EvidenceKind::kUnspecified;
  std::string slot;
  Role party = Role::kUnspecified;
  uint32_t round = 0;  // 0: outside a round
  bool late = false;   // stored and visible, not decisive (G-14)
  bool shared = false;
  Instant at;
};

struct Offer {
  Id id;
  Role by = Role::kUnspecified;
  std::vector<OfferOption> options;
  bool open = false;
  bool of_overlay = false;
  Instant expires_at;  // its T2, as it was armed
};

// A RulingProposed that waits for its second pair of eyes.
struct Proposal {
  Actor author;
  RulingProposed ruling;
};

struct Finding {
  Liability liability = Liability::kUnspecified;
  std::string grounds;
  Actor author;
};

// What a case keeps of its decisions; the whole Decision went out with its step.
struct DecisionRef {
  Id id;
  Basis basis = Basis::kUnspecified;
  RulingOutcome outcome = RulingOutcome::kUnspecified;
  Remedy remedy = Remedy::kUnspecified;
  int64_t amount = 0;
  Bearer bearer = Bearer::kUnspecified;
  std::string row;
  std::string rule;       // label; empty where no rule of a pack was asked
  std::string catalogue;  // the catalogue id of that rule, "TB-20"
  Instant at;
  bool landed = false;
  uint32_t quantity = 0;  // units that it is about
};

// A party's answer to evidence in the present round.
struct AskedParty {
  Role party = Role::kUnspecified;
  bool sealed = false;
};

// Time spent while it was this party's move, in milliseconds.
struct SpentTime {
  int64_t buyer_ms = 0;
  int64_t seller_ms = 0;
  int64_t platform_ms = 0;
};

struct Case {
  Id id;
  uint32_t number = 0;  // from 1, in order of filing; the order's own
  uint32_t reopening = 0;
  int64_t version = 0;  // steps that changed it; what expected_version is compared with

  CaseKind kind = CaseKind::kUnspecified;
  std::string line;
  uint32_t quantity = 0;
  int64_t ask = 0;  // minor units of the order's currency
  ClaimReason reason = ClaimReason::kUnspecified;
  std::vector<ClaimReason> past_reasons;
  bool by_complaint = false;
  Actor filer;
  Instant filed_at;
  Instant closed_at;  // 0 while open

  Digest procedure_pack;   // pinned by the clock at filing
  Digest commercial_pack;  // pinned by the instant of payment
  RecordedFacts facts;
  bool ready = false;  // the facts that the pack waits for are there, or T0 has passed

  Phase phase = Phase::kNone;
  CloseReason close_reason = CloseReason::kNone;
  Phase last_open_phase = Phase::kNone;
  Goods goods = Goods::kUnshipped;

  // Goods: requested ≥ shipped back ≥ received ≥ accepted, in units of `quantity`.
  uint32_t shipped_back = 0;
  uint32_t received = 0;
  uint32_t accepted = 0;
  GoodsFault fault = GoodsFault::kUnspecified;  // with INSPECTED_BAD
  std::string return_parcel;
  std::optional<int64_t> return_freight;  // the buyer's receipt (G-86), minor units
  bool freight_claimed = false;           // its leg exists: once per return
  std::string return_address;             // usable one, or empty
  std::string invalid_address;            // found undeliverable by the carrier
  bool intercepted = false;               // refund-only that became a return kind (row 4c)
  bool money_first = false;               // paid before the goods came back (1g, 4f, L3)
  // The replacement, repaired or re-sent parcel: a unit-group of its own.
  Goods out_goods = Goods::kUnshipped;
  std::string out_parcel;
  bool out_received = false;
  bool return_lost = false;  // under a live overlay (F5d): rows a15c, a15d take it up
  bool intercept_failed = false;
  // What the buyer pays with the new thing of a goods kind; below zero, what the buyer gets back.
  int64_t extra = 0;

  Remedy remedy = Remedy::kUnspecified;     // what the decision in force is performing
  bool landed_first = false;                // by a10p, before the appeal window was over
  bool platform_opened = false;             // row 1d or 1e: nobody asked for help
  bool voided = false;                      // row 28: what settles late is clawed back
  std::vector<Role> appealed_by;            // in the ruling that stands
  std::vector<std::string> ruling_authors;  // of all rulings, by id: no reviewer may be one
  std::optional<Role> in_default;           // a party that did not do what was agreed (a1d)
  uint32_t split_from = 0;                  // the case that it was split off, or 0
  Digest rearbitrated_pack;                 // zero: none
  bool settled_claim = false;               // closed by the buyer's choice of a voucher (G-29)
  uint32_t extensions = 0;

  Overlay overlay = Overlay::kNone;
  Side asked = Side::kNone;  // in EVIDENCE: who
  RulingOutcome outcome = RulingOutcome::kUnspecified;
  bool final_by_agreement = false;
  bool opened_by_row = false;  // the overlay was opened by a row (9d), not by a party's request
  Role help_asked_by = Role::kUnspecified;
  bool decided = false;   // something, since this arbitration was asked for
  uint32_t priority = 0;  // how often T13 passed
  std::string holder;     // the agent of the newest InterventionOpened

  uint32_t round = 0;
  std::vector<AskedParty> asked_parties;
  std::vector<SlotAsked> slots;
  std::vector<EvidenceItem> evidence;
  std::optional<Finding> finding;
  std::optional<Proposal> proposal;
  std::vector<Offer> offers;
  std::vector<DecisionRef> decisions;
  RefusalGround refusal_ground = RefusalGround::kUnspecified;
  std::vector<Role> appeal_waived_by;

  uint32_t amendments = 0;
  uint32_t offers_by_seller = 0;
  uint32_t offers_by_buyer = 0;
  uint32_t offers_by_platform = 0;
  uint32_t help_requests = 0;
  SpentTime spent;
  Instant last_step_at;
  // The newest deadline of a party that passed, and where the case stood before it: an act from
  // before that comes after is told that it is late (LATE_IN_LOG).
  Instant passed_at;
  Phase phase_before = Phase::kNone;
  Overlay overlay_before = Overlay::kNone;
  // (timer, role) -> how often armed. Ordered, since it is stored.
  std::map<std::pair<Timer, Role>, uint32_t> generations;

  bool IsOpen() const { return phase != Phase::kNone && phase != Phase::kClosed; }
  bool OverlayIsLive() const {
    return overlay != Overlay::kNone && overlay != Overlay::kWithdrawn &&
           overlay != Overlay::kFinal;
  }
};

// One movement of money: from its bearer to `to`.
struct Leg {
  Id id;
  Id decision;               // zero where no decision made it (a goodwill voucher)
  uint32_t case_number = 0;  // 0: of the order itself
  LegKind kind = LegKind::kUnspecified;
  Bearer bearer = Bearer::kUnspecified;  // who pays
  Bearer to = Bearer::kBuyer;            // who gets it
  Bearer behind = Bearer::kUnspecified;  // from whom who pays it takes it back when it is there
  std::string line;
  Bucket bucket = Bucket::kCash;
  int64_t amount = 0;
  bool by_units = false;   // apportioned by units (§3.7), or by amount
  int64_t reversed = 0;    // of `amount`, given back by the provider
  uint32_t reversals = 0;  // along the chain of its successors
  Id cause_leg;  // RECOVERY, CLAWBACK: the payment that it takes back, also of one that follows
                 // another; of others: whom it follows, or what was taken back and is given back
  std::string destination;  // a token; empty: the way the buyer paid
  uint32_t draws_open = 0;  // PROPOSED: accounts that have not answered yet
  bool held_by_appeal = false;
  bool held_by_dispute = false;
  bool by_brake = false;  // RESERVED, or its next try is due, and only a PayoutHold keeps it
  bool waited = false;    // VOID, but ready when its case ended: rows 26b, 26c reserve it again
  LegState state = LegState::kNone;
  uint32_t attempt = 0;  // 1 at the first RefundInstructed
  uint32_t queries = 0;  // PayoutQueried so far (m18)
  std::string reference;
};

// A voucher, after its leg is SETTLED. Its id is the leg's.
struct Voucher {
  Id id;
  uint32_t case_number = 0;  // 0: goodwill, without a case
  VoucherKind kind = VoucherKind::kUnspecified;
  VoucherState state = VoucherState::kNone;
  int64_t amount = 0;
  int64_t redeemed = 0;
  Instant granted_at;
  Instant expires_at;
  std::string cause;  // once per cause: "STALLED/p-1"
};

// A bank dispute on a payment of the order.
struct Dispute {
  std::string id;
  int64_t amount = 0;
  bool refundable = false;
  DisputeState state = DisputeState::kNone;
};

// A card on which the buyer wrote what is wrong, past the validity of after-sales (TB-30).
struct IssueCard {
  CaseKind kind = CaseKind::kUnspecified;
  std::string line;
  uint32_t quantity = 0;
  int64_t ask = 0;
  ClaimReason reason = ClaimReason::kUnspecified;
  Instant at;
  CardAnswer answer = CardAnswer::kUnspecified;
  bool late = false;        // not answered within T20: a miss in the rate
  bool unanswered = false;  // T21 passed: the buyer may ask the platform
  bool by_auto = false;
};

struct EntranceState {
  Entrance state = Entrance::kShut;
  uint32_t openings = 0;
  Instant opened_at;
  EntranceBy by = EntranceBy::kUnspecified;
  std::vector<IssueCard> cards;  // the newest is the last
  bool agreed = false;           // SettlementAgreed outside a case: openable (TB-49)
};

// A parcel, by its number: the outward ones of the order, returns and replacements.
struct Parcel {
  std::string id;
  std::string carrier;
  std::optional<Instant> declared_at;
  std::optional<Instant> scanned_at;  // newest scan
  std::optional<Instant> delivered_at;
  DeliveryLevel level = DeliveryLevel::kUnspecified;
  bool lost = false;
  std::vector<Anomaly> anomalies;  // each kind once
};

// On an account's key: what was drawn from it, and for which order. On an order's key: what an
// account
// (`order` names it) has granted to one of its legs.
struct AccountDraw {
  Id leg;
  std::string order;
  int64_t amount = 0;
  Instant at;
  bool given_back = false;
};

// A readable fact that came early (an answer to a leg that is not known, or not submitted yet).
struct ParkedFact {
  std::string claim_id;
  EventBody body;  // an answer to a leg
  Instant at;
};

struct Order {
  std::string key;
  Platform platform = Platform::kUnspecified;
  Instant clock;  // highest instant of its own steps; a Tick that fires nothing leaves no trace
  uint64_t sequence = 0;  // of its newest step
  Digest chain;           // h_n = H(h_{n-1}, claim hash, stamp, step)

  std::string buyer;
  std::string merchant;
  Currency currency = Currency::kUnspecified;
  std::optional<Instant> paid_at;
  std::optional<Instant> completed_at;
  std::optional<Instant> shipped_at;
  std::optional<Instant> delivered_at;
  std::vector<OrderLine> lines;
  std::vector<PromiseKind> promises;
  bool door_promised = false;  // a promise with the detail DOOR: no locker is a delivery
  std::string return_address;  // the merchant's registered one
  EntranceState entrance;
  std::vector<Parcel> parcels;  // in order of their first record
  std::vector<Voucher> vouchers;
  std::vector<Dispute> disputes;
  std::vector<AccountDraw> draws;               // of an account, not of an order
  std::map<std::string, std::string> settings;  // MerchantSettingChanged, on this key
  std::vector<std::string> services;            // FreightServiceSubscribed
  std::vector<std::string> external_complaints;
  bool safety = false;
  bool intercepted = false;  // ProductIntercepted
  DeviceState device = DeviceState::kUnspecified;
  std::map<std::pair<Timer, Role>, uint32_t> generations;  // of the order's own deadlines
  bool double_paid = false;
  bool arrival_overdue = false;  // T27 passed (G-89)
  int64_t presale_deposit = 0;
  int64_t presale_balance = 0;

  RecordedFacts facts;                        // newest of each; rating per line below
  std::map<std::string, RatingFact> ratings;  // by line
  std::vector<Case> cases;                    // case number n is cases[n - 1]
  std::vector<Leg> legs;                      // in order of creation
  std::vector<Deadline> deadlines;            // armed or paused, in no promised order
  std::vector<ParkedFact> parked;             // in order of arrival
  std::map<std::string, SeenClaim> seen;  // by claim id; a store may keep it beside (RecallClaim)

  OrderLine* FindLine(std::string_view name);
  const OrderLine* FindLine(std::string_view name) const;
  Case* FindCase(const Id& id);
  const Case* FindCase(const Id& id) const;
  Leg* FindLeg(const Id& id);
  const Leg* FindLeg(const Id& id) const;
};

inline OrderLine* Order::FindLine(std::string_view name) {
  for (OrderLine& each : lines) {
    if (each.line == name) return &each;
  }
  return nullptr;
}
inline const OrderLine* Order::FindLine(std::string_view name) const {
  return const_cast<Order*>(this)->FindLine(name);
}
inline Case* Order::FindCase(const Id& id) {
  for (Case& each : cases) {
    if (each.id == id) return &each;
  }
  return nullptr;
}
inline const Case* Order::FindCase(const Id& id) const {
  return const_cast<Order*>(this)->FindCase(id);
}
inline Leg* Order::FindLeg(const Id& id) {
  for (Leg& each : legs) {
    if (each.id == id) return &each;
  }
  return nullptr;
}
inline const Leg* Order::FindLeg(const Id& id) const {
  return const_cast<Order*>(this)->FindLeg(id);
}

}  // namespace refund
