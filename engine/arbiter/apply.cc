#include "engine/arbiter/apply.h"

#include <algorithm>
#include <utility>

#include "engine/arbiter/accounts.h"
#include "engine/arbiter/authority.h"
#include "engine/arbiter/due.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/entrance.h"
#include "engine/arbiter/follow.h"
#include "engine/arbiter/invariants.h"
#include "engine/arbiter/leg_answers.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"
#include "engine/arbiter/summary.h"
#include "engine/arbiter/turn.h"
#include "engine/arbiter/vouchers.h"
#include "engine/base/check.h"
#include "engine/domain/key.h"

namespace refund::arbiter {
namespace {

// Legs and bank disputes of an order. Each may be of kMaxUnits, and one event may take all of them
// back: so their sums are numbers.
constexpr size_t kMostMovements = 4000;

enum class Scope : uint8_t {
  kOrder,
  kParcel,
  kEntrance,
  kVoucher,
  kDraw,
  kNewCase,
  kOpenCase,
  kAnyCase,
  kLeg
};

// What an event is about: the order, a parcel (of the order or of a case), the entrance, a voucher,
// a case to be made, a case, or a leg.
Scope ScopeOf(EventKind kind) {
  switch (kind) {
    case EventKind::kRefundRequested:
    case EventKind::kComplaintFiled:
      return Scope::kNewCase;
    case EventKind::kCaseReopened:
    case EventKind::kPlatformHelpRequested:
    case EventKind::kRulingSetAside:
    case EventKind::kRearbitrated:
    case EventKind::kReturnShipped:
    case EventKind::kReturnReceived:
    case EventKind::kReturnInspected:
      return Scope::kAnyCase;
    case EventKind::kRefundPaid:
    case EventKind::kRefundFailed:
    case EventKind::kRefundReversed:
    case EventKind::kPayoutDestinationGiven:
      return Scope::kLeg;
    case EventKind::kDrawGranted:
    case EventKind::kDrawRefused:
      return Scope::kDraw;
    case EventKind::kVoucherGrantRequested:
    case EventKind::kVoucherRedeemed:
      return Scope::kVoucher;
    case EventKind::kAfterSalesApplyClicked:
    case EventKind::kIssueCardSubmitted:
    case EventKind::kIssueCardAnswered:
    case EventKind::kEntranceOpenRequested:
    case EventKind::kEntranceReopened:
      return Scope::kEntrance;
    case EventKind::kDeliveryScan:
    case EventKind::kParcelLost:
      return Scope::kParcel;
    case EventKind::kOrderPaid:
    case EventKind::kPriceSnapshotRecorded:
    case EventKind::kPresaleDepositPaid:
    case EventKind::kPresaleBalancePaid:
    case EventKind::kPromiseRecorded:
    case EventKind::kOrderCancelled:
    case EventKind::kOrderCompleted:
    case EventKind::kShipmentDeclared:
    case EventKind::kCarrierScan:
    case EventKind::kSellerStandingSnapshot:
    case EventKind::kProductRatingSnapshot:
    case EventKind::kAbuseAssessed:
    case EventKind::kBuyerTierSnapshot:
    case EventKind::kOrderVoided:
    case EventKind::kFraudStop:
    case EventKind::kPaymentDisputeOpened:
    case EventKind::kPaymentDisputeClosed:
    case EventKind::kExternalComplaintReceived:
    case EventKind::kSafetyEscalated:
    case EventKind::kProductIntercepted:
    case EventKind::kBuyerMessage:
    case EventKind::kSellerReply:
    case EventKind::kBuyerBlocked:
    case EventKind::kSatisfactionRated:
    case EventKind::kChatMonitoringFlag:
    case EventKind::kTradeInDevice:
    case EventKind::kMerchantSettingChanged:
    case EventKind::kFreightServiceSubscribed:
      return Scope::kOrder;
    default:
      return Scope::kOpenCase;
  }
}

// ---- Facts that bind cases (F6) ----

void OfferFactToCases(Turn& turn, Trigger on) {
  for (size_t i = 0; i < turn.order.cases.size(); ++i) {
    Case& c = turn.order.cases[i];
    BindFacts(turn, c);
    if (c.phase != Phase::kFiled) continue;
    turn.the_case = &c;
    TakePhaseRow(turn, on, nullptr);  // row 0b, while another fact is missing
    FollowThrough(turn);
  }
  turn.the_case = nullptr;
}

bool IsRecordedFact(EventKind kind) {
  return kind == EventKind::kSellerStandingSnapshot || kind == EventKind::kProductRatingSnapshot ||
         kind == EventKind::kAbuseAssessed || kind == EventKind::kBuyerTierSnapshot;
}

// ---- Which case ----

Case* OnlyCase(Order& order, bool open_only, size_t& candidates) {
  Case* only = nullptr;
  candidates = 0;
  for (Case& c : order.cases) {
    if (open_only && !c.IsOpen()) continue;
    only = &c;
    ++candidates;
  }
  return candidates == 1 ? only : nullptr;
}

// Finds the case that the event is about, or refuses.
bool FindItsCase(Turn& turn) {
  const Claim& claim = turn.event->claim;
  if (claim.case_id) {
    turn.the_case = turn.order.FindCase(*claim.case_id);
    if (turn.the_case == nullptr) {
      Refuse(turn, Refusal::kNoSuchCase, "the case is of this order",
             "expected a case of " + turn.order.key + ", found " + claim.case_id->hex());
      return false;
    }
    return true;
  }
  size_t candidates = 0;
  // The only open case, or else the only case there is.
  turn.the_case = OnlyCase(turn.order, true, candidates);
  if (candidates == 0) turn.the_case = OnlyCase(turn.order, false, candidates);
  if (turn.the_case != nullptr) return true;
  Refuse(turn, candidates == 0 ? Refusal::kNoSuchCase : Refusal::kCaseNotNamed,
         "the event names its case, or there is only one",
         candidates == 0 ? "expected a case, the order has none"
                         : "expected \"case\", the order has " + std::to_string(candidates) +
                               " that it could be");
  return false;
}

// ---- Refusals ----

// A deadline got there first, though the sender acted before it, when the act was still looked for
// (case-model.md §3.3).
bool CameLate(const Turn& turn) {
  const Case& c = *turn.the_case;
  return turn.event->claim.occurred_at < c.passed_at &&
         IsLookedFor(turn, c.phase_before, c.overlay_before, Trigger::On(turn.event->claim.kind()));
}

// Of a case: where it stands, and whether the event is only late.
void SayWhereItStands(const Turn& turn, NotTaken& why) {
  if (CameLate(turn)) why.refusal = Refusal::kLateInLog;
  if (!why.detail.empty()) return;
  const Case& c = *turn.the_case;
  why.detail = std::string(NameOf(turn.event->claim.kind())) + " is not expected in " +
               std::string(NameOf(c.phase)) + " with the arbitration at " +
               std::string(NameOf(c.overlay));
  if (why.refusal == Refusal::kLateInLog) {
    why.detail +=
        "; it was recorded after the deadline of " + FormatInstant(c.passed_at) + " had passed";
  }
}

void RefuseAsNotTaken(Turn& turn, NotTaken why) {
  if (why.refusal == Refusal::kNotExpectedNow && turn.the_case != nullptr) {
    SayWhereItStands(turn, why);
  }
  Refuse(turn, why.refusal, std::move(why.guard), std::move(why.detail));
}

// ---- One event ----

bool TryCaseEvent(Turn& turn, Trigger on, NotTaken* why) {
  bool taken = TakeOverlayRow(turn, on, why);
  // Where the live arbitration has a row for it, its word stands.
  const bool overlay_spoke =
      turn.the_case != nullptr && turn.the_case->OverlayIsLive() && !why->guard.empty();
  if (!taken && !overlay_spoke) taken = TakePhaseRow(turn, on, why) || TakeFactRow(turn, on, why);
  if (taken) FollowThrough(turn);
  return taken;
}

void TakeCaseEvent(Turn& turn, Trigger on) {
  NotTaken why;
  if (!TryCaseEvent(turn, on, &why)) RefuseAsNotTaken(turn, std::move(why));
}

// A fact about the order that opens cases of itself, one for each line (row 1d).
void OpenCasesFor(Turn& turn, Trigger on) {
  std::vector<std::string> lines;
  for (const OrderLine& line : turn.order.lines) lines.push_back(line.line);
  for (const std::string& line : lines) {
    turn.line = line;
    turn.the_case = nullptr;
    if (TakePhaseRow(turn, on, nullptr)) FollowThrough(turn);
  }
  turn.line = {};
  turn.the_case = nullptr;
}

// All, or the one that is named.
void VoidCases(Turn& turn, Trigger on) {
  const auto& named = turn.event->claim.case_id;
  for (size_t i = 0; i < turn.order.cases.size(); ++i) {
    turn.the_case = &turn.order.cases[i];
    if (named && turn.the_case->id != *named) continue;
    if (TakePhaseRow(turn, on, nullptr)) FollowThrough(turn);
  }
  turn.the_case = nullptr;
}

// Row 12l, of whoever was to send back what is lost.
void EndReturnsOf(Turn& turn, Trigger on) {
  for (size_t i = 0; i < turn.order.cases.size(); ++i) {
    turn.the_case = &turn.order.cases[i];
    if (turn.the_case->phase != Phase::kAwaitBuyerReturn) continue;
    if (TakePhaseRow(turn, on, nullptr)) FollowThrough(turn);
  }
  turn.the_case = nullptr;
}

void TakeOrderEvent(Turn& turn, Trigger on) {
  NotTaken why;
  if (!TakeFactRow(turn, on, &why)) return RefuseAsNotTaken(turn, std::move(why));
  const EventKind kind = on.event();
  if (IsRecordedFact(kind)) OfferFactToCases(turn, on);
  if (kind == EventKind::kOrderVoided || kind == EventKind::kFraudStop) VoidCases(turn, on);
  if (kind == EventKind::kParcelLost) EndReturnsOf(turn, on);
  if (kind == EventKind::kParcelLost || kind == EventKind::kProductIntercepted) {
    OpenCasesFor(turn, on);
  }
  if (kind == EventKind::kPaymentDisputeClosed) FollowAll(turn);
}

const std::string& ParcelNamed(const EventBody& body) {
  if (const auto* scan = std::get_if<DeliveryScan>(&body)) return scan->parcel;
  return std::get<ParcelLost>(body).parcel;
}

// The cases whose return or replacement travels under that number: what was split off shares it.
// What was stopped on its way out travels under the number it went out with.
std::vector<uint32_t> CasesOfParcel(const Order& order, const std::string& parcel) {
  std::vector<uint32_t> numbers;
  for (const Case& c : order.cases) {
    if (c.return_parcel == parcel || c.out_parcel == parcel) numbers.push_back(c.number);
  }
  return numbers;
}

void TakeParcelEvent(Turn& turn, Trigger on) {
  const auto numbers = CasesOfParcel(turn.order, ParcelNamed(turn.event->claim.body));
  if (numbers.empty()) return TakeOrderEvent(turn, on);
  turn.step.case_number = numbers.front();
  NotTaken first;
  bool taken = false;
  for (const uint32_t number : numbers) {
    turn.the_case = &turn.order.cases[number - 1];
    NotTaken why;
    const bool by_this = TryCaseEvent(turn, on, &why);
    taken = taken || by_this;
    if (number == numbers.front()) first = std::move(why);
  }
  if (!taken) RefuseAsNotTaken(turn, std::move(first));
}

// SettlementAgreed where there is no case opens the entrance (TB-49).
bool IsAgreedWithoutCase(const Turn& turn) {
  return turn.BodyIf<SettlementAgreed>() != nullptr && !turn.event->claim.case_id &&
         std::none_of(turn.order.cases.begin(), turn.order.cases.end(),
                      [](const Case& c) { return c.IsOpen(); }) &&
         turn.order.completed_at.has_value();
}

// An offer, the platform or a buyer with a refused card makes a case where none is meant (rows 1b,
// 1d, 1e, 1h).
bool MakesACase(const Turn& turn) {
  if (turn.event->claim.case_id) return false;
  if (const auto* offer = turn.BodyIf<OfferMade>()) return offer->units.has_value();
  if (const auto* body = turn.BodyIf<PlatformIntervened>()) return body->units.has_value();
  return turn.BodyIf<PlatformHelpRequested>() != nullptr && CardForHelp(turn.order) != nullptr &&
         std::none_of(turn.order.cases.begin(), turn.order.cases.end(),
                      [](const Case& c) { return c.IsOpen(); });
}

void TakeEntranceEvent(Turn& turn, Trigger on) {
  NotTaken why;
  if (!TakeEntranceRow(turn, on, &why)) RefuseAsNotTaken(turn, std::move(why));
}

void TakeAboutVoucher(Turn& turn, Trigger on) {
  NotTaken why;
  if (!TakeVoucherEvent(turn, on, &why)) RefuseAsNotTaken(turn, std::move(why));
}

// What is known of its legs an order always hears. False: refused.
bool HasRoom(Turn& turn) {
  const Order& order = turn.order;
  const Scope scope = ScopeOf(turn.event->claim.kind());
  const size_t movements = order.legs.size() + order.disputes.size();
  if (scope == Scope::kLeg || scope == Scope::kDraw || movements < kMostMovements) return true;
  Refuse(turn, Refusal::kOverTheCeiling, "the order has room for another leg",
         "expected fewer than " + std::to_string(kMostMovements) +
             " legs and bank disputes, found " + std::to_string(movements));
  return false;
}

void TakeOrdersEvent(Turn& turn) {
  const EventKind kind = turn.event->claim.kind();
  const Trigger on = Trigger::On(kind);
  if (!HasRoom(turn)) return;
  if (IsAgreedWithoutCase(turn)) return TakeEntranceEvent(turn, on);
  if (MakesACase(turn)) return TakeCaseEvent(turn, on);
  switch (ScopeOf(kind)) {
    case Scope::kOrder:
      return TakeOrderEvent(turn, on);
    case Scope::kParcel:
      return TakeParcelEvent(turn, on);
    case Scope::kEntrance:
      return TakeEntranceEvent(turn, on);
    case Scope::kVoucher:
      return TakeAboutVoucher(turn, on);
    case Scope::kDraw:
      if (!TakeDrawAnswer(turn, on)) Park(turn);
      return;
    case Scope::kLeg:
      return TakeLegAnswer(turn, on);
    case Scope::kNewCase:
      return TakeCaseEvent(turn, on);
    case Scope::kOpenCase:
    case Scope::kAnyCase:
      if (FindItsCase(turn)) {
        turn.step.case_number = turn.the_case->number;
        TakeCaseEvent(turn, on);
      }
  }
}

void TakeEvent(Turn& turn) {
  std::string why;
  if (!MaySay(turn, &why)) {
    return Refuse(turn, Refusal::kNotAuthorized, "the principal may say this", std::move(why));
  }
  KeyParts key;
  std::string error;
  ParseKey(turn.order.key, key, error);
  switch (key.type) {
    case KeyType::kAccount:
      return ApplyToAccount(turn);
    case KeyType::kMerchant:
    case KeyType::kConversation:
      return ApplyToOther(turn);
    default:
      return TakeOrdersEvent(turn);
  }
}

// ---- One deadline ----

// The deadlines within which a party may act.
bool IsOfAParty(Timer timer) {
  return timer == Timer::kT1 || timer == Timer::kT2 || timer == Timer::kT4 || timer == Timer::kT9 ||
         timer == Timer::kT10 || timer == Timer::kT11;
}

void RememberPassing(const Turn& turn) {
  if (!IsOfAParty(turn.firing->timer)) return;
  Case& c = *turn.the_case;
  c.passed_at = turn.at;
  c.phase_before = c.phase;
  c.overlay_before = c.overlay;
}

// An agreement was not kept by the party whose time ran out (a1d).
void RememberDefault(const Turn& turn) {
  Case& c = *turn.the_case;
  if (!c.final_by_agreement || c.overlay != Overlay::kFinal) return;
  switch (turn.firing->timer) {
    case Timer::kT3:
      c.in_default = Role::kBuyer;
      break;
    case Timer::kT5:
    case Timer::kT6:
    case Timer::kT14:
      c.in_default = Role::kSeller;
      break;
    default:
      break;
  }
}

// The next scan, or the first, did not come (G-35, G-36); the parcel did not arrive where it was
// promised to (G-89).
void PassParcelDeadline(Turn& turn) {
  if (turn.firing->timer == Timer::kT27) {
    turn.order.arrival_overdue = true;
    return;
  }
  if (turn.firing->timer == Timer::kT24) {
    return Note(turn, DerivedKind::kViolationRecorded, Id{}, 0, Role::kSeller,
                std::string(NameOf(Violation::kFalseShipping)));
  }
  auto& parcels = turn.order.parcels;
  const auto parcel = std::find_if(parcels.begin(), parcels.end(), [&](const Parcel& each) {
    return each.id == turn.firing->parcel;
  });
  CHECK(parcel != parcels.end());
  auto& anomalies = parcel->anomalies;
  if (std::find(anomalies.begin(), anomalies.end(), Anomaly::kStalled) != anomalies.end()) return;
  anomalies.push_back(Anomaly::kStalled);
  Note(turn, DerivedKind::kTrackAnomaly, Id{}, 0, Role::kCarrier,
       std::string(NameOf(Anomaly::kStalled)));
  const Parcel stalled = *parcel;
  GrantAnomalyVoucher(turn, stalled, Anomaly::kStalled);
}

void TakeOrdersDeadline(Turn& turn) {
  switch (turn.firing->timer) {
    case Timer::kT20:
    case Timer::kT21:
    case Timer::kT22:
      return PassEntranceDeadline(turn);
    case Timer::kT26:
      return PassVoucherDeadline(turn);
    default:
      return PassParcelDeadline(turn);
  }
}

void TakeDeadline(Turn& turn) {
  const Trigger on = Trigger::Passed(turn.firing->timer);
  if (turn.the_case == nullptr) return TakeOrdersDeadline(turn);
  RememberPassing(turn);
  RememberDefault(turn);
  if (!turn.firing->leg.IsZero()) {
    Leg* leg = turn.order.FindLeg(turn.firing->leg);
    CHECK(leg != nullptr);
    Touch(turn);
    TakeLegRow(turn, *leg, on);
  } else if (turn.firing->timer == Timer::kT0) {
    Touch(turn);
    turn.the_case->ready = true;  // what is missing now is UNKNOWN
  } else if (turn.firing->of_overlay) {
    TakeOverlayRow(turn, on, nullptr);
  } else if (!TakePhaseRow(turn, on, nullptr)) {
    TakeFactRow(turn, on, nullptr);  // F5b, F5c: the goods' own clocks
  }
  FollowThrough(turn);
}

void SummarizeLegs(Turn& turn) {
  const auto& rows = turn.step.transitions;
  const auto is_of_leg = [](const Transition& t) { return t.machine == Machine::kLeg; };
  if (std::none_of(rows.begin(), rows.end(), is_of_leg)) return;
  for (const Leg& leg : turn.order.legs) {
    const bool moved = std::any_of(rows.begin(), rows.end(), [&](const Transition& t) {
      return is_of_leg(t) && t.leg == leg.id;
    });
    if (!moved) continue;
    turn.step.legs.push_back({leg.id, leg.case_number, leg.kind, leg.bearer, leg.to, leg.line,
                              leg.bucket, leg.amount, leg.reversed, leg.state, leg.attempt});
  }
}

Outcome Finish(Turn& turn) {
  TakeUpParked(turn);
  SendGoodwillVouchers(turn);
  Order& order = turn.order;
  std::sort(order.deadlines.begin(), order.deadlines.end(), [](const auto& a, const auto& b) {
    return a.due != b.due ? a.due < b.due : LiesBefore(a, b);  // nearly always the first says it
  });
  order.clock = std::max(order.clock, turn.at);
  turn.step.sequence = ++order.sequence;
  SummarizeCases(turn);
  SummarizeLegs(turn);
  const bool held_by_brake = std::any_of(order.legs.begin(), order.legs.end(),
                                         [](const Leg& leg) { return leg.by_brake; });
  std::optional<std::string> broken = BrokenInvariant(turn);
  return {false,         std::move(turn.step), std::move(turn.payouts), std::move(turn.messages),
          held_by_brake, std::move(broken)};
}

Turn Begin(Order& order, Instant at, const policy::PackBook& packs) {
  Turn turn(order, packs, at);
  turn.step.key = order.key;
  turn.step.at = at;
  return turn;
}

void Conflict(Turn& turn, const SeenClaim& seen) {
  turn.step.result = StepResult::kConflict;
  turn.step.detail = "another claim under this id was taken in step " +
                     std::to_string(seen.sequence) + "; the first stands";
}

}  // namespace

Order NewOrder(std::string key) {
  KeyParts parts;
  std::string error;
  CHECK(ParseKey(key, parts, error));  // the codec reads no other
  Order order;
  order.platform = parts.platform;
  order.key = std::move(key);
  return order;
}

Outcome Apply(Order& order, const Event& event, Instant at, const policy::PackBook& packs) {
  const auto seen = order.seen.lower_bound(event.claim.id);
  const bool is_known = seen != order.seen.end() && seen->first == event.claim.id;
  // A conflict that was sent again is absorbed too: it is on record already.
  if (is_known && (seen->second.claim_hash == event.claim_hash ||
                   seen->second.conflict_hash == event.claim_hash)) {
    Outcome outcome;
    outcome.duplicate = true;
    return outcome;
  }
  Turn turn = Begin(order, at, packs);
  turn.event = &event;
  turn.step.cause.claim_id = event.claim.id;
  turn.step.cause.kind = event.claim.kind();
  turn.step.actor = event.claim.actor;
  turn.step.claim_hash = event.claim_hash;
  if (is_known) {
    Conflict(turn, seen->second);
    seen->second.conflict_hash = event.claim_hash;
  } else {
    TakeEvent(turn);
    order.seen.emplace_hint(seen, event.claim.id,
                            SeenClaim{event.claim_hash, order.sequence + 1, Digest{}});
  }
  return Finish(turn);
}

Outcome Fire(Order& order, const Deadline& deadline, const policy::PackBook& packs) {
  const Deadline firing = deadline;
  CHECK(!firing.paused);
  Turn turn = Begin(order, firing.due, packs);
  turn.firing = &firing;
  turn.step.cause.timer = firing.timer;
  turn.step.cause.role = firing.role;
  turn.step.cause.generation = firing.generation;
  turn.step.actor.role = Role::kEngine;
  turn.step.case_number = firing.case_number;
  turn.the_case = firing.case_number == 0 ? nullptr : &order.cases[firing.case_number - 1];
  turn.step.deadlines.push_back({DeadlineAct::kPassed, firing.timer, firing.role,
                                 firing.case_number, firing.generation, firing.due, 0});
  std::erase_if(order.deadlines, [&](const Deadline& d) {
    return d.timer == firing.timer && d.case_number == firing.case_number &&
           d.generation == firing.generation && d.role == firing.role;
  });
  TakeDeadline(turn);
  return Finish(turn);
}

namespace {

// A step that a record of no order's key brings about: a brake released, an outage declared. Its
// cause is a timer of the order's own, which no row arms.
Deadline CauseOfItsOwn(Order& order, Timer timer, Instant at) {
  Deadline cause;
  cause.timer = timer;
  cause.role = Role::kPlatform;
  cause.generation = ++order.generations[{timer, Role::kPlatform}];
  cause.due = at;
  return cause;
}

Turn BeginOwn(Order& order, const Deadline& cause, const policy::PackBook& packs) {
  Turn turn = Begin(order, cause.due, packs);
  turn.firing = &cause;
  turn.step.cause.timer = cause.timer;
  turn.step.cause.role = cause.role;
  turn.step.cause.generation = cause.generation;
  turn.step.actor.role = Role::kEngine;
  return turn;
}

bool IsReleased(const Order& order, const Leg& leg, const policy::PackBook& packs) {
  if (!leg.by_brake) return false;
  // What has no case was granted by a pack, so one is in force.
  const Digest pack = leg.case_number != 0 ? order.cases[leg.case_number - 1].procedure_pack
                                           : packs.InForce(order.platform, order.clock)->digest;
  return !packs.IsHeld(order.platform, order.merchant, pack);
}

// Row 30b: what would have passed inside the outage, of a case whose pack gives grace.
std::optional<Instant> GraceFor(const Order& order, const Deadline& d, Instant from, Instant to,
                                const policy::PackBook& packs) {
  if (d.case_number == 0 || d.paused || d.due < from || d.due > to) return std::nullopt;
  if (!d.leg.IsZero()) return std::nullopt;
  const policy::Pack* pack = packs.Find(order.cases[d.case_number - 1].procedure_pack);
  CHECK(pack != nullptr);
  if (!pack->outage_grace) return std::nullopt;
  return FirstInstantTooLate(to, pack->outage_grace->period);
}

}  // namespace

std::optional<Outcome> Release(Order& order, Instant at, const policy::PackBook& packs) {
  const bool any = std::any_of(order.legs.begin(), order.legs.end(),
                               [&](const Leg& leg) { return IsReleased(order, leg, packs); });
  if (!any) return std::nullopt;
  const Deadline cause = CauseOfItsOwn(order, Timer::kT16, at);
  Turn turn = BeginOwn(order, cause, packs);
  FollowAll(turn);
  return Finish(turn);
}

const Deadline* DueDespiteGrace(const Order& order, Instant from, Instant to, Instant at,
                                const policy::PackBook& packs) {
  const Deadline* next = nullptr;
  bool any_grace = false;
  for (const Deadline& d : order.deadlines) {
    if (GraceFor(order, d, from, to, packs)) {
      any_grace = true;
    } else if (!d.paused && d.due <= at && (next == nullptr || PassesBefore(d, *next))) {
      next = &d;
    }
  }
  return any_grace ? next : nullptr;
}

std::optional<Outcome> Grace(Order& order, Instant from, Instant to, Instant at,
                             const policy::PackBook& packs) {
  const bool any = std::any_of(
      order.deadlines.begin(), order.deadlines.end(),
      [&](const Deadline& d) { return GraceFor(order, d, from, to, packs).has_value(); });
  if (!any) return std::nullopt;
  const Deadline cause = CauseOfItsOwn(order, Timer::kT17, at);
  Turn turn = BeginOwn(order, cause, packs);
  for (Deadline& d : order.deadlines) {
    const std::optional<Instant> until = GraceFor(order, d, from, to, packs);
    if (!until) continue;
    turn.the_case = &order.cases[d.case_number - 1];
    Touch(turn);
    const auto phase = static_cast<uint8_t>(turn.the_case->phase);
    turn.step.transitions.push_back({Machine::kPhase, "30b", d.case_number, phase, phase, Id{}});
    Extend(turn, d, *until);
  }
  turn.the_case = nullptr;
  return Finish(turn);
}

}  // namespace refund::arbiter
