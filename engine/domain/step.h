// What a step came to: the record that leaves the engine, from which views, audits and explanations
// are made. A step is one application to one order, by an event or by a deadline that passed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/domain/event.h"
#include "engine/domain/money.h"
#include "engine/domain/order.h"
#include "engine/domain/vocabulary.h"

namespace refund {

// What made the step: an event (claim id and kind), or a deadline (timer, role, generation).
struct Cause {
  std::string claim_id;  // empty for a deadline
  EventKind kind = EventKind::kTick;
  Timer timer = Timer::kT0;
  Role role = Role::kUnspecified;
  uint32_t generation = 0;
  bool IsDeadline() const { return claim_id.empty(); }
};

// A row that was taken. `from` and `to` are values of the machine's own enum (Phase, Overlay, …).
struct Transition {
  Machine machine = Machine::kPhase;
  std::string row;
  uint32_t case_number = 0;  // 0: the order itself
  uint8_t from = 0;
  uint8_t to = 0;
  Id leg;  // Machine::kLeg: which
};

enum class DeadlineAct : uint8_t { kArmed, kPassed, kEnded, kPaused, kResumed };
template <>
struct EnumNames<DeadlineAct> {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"ARMED", "PASSED", "ENDED", "PAUSED", "RESUMED"});
};

struct DeadlineChange {
  DeadlineAct act = DeadlineAct::kArmed;
  Timer timer = Timer::kT0;
  Role role = Role::kUnspecified;
  uint32_t case_number = 0;
  uint32_t generation = 0;
  Instant due;  // where it is armed or resumed: the new one
  int64_t remaining_ms = 0;
};

// A fact that a rule or a guard read, as it was then. Texts, for people and for the record.
struct FactRead {
  std::string name;   // "seller_standing"
  std::string value;  // "MARKED"
  std::string
      detail;  // "21 bad reviews (limit 20), 0 violations (limit 5), recorded …"; may be empty
};

// A rule of a pack that answered: for which question, and what.
struct RuleFired {
  std::string question;  // "route", "timeout", "payer", "ruling"
  std::string label;
  std::string catalogue;  // "TB-20"
  std::string words;
  std::string answer;  // "DIRECT"
};

// How a party's time stood when the decision fell.
struct PartyClock {
  Role party = Role::kUnspecified;
  int64_t spent_ms = 0;
  std::string limit;  // "T1: due 2024-03-03T10:00:00.001+08:00", or empty
};

struct BearerShare {
  Bearer bearer = Bearer::kUnspecified;
  uint32_t basis_points = 0;
  int64_t amount = 0;
};

// The engine's answer. Amounts in minor units of `currency`.
struct Decision {
  Id id;
  Id case_id;
  uint32_t case_number = 0;
  uint32_t number = 0;  // from 1, within the case
  Instant at;
  Basis basis = Basis::kUnspecified;
  RulingOutcome outcome = RulingOutcome::kUnspecified;
  Remedy remedy = Remedy::kUnspecified;
  int64_t amount = 0;
  Currency currency = Currency::kUnspecified;
  std::string row;        // the row that decided; the step's transitions are the whole path
  std::string rounding;   // FLOOR_CUMULATIVE, LARGEST_REMAINDER; empty where nothing was rounded
  uint32_t quantity = 0;  // units that it is about
  int64_t before = 0;     // what the case's money came to before: the legs are the difference
  std::vector<BearerShare> bearers;
  std::vector<Id> legs;
  std::vector<FactRead> facts;
  std::vector<RuleFired> rules;
  Digest procedure_pack;
  Digest commercial_pack;
  std::vector<PartyClock> clocks;
  Liability liability = Liability::kUnspecified;
  std::vector<Digest> considered;
  std::vector<std::string> reason_codes;
  std::vector<Actor> authors;
  std::string text;
};

// A case as it stands after the step: what lists and tables show, without reading the order.
struct CaseSummary {
  Id id;
  std::string key;
  Platform platform = Platform::kUnspecified;
  uint32_t number = 0;
  uint32_t reopening = 0;
  int64_t version = 0;
  CaseKind kind = CaseKind::kUnspecified;
  ClaimReason reason = ClaimReason::kUnspecified;
  bool by_complaint = false;
  Money ask;
  Phase phase = Phase::kNone;
  CloseReason close_reason = CloseReason::kNone;
  Overlay overlay = Overlay::kNone;
  Side asked = Side::kNone;
  RulingOutcome outcome = RulingOutcome::kUnspecified;
  Goods goods = Goods::kUnshipped;
  Instant filed_at;
  Instant closed_at;
  std::optional<Instant> next_due;  // its earliest running deadline
  Timer next_timer = Timer::kT0;
  uint32_t decisions = 0;
  std::optional<DecisionRef> last_decision;
  int64_t settled = 0;  // paid out so far, minor units
  uint32_t quantity = 0;
  uint32_t split_from = 0;
  SpentTime spent;
  Role to_move = Role::kUnspecified;  // whose move it is
  std::string holder;
};

// A leg that the payout system must send, or be asked about.
enum class PayoutAct : uint8_t { kInstruct, kQuery };
template <>
struct EnumNames<PayoutAct> {
  static constexpr auto kNames = std::to_array<std::string_view>({"INSTRUCT", "QUERY"});
};

struct Payout {
  PayoutAct act = PayoutAct::kInstruct;
  Id leg;
  std::string key;
  Id case_id;
  Id decision;
  LegKind kind = LegKind::kUnspecified;
  Bearer bearer = Bearer::kUnspecified;
  std::string line;
  Money amount;
  uint32_t attempt = 0;
  std::string buyer;
  Instant at;
  Bearer to = Bearer::kBuyer;  // who gets it
  Bucket bucket = Bucket::kCash;
  std::string destination;  // a token; empty: the way the buyer paid
};

// A leg as it stands after the step: what payers and queues show, without reading the order.
struct LegSummary {
  Id id;
  uint32_t case_number = 0;
  LegKind kind = LegKind::kUnspecified;
  Bearer bearer = Bearer::kUnspecified;
  Bearer to = Bearer::kUnspecified;
  std::string line;
  Bucket bucket = Bucket::kCash;
  int64_t amount = 0;
  int64_t reversed = 0;
  LegState state = LegState::kNone;
  uint32_t attempt = 0;
};

// What the fold made in this step besides rows and decisions: the derived events of rules.md §3.1.
// One shape for all; which members a kind fills is told in docs/formats/outputs.md.
struct Derived {
  DerivedKind kind = DerivedKind::kUnspecified;
  uint32_t case_number = 0;
  Id subject;                       // a leg, a voucher, a decision
  int64_t amount = 0;               // minor units of the order's currency
  Role party = Role::kUnspecified;  // whose window, whose violation
  std::string word;                 // a name of the kind's own enumeration: "SETTLED", "STALLED"
};

// What one key says to another: derived here, carried there by intake (class "message").
struct KeyMessage {
  std::string id;  // of the claim, made from its cause, so that a repeat is absorbed
  std::string key;
  Instant at;
  EventBody body;
};

struct Step {
  std::string key;
  uint64_t sequence = 0;  // from 1, dense within the order
  Instant at;             // the order's clock at this step; a deadline's own `due`
  Cause cause;
  Actor actor;
  Digest claim_hash;  // zero for a deadline
  StepResult result = StepResult::kApplied;
  Refusal refusal = Refusal::kNone;
  std::string guard;         // the guard that failed
  std::string detail;        // what was expected and what was found
  uint32_t case_number = 0;  // 0: none was meant
  std::vector<Transition> transitions;
  std::vector<DeadlineChange> deadlines;
  std::vector<Decision> decisions;
  std::vector<CaseSummary> cases;  // those that the step touched
  std::vector<Derived> derived;    // in the order in which they came about
  std::vector<LegSummary> legs;    // those that the step made or moved, as they stand after it
  // The order's chain before this step, zero for the first: SHA-256 of the record of the step
  // before.
  Digest previous;
};

// A record that nobody can read: counted, never released; kept whole, unless it is too large.
struct Quarantined {
  uint32_t partition = 0;
  int64_t offset = 0;
  Instant recorded_at;
  std::string why;
  Digest hash;
  std::string bytes;
};

}  // namespace refund
