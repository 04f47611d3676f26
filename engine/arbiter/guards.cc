#include "engine/arbiter/guards.h"

#include <algorithm>

#include "engine/arbiter/due.h"
#include "engine/arbiter/ruling.h"
#include "engine/base/calendar.h"

namespace refund::arbiter {
namespace {

// Says why, if anybody asks, and fails.
bool Fail(std::string* why, std::string text) {
  if (why != nullptr) *why = std::move(text);
  return false;
}

bool RoleIs(const Turn& turn, std::initializer_list<Role> roles, std::string* why) {
  if (std::find(roles.begin(), roles.end(), turn.actor().role) != roles.end()) return true;
  std::string expected;
  for (const Role role : roles) {
    if (!expected.empty()) expected += ", ";
    expected += NameOf(role);
  }
  return Fail(why, "expected an actor in the role of " + expected + ", found " +
                       std::string(NameOf(turn.actor().role)));
}

bool Fewer(uint32_t have, const policy::Count& limit, std::string_view what, std::string* why) {
  if (have < limit.value) return true;
  return Fail(why, "expected fewer than " + std::to_string(limit.value) + " " + std::string(what) +
                       " (" + limit.source + "), found " + std::to_string(have));
}

// The sums that an event names. Stops at the first for which `holds` is false.
template <class Holds>
bool EveryAmount(const Turn& turn, Holds holds) {
  if (const auto* body = turn.BodyIf<RefundRequested>()) return holds(body->ask);
  if (const auto* body = turn.BodyIf<ComplaintFiled>()) return holds(body->ask);
  if (const auto* body = turn.BodyIf<RefundAmended>()) return !body->ask || holds(*body->ask);
  if (const auto* body = turn.BodyIf<SettlementAgreed>()) return holds(body->remedy.amount);
  if (const auto* body = turn.BodyIf<RulingProposed>()) return holds(body->amount);
  if (const auto* body = turn.BodyIf<OfferMade>()) {
    return std::all_of(body->options.begin(), body->options.end(),
                       [&](const OfferOption& option) { return holds(option.amount); });
  }
  if (const auto* body = turn.BodyIf<OrderPaid>()) {
    return std::all_of(body->lines.begin(), body->lines.end(),
                       [&](const PaidLine& line) { return holds(line.paid); });
  }
  if (const auto* body = turn.BodyIf<PriceSnapshotRecorded>()) {
    return std::all_of(body->lines.begin(), body->lines.end(),
                       [&](const PaidLine& line) { return holds(line.paid); });
  }
  if (const auto* body = turn.BodyIf<PresaleDepositPaid>()) return holds(body->amount);
  if (const auto* body = turn.BodyIf<PresaleBalancePaid>()) return holds(body->amount);
  return true;
}

const LineUnits* UnitsOf(const Turn& turn) {
  if (const auto* body = turn.BodyIf<RefundRequested>()) return &body->units;
  if (const auto* body = turn.BodyIf<ComplaintFiled>()) return &body->units;
  return nullptr;
}

// Units of the line that are cancelled, held by an open case or given back, without case `except`.
uint32_t UnitsTaken(const Turn& turn, const OrderLine& line, uint32_t except) {
  return line.cancelled + UnitsHeld(turn.order, line.line, except) +
         UnitsGiven(turn.order, line.line, except);
}

// What may still be given back for these units: their value by the cumulative floor, so that any
// series of single units sums to the line (§3.7), and at most what remains of it.
int64_t RefundableFor(const Turn& turn, const OrderLine& line, uint32_t quantity,
                      uint32_t of_case) {
  const int64_t remaining = CeilingOf(line) - CommittedOn(turn.order, line.line, of_case);
  const uint32_t before = std::min(line.quantity, UnitsTaken(turn, line, of_case));
  const uint32_t upto = std::min(line.quantity, before + quantity);
  const int64_t value =
      FloorShare(line.paid, upto, line.quantity) - FloorShare(line.paid, before, line.quantity);
  return std::max<int64_t>(0, std::min(remaining, value));
}

bool UnderCeiling(const Turn& turn, int64_t amount, std::string* why) {
  const OrderLine& line = turn.Line();
  const int64_t remaining =
      CeilingOf(line) - CommittedOn(turn.order, line.line, turn.the_case->number);
  if (amount <= remaining) return true;
  return Fail(why, "expected at most " + FormatMoney(turn.InCurrency(remaining)) +
                       " that is left of line " + line.line + ", found " +
                       FormatMoney(turn.InCurrency(amount)));
}

const std::vector<Evidence>* EvidenceOf(const Turn& turn) {
  if (const auto* body = turn.BodyIf<EvidenceSubmitted>()) return &body->evidence;
  if (const auto* body = turn.BodyIf<RefundRequested>()) return &body->evidence;
  if (const auto* body = turn.BodyIf<ComplaintFiled>()) return &body->evidence;
  if (const auto* body = turn.BodyIf<RefundAmended>()) return &body->evidence;
  if (const auto* body = turn.BodyIf<RefundRejected>()) return &body->evidence;
  if (const auto* body = turn.BodyIf<CaseReopened>()) return &body->evidence;
  return nullptr;
}

const Offer* NamedOffer(const Turn& turn) {
  const auto* chosen = turn.BodyIf<OfferChosen>();
  const auto* declined = turn.BodyIf<OfferDeclined>();
  for (const Offer& offer : turn.the_case->offers) {
    if (chosen != nullptr && offer.id == chosen->offer) return &offer;
    if (declined != nullptr && offer.id == declined->offer) return &offer;
  }
  return nullptr;
}

bool WasRuled(const Case& c) {
  return std::any_of(c.decisions.begin(), c.decisions.end(), [](const DecisionRef& d) {
    return d.basis == Basis::kRuling || d.basis == Basis::kAutomaticRuling ||
           d.basis == Basis::kDirectRuling;
  });
}

bool HasReason(const Case& c, ClaimReason reason) {
  return c.reason == reason ||
         std::find(c.past_reasons.begin(), c.past_reasons.end(), reason) != c.past_reasons.end();
}

policy::Assessment AssessCase(const Turn& turn, policy::Question question) {
  const policy::Pack& pack = turn.Procedure();
  return policy::Assess(pack, question, FactsOf(turn.order, *turn.the_case, pack));
}

template <class Answer>
Answer AnswerTo(const Turn& turn, policy::Question question) {
  return static_cast<Answer>(AssessCase(turn, question).rule->answer);
}

bool HasOwedLeg(const Turn& turn) {
  return std::any_of(turn.order.legs.begin(), turn.order.legs.end(), [&](const Leg& leg) {
    return leg.case_number == turn.the_case->number && leg.state == LegState::kOwed;
  });
}

}  // namespace

bool LosesByRuling(const Case& c, Role role) {
  if (c.decisions.empty()) return false;
  const DecisionRef& ruling = c.decisions.back();
  if (role == Role::kSeller) return ruling.amount > 0;
  if (role == Role::kBuyer) return ruling.amount < c.ask;
  return false;
}

// ---- Who ----

bool ByBuyer(const Turn& turn, std::string* why) { return RoleIs(turn, {Role::kBuyer}, why); }
bool BySeller(const Turn& turn, std::string* why) { return RoleIs(turn, {Role::kSeller}, why); }
bool ByPlatform(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kAgent, Role::kPlatform}, why);
}
bool ByPlatformOrRow(const Turn& turn, std::string* why) {
  return turn.BodyIf<PlatformIntervened>() == nullptr || ByPlatform(turn, why);
}
bool ByPayoutSystem(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kPsp, Role::kPlatform}, why);
}
// Who may say what was paid: not the parties, whose money it is.
bool ByCashier(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kPlatform, Role::kPsp}, why);
}
// Cancelling lowers what can be paid back, so the buyer may say it too.
bool ByShop(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kPlatform, Role::kAgent, Role::kBuyer}, why);
}
// Parcels and promises. Who may speak for which merchant is the principal's affair, a later issue.
bool ByOperations(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kPlatform, Role::kCarrier, Role::kSeller, Role::kAgent}, why);
}
bool ByRecorder(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kPlatform, Role::kModel, Role::kAgent}, why);
}
bool ByFinder(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kAgent, Role::kPlatform, Role::kModel}, why);
}
bool ByParty(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kBuyer, Role::kSeller}, why);
}
bool ByOfferParty(const Turn& turn, std::string* why) {
  return RoleIs(turn, {Role::kBuyer, Role::kSeller, Role::kAgent, Role::kPlatform}, why);
}

bool ByFiler(const Turn& turn, std::string* why) {
  if (turn.actor() == turn.the_case->filer) return true;
  return Fail(why, "expected the filer " + std::string(NameOf(turn.the_case->filer.role)) + " " +
                       turn.the_case->filer.id + ", found " +
                       std::string(NameOf(turn.actor().role)) + " " + turn.actor().id);
}

// An agreement is reported by the platform, before whom both have said yes: one party alone must
// not speak for the other.
bool ByBothParties(const Turn& turn, std::string* why) {
  bool buyer = false;
  bool seller = false;
  for (const Actor& each : turn.BodyAs<SettlementAgreed>().agreed_by) {
    buyer = buyer || each.role == Role::kBuyer;
    seller = seller || each.role == Role::kSeller;
  }
  if (buyer && seller) return true;
  return Fail(why, "expected a BUYER and a SELLER in agreed_by");
}

bool ByWhoAskedForHelp(const Turn& turn, std::string* why) {
  if (turn.actor().role == turn.the_case->help_asked_by) return true;
  return Fail(why, "expected " + std::string(NameOf(turn.the_case->help_asked_by)) +
                       ", who asked for help, found " + std::string(NameOf(turn.actor().role)));
}

bool VersionFits(const Turn& turn, std::string* why) {
  const auto& expected = turn.event->claim.expected_version;
  if (!expected || *expected == turn.the_case->version) return true;
  return Fail(why, "expected_version is " + std::to_string(*expected) + ", the case stands at " +
                       std::to_string(turn.the_case->version));
}

bool OverlayIsNotLive(const Turn& turn, std::string* why) {
  if (!turn.the_case->OverlayIsLive()) return true;
  return Fail(why, "the arbitration is live: " + std::string(NameOf(turn.the_case->overlay)));
}

// ---- Filing ----

bool OrderIsPaid(const Turn& turn, std::string* why) {
  return turn.order.paid_at.has_value() || Fail(why, "expected OrderPaid before, found none");
}

bool PolicyIsInForce(const Turn& turn, std::string* why) {
  if (turn.packs.InForce(turn.order.platform, turn.at) != nullptr) return true;
  return Fail(why, "expected a pack of " + std::string(NameOf(turn.order.platform)) +
                       " in force at " + FormatInstant(turn.at) + ", found none");
}

bool LineIsKnown(const Turn& turn, std::string* why) {
  const LineUnits& units = *UnitsOf(turn);
  const OrderLine* line = turn.order.FindLine(units.line);
  if (line == nullptr) return Fail(why, "expected a line of the order, found " + units.line);
  if (units.quantity >= 1 && units.quantity <= line->quantity) return true;
  return Fail(why, "expected 1 to " + std::to_string(line->quantity) + " units of line " +
                       units.line + ", found " + std::to_string(units.quantity));
}

namespace {
bool IsSupported(const policy::Pack& pack, CaseKind kind, Instant at, std::string* why) {
  const policy::KindClause* clause = pack.FindKind(kind);
  if (clause != nullptr && clause->from <= at) return true;
  return Fail(why, "expected a kind that " + pack.name + " takes at " + FormatInstant(at) +
                       ", found " + std::string(NameOf(kind)) +
                       (clause == nullptr ? ""
                                          : ", which it takes from " + FormatInstant(clause->from) +
                                                " (" + clause->source + ")"));
}
}  // namespace

bool KindIsSupported(const Turn& turn, std::string* why) {
  const auto* request = turn.BodyIf<RefundRequested>();
  const CaseKind kind = request != nullptr ? request->kind : turn.BodyAs<ComplaintFiled>().kind;
  return IsSupported(*turn.packs.InForce(turn.order.platform, turn.at), kind, turn.at, why);
}

bool AmendedKindIsSupported(const Turn& turn, std::string* why) {
  const CaseKind kind = turn.BodyAs<RefundAmended>().kind;
  return kind == CaseKind::kUnspecified || IsSupported(turn.Procedure(), kind, turn.at, why);
}

bool WithinFilingWindow(const Turn& turn, std::string* why) {
  if (!turn.order.completed_at) return true;
  const policy::Pack* pack = turn.packs.InForce(turn.order.platform, *turn.order.paid_at);
  if (pack == nullptr) pack = turn.packs.InForce(turn.order.platform, turn.at);
  if (!pack->filing_window) return true;
  const Instant too_late =
      FirstInstantTooLate(*turn.order.completed_at, pack->filing_window->period);
  // A window is measured, not fired, so the claimant's own time counts, at most the record's
  // (G-47).
  const Instant filed = std::min(turn.event->claim.occurred_at, turn.at);
  if (filed < too_late) return true;
  return Fail(why, "expected before " + FormatInstant(too_late) + ", " +
                       FormatPeriod(pack->filing_window->period) + " after completion (" +
                       pack->filing_window->source + "), found " + FormatInstant(filed));
}

bool FewerApplications(const Turn& turn, std::string* why) {
  const policy::Pack& pack = *turn.packs.InForce(turn.order.platform, turn.at);
  const std::string& line = UnitsOf(turn)->line;
  const auto count = std::count_if(turn.order.cases.begin(), turn.order.cases.end(),
                                   [&](const Case& c) { return c.line == line; });
  return Fewer(static_cast<uint32_t>(count), pack.applications_per_line, "applications on the line",
               why);
}

bool FewerAmendments(const Turn& turn, std::string* why) {
  return Fewer(turn.the_case->amendments, turn.Procedure().amendments, "amendments", why);
}

bool SomethingIsAmended(const Turn& turn, std::string* why) {
  const auto& body = turn.BodyAs<RefundAmended>();
  const Case& c = *turn.the_case;
  const bool changes = (body.kind != CaseKind::kUnspecified && body.kind != c.kind) ||
                       (body.ask && body.ask->units != c.ask) || !body.evidence.empty();
  return changes || Fail(why, "expected another kind, another ask or evidence, found none");
}

bool FewerOffers(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  const Role role = turn.actor().role;
  const uint32_t made = role == Role::kSeller  ? c.offers_by_seller
                        : role == Role::kBuyer ? c.offers_by_buyer
                                               : c.offers_by_platform;
  return Fewer(made, turn.Procedure().offers, "offers of this party", why);
}

bool FewerHelpRequests(const Turn& turn, std::string* why) {
  return Fewer(turn.the_case->help_requests, turn.Procedure().help_requests, "requests for help",
               why);
}

bool RoundsAreLeft(const Turn& turn, std::string* why) {
  return Fewer(turn.the_case->round, turn.Procedure().evidence_rounds, "rounds of evidence", why);
}

bool UnitsAreFree(const Turn& turn, std::string* why) {
  const LineUnits& units = *UnitsOf(turn);
  const OrderLine& line = *turn.order.FindLine(units.line);
  const uint32_t taken = UnitsTaken(turn, line, 0);
  if (taken <= line.quantity && units.quantity <= line.quantity - taken) return true;
  return Fail(why, "expected at most " +
                       std::to_string(taken <= line.quantity ? line.quantity - taken : 0) +
                       " free units of line " + line.line + ", found " +
                       std::to_string(units.quantity));
}

bool CaseUnitsAreFree(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  const OrderLine& line = turn.Line();
  const uint32_t taken = UnitsTaken(turn, line, c.number);
  if (taken <= line.quantity && c.quantity <= line.quantity - taken) return true;
  return Fail(why, "another case holds these units, or they were given back");
}

// ---- Money ----

bool AmountIsPositive(const Turn& turn, std::string* why) {
  if (const auto* offer = turn.BodyIf<OfferMade>(); offer != nullptr && offer->options.empty()) {
    return Fail(why, "expected at least one option");
  }
  return EveryAmount(turn, [&](Money money) {
    return money.units > 0 ||
           Fail(why, "expected an amount above zero, found " + FormatMoney(money));
  });
}

bool CurrencyIsTheOrders(const Turn& turn, std::string* why) {
  return EveryAmount(turn, [&](Money money) {
    return money.currency == turn.order.currency ||
           Fail(why, "expected " + std::string(NameOf(turn.order.currency)) + ", found " +
                         std::string(NameOf(money.currency)));
  });
}

bool AskIsRefundable(const Turn& turn, std::string* why) {
  const LineUnits* units = UnitsOf(turn);
  const Case* c = turn.the_case;
  const OrderLine& line = *turn.order.FindLine(units != nullptr ? units->line : c->line);
  const uint32_t quantity = units != nullptr ? units->quantity : c->quantity;
  const int64_t refundable = RefundableFor(turn, line, quantity, c != nullptr ? c->number : 0);
  return EveryAmount(turn, [&](Money ask) {
    return ask.units <= refundable ||
           Fail(why, "expected at most " + FormatMoney(turn.InCurrency(refundable)) +
                         " refundable, found " + FormatMoney(ask));
  });
}

bool AskIsUnderCeiling(const Turn& turn, std::string* why) {
  return UnderCeiling(turn, turn.the_case->ask, why);
}

bool AmountIsUnderCeiling(const Turn& turn, std::string* why) {
  return EveryAmount(turn, [&](Money money) { return UnderCeiling(turn, money.units, why); });
}

bool OptionIsUnderCeiling(const Turn& turn, std::string* why) {
  const OfferOption& option = NamedOffer(turn)->options[turn.BodyAs<OfferChosen>().option];
  return UnderCeiling(turn, option.amount.units, why);
}

bool ProposalIsUnderCeiling(const Turn& turn, std::string* why) {
  return UnderCeiling(turn, turn.the_case->proposal->ruling.amount.units, why);
}

bool RemedyIsSupported(const Turn& turn, std::string* why) {
  const auto is_supported = [&](Remedy remedy) {
    return remedy == Remedy::kRefundOnly ||
           Fail(why, "expected REFUND_ONLY, the remedy of this semantic, found " +
                         std::string(NameOf(remedy)));
  };
  if (const auto* body = turn.BodyIf<SettlementAgreed>()) return is_supported(body->remedy.remedy);
  const auto& options = turn.BodyAs<OfferMade>().options;
  return std::all_of(options.begin(), options.end(),
                     [&](const OfferOption& option) { return is_supported(option.remedy); });
}

// ---- Something new (G-52) ----

bool ClaimSaysSomethingNew(const Turn& turn, std::string* why) {
  const auto* request = turn.BodyIf<RefundRequested>();
  const ClaimReason reason =
      request != nullptr ? request->reason : turn.BodyAs<ComplaintFiled>().reason;
  for (const Case& c : turn.order.cases) {
    if (c.line != UnitsOf(turn)->line || c.IsOpen() || !WasRuled(c) || !HasReason(c, reason))
      continue;
    const auto is_known_kind = [&](const Evidence& each) {
      return std::any_of(c.evidence.begin(), c.evidence.end(),
                         [&](const EvidenceItem& item) { return item.kind == each.kind; });
    };
    const auto& evidence = *EvidenceOf(turn);
    if (std::all_of(evidence.begin(), evidence.end(), is_known_kind)) {
      return Fail(why, "case " + c.id.hex() + " was ruled on the same reason " +
                           std::string(NameOf(reason)) +
                           "; expected another reason, or evidence of a new kind (G-52)");
    }
  }
  return true;
}

bool ReopeningSaysSomethingNew(const Turn& turn, std::string* why) {
  const auto& body = turn.BodyAs<CaseReopened>();
  const Case& c = *turn.the_case;
  const auto is_new = [&](const Evidence& each) {
    return std::none_of(c.evidence.begin(), c.evidence.end(),
                        [&](const EvidenceItem& item) { return item.hash == each.hash; });
  };
  switch (body.ground) {
    case HelpGround::kNewEvidence:
      if (std::any_of(body.evidence.begin(), body.evidence.end(), is_new)) return true;
      return Fail(why, "expected evidence that the case does not hold yet, found none");
    case HelpGround::kNewReason:
      if (body.reason != ClaimReason::kUnspecified && !HasReason(c, body.reason)) return true;
      return Fail(why, "expected a reason that was not claimed yet");
    case HelpGround::kLateInLog:
      if (!c.decisions.empty() && c.decisions.back().basis == Basis::kRefusalStands) return true;
      return Fail(why, "expected a case that a deadline closed");
    default:
      return Fail(why, "expected NEW_EVIDENCE, NEW_REASON or LATE_IN_LOG, found " +
                           std::string(NameOf(body.ground)));
  }
}

// ---- What the pack says ----

bool AFactIsMissing(const Turn& turn, std::string* why) {
  return !turn.the_case->ready || Fail(why, "every awaited fact is there");
}

bool RouteIsInstant(const Turn& turn, std::string*) {
  return AnswerTo<Route>(turn, policy::Question::kRoute) == Route::kInstant;
}

bool RouteIsDirect(const Turn& turn, std::string*) {
  return AnswerTo<Route>(turn, policy::Question::kRoute) == Route::kDirect;
}

bool TimeoutAccepts(const Turn& turn, std::string*) {
  return AnswerTo<OnTimeout>(turn, policy::Question::kTimeout) == OnTimeout::kAccept;
}

bool PackRules(const Turn& turn, std::string*) {
  return AnswerTo<Ruler>(turn, policy::Question::kRuling) != Ruler::kPerson;
}

bool FirstStepIsNegotiate(const Turn& turn, std::string*) {
  return turn.Procedure().first_step == FirstStep::kNegotiate;
}
bool FirstStepIsEvidence(const Turn& turn, std::string*) {
  return turn.Procedure().first_step == FirstStep::kEvidence;
}
bool FirstStepIsReview(const Turn& turn, std::string*) {
  return turn.Procedure().first_step == FirstStep::kReview;
}

// ---- Offers ----

bool CaseHasAsk(const Turn& turn, std::string*) { return turn.the_case->ask > 0; }
bool CaseHasNoAsk(const Turn& turn, std::string*) { return turn.the_case->ask == 0; }

bool OfferIsKnown(const Turn& turn, std::string* why) {
  return NamedOffer(turn) != nullptr || Fail(why, "expected an offer of this case");
}

bool OfferIsOpen(const Turn& turn, std::string* why) {
  return NamedOffer(turn)->open ||
         Fail(why, "the offer has lapsed, was answered, or a newer one has taken its place");
}

bool OptionExists(const Turn& turn, std::string* why) {
  const size_t options = NamedOffer(turn)->options.size();
  const uint32_t option = turn.BodyAs<OfferChosen>().option;
  return option < options ||
         Fail(why, "expected an option from 0 to " + std::to_string(options - 1) + ", found " +
                       std::to_string(option));
}

bool OfferLastsPastNow(const Turn& turn, std::string* why) {
  const auto& expires = turn.BodyAs<OfferMade>().expires_at;
  return !expires || *expires > turn.at ||
         Fail(why, "expected expires_at after " + FormatInstant(turn.at) + ", found " +
                       FormatInstant(*expires));
}

bool MayAnswerOffer(const Turn& turn, std::string* why) {
  return RoleIs(turn, {NamedOffer(turn)->by == Role::kBuyer ? Role::kSeller : Role::kBuyer}, why);
}

// ---- Answers ----

bool GroundIsShown(const Turn& turn, std::string* why) {
  const auto& body = turn.BodyAs<RefundRejected>();
  const bool needs_picture = body.ground == RefusalGround::kDeliveredIntact ||
                             body.ground == RefusalGround::kRightItemSent ||
                             body.ground == RefusalGround::kBuyerMisuse;
  return !needs_picture || !body.evidence.empty() ||
         Fail(why, "expected evidence with the ground " + std::string(NameOf(body.ground)) +
                       ", found none");
}

bool NothingIsSent(const Turn& turn, std::string* why) {
  const bool sent =
      std::any_of(turn.order.legs.begin(), turn.order.legs.end(), [&](const Leg& leg) {
        return leg.case_number == turn.the_case->number && !IsUnsent(leg.state) &&
               leg.state != LegState::kVoid;
      });
  return !sent || Fail(why, "a leg of the case is past RESERVED");
}

// A ruling replaces what was decided before; what is on its way or there it could only take back,
// and recovery is not of this semantic (docs/decisions/0005-late-answers.md).
bool NothingIsOnItsWay(const Turn& turn, std::string* why) {
  const bool away =
      std::any_of(turn.order.legs.begin(), turn.order.legs.end(), [&](const Leg& leg) {
        return leg.case_number == turn.the_case->number && leg.state != LegState::kVoid &&
               !IsReplaceable(leg.state);
      });
  return !away || Fail(why, "money of an earlier decision is on its way, or there");
}

bool NoLegIsOpen(const Turn& turn, std::string*) {
  return std::none_of(turn.order.legs.begin(), turn.order.legs.end(), [&](const Leg& leg) {
    return leg.case_number == turn.the_case->number && IsOpen(leg.state);
  });
}
bool NoLegIsOwed(const Turn& turn, std::string*) { return !HasOwedLeg(turn); }
bool ALegIsOwed(const Turn& turn, std::string*) { return HasOwedLeg(turn); }

// ---- Closed cases ----

bool ClosedForTheBuyerToReopen(const Turn& turn, std::string* why) {
  const CloseReason reason = turn.the_case->close_reason;
  return reason == CloseReason::kSellerRefusedFinal || reason == CloseReason::kBuyerExpired ||
         reason == CloseReason::kBuyerWithdrew ||
         Fail(why, "expected SELLER_REFUSED_FINAL, BUYER_EXPIRED or BUYER_WITHDREW, found " +
                       std::string(NameOf(reason)));
}

bool ClosedByRefusalOrExpiry(const Turn& turn, std::string* why) {
  const CloseReason reason = turn.the_case->close_reason;
  return reason == CloseReason::kSellerRefusedFinal || reason == CloseReason::kBuyerExpired ||
         Fail(why, "expected SELLER_REFUSED_FINAL or BUYER_EXPIRED, found " +
                       std::string(NameOf(reason)));
}

bool NotClosedByTheSystem(const Turn& turn, std::string*) {
  return turn.the_case->close_reason != CloseReason::kSystemVoid;
}

bool ReopenWindowIsOpen(const Turn& turn, std::string* why) {
  return IsArmed(turn.order, turn.the_case->number, Timer::kT9, Role::kBuyer) ||
         Fail(why, "the window for reopening (T9) is over");
}

// ---- Arbitration ----

bool RefusedOrGroundIsNamed(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  if (c.phase == Phase::kSellerRefused || c.phase == Phase::kReceiptRefused) return true;
  const auto& grounds = turn.Procedure().help_grounds;
  const HelpGround ground = turn.BodyAs<PlatformHelpRequested>().ground;
  if (c.IsOpen() && std::find(grounds.begin(), grounds.end(), ground) != grounds.end()) return true;
  return Fail(why, "expected a refusal, or a ground that the pack names, found " +
                       std::string(NameOf(ground)) + " in " + std::string(NameOf(c.phase)));
}

bool PhaseIsOpen(const Turn& turn, std::string* why) {
  return turn.the_case->IsOpen() ||
         Fail(why, "expected an open case, found " + std::string(NameOf(turn.the_case->phase)));
}

bool PartyIsAsked(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  const bool asked = std::any_of(
      c.asked_parties.begin(), c.asked_parties.end(),
      [&](const AskedParty& each) { return each.party == turn.actor().role && !each.sealed; });
  return asked || Fail(why, "this party's evidence is not, or no longer, asked for");
}

bool EvidenceIsFree(const Turn& turn, std::string* why) {
  const Role side = turn.actor().role;
  for (const Evidence& piece : *EvidenceOf(turn)) {
    for (const Case& c : turn.order.cases) {
      for (const EvidenceItem& item : c.evidence) {
        if (item.hash != piece.hash || item.shared || piece.shared) continue;
        const bool same_place = &c == turn.the_case && item.party == side;
        if (!same_place) {
          return Fail(why, "evidence " + piece.hash.hex() +
                               " is used by the other side or in another case, and is not shared");
        }
      }
    }
  }
  return true;
}

bool EvidenceHasRoom(const Turn& turn, std::string* why) {
  constexpr size_t kMostPieces = 200;
  const size_t held = turn.the_case != nullptr ? turn.the_case->evidence.size() : 0;
  return held + EvidenceOf(turn)->size() <= kMostPieces ||
         Fail(why, "expected at most 200 pieces of evidence a case");
}

bool RoundStaysOpen(const Turn& turn, std::string*) {
  const auto& body = turn.BodyAs<EvidenceSubmitted>();
  const Case& c = *turn.the_case;
  const Role role = turn.actor().role;
  const bool all_sealed = std::all_of(
      c.asked_parties.begin(), c.asked_parties.end(),
      [&](const AskedParty& each) { return each.sealed || (each.party == role && body.seal); });
  if (!all_sealed) return true;
  return !std::all_of(c.slots.begin(), c.slots.end(), [&](const SlotAsked& slot) {
    const auto fills = [&](Role party, const std::string& name) {
      return party == slot.party && name == slot.slot;
    };
    return std::any_of(c.evidence.begin(), c.evidence.end(),
                       [&](const EvidenceItem& item) {
                         return item.round == c.round && fills(item.party, item.slot);
                       }) ||
           std::any_of(body.evidence.begin(), body.evidence.end(),
                       [&](const Evidence& piece) { return fills(role, piece.slot); });
  });
}

bool OtherWindowIsOpen(const Turn& turn, std::string*) {
  return std::any_of(turn.order.deadlines.begin(), turn.order.deadlines.end(),
                     [&](const Deadline& d) {
                       return d.case_number == turn.the_case->number && d.timer == Timer::kT8;
                     });
}

// ---- Rulings ----

bool NoProposalIsPending(const Turn& turn, std::string* why) {
  return !turn.the_case->proposal || Fail(why, "a proposal waits for its second pair of eyes");
}
bool AProposalIsPending(const Turn& turn, std::string* why) {
  return turn.the_case->proposal.has_value() || Fail(why, "no proposal is pending");
}
bool IsNotTheAuthor(const Turn& turn, std::string* why) {
  return turn.the_case->proposal->author.id != turn.actor().id ||
         Fail(why, "the second pair of eyes is the author's own (G-84)");
}

// TT-21: a ruling needs a finding of liability, or a named direct-ruling rule (which row a0 has).
bool RulingIsFounded(const Turn& turn, std::string* why) {
  return turn.the_case->finding.has_value() ||
         Fail(why, "expected LiabilityAssessed before a ruling (TT-21), found none");
}

bool OutcomeFitsAmount(const Turn& turn, std::string* why) {
  const auto& ruling = turn.BodyAs<RulingProposed>();
  const bool pays = ruling.amount.units > 0;
  switch (ruling.outcome) {
    case RulingOutcome::kBuyer:
    case RulingOutcome::kSplit:
      if (pays && ruling.remedy == Remedy::kRefundOnly) return true;
      return Fail(why, "expected REFUND_ONLY and an amount above zero with outcome " +
                           std::string(NameOf(ruling.outcome)));
    case RulingOutcome::kSeller:
    case RulingOutcome::kNone:
      if (ruling.amount.units == 0 && ruling.remedy == Remedy::kNone) return true;
      return Fail(why, "expected remedy NONE and an amount of zero with outcome " +
                           std::string(NameOf(ruling.outcome)));
    default:
      return Fail(why, "expected BUYER, SELLER, SPLIT or NONE, found " +
                           std::string(NameOf(ruling.outcome)));
  }
}

bool IsOverAuthorsLimit(const Turn& turn, std::string*) {
  const Money limit = turn.Procedure().authority_limit;
  const Money amount = turn.BodyAs<RulingProposed>().amount;
  // Another currency than the limit's cannot be compared, so it always takes four eyes.
  return amount.units > 0 && (amount.currency != limit.currency || amount.units > limit.units);
}

bool RuledForMoney(const Turn& turn, std::string*) {
  return turn.the_case->outcome == RulingOutcome::kBuyer ||
         turn.the_case->outcome == RulingOutcome::kSplit;
}
bool RuledForSeller(const Turn& turn, std::string*) {
  return turn.the_case->outcome == RulingOutcome::kSeller;
}
bool RuledNothing(const Turn& turn, std::string*) {
  return turn.the_case->outcome == RulingOutcome::kNone;
}

bool MayAppeal(const Turn& turn, std::string* why) {
  const Role role = turn.actor().role;
  const auto& waived = turn.the_case->appeal_waived_by;
  if (LosesByRuling(*turn.the_case, role) &&
      std::find(waived.begin(), waived.end(), role) == waived.end()) {
    return true;
  }
  return Fail(why, std::string(NameOf(role)) + " has no appeal to waive");
}

bool IsLastWhoMayAppeal(const Turn& turn, std::string*) {
  const auto& waived = turn.the_case->appeal_waived_by;
  for (const Role role : {Role::kBuyer, Role::kSeller}) {
    if (role == turn.actor().role || !LosesByRuling(*turn.the_case, role)) continue;
    if (std::find(waived.begin(), waived.end(), role) == waived.end()) return false;
  }
  return true;
}

bool NotOpenedByRow(const Turn& turn, std::string* why) {
  return !turn.the_case->opened_by_row ||
         Fail(why, "a deadline opened this arbitration, nobody asked for it");
}

bool NothingDecidedYet(const Turn& turn, std::string* why) {
  return turn.the_case->outcome == RulingOutcome::kUnspecified ||
         Fail(why, "a decision has been taken in this arbitration");
}

// ---- Facts ----

bool LinesAreSane(const Turn& turn, std::string* why) {
  constexpr uint32_t kMostUnits = 1'000'000;
  const auto* paid = turn.BodyIf<OrderPaid>();
  const auto& lines = paid != nullptr ? paid->lines : turn.BodyAs<PriceSnapshotRecorded>().lines;
  if (lines.empty()) return Fail(why, "expected at least one line");
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].quantity < 1 || lines[i].quantity > kMostUnits) {
      return Fail(why, "expected 1 to 1000000 units of line " + lines[i].line + ", found " +
                           std::to_string(lines[i].quantity));
    }
    if (lines[i].paid.units < 0 || lines[i].paid.currency != lines[0].paid.currency) {
      return Fail(why, "expected amounts of zero or more, in one currency");
    }
    for (size_t j = 0; j < i; ++j) {
      if (lines[j].line == lines[i].line)
        return Fail(why, "line " + lines[i].line + " stands twice");
    }
  }
  return true;
}

bool SnapshotAgrees(const Turn& turn, std::string* why) {
  if (!turn.order.paid_at) return true;
  const auto* paid = turn.BodyIf<OrderPaid>();
  const auto& lines = paid != nullptr ? paid->lines : turn.BodyAs<PriceSnapshotRecorded>().lines;
  if (paid != nullptr &&
      (paid->buyer != turn.order.buyer || paid->merchant != turn.order.merchant)) {
    return Fail(why, "another OrderPaid named another buyer or merchant");
  }
  const bool same = lines.size() == turn.order.lines.size() &&
                    std::all_of(lines.begin(), lines.end(), [&](const PaidLine& line) {
                      const OrderLine* known = turn.order.FindLine(line.line);
                      return known != nullptr && known->quantity == line.quantity &&
                             known->paid == line.paid.units &&
                             turn.order.currency == line.paid.currency;
                    });
  return same || Fail(why, "the price snapshot is frozen, and this one differs from it");
}

bool SumDoesNotOverflow(const Turn& turn, std::string* why) {
  return EveryAmount(turn, [&](Money money) {
    int64_t sum = 0;
    return (CheckedAdd(turn.order.presale_deposit, money.units, sum) &&
            CheckedAdd(turn.order.presale_balance, money.units, sum)) ||
           Fail(why, "the sum would overflow");
  });
}

// A cancellation is a fact: it lowers the ceiling whatever cases there are, but not below nothing.
bool CancelledUnitsAreThere(const Turn& turn, std::string* why) {
  const auto& lines = turn.BodyAs<OrderCancelled>().lines;
  for (size_t i = 0; i < lines.size(); ++i) {
    const LineUnits& units = lines[i];
    const OrderLine* line = turn.order.FindLine(units.line);
    if (line == nullptr) return Fail(why, "expected a line of the order, found " + units.line);
    if (units.quantity < 1 || units.quantity > line->quantity - line->cancelled) {
      return Fail(why, "line " + units.line + " has no " + std::to_string(units.quantity) +
                           " units that are not cancelled yet");
    }
    for (size_t j = 0; j < i; ++j) {
      if (lines[j].line == units.line) return Fail(why, "line " + units.line + " stands twice");
    }
  }
  return !lines.empty() || Fail(why, "expected at least one line");
}

// ---- Legs ----

bool CaseIsSettling(const Turn& turn, std::string*) {
  return turn.the_case->phase == Phase::kSettling && !turn.the_case->OverlayIsLive();
}

bool FailureIsRetryable(const Turn& turn, std::string*) {
  const auto* body = turn.BodyIf<RefundFailed>();
  return body != nullptr && body->failure == PayoutFailure::kRetryable;
}

bool FailureIsFinal(const Turn& turn, std::string* why) {
  const auto* body = turn.BodyIf<RefundFailed>();
  return body != nullptr &&
         (body->failure == PayoutFailure::kPermanent || !RetriesAreLeft(turn, why));
}

bool RetriesAreLeft(const Turn& turn, std::string*) {
  return turn.leg->attempt <= turn.Procedure().payout_retries.value;
}

bool QueriesAreLeft(const Turn& turn, std::string*) {
  return turn.leg->queries < turn.Procedure().payout_queries.value;
}

}  // namespace refund::arbiter
