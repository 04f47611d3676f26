#include "engine/arbiter/guards.h"

#include <algorithm>

#include "engine/arbiter/answers.h"
#include "engine/arbiter/due.h"
#include "engine/arbiter/entrance.h"
#include "engine/arbiter/fail.h"
#include "engine/arbiter/filing.h"
#include "engine/arbiter/ruling.h"
#include "engine/base/calendar.h"
#include "engine/base/check.h"
#include "engine/ledger/apportion.h"
#include "engine/ledger/ceiling.h"

namespace refund::arbiter {
namespace {

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
  if (const auto* body = turn.BodyIf<PlatformIntervened>()) return !body->ask || holds(*body->ask);
  if (const auto* body = turn.BodyIf<ReturnShipped>()) {
    return !body->freight || holds(*body->freight);
  }
  if (const auto* body = turn.BodyIf<AppealDecided>()) {
    return !body->ruling || holds(body->ruling->amount);
  }
  if (const auto* body = turn.BodyIf<Rearbitrated>()) return holds(body->ruling.amount);
  if (const auto* body = turn.BodyIf<PaymentDisputeOpened>()) return holds(body->amount);
  if (const auto* body = turn.BodyIf<PresaleDepositPaid>()) return holds(body->amount);
  return holds(turn.BodyAs<PresaleBalancePaid>().amount);
}

// What has gone out of this case is counted already; a new decision moves only the difference.
bool UnderCeiling(const Turn& turn, int64_t amount, std::string* why) {
  const Case& c = *turn.the_case;
  return IsAtMostOfLine(turn, c.line, turn.InCurrency(amount),
                        ledger::RemainingMoney(turn.order, turn.Line(), {c.number}) +
                            PaidOutForAnother(turn.order, c),
                        why);
}

bool IsOfFreight(ClaimReason reason) {
  return reason == ClaimReason::kNotToVillage || reason == ClaimReason::kNotToDoor;
}

// What may be asked for these units: a claim of freight or of a price difference is bounded by the
// line, the others by the units (docs/decisions/0009, 2).
int64_t AskableFor(const Turn& turn, const OrderLine& line, uint32_t quantity, CaseKind kind,
                   ClaimReason reason, uint32_t of_case) {
  const int64_t remaining = ledger::RemainingMoney(turn.order, line, {of_case});
  if (IsOfFreight(reason) || kind == CaseKind::kPriceProtection || kind == CaseKind::kVoucher) {
    return remaining;
  }
  return std::min(remaining, ledger::RefundableFor(turn.order, line, quantity, of_case));
}

const std::vector<Evidence>* EvidenceOf(const Turn& turn) {
  if (const auto* body = turn.BodyIf<EvidenceSubmitted>()) return &body->evidence;
  if (const auto* body = turn.BodyIf<RefundRequested>()) return &body->evidence;
  if (const auto* body = turn.BodyIf<ComplaintFiled>()) return &body->evidence;
  if (const auto* body = turn.BodyIf<ReturnInspected>()) return &body->evidence;
  return &turn.BodyAs<AppealFiled>().evidence;
}

// A ruling was final: one that was withdrawn from, or set aside, has settled nothing.
bool WasRuled(const Case& c) {
  return std::any_of(c.decisions.begin(), c.decisions.end(), [](const DecisionRef& d) {
    const bool ruling = d.basis == Basis::kRuling || d.basis == Basis::kAutomaticRuling ||
                        d.basis == Basis::kDirectRuling || d.basis == Basis::kAppeal;
    return ruling && d.landed;
  });
}

bool HasReason(const Case& c, ClaimReason reason) {
  return c.reason == reason ||
         std::find(c.past_reasons.begin(), c.past_reasons.end(), reason) != c.past_reasons.end();
}

// A case split off is no application of its own, nor one whose offer came to nothing (7c, 7d).
bool CountsAsApplication(const Case& c) {
  const bool came_to_nothing = MadeByOffer(c) && c.phase == Phase::kClosed;
  return c.split_from == 0 && !came_to_nothing;
}

bool IsEnough(Money money, bool may_be_zero, std::string* why) {
  if (money.units > 0 || (may_be_zero && money.units == 0)) return true;
  return Fail(why, std::string("expected an amount ") +
                       (may_be_zero ? "of zero or more" : "above zero") + ", found " +
                       FormatMoney(money));
}

bool IsARemedy(Remedy remedy, std::string* why) {
  if (remedy != Remedy::kNone && remedy != Remedy::kUnspecified) return true;
  return Fail(why, "expected a remedy, found " + std::string(NameOf(remedy)));
}

// A voucher counts against the ceiling only where the pack says so, and in full: money that it
// replaces is free again only once it has come back.
bool FitsUnderCeiling(const Turn& turn, Remedy remedy, Money money, const policy::Pack& pack,
                      std::string* why) {
  if (IsGoodsRemedy(remedy)) return true;
  if (remedy != Remedy::kVoucher) return UnderCeiling(turn, money.units, why);
  if (!pack.voucher_counts) return true;
  const int64_t left = ledger::RemainingMoney(turn.order, turn.Line(), {turn.the_case->number});
  return IsAtMostOfLine(turn, turn.the_case->line, money, left, why);
}

bool FitsUnderCeiling(const Turn& turn, const RulingProposed& ruling, std::string* why) {
  return FitsUnderCeiling(turn, ruling.remedy, ruling.amount, turn.Procedure(), why);
}

bool HasOwedLeg(const Turn& turn) {
  return std::any_of(turn.order.legs.begin(), turn.order.legs.end(), [&](const Leg& leg) {
    return leg.case_number == turn.the_case->number && IsTowardBuyer(leg) &&
           leg.state == LegState::kOwed;
  });
}

}  // namespace

const Offer* NamedOffer(const Turn& turn) {
  const auto* chosen = turn.BodyIf<OfferChosen>();
  const auto* declined = turn.BodyIf<OfferDeclined>();
  for (const Offer& offer : turn.the_case->offers) {
    if (chosen != nullptr && offer.id == chosen->offer) return &offer;
    if (declined != nullptr && offer.id == declined->offer) return &offer;
  }
  return nullptr;
}

bool LosesByRuling(const Case& c, Role role) {
  CHECK(!c.decisions.empty());
  const DecisionRef& ruling = c.decisions.back();
  const bool split = c.outcome == RulingOutcome::kSplit;
  const bool for_buyer = c.outcome == RulingOutcome::kBuyer;
  if (role == Role::kSeller) return for_buyer || split;
  CHECK(role == Role::kBuyer);
  return !for_buyer || (ruling.amount < AskOf(c) && !IsGoodsRemedy(ruling.remedy));
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
  const Filing filing = *FilingOf(turn);
  const OrderLine* line = turn.order.FindLine(filing.line);
  if (line == nullptr) return Fail(why, "expected a line of the order, found " + filing.line);
  if (filing.quantity >= 1 && filing.quantity <= line->quantity) return true;
  return Fail(why, "expected 1 to " + std::to_string(line->quantity) + " units of line " +
                       filing.line + ", found " + std::to_string(filing.quantity));
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

// The kinds offered are those that the product supports (TB-37).
bool ProductSupports(const OrderLine& line, CaseKind kind, std::string* why) {
  if (line.supported.empty() ||
      std::find(line.supported.begin(), line.supported.end(), kind) != line.supported.end()) {
    return true;
  }
  return Fail(why, "expected a kind that the product of line " + line.line + " supports, found " +
                       std::string(NameOf(kind)));
}
}  // namespace

bool KindIsSupported(const Turn& turn, std::string* why) {
  const Filing filing = *FilingOf(turn);
  return IsSupported(*turn.packs.InForce(turn.order.platform, turn.at), filing.kind, turn.at,
                     why) &&
         ProductSupports(*turn.order.FindLine(filing.line), filing.kind, why);
}

bool AmendedKindIsSupported(const Turn& turn, std::string* why) {
  const CaseKind kind = turn.BodyAs<RefundAmended>().kind;
  return kind == CaseKind::kUnspecified || (IsSupported(turn.Procedure(), kind, turn.at, why) &&
                                            ProductSupports(turn.Line(), kind, why));
}

bool OrderMayBeFiledOn(const Turn& turn, std::string* why) { return OrderIsNotTooOld(turn, why); }

bool WithinFilingWindow(const Turn& turn, std::string* why) { return EntranceLetsFile(turn, why); }

bool FewerApplications(const Turn& turn, std::string* why) {
  const policy::Pack& pack = *turn.packs.InForce(turn.order.platform, turn.at);
  const std::string line = FilingOf(turn)->line;
  const auto count =
      std::count_if(turn.order.cases.begin(), turn.order.cases.end(),
                    [&](const Case& c) { return c.line == line && CountsAsApplication(c); });
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
  const Filing filing = *FilingOf(turn);
  const OrderLine& line = *turn.order.FindLine(filing.line);
  const uint32_t taken = ledger::UnitsTaken(turn.order, line, 0);
  const uint32_t free = taken <= line.quantity ? line.quantity - taken : 0;
  if (filing.quantity <= free) return true;
  return Fail(why, "expected at most " + std::to_string(free) + " free units of line " + line.line +
                       ", found " + std::to_string(filing.quantity));
}

bool CaseUnitsAreFree(const Turn& turn, std::string* why) {
  const Case& c = *turn.the_case;
  const OrderLine& line = turn.Line();
  const uint32_t taken = ledger::UnitsTaken(turn.order, line, c.number);
  if (taken <= line.quantity && c.quantity <= line.quantity - taken) return true;
  return Fail(why, "another case holds these units, or they were given back");
}

// ---- Money ----

bool AmountIsPositive(const Turn& turn, std::string* why) {
  if (const auto* offer = turn.BodyIf<OfferMade>()) {
    return std::all_of(offer->options.begin(), offer->options.end(), [&](const OfferOption& each) {
      return IsEnough(each.amount, IsGoodsRemedy(each.remedy), why);
    });
  }
  if (const auto* body = turn.BodyIf<SettlementAgreed>()) {
    return IsEnough(body->remedy.amount, IsGoodsRemedy(body->remedy.remedy), why);
  }
  // A goods kind asks for goods; its sum is a price difference, which may be nothing.
  const std::optional<Filing> filing = FilingOf(turn);
  CaseKind kind = filing ? filing->kind : CaseKind::kUnspecified;
  if (const auto* body = turn.BodyIf<RefundAmended>()) {
    kind = body->kind != CaseKind::kUnspecified ? body->kind : turn.the_case->kind;
  }
  if (const auto* body = turn.BodyIf<PlatformIntervened>();
      body != nullptr && !body->ask && !IsGoodsKind(kind)) {
    return Fail(why, "expected \"ask\", found none");
  }
  if (const auto* body = turn.BodyIf<RefundRequested>(); body != nullptr && body->extra) {
    if (kind != CaseKind::kExchange || body->extra->units <= 0) {
      return Fail(why, "expected \"extra\" above zero, and of an exchange alone");
    }
  }
  // A new kind goes with the ask that stands, where no new one is named.
  const auto* amended = turn.BodyIf<RefundAmended>();
  if (amended != nullptr && !amended->ask) {
    return IsEnough(turn.InCurrency(turn.the_case->ask), IsGoodsKind(kind), why);
  }
  return EveryAmount(turn, [&](Money money) { return IsEnough(money, IsGoodsKind(kind), why); });
}

bool CurrencyIsTheOrders(const Turn& turn, std::string* why) {
  return EveryAmount(turn, [&](Money money) {
    return money.currency == turn.order.currency ||
           Fail(why, "expected " + std::string(NameOf(turn.order.currency)) + ", found " +
                         std::string(NameOf(money.currency)));
  });
}

namespace {
bool IsAtMost(const Turn& turn, Money ask, int64_t refundable, std::string* why) {
  return ask.units <= refundable ||
         Fail(why, "expected at most " + FormatMoney(turn.InCurrency(refundable)) +
                       " refundable, found " + FormatMoney(ask));
}

bool AmendedAskIsRefundable(const Turn& turn, const RefundAmended& amended, std::string* why) {
  const Case& c = *turn.the_case;
  const CaseKind kind = amended.kind != CaseKind::kUnspecified ? amended.kind : c.kind;
  const Money ask = amended.ask.value_or(turn.InCurrency(c.ask));
  // What stays as it was has been checked when it was asked.
  if (kind == c.kind && ask.units == c.ask) return true;
  return IsAtMost(turn, ask, AskableFor(turn, turn.Line(), c.quantity, kind, c.reason, c.number),
                  why);
}
}  // namespace

bool AskIsRefundable(const Turn& turn, std::string* why) {
  if (const auto* amended = turn.BodyIf<RefundAmended>()) {
    return AmendedAskIsRefundable(turn, *amended, why);
  }
  const Filing filing = *FilingOf(turn);
  const int64_t refundable = AskableFor(turn, *turn.order.FindLine(filing.line), filing.quantity,
                                        filing.kind, filing.reason, 0);
  return EveryAmount(turn, [&](Money ask) { return IsAtMost(turn, ask, refundable, why); });
}

// Of a goods kind no money is decided now, so there is always room.
bool AskIsUnderCeiling(const Turn& turn, std::string* why) {
  return IsGoodsKind(turn.the_case->kind) || UnderCeiling(turn, AskAtHand(turn), why);
}

// What becomes of a goods kind when it falls back to money.
bool ValueIsUnderCeiling(const Turn& turn, std::string* why) {
  const int64_t value = IsGoodsKind(turn.the_case->kind) ? ValueAtHand(turn)
                                                         : ReadyMoney(turn.order, *turn.the_case) +
                                                               PaidOut(turn.order, *turn.the_case);
  if (value <= 0) return Fail(why, "nothing is left of the line to refund");
  return UnderCeiling(turn, value, why);
}

bool AmountIsUnderCeiling(const Turn& turn, std::string* why) {
  if (const auto* body = turn.BodyIf<RulingProposed>()) return FitsUnderCeiling(turn, *body, why);
  if (const auto* body = turn.BodyIf<SettlementAgreed>()) {
    return FitsUnderCeiling(turn, body->remedy.remedy, body->remedy.amount, turn.Procedure(), why);
  }
  if (const auto* body = turn.BodyIf<OfferMade>()) {
    return std::all_of(body->options.begin(), body->options.end(), [&](const OfferOption& each) {
      return FitsUnderCeiling(turn, each.remedy, each.amount, turn.Procedure(), why);
    });
  }
  if (const auto* body = turn.BodyIf<AppealDecided>()) {
    return FitsUnderCeiling(turn, *body->ruling, why);
  }
  // By the pack that it names.
  const auto& body = turn.BodyAs<Rearbitrated>();
  return FitsUnderCeiling(turn, body.ruling.remedy, body.ruling.amount, *turn.packs.Find(body.pack),
                          why);
}

bool OptionIsUnderCeiling(const Turn& turn, std::string* why) {
  const OfferOption& option = NamedOffer(turn)->options[turn.BodyAs<OfferChosen>().option];
  return FitsUnderCeiling(turn, option.remedy, option.amount, turn.Procedure(), why);
}

bool ProposalIsUnderCeiling(const Turn& turn, std::string* why) {
  return FitsUnderCeiling(turn, turn.the_case->proposal->ruling, why);
}

// Which remedies may be offered, agreed on or ruled: all but NONE; a return of what spoils is
// forbidden by the goods (PD-11).
bool RemedyIsSupported(const Turn& turn, std::string* why) {
  if (const auto* body = turn.BodyIf<SettlementAgreed>())
    return IsARemedy(body->remedy.remedy, why);
  const policy::Pack* pack = turn.the_case != nullptr
                                 ? &turn.Procedure()
                                 : turn.packs.InForce(turn.order.platform, turn.at);
  const auto& options = turn.BodyAs<OfferMade>().options;
  return std::all_of(options.begin(), options.end(), [&](const OfferOption& option) {
    if (!IsARemedy(option.remedy, why)) return false;
    const CaseKind kind = KindFor(option.remedy, CaseKind::kRefundOnly);
    return kind == CaseKind::kRefundOnly || IsSupported(*pack, kind, turn.at, why);
  });
}

bool GoodsAllowTheOptions(const Turn& turn, std::string* why) {
  const OrderLine& line =
      turn.the_case != nullptr ? turn.Line() : *turn.order.FindLine(FilingOf(turn)->line);
  if (!line.perishable) return true;
  for (const OfferOption& option : turn.BodyAs<OfferMade>().options) {
    if (option.remedy == Remedy::kReturnRefund || option.remedy == Remedy::kExchange ||
        option.remedy == Remedy::kRepair) {
      return Fail(why, "expected remedies without a return, since the goods of line " + line.line +
                           " spoil, found " + std::string(NameOf(option.remedy)));
    }
  }
  return true;
}

// ---- Something new (G-52) ----

// The buyer's choice of a voucher has settled the claim for that reason (G-29).
bool ReasonIsNotSettled(const Turn& turn, std::string* why) {
  const Filing filing = *FilingOf(turn);
  for (const Case& c : turn.order.cases) {
    if (c.line == filing.line && !c.IsOpen() && c.settled_claim && HasReason(c, filing.reason)) {
      return Fail(why, "case " + c.id.hex() + " settled the reason " +
                           std::string(NameOf(filing.reason)) +
                           " by a voucher of the buyer's choice");
    }
  }
  return true;
}

bool ClaimSaysSomethingNew(const Turn& turn, std::string* why) {
  const Filing filing = *FilingOf(turn);
  const ClaimReason reason = filing.reason;
  for (const Case& c : turn.order.cases) {
    if (c.line != filing.line || c.IsOpen() || !WasRuled(c) || !HasReason(c, reason)) continue;
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

// For the seller it moves nothing.
bool PackRulingIsUnderCeiling(const Turn& turn, std::string* why) {
  return AnswerTo<Ruler>(turn, policy::Question::kRuling) == Ruler::kPackForSeller ||
         AskIsUnderCeiling(turn, why);
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

bool CaseHasAsk(const Turn& turn, std::string*) { return !MadeByOffer(*turn.the_case); }
bool CaseHasNoAsk(const Turn& turn, std::string*) { return MadeByOffer(*turn.the_case); }

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

bool NoLegIsOpen(const Turn& turn, std::string*) {
  return std::none_of(turn.order.legs.begin(), turn.order.legs.end(), [&](const Leg& leg) {
    return leg.case_number == turn.the_case->number && IsTowardBuyer(leg) && IsOpen(leg.state);
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
  if (std::find(grounds.begin(), grounds.end(), ground) != grounds.end()) return true;
  return Fail(why, "expected a refusal, or a ground that the pack names, found " +
                       std::string(NameOf(ground)) + " in " + std::string(NameOf(c.phase)));
}

bool PhaseIsOpen(const Turn& turn, std::string* why) {
  return turn.the_case->IsOpen() ||
         Fail(why, "expected an open case, found " + std::string(NameOf(turn.the_case->phase)));
}

bool CaseIsOpenOrLive(const Turn& turn, std::string* why) {
  return turn.the_case->OverlayIsLive() || PhaseIsOpen(turn, why);
}

bool PhaseIsOpenOrRowAsks(const Turn& turn, std::string* why) {
  return turn.help_by_row || PhaseIsOpen(turn, why);
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
  return turn.the_case->evidence.size() + EvidenceOf(turn)->size() <= kMostPieces ||
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
  const auto* appeal = turn.BodyIf<AppealDecided>();
  if (appeal != nullptr && !appeal->ruling) return true;  // the ruling that is there stands
  return turn.the_case->finding.has_value() ||
         Fail(why, "expected LiabilityAssessed before a ruling (TT-21), found none");
}

bool IsOverAuthorsLimit(const Turn& turn, std::string*) {
  const Money limit = turn.Procedure().authority_limit;
  const Money amount = turn.BodyAs<RulingProposed>().amount;
  // Another currency than the limit's cannot be compared, so it always takes four eyes.
  return amount.units > 0 && (amount.currency != limit.currency || amount.units > limit.units);
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
  const auto& appealed = turn.the_case->appealed_by;  // each party once (G-51)
  const auto is_in = [](const std::vector<Role>& roles, Role role) {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
  };
  for (const Role role : {Role::kBuyer, Role::kSeller}) {
    if (role == turn.actor().role || !LosesByRuling(*turn.the_case, role)) continue;
    if (!is_in(waived, role) && !is_in(appealed, role)) return false;
  }
  return true;
}

bool NotOpenedByRow(const Turn& turn, std::string* why) {
  return !turn.the_case->opened_by_row ||
         Fail(why, "a deadline opened this arbitration, nobody asked for it");
}

bool NothingDecidedYet(const Turn& turn, std::string* why) {
  return !turn.the_case->decided || Fail(why, "a decision has been taken in this arbitration");
}

// ---- Facts ----

namespace {

// Each bucket once, none of cash, in the line's currency, nothing below zero, no overflowing sum.
bool BucketsAreSane(const PaidLine& line, std::string* why) {
  int64_t sum = line.paid.units;
  for (size_t i = 0; i < line.buckets.size(); ++i) {
    const BucketAmount& each = line.buckets[i];
    const bool twice =
        std::any_of(line.buckets.begin(), line.buckets.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const BucketAmount& other) { return other.bucket == each.bucket; });
    if (twice || each.bucket == Bucket::kCash || each.bucket == Bucket::kUnspecified) {
      return Fail(why, "expected each bucket of line " + line.line + " once, and CASH in \"paid\"");
    }
    CHECK(CheckedAdd(sum, each.amount.units, sum));  // each is bounded where it is read
    if (each.amount.currency != line.paid.currency || each.amount.units < 0 || sum > kMaxUnits) {
      return Fail(why, "expected amounts of zero or more, in one currency, of line " + line.line);
    }
  }
  return true;
}

bool SameBuckets(const OrderLine& known, const PaidLine& line) {
  return known.buckets.size() == line.buckets.size() &&
         std::all_of(line.buckets.begin(), line.buckets.end(), [&](const BucketAmount& each) {
           return ledger::ValueOf(known, each.bucket) == each.amount.units;
         });
}

}  // namespace

bool LinesAreSane(const Turn& turn, std::string* why) {
  constexpr uint32_t kMostUnits = 1'000'000;
  const auto* paid = turn.BodyIf<OrderPaid>();
  const auto& lines = paid != nullptr ? paid->lines : turn.BodyAs<PriceSnapshotRecorded>().lines;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].quantity < 1 || lines[i].quantity > kMostUnits) {
      return Fail(why, "expected 1 to 1000000 units of line " + lines[i].line + ", found " +
                           std::to_string(lines[i].quantity));
    }
    if (lines[i].paid.units < 0 || lines[i].paid.currency != lines[0].paid.currency) {
      return Fail(why, "expected amounts of zero or more, in one currency");
    }
    if (!BucketsAreSane(lines[i], why)) return false;
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
                             known->paid == line.paid.units && SameBuckets(*known, line) &&
                             turn.order.currency == line.paid.currency;
                    });
  return same || Fail(why, "the price snapshot is frozen, and this one differs from it");
}

// What several records add up to is bounded as what one may name is: no sum of an order overflows.
bool SumDoesNotOverflow(const Turn& turn, std::string* why) {
  const int64_t so_far = turn.order.presale_deposit + turn.order.presale_balance;  // bounded so
  return EveryAmount(turn, [&](Money money) {
    int64_t sum = 0;
    CHECK(CheckedAdd(so_far, money.units, sum));
    return sum <= kMaxUnits ||
           Fail(why, "expected at most " + FormatMoney({kMaxUnits, money.currency}) +
                         " in all, it came to " + FormatMoney({so_far, money.currency}) +
                         " before, found " + FormatMoney(money));
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
  return true;
}

// ---- Legs ----

bool FailureIsRetryable(const Turn& turn, std::string*) {
  return turn.BodyAs<RefundFailed>().failure == PayoutFailure::kRetryable;
}

bool FailureIsFinal(const Turn& turn, std::string* why) {
  return turn.BodyAs<RefundFailed>().failure == PayoutFailure::kPermanent ||
         !RetriesAreLeft(turn, why);
}

bool RetriesAreLeft(const Turn& turn, std::string*) {
  return turn.leg->attempt <= turn.Procedure().payout_retries.value;
}

bool QueriesAreLeft(const Turn& turn, std::string*) {
  return turn.leg->queries < turn.Procedure().payout_queries.value;
}

}  // namespace refund::arbiter
