#include "engine/arbiter/effects.h"

#include <algorithm>
#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"
#include "engine/arbiter/ruling.h"
#include "engine/base/calendar.h"
#include "engine/base/check.h"

namespace refund::arbiter {
namespace {

void Store(Turn& turn, const std::vector<Evidence>& evidence, uint32_t round, bool late) {
  Case& c = *turn.the_case;
  for (const Evidence& piece : evidence) {
    // The same party may send the same file again; it is kept once a round.
    const bool known =
        std::any_of(c.evidence.begin(), c.evidence.end(), [&](const EvidenceItem& item) {
          return item.hash == piece.hash && item.party == turn.actor().role && item.round == round;
        });
    if (known) continue;
    c.evidence.push_back({piece.hash, piece.kind, piece.slot, turn.actor().role, round, late,
                          piece.shared, turn.at});
  }
}

void CountOffer(Turn& turn) {
  Case& c = *turn.the_case;
  switch (turn.actor().role) {
    case Role::kSeller:
      ++c.offers_by_seller;
      break;
    case Role::kBuyer:
      ++c.offers_by_buyer;
      break;
    default:
      ++c.offers_by_platform;
      break;
  }
}

// An offer may lapse before the pack's limit, never after it: nobody stops the clock at will.
std::optional<Instant> Earlier(const Turn& turn, Timer timer, const std::optional<Instant>& at) {
  if (!at) return at;
  const policy::Limit& limit =
      turn.Procedure().LimitOf(timer, turn.the_case->kind, turn.Line().perishable);
  return std::min(*at, FirstInstantTooLate(turn.at, limit.period));
}

void Offered(Turn& turn, bool of_overlay) {
  Case& c = *turn.the_case;
  const auto& body = turn.BodyAs<OfferMade>();
  for (Offer& older : c.offers) older.open = false;  // superseded: a crossed answer finds it closed
  Offer offer;
  offer.id = turn.NewId("offer");
  offer.by = turn.actor().role;
  offer.options = body.options;
  offer.open = true;
  offer.of_overlay = of_overlay;
  const Role answers = offer.by == Role::kBuyer ? Role::kSeller : Role::kBuyer;
  c.offers.push_back(std::move(offer));
  CountOffer(turn);
  Arm(turn, {.timer = Timer::kT2,
             .role = answers,
             .of_overlay = of_overlay,
             .leg = {},
             .due = Earlier(turn, Timer::kT2, body.expires_at)});
}

const OfferOption& ChosenOption(const Turn& turn) {
  const auto& body = turn.BodyAs<OfferChosen>();
  for (const Offer& offer : turn.the_case->offers) {
    if (offer.id == body.offer) return offer.options[body.option];
  }
  CHECK(false && "a guard has found the offer");
  return turn.the_case->offers.front().options.front();
}

Verdict ForTheBuyer(const Turn& turn, Basis basis, int64_t amount) {
  Verdict verdict;
  verdict.basis = basis;
  verdict.outcome = amount < turn.the_case->ask ? RulingOutcome::kSplit : RulingOutcome::kBuyer;
  verdict.remedy = Remedy::kRefundOnly;
  verdict.amount = amount;
  if (turn.event != nullptr) verdict.authors = {turn.actor()};
  return verdict;
}

void RuleBy(Turn& turn, const RulingProposed& ruling, std::vector<Actor> authors) {
  Verdict verdict;
  verdict.basis = Basis::kRuling;
  verdict.outcome = ruling.outcome;
  verdict.remedy = ruling.remedy;
  verdict.amount = ruling.amount.units;
  verdict.considered = ruling.considered;
  verdict.reason_codes = ruling.reason_codes;
  verdict.text = ruling.text;
  verdict.authors = std::move(authors);
  verdict.asked = {policy::Question::kRuling};
  turn.the_case->outcome = ruling.outcome;
  Decide(turn, verdict);
}

bool Asks(Side side, Role role) {
  return side == Side::kBoth || (side == Side::kBuyer && role == Role::kBuyer) ||
         (side == Side::kSeller && role == Role::kSeller);
}

void OpenRound(Turn& turn, Side side, std::vector<SlotAsked> slots) {
  Case& c = *turn.the_case;
  ++c.round;
  c.asked = side;
  c.slots.clear();
  c.asked_parties.clear();
  for (SlotAsked& slot : slots) {
    if (Asks(side, slot.party)) c.slots.push_back(std::move(slot));
  }
  for (const Role role : {Role::kBuyer, Role::kSeller}) {
    if (!Asks(side, role)) continue;
    c.asked_parties.push_back({role, false});
    Arm(turn, {.timer = Timer::kT8, .role = role, .of_overlay = true, .leg = {}, .due = {}});
  }
}

Side SideOf(const std::vector<SlotAsked>& slots) {
  bool buyer = false;
  bool seller = false;
  for (const SlotAsked& slot : slots) {
    buyer = buyer || slot.party == Role::kBuyer;
    seller = seller || slot.party == Role::kSeller;
  }
  if (buyer != seller) return buyer ? Side::kBuyer : Side::kSeller;
  return Side::kBoth;
}

Payout PayoutOf(const Turn& turn, PayoutAct act) {
  const Leg& leg = *turn.leg;
  Payout payout;
  payout.act = act;
  payout.leg = leg.id;
  payout.key = turn.order.key;
  payout.case_id = turn.order.cases[leg.case_number - 1].id;
  payout.decision = leg.decision;
  payout.kind = leg.kind;
  payout.bearer = leg.bearer;
  payout.line = leg.line;
  payout.amount = turn.InCurrency(leg.amount);
  payout.attempt = leg.attempt;
  payout.buyer = turn.order.buyer;
  payout.at = turn.at;
  return payout;
}

bool IsBound(const Case& c, FactName fact) {
  switch (fact) {
    case FactName::kSellerStanding:
      return c.facts.standing.has_value();
    case FactName::kGoodReviews:
      return c.facts.rating.has_value();
    case FactName::kAbuse:
      return c.facts.abuse.has_value();
    default:
      return true;
  }
}

bool HasAllAwaited(const Case& c, const policy::Pack& pack) {
  return std::all_of(pack.awaits.begin(), pack.awaits.end(), [&](const policy::Pack::Await& await) {
    return (await.complaints_only && !c.by_complaint) || IsBound(c, await.fact);
  });
}

template <class Body>
void FillFrom(Case& c, const Body& body) {
  c.kind = body.kind;
  c.line = body.units.line;
  c.quantity = body.units.quantity;
  c.ask = body.ask.units;
  c.reason = body.reason;
}

}  // namespace

void BindFacts(Turn& turn, Case& c) {
  const RecordedFacts& newest = turn.order.facts;
  if (!c.facts.standing) c.facts.standing = newest.standing;
  if (!c.facts.abuse) c.facts.abuse = newest.abuse;
  if (!c.facts.tier) c.facts.tier = newest.tier;
  if (const auto rating = turn.order.ratings.find(c.line);
      !c.facts.rating && rating != turn.order.ratings.end()) {
    c.facts.rating = rating->second;
  }
  const policy::Pack* pack = turn.packs.Find(c.procedure_pack);
  CHECK(pack != nullptr);
  if (!c.ready) c.ready = HasAllAwaited(c, *pack);
}

// ---- Filing ----

void OpenCase(Turn& turn) {
  Order& order = turn.order;
  Case c;
  c.id = turn.NewId("case");
  c.number = static_cast<uint32_t>(order.cases.size()) + 1;
  if (const auto* body = turn.BodyIf<RefundRequested>()) FillFrom(c, *body);
  if (const auto* body = turn.BodyIf<ComplaintFiled>()) FillFrom(c, *body);
  c.by_complaint = turn.BodyIf<ComplaintFiled>() != nullptr;
  c.filer = turn.actor();
  c.filed_at = turn.at;
  c.last_step_at = turn.at;
  c.procedure_pack = turn.packs.InForce(order.platform, turn.at)->digest;
  const policy::Pack* commercial = turn.packs.InForce(order.platform, *order.paid_at);
  c.commercial_pack = commercial != nullptr ? commercial->digest : c.procedure_pack;
  c.goods = order.delivered_at ? Goods::kWithBuyer
            : order.shipped_at ? Goods::kShipped
                               : Goods::kUnshipped;
  order.cases.push_back(std::move(c));
  turn.the_case = &order.cases.back();
  Touch(turn);
  MovePhase(turn, Phase::kFiled);
  const auto* request = turn.BodyIf<RefundRequested>();
  Store(turn, request != nullptr ? request->evidence : turn.BodyAs<ComplaintFiled>().evidence, 0,
        false);
  BindFacts(turn, *turn.the_case);
  if (!turn.the_case->ready) {
    Arm(turn,
        {.timer = Timer::kT0, .role = Role::kPlatform, .of_overlay = false, .leg = {}, .due = {}});
  }
}

void ArmSellerReview(Turn& turn) {
  Arm(turn,
      {.timer = Timer::kT1, .role = Role::kSeller, .of_overlay = false, .leg = {}, .due = {}});
}

void AskForDirectRuling(Turn& turn) { turn.wants_direct_ruling = true; }

void DecideInstantly(Turn& turn) {
  Verdict verdict = ForTheBuyer(turn, Basis::kAutomatic, turn.the_case->ask);
  verdict.authors.clear();
  verdict.asked = {policy::Question::kRoute};
  Decide(turn, verdict);
}

void Amend(Turn& turn) {
  Case& c = *turn.the_case;
  const auto& body = turn.BodyAs<RefundAmended>();
  if (body.kind != CaseKind::kUnspecified) c.kind = body.kind;
  if (body.ask) c.ask = body.ask->units;
  ++c.amendments;
  Store(turn, body.evidence, 0, false);
}

// ---- Seller and buyer ----

void DecideByAcceptance(Turn& turn) {
  Decide(turn, ForTheBuyer(turn, Basis::kAcceptance, turn.the_case->ask));
}

void DecideByChoice(Turn& turn) {
  Decide(turn, ForTheBuyer(turn, Basis::kChoice, ChosenOption(turn).amount.units));
}

void DecideByAgreement(Turn& turn) {
  const auto& body = turn.BodyAs<SettlementAgreed>();
  Verdict verdict = ForTheBuyer(turn, Basis::kAgreement, body.remedy.amount.units);
  verdict.authors = body.agreed_by;
  Decide(turn, verdict);
}

void DecideByTimeout(Turn& turn) {
  Verdict verdict = ForTheBuyer(turn, Basis::kTimeout, turn.the_case->ask);
  verdict.asked = {policy::Question::kTimeout};
  Decide(turn, verdict);
}

void DecideThatRefusalStands(Turn& turn) {
  Verdict verdict;
  verdict.basis = Basis::kRefusalStands;
  verdict.outcome = RulingOutcome::kSeller;
  verdict.remedy = Remedy::kNone;
  Decide(turn, verdict);
}

void MakeOffer(Turn& turn) { Offered(turn, false); }
void MakeOfferInArbitration(Turn& turn) { Offered(turn, true); }

void CloseOffer(Turn& turn) {
  for (Offer& offer : turn.the_case->offers) offer.open = false;
}

void GoOnWithSellerReview(Turn& turn) {
  if (!Resume(turn, Timer::kT1, false)) ArmSellerReview(turn);
}

void RecordRefusal(Turn& turn) {
  const auto& body = turn.BodyAs<RefundRejected>();
  turn.the_case->refusal_ground = body.ground;
  Store(turn, body.evidence, 0, false);
}

void ArmEscalation(Turn& turn) {
  Arm(turn, {.timer = Timer::kT4, .role = Role::kBuyer, .of_overlay = false, .leg = {}, .due = {}});
}

// Of refund-only nothing comes back: what the buyer holds, the buyer keeps.
void WaiveGoods(Turn& turn) {
  Goods& goods = turn.the_case->goods;
  if (goods == Goods::kWithBuyer || goods == Goods::kShipped) goods = Goods::kWaived;
}

// ---- End ----

void VoidLegs(Turn& turn) { VoidReplacedLegs(turn); }

void ArmReopenWindow(Turn& turn) {
  Arm(turn, {.timer = Timer::kT9, .role = Role::kBuyer, .of_overlay = false, .leg = {}, .due = {}});
}

void WithdrawOverlay(Turn& turn) {
  if (turn.the_case->OverlayIsLive()) TakeOverlayRow(turn, kCaseWithdrawn, nullptr);
}

void Reopen(Turn& turn) {
  Case& c = *turn.the_case;
  End(turn, Timer::kT9);
  ++c.reopening;
  c.close_reason = CloseReason::kNone;
  c.closed_at = {};
  c.overlay = Overlay::kNone;
  c.outcome = RulingOutcome::kUnspecified;
  c.final_by_agreement = false;
  c.opened_by_row = false;
  c.help_asked_by = Role::kUnspecified;
  c.appeal_waived_by.clear();
  const auto* body = turn.BodyIf<CaseReopened>();
  if (body == nullptr) return;
  if (body->reason != ClaimReason::kUnspecified && body->reason != c.reason) {
    c.past_reasons.push_back(std::exchange(c.reason, body->reason));
  }
  Store(turn, body->evidence, 0, false);
}

void ArmDeadlineOfPhase(Turn& turn) {
  Case& c = *turn.the_case;
  switch (c.phase) {
    case Phase::kAwaitSeller:
      ArmSellerReview(turn);
      break;
    case Phase::kSellerRefused:
      ArmEscalation(turn);
      break;
    case Phase::kAwaitBuyerOffer:
      if (!c.offers.empty()) c.offers.back().open = true;
      Arm(turn,
          {.timer = Timer::kT2, .role = Role::kBuyer, .of_overlay = false, .leg = {}, .due = {}});
      break;
    default:
      break;
  }
}

void ReserveLegsAgain(Turn& turn) {
  Case& c = *turn.the_case;
  if (c.decisions.empty()) return;
  const Id decision = c.decisions.back().id;
  std::vector<Leg> voided;
  for (const Leg& leg : turn.order.legs) {
    if (leg.decision == decision && leg.state == LegState::kVoid) voided.push_back(leg);
  }
  Decision again;
  again.id = decision;
  for (const Leg& leg : voided) ReserveLeg(turn, again, {leg.bearer, 10000, leg.amount});
}

void AskForHelp(Turn& turn) { turn.wants_help = true; }

// ---- Arbitration ----

void CountHelp(Turn& turn) {
  Case& c = *turn.the_case;
  ++c.help_requests;
  c.help_asked_by = turn.actor().role;
  c.opened_by_row = false;
}

void NoteWhoAsked(Turn& turn) {
  Case& c = *turn.the_case;
  if (turn.BodyIf<PlatformIntervened>() != nullptr) {
    c.help_asked_by = turn.actor().role;
    c.opened_by_row = false;
  } else {
    // A deadline asked; row 26c has counted the buyer's own request by itself.
    c.opened_by_row = turn.event == nullptr;
  }
}

void ArmReview(Turn& turn) {
  Arm(turn,
      {.timer = Timer::kT13, .role = Role::kPlatform, .of_overlay = true, .leg = {}, .due = {}});
}

void TakeHold(Turn& turn) { turn.the_case->holder = turn.BodyAs<InterventionOpened>().agent; }

void ArmNegotiation(Turn& turn) {
  Arm(turn,
      {.timer = Timer::kT11, .role = Role::kPlatform, .of_overlay = true, .leg = {}, .due = {}});
}

void PauseNegotiation(Turn& turn) { Pause(turn, Timer::kT11, true); }

void GoOnNegotiating(Turn& turn) {
  if (!Resume(turn, Timer::kT11, true)) ArmNegotiation(turn);
}

void OpenRoundByPack(Turn& turn) {
  const policy::Pack& pack = turn.Procedure();
  const auto& asked = turn.BodyAs<InterventionOpened>().slots;
  if (asked.empty()) {
    OpenRound(turn, pack.evidence_from, pack.slots);
  } else {
    OpenRound(turn, SideOf(asked), asked);
  }
}

void OpenRoundForBoth(Turn& turn) { OpenRound(turn, Side::kBoth, turn.Procedure().slots); }

void OpenRoundAsAsked(Turn& turn) {
  const auto& slots = turn.BodyAs<EvidenceRequested>().slots;
  OpenRound(turn, SideOf(slots), slots);
}

void StoreEvidence(Turn& turn) {
  Case& c = *turn.the_case;
  const auto& body = turn.BodyAs<EvidenceSubmitted>();
  Store(turn, body.evidence, c.round, false);
  for (AskedParty& each : c.asked_parties) {
    if (each.party == turn.actor().role && body.seal) each.sealed = true;
  }
}

void StoreLateEvidence(Turn& turn) {
  Store(turn, turn.BodyAs<EvidenceSubmitted>().evidence, turn.the_case->round, true);
}

void StoreEvidenceOutsideRound(Turn& turn) {
  Store(turn, turn.BodyAs<EvidenceSubmitted>().evidence, 0, false);
}

void CloseWindow(Turn& turn) {
  Case& c = *turn.the_case;
  for (AskedParty& each : c.asked_parties) {
    if (each.party == turn.firing->role) each.sealed = true;
  }
  c.asked = turn.firing->role == Role::kBuyer ? Side::kSeller : Side::kBuyer;
}

void CloseRound(Turn& turn) {
  Case& c = *turn.the_case;
  for (AskedParty& each : c.asked_parties) each.sealed = true;
  c.asked = Side::kNone;
}

void EnterReview(Turn& turn) {
  ArmReview(turn);
  turn.review_entered = true;
}

void KeepProposal(Turn& turn) {
  turn.the_case->proposal = Proposal{turn.actor(), turn.BodyAs<RulingProposed>()};
}

void DropProposal(Turn& turn) { turn.the_case->proposal.reset(); }

void RuleDirectly(Turn& turn) {
  Case& c = *turn.the_case;
  Verdict verdict = ForTheBuyer(turn, Basis::kDirectRuling, c.ask);
  verdict.authors.clear();
  verdict.asked = {policy::Question::kRoute};
  c.outcome = RulingOutcome::kBuyer;
  Decide(turn, verdict);
}

void RuleAsProposed(Turn& turn) { RuleBy(turn, turn.BodyAs<RulingProposed>(), {turn.actor()}); }

void RuleAsApproved(Turn& turn) {
  // Leaving REVIEW has dropped the case's proposal; the turn kept it.
  RuleBy(turn, turn.left_proposal->ruling, {turn.left_proposal->author, turn.actor()});
}

void RuleByPack(Turn& turn) {
  Case& c = *turn.the_case;
  const policy::Pack& pack = turn.Procedure();
  const auto facts = FactsOf(turn.order, c, pack);
  const auto ruler =
      static_cast<Ruler>(policy::Assess(pack, policy::Question::kRuling, facts).rule->answer);
  Verdict verdict;
  if (ruler == Ruler::kPackForBuyer) {
    verdict = ForTheBuyer(turn, Basis::kAutomaticRuling, c.ask);
  } else {
    verdict.outcome = RulingOutcome::kSeller;
    verdict.remedy = Remedy::kNone;
  }
  verdict.basis = Basis::kAutomaticRuling;
  verdict.authors.clear();
  verdict.asked = {policy::Question::kRuling};
  c.outcome = verdict.outcome;
  Decide(turn, verdict);
}

void ArmAppealWindow(Turn& turn) {
  Arm(turn,
      {.timer = Timer::kT10, .role = Role::kUnspecified, .of_overlay = true, .leg = {}, .due = {}});
}

void RememberWaiver(Turn& turn) { turn.the_case->appeal_waived_by.push_back(turn.actor().role); }

void EndAsAgreed(Turn& turn) { turn.the_case->final_by_agreement = true; }

void LandForMoney(Turn& turn) {
  turn.the_case->decisions.back().landed = true;
  MovePhase(turn, Phase::kSettling);
  WaiveGoods(turn);
}

void LandForSeller(Turn& turn) {
  turn.the_case->decisions.back().landed = true;
  MovePhase(turn, Phase::kClosed, CloseReason::kRuledForSeller);
  VoidReplacedLegs(turn);
}

void LandWithNothing(Turn& turn) {
  turn.the_case->decisions.back().landed = true;
  MovePhase(turn, Phase::kClosed, CloseReason::kDismissed);
  VoidReplacedLegs(turn);
}

void RaisePriority(Turn& turn) { ++turn.the_case->priority; }

// ---- Facts ----

void TakeSnapshot(Turn& turn) {
  Order& order = turn.order;
  const auto* paid = turn.BodyIf<OrderPaid>();
  const auto& lines = paid != nullptr ? paid->lines : turn.BodyAs<PriceSnapshotRecorded>().lines;
  if (order.lines.empty()) {
    order.currency = lines.front().paid.currency;
    for (const PaidLine& line : lines) {
      order.lines.push_back(
          {line.line, line.sku, line.quantity, 0, line.paid.units, line.perishable});
    }
  }
  if (paid == nullptr || order.paid_at) return;
  order.buyer = paid->buyer;
  order.merchant = paid->merchant;
  order.paid_at = turn.at;
}

void AddPresaleDeposit(Turn& turn) {
  turn.order.presale_deposit += turn.BodyAs<PresaleDepositPaid>().amount.units;
}
void AddPresaleBalance(Turn& turn) {
  turn.order.presale_balance += turn.BodyAs<PresaleBalancePaid>().amount.units;
}
void RecordPromise(Turn& turn) {
  turn.order.promises.push_back(turn.BodyAs<PromiseRecorded>().kind);
}

void CancelUnits(Turn& turn) {
  for (const LineUnits& units : turn.BodyAs<OrderCancelled>().lines) {
    turn.order.FindLine(units.line)->cancelled += units.quantity;
  }
}

void Complete(Turn& turn) {
  if (!turn.order.completed_at) turn.order.completed_at = turn.at;
}

void MarkShipped(Turn& turn) {
  if (!turn.order.shipped_at) turn.order.shipped_at = turn.at;
  for (Case& c : turn.order.cases) {
    if (c.IsOpen() && c.goods == Goods::kUnshipped) c.goods = Goods::kShipped;
  }
}

void MarkDelivered(Turn& turn) {
  MarkShipped(turn);
  if (!turn.order.delivered_at) turn.order.delivered_at = turn.at;
  for (Case& c : turn.order.cases) {
    if (c.IsOpen() && c.goods == Goods::kShipped) c.goods = Goods::kWithBuyer;
  }
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

// ---- Legs ----

void SendLeg(Turn& turn) {
  ++turn.leg->attempt;
  turn.payouts.push_back(PayoutOf(turn, PayoutAct::kInstruct));
}

void QueryLeg(Turn& turn) {
  ++turn.leg->queries;
  turn.payouts.push_back(PayoutOf(turn, PayoutAct::kQuery));
}

void SettleLeg(Turn& turn) { turn.leg->reference = turn.BodyAs<RefundPaid>().reference; }

void ArmRetry(Turn& turn) {
  Arm(turn, {.timer = Timer::kT15,
             .role = Role::kPlatform,
             .of_overlay = false,
             .leg = turn.leg->id,
             .due = {}});
}

void ArmAnswer(Turn& turn) {
  Arm(turn, {.timer = Timer::kT12,
             .role = Role::kPsp,
             .of_overlay = false,
             .leg = turn.leg->id,
             .due = {}});
}

void EndLegDeadlines(Turn& turn) {
  EndOfLeg(turn, Timer::kT12, turn.leg->id);
  EndOfLeg(turn, Timer::kT15, turn.leg->id);
}

}  // namespace refund::arbiter
