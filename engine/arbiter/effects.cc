#include "engine/arbiter/effects.h"

#include <algorithm>
#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/filing.h"
#include "engine/arbiter/guards.h"
#include "engine/arbiter/landing.h"
#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"
#include "engine/arbiter/ruling.h"
#include "engine/arbiter/verdicts.h"
#include "engine/base/calendar.h"
#include "engine/base/check.h"
#include "engine/ledger/ceiling.h"

namespace refund::arbiter {
namespace {

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
             .due = Earlier(turn, Timer::kT2, body.expires_at)});
}

const OfferOption& ChosenOption(const Turn& turn) {
  const Offer* offer = NamedOffer(turn);
  CHECK(offer != nullptr);
  return offer->options[turn.BodyAs<OfferChosen>().option];
}

// A case made without an ask takes it from what was offered.
void TakeAskFrom(Turn& turn, Money offered) {
  if (turn.the_case->ask == 0) turn.the_case->ask = offered.units;
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
    Arm(turn, {.timer = Timer::kT8, .role = role, .of_overlay = true});
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

// Only a recorded fact is awaited: a pack that awaits another is no pack (policy/fault.cc).
bool IsBound(const Case& c, FactName fact) {
  if (fact == FactName::kSellerStanding) return c.facts.standing.has_value();
  if (fact == FactName::kGoodReviews) return c.facts.rating.has_value();
  CHECK(fact == FactName::kAbuse);
  return c.facts.abuse.has_value();
}

bool HasAllAwaited(const Case& c, const policy::Pack& pack) {
  return std::all_of(pack.awaits.begin(), pack.awaits.end(), [&](const policy::Pack::Await& await) {
    return (await.complaints_only && !c.by_complaint) || IsBound(c, await.fact);
  });
}

const std::vector<Evidence>* FiledEvidence(const Turn& turn) {
  if (const auto* body = turn.BodyIf<RefundRequested>()) return &body->evidence;
  if (const auto* body = turn.BodyIf<ComplaintFiled>()) return &body->evidence;
  return nullptr;
}

// Neither a return nor a replacement.
bool IsOutward(const Order& order, const std::string& parcel) {
  return std::none_of(order.cases.begin(), order.cases.end(), [&](const Case& c) {
    return c.return_parcel == parcel || c.out_parcel == parcel;
  });
}

Goods WhereGoodsAre(const Order& order) {
  if (order.delivered_at) return Goods::kWithBuyer;
  const bool lost =
      std::any_of(order.parcels.begin(), order.parcels.end(),
                  [&](const Parcel& parcel) { return parcel.lost && IsOutward(order, parcel.id); });
  if (lost) return Goods::kLost;
  return order.shipped_at ? Goods::kShipped : Goods::kUnshipped;
}

}  // namespace

void StoreEvidence(Turn& turn, const std::vector<Evidence>& evidence, uint32_t round, bool late) {
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

Verdict ForTheBuyer(const Turn& turn, Basis basis, int64_t amount) {
  const Case& c = *turn.the_case;
  Verdict verdict;
  verdict.basis = basis;
  verdict.remedy = RemedyOf(c.kind);
  verdict.amount = IsGoodsKind(c.kind) ? 0 : amount;
  // What was agreed with the goods stands; before that, what the buyer asked beside them.
  verdict.difference = IsGoodsRemedy(c.remedy) ? std::max<int64_t>(0, -c.extra)
                       : IsGoodsKind(c.kind)   ? c.ask
                                               : 0;
  verdict.outcome =
      !IsGoodsKind(c.kind) && amount < c.ask ? RulingOutcome::kSplit : RulingOutcome::kBuyer;
  if (turn.event != nullptr) verdict.authors = {turn.actor()};
  return verdict;
}

Verdict ByRemedy(const Turn& turn, Basis basis, Remedy remedy, int64_t amount) {
  const Case& c = *turn.the_case;
  Verdict verdict = ForTheBuyer(turn, basis, amount);
  verdict.remedy = remedy;
  if (IsGoodsRemedy(remedy)) {
    verdict.difference = amount;
    verdict.amount = 0;
    verdict.outcome = RulingOutcome::kBuyer;
    return verdict;
  }
  verdict.amount = amount;
  verdict.difference = 0;
  verdict.outcome = amount < AskOf(c) ? RulingOutcome::kSplit : RulingOutcome::kBuyer;
  return verdict;
}

void RuleBy(Turn& turn, const RulingProposed& ruling, Basis basis, std::vector<Actor> authors) {
  Case& c = *turn.the_case;
  Verdict verdict;
  verdict.basis = basis;
  verdict.outcome = ruling.outcome;
  verdict.remedy = ruling.remedy;
  verdict.amount = ruling.amount.units;
  if (IsGoodsRemedy(ruling.remedy)) verdict.difference = std::exchange(verdict.amount, 0);
  verdict.considered = ruling.considered;
  verdict.reason_codes = ruling.reason_codes;
  verdict.text = ruling.text;
  verdict.shares = ruling.shares;
  verdict.asked = {policy::Question::kRuling};
  for (const Actor& author : authors) c.ruling_authors.push_back(author.id);
  verdict.authors = std::move(authors);
  c.outcome = ruling.outcome;
  Decide(turn, verdict);
  Note(turn, DerivedKind::kRulingIssued, c.decisions.back().id, verdict.amount, Role::kUnspecified,
       std::string(NameOf(ruling.outcome)));
}

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

void CreateCase(Turn& turn) {
  Order& order = turn.order;
  const Filing filing = *FilingOf(turn);
  Case c;
  c.id = turn.NewId("case");
  c.number = static_cast<uint32_t>(order.cases.size()) + 1;
  c.kind = filing.kind;
  c.line = filing.line;
  c.quantity = filing.quantity;
  c.ask = filing.ask;
  c.extra = filing.extra;
  c.reason = filing.reason;
  c.by_complaint = turn.BodyIf<ComplaintFiled>() != nullptr;
  c.filer = turn.actor();
  c.filed_at = turn.at;
  c.last_step_at = turn.at;
  c.procedure_pack = turn.packs.InForce(order.platform, turn.at)->digest;
  const policy::Pack* commercial = turn.packs.InForce(order.platform, *order.paid_at);
  c.commercial_pack = commercial != nullptr ? commercial->digest : c.procedure_pack;
  c.goods = WhereGoodsAre(order);
  order.cases.push_back(std::move(c));
  turn.the_case = &order.cases.back();
  if (const auto* evidence = FiledEvidence(turn)) StoreEvidence(turn, *evidence, 0, false);
}

void AwaitFacts(Turn& turn) {
  BindFacts(turn, *turn.the_case);
  if (!turn.the_case->ready) {
    Arm(turn, {.timer = Timer::kT0, .role = Role::kPlatform});
  }
}

void BindNewest(Turn& turn) { BindFacts(turn, *turn.the_case); }

void NoteOpenedByPlatform(Turn& turn) {
  turn.the_case->platform_opened = true;
  BindFacts(turn, *turn.the_case);
}

void ArmSellerReview(Turn& turn) { Arm(turn, {.timer = Timer::kT1, .role = Role::kSeller}); }

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
  StoreEvidence(turn, body.evidence, 0, false);
}

// ---- Seller and buyer ----

void DecideByAcceptance(Turn& turn) {
  Case& c = *turn.the_case;
  const std::string& address = turn.BodyAs<RefundAccepted>().address;
  if (!address.empty() && address != c.invalid_address) c.return_address = address;
  Verdict verdict = ForTheBuyer(turn, Basis::kAcceptance, AskOf(*turn.the_case));
  if (verdict.remedy == Remedy::kVoucher) verdict.offered_by = Bearer::kMerchant;
  Decide(turn, verdict);
}

void DecideByChoice(Turn& turn) {
  const OfferOption option = ChosenOption(turn);
  TakeAskFrom(turn, option.amount);
  const Role by = NamedOffer(turn)->by;
  Verdict verdict = ByRemedy(turn, Basis::kChoice, option.remedy, option.amount.units);
  if (option.remedy == Remedy::kVoucher) {
    verdict.offered_by = by == Role::kSeller ? Bearer::kMerchant : Bearer::kPlatform;
    verdict.outcome = RulingOutcome::kBuyer;
    turn.the_case->settled_claim = true;
  }
  Decide(turn, verdict);
}

void DecideByAgreement(Turn& turn) {
  const auto& body = turn.BodyAs<SettlementAgreed>();
  TakeAskFrom(turn, body.remedy.amount);
  Verdict verdict = ByRemedy(turn, Basis::kAgreement, body.remedy.remedy, body.remedy.amount.units);
  if (body.remedy.remedy == Remedy::kVoucher) verdict.offered_by = Bearer::kMerchant;
  verdict.authors = body.agreed_by;
  Decide(turn, verdict);
}

void DecideByTimeout(Turn& turn) {
  Verdict verdict = ForTheBuyer(turn, Basis::kTimeout, AskOf(*turn.the_case));
  verdict.asked = {policy::Question::kTimeout};
  Decide(turn, verdict);
  Note(turn, DerivedKind::kViolationRecorded, turn.the_case->id, 0, Role::kSeller,
       std::string(NameOf(Violation::kAfterSalesTimeout)));
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
  if (!Resume(turn, Timer::kT1)) ArmSellerReview(turn);
}

void RecordRefusal(Turn& turn) {
  const auto& body = turn.BodyAs<RefundRejected>();
  turn.the_case->refusal_ground = body.ground;
  if (body.ground == RefusalGround::kNone) {
    Note(turn, DerivedKind::kViolationRecorded, turn.the_case->id, 0, Role::kSeller,
         std::string(NameOf(Violation::kRefuseWithoutCause)));
  }
  StoreEvidence(turn, body.evidence, 0, false);
}

void ArmEscalation(Turn& turn) { Arm(turn, {.timer = Timer::kT4, .role = Role::kBuyer}); }

// Of refund-only nothing comes back: what the buyer holds, the buyer keeps.
void WaiveGoods(Turn& turn) {
  if (WithBuyer(*turn.the_case)) turn.the_case->goods = Goods::kWaived;
}

// ---- End ----

void VoidLegs(Turn& turn) {
  TakeWhatIsOfNoUnit(turn);
  RememberReady(turn);
  VoidReadyLegs(turn);
}

void ArmReopenWindow(Turn& turn) { Arm(turn, {.timer = Timer::kT9, .role = Role::kBuyer}); }

void WithdrawOverlay(Turn& turn) {
  if (turn.the_case->OverlayIsLive()) TakeOverlayRow(turn, kCaseWithdrawn, nullptr);
}

void Reopen(Turn& turn) {
  Case& c = *turn.the_case;
  ++c.reopening;
  c.overlay = Overlay::kNone;
  c.landed_first = false;
  c.appealed_by.clear();
  c.in_default.reset();
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
  StoreEvidence(turn, body->evidence, 0, false);
}

void ArmDeadlineOfPhase(Turn& turn) {
  Case& c = *turn.the_case;
  switch (c.phase) {
    case Phase::kAwaitSeller:
      ArmSellerReview(turn);
      break;
    case Phase::kSellerRefused:
    case Phase::kReceiptRefused:
      ArmEscalation(turn);
      break;
    case Phase::kAwaitBuyerReturn:
      // Under the arbitration that was withdrawn from the goods went on their way (a15b).
      if (ReturnHasGone(turn, nullptr)) return GoOnShippingBack(turn);
      if (c.goods == Goods::kLost) return GoOnAskingSeller(turn);
      AskForReturn(turn);
      break;
    case Phase::kAwaitSellerReceipt:
      ArmInspection(turn, c.goods != Goods::kReturnInTransit && c.goods != Goods::kIntercepting);
      break;
    case Phase::kAwaitSellerShip:
      if (IsSentOut(c)) return GoOnReceiving(turn);
      ArmShipping(turn);
      break;
    case Phase::kAwaitBuyerReceipt:
      ArmConfirmation(turn, c.out_goods == Goods::kWithBuyer);
      break;
    case Phase::kAwaitBuyerOffer:
      CHECK(!c.offers.empty());
      c.offers.back().open = true;
      Arm(turn, {.timer = Timer::kT2, .role = Role::kBuyer});
      break;
    default:
      break;
  }
}

namespace {

int64_t RoomFor(const Turn& turn, const Leg& leg) {
  return ledger::RemainingOf(turn.order, turn.Line(), leg.bucket, {});
}

Leg AsBeforeItWasReserved(Leg leg) {
  leg.state = LegState::kNone;
  leg.attempt = 0;
  leg.queries = 0;
  leg.held_by_appeal = false;
  leg.held_by_dispute = false;
  leg.waited = false;
  return leg;
}

// What the case's own buckets have no room for, out of the line's others and borne alike, in the
// place of no other leg. OldLegsAreUnderCeiling has asked whether there is so much.
void ReserveElsewhere(Turn& turn, Leg like, int64_t left) {
  const bool as_its_bucket = like.kind == ledger::KindOf(like.bucket);
  like.cause_leg = Id{};
  for (size_t i = 0; i < CountOf<Bucket>(); ++i) {
    like.bucket = static_cast<Bucket>(i);
    if (!ledger::IsMoney(like.bucket)) continue;
    like.amount = std::min(left, RoomFor(turn, like));
    if (like.amount == 0) continue;
    if (as_its_bucket) like.kind = ledger::KindOf(like.bucket);
    left -= like.amount;
    ReserveLeg(turn, like);
  }
}

}  // namespace

// What was reserved, in the buckets where there is room: dividing units among cases may have moved
// a cent from one to another meanwhile.
void ReserveLegsAgain(Turn& turn) {
  const auto bounded = [](const Leg& leg) { return leg.kind != LegKind::kVoucher; };
  std::vector<Id> made;
  Leg cut;
  int64_t left = 0;
  for (const Leg& leg : LegsItHad(turn.order, *turn.the_case)) {
    Leg next = AsBeforeItWasReserved(leg);
    if (bounded(leg)) next.amount = std::min(leg.amount, RoomFor(turn, leg));
    if (!IsRestored(leg.kind) && next.amount < leg.amount) {
      cut = next;
      left += leg.amount - next.amount;
    }
    if (next.amount > 0) made.push_back(ReserveLeg(turn, std::move(next)));
  }
  for (const Id& id : made) {
    Leg& leg = *turn.order.FindLeg(id);
    // What stands in the place of another leg gives no more than that.
    if (IsRestored(leg.kind) || !bounded(leg) || !leg.cause_leg.IsZero()) continue;
    const int64_t more = std::min(left, RoomFor(turn, leg));
    leg.amount += more;
    left -= more;
  }
  ReserveElsewhere(turn, std::move(cut), left);
  ForgetReady(turn);
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
  // Rows 1h and 26c have counted the buyer's own request by themselves.
  if (turn.BodyIf<PlatformHelpRequested>() != nullptr) return;
  c.opened_by_row = turn.help_by_row;
  if (!turn.help_by_row) c.help_asked_by = turn.actor().role;
}

void ArmReview(Turn& turn) {
  Arm(turn, {.timer = Timer::kT13, .role = Role::kPlatform, .of_overlay = true});
}

void TakeHold(Turn& turn) { turn.the_case->holder = turn.BodyAs<InterventionOpened>().agent; }

void ArmNegotiation(Turn& turn) {
  Arm(turn, {.timer = Timer::kT11, .role = Role::kPlatform, .of_overlay = true});
}

void PauseNegotiation(Turn& turn) { Pause(turn, Timer::kT11); }

void GoOnNegotiating(Turn& turn) {
  if (!Resume(turn, Timer::kT11)) ArmNegotiation(turn);
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
  StoreEvidence(turn, body.evidence, c.round, false);
  for (AskedParty& each : c.asked_parties) {
    if (each.party == turn.actor().role && body.seal) each.sealed = true;
  }
}

void StoreLateEvidence(Turn& turn) {
  StoreEvidence(turn, turn.BodyAs<EvidenceSubmitted>().evidence, turn.the_case->round, true);
}

void StoreEvidenceOutsideRound(Turn& turn) {
  StoreEvidence(turn, turn.BodyAs<EvidenceSubmitted>().evidence, 0, false);
}

void CloseWindow(Turn& turn) {
  Case& c = *turn.the_case;
  Note(turn, DerivedKind::kEvidenceWindowClosed, c.id, 0, turn.firing->role,
       std::to_string(c.round));
  for (AskedParty& each : c.asked_parties) {
    if (each.party == turn.firing->role) each.sealed = true;
  }
  c.asked = turn.firing->role == Role::kBuyer ? Side::kSeller : Side::kBuyer;
}

void CloseRound(Turn& turn) {
  Case& c = *turn.the_case;
  if (turn.firing != nullptr) {
    Note(turn, DerivedKind::kEvidenceWindowClosed, c.id, 0, turn.firing->role,
         std::to_string(c.round));
  }
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
  Note(turn, DerivedKind::kRulingIssued, c.decisions.back().id, verdict.amount, Role::kUnspecified,
       "BUYER");
}

void RuleAsProposed(Turn& turn) {
  RuleBy(turn, turn.BodyAs<RulingProposed>(), Basis::kRuling, {turn.actor()});
}

void RuleAsApproved(Turn& turn) {
  // Leaving REVIEW has dropped the case's proposal; the turn kept it.
  RuleBy(turn, turn.left_proposal->ruling, Basis::kRuling,
         {turn.left_proposal->author, turn.actor()});
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
  Note(turn, DerivedKind::kRulingIssued, c.decisions.back().id, verdict.amount, Role::kUnspecified,
       std::string(NameOf(verdict.outcome)));
}

void ArmAppealWindow(Turn& turn) {
  FreeFromAppeal(turn);  // what a remanded case had waiting, and the new ruling left
  turn.may_pay_first = true;
  turn.the_case->appeal_waived_by.clear();  // a waiver is of the ruling that stands
  Arm(turn, {.timer = Timer::kT10, .role = Role::kUnspecified, .of_overlay = true});
}

void RememberWaiver(Turn& turn) { turn.the_case->appeal_waived_by.push_back(turn.actor().role); }

void EndAsAgreed(Turn& turn) {
  FreeFromAppeal(turn);
  turn.the_case->final_by_agreement = true;
  turn.the_case->outcome = RulingOutcome::kUnspecified;  // nobody ruled; an older ruling is over
  turn.the_case->in_default.reset();
}

void RaisePriority(Turn& turn) { ++turn.the_case->priority; }

}  // namespace refund::arbiter
