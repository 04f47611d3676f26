// Arbitration: who does what while it is live.
#include <algorithm>
#include <utility>

#include "engine/arbiter/guards.h"
#include "engine/arbiter/turn.h"
#include "tools/generate/acts.h"

namespace refund::generate {
namespace {

Role AskerOf(const Case& c) {
  return c.help_asked_by == Role::kUnspecified ? Role::kBuyer : c.help_asked_by;
}

void Accept(History& h, const Target& t) { h.Say(RefundAccepted{}, Role::kSeller, t); }
void Settle(History& h, const Target& t) {
  h.Say(SomeSettlement(h, SomeOption(h, h.CaseOf(t))), Role::kPlatform, t);
}
void TakeBack(History& h, const Target& t) {
  h.Say(InterventionWithdrawn{}, AskerOf(h.CaseOf(t)), t);
}
void Withdraw(History& h, const Target& t) { h.Say(RefundWithdrawn{}, h.CaseOf(t).filer.role, t); }
void Open(History& h, const Target& t) {
  h.Say(InterventionOpened{std::string(h.Agent()), {}}, Role::kAgent, t);
}
void Offer(History& h, const Target& t) {
  const Case& c = h.CaseOf(t);
  OfferMade body;
  body.options.push_back(SomeOption(h, c));
  const bool both = c.overlay == Overlay::kNegotiating && h.random().Percent(50);
  h.Say(std::move(body), both ? Role::kSeller : Role::kPlatform, t);
}
void Choose(History& h, const Target& t) {
  const refund::Offer& offer = h.CaseOf(t).offers.back();
  h.Say(OfferChosen{offer.id, static_cast<uint32_t>(h.random().Below(offer.options.size())), 0},
        Role::kBuyer, t);
}
void Decline(History& h, const Target& t) {
  h.Say(OfferDeclined{h.CaseOf(t).offers.back().id}, Role::kBuyer, t);
}

void Show(History& h, const Target& t, Role role) {
  EvidenceSubmitted body;
  for (const SlotAsked& slot : h.CaseOf(t).slots) {
    if (slot.party == role) body.evidence.push_back(h.Piece(slot.slot));
  }
  if (body.evidence.empty()) body.evidence.push_back(h.Piece());
  body.seal = h.random().Percent(70);
  h.Say(std::move(body), role, t);
}
void BuyerShows(History& h, const Target& t) { Show(h, t, Role::kBuyer); }
void SellerShows(History& h, const Target& t) { Show(h, t, Role::kSeller); }
void AskForMore(History& h, const Target& t) {
  h.Say(EvidenceRequested{{{h.random().Pick({Role::kBuyer, Role::kSeller}), "more"}}}, Role::kAgent,
        t);
}

void Propose(History& h, const Target& t) {
  h.Say(SomeRuling(h, h.CaseOf(t), /*whole=*/false), Role::kAgent, t);
}
void Approve(History& h, const Target& t) { h.Say(RulingApproved{}, Role::kAgent, t, "agent-8"); }
void RejectProposal(History& h, const Target& t) {
  h.Say(RulingRejected{"not as the evidence shows"}, Role::kAgent, t, "agent-8");
}

Role LoserOf(History& h, const Case& c) {
  const bool buyer = arbiter::LosesByRuling(c, Role::kBuyer);
  const bool seller = arbiter::LosesByRuling(c, Role::kSeller);
  if (buyer && seller) return h.random().Pick({Role::kBuyer, Role::kSeller});
  return buyer ? Role::kBuyer : Role::kSeller;
}
void Waive(History& h, const Target& t) { h.Say(AppealWaived{}, LoserOf(h, h.CaseOf(t)), t); }
void Appeal(History& h, const Target& t) {
  AppealFiled body;
  body.ground = HelpGround::kOther;
  if (h.random().Percent(30)) body.evidence.push_back(h.Piece());
  h.Say(std::move(body), LoserOf(h, h.CaseOf(t)), t);
}
void JoinAppeal(History& h, const Target& t) {
  const auto& by = h.CaseOf(t).appealed_by;
  const bool buyer = std::find(by.begin(), by.end(), Role::kBuyer) == by.end();
  AppealFiled body;
  body.ground = HelpGround::kOther;
  h.Say(std::move(body), buyer ? Role::kBuyer : Role::kSeller, t);
}
void DecideAppeal(History& h, const Target& t) {
  AppealDecided body;
  body.result =
      h.random().Pick({AppealResult::kUpheld, AppealResult::kUpheld, AppealResult::kOverturned,
                       AppealResult::kVaried, AppealResult::kRemanded});
  if (body.result == AppealResult::kOverturned || body.result == AppealResult::kVaried) {
    body.ruling = SomeRuling(h, h.CaseOf(t), /*whole=*/true);
  }
  h.Say(std::move(body), Role::kAgent, t, h.random().Pick({"agent-11", "agent-12", "agent-13"}));
}

void AddEarly(const Case& c, const Target& t, Choices& choices) {
  const bool moved = c.return_lost || c.intercept_failed || c.out_received ||
                     c.out_goods == Goods::kLost ||
                     (c.phase == Phase::kAwaitBuyerReturn && c.goods != Goods::kReturnDue);
  if (!c.opened_by_row) choices.Add(moved ? 60 : 4, t, TakeBack);
}

void AddNegotiating(const Case& c, const Target& t, Choices& choices) {
  choices.Add(30, t, Offer);
  if (c.offers.empty() || !c.offers.back().open) return;
  choices.Add(25, t, Choose);
  choices.Add(45, t, Decline);
}

void AddEvidence(const Case& c, const Target& t, Choices& choices) {
  const auto weight = [&](Role role) -> uint32_t {
    return std::any_of(c.asked_parties.begin(), c.asked_parties.end(),
                       [&](const AskedParty& each) { return each.party == role && !each.sealed; })
               ? 400
               : 3;
  };
  choices.Add(weight(Role::kBuyer), t, BuyerShows);
  choices.Add(weight(Role::kSeller), t, SellerShows);
}

void AddReview(const Case& c, const Target& t, Choices& choices) {
  if (c.proposal) {
    choices.Add(80, t, Approve);
    choices.Add(20, t, RejectProposal);
    return;
  }
  choices.Add(c.round == 0 ? 1500 : 8, t, AskForMore);
  if (c.finding) choices.Add(90, t, Propose);
}

}  // namespace

// Outcome, remedy and amount that agree; `whole`: about all units of the case.
RulingProposed SomeRuling(History& h, const Case& c, bool whole) {
  Random& random = h.random();
  RulingProposed ruling;
  ruling.outcome =
      random.Pick({RulingOutcome::kBuyer, RulingOutcome::kBuyer, RulingOutcome::kBuyer,
                   RulingOutcome::kSplit, RulingOutcome::kSplit, RulingOutcome::kSeller,
                   RulingOutcome::kSeller, RulingOutcome::kNone, RulingOutcome::kVoid});
  ruling.remedy = Remedy::kNone;
  ruling.amount = h.Cny(0);
  ruling.text = "as the evidence shows";
  const bool for_buyer =
      ruling.outcome == RulingOutcome::kBuyer || ruling.outcome == RulingOutcome::kSplit;
  if (!for_buyer) return ruling;
  int64_t ask = arbiter::AskOf(c);
  Remedy remedy = arbiter::RemedyOf(c.kind);
  if (remedy == Remedy::kVoucher) remedy = Remedy::kRefundOnly;
  if (remedy == Remedy::kReturnRefund && random.Percent(30)) remedy = Remedy::kRefundOnly;
  if (!whole && c.quantity > 1 && random.Percent(20)) {
    ruling.quantity = SomeQuantity(h, c);
    if (ruling.quantity > 0) ask = ask * ruling.quantity / c.quantity;
  }
  const bool part = ruling.outcome == RulingOutcome::kSplit && ask >= 2 && !whole;
  const int64_t amount = part ? random.Between(1, ask - 1) : ask;
  if (amount == 0 && !arbiter::IsGoodsRemedy(remedy)) {
    ruling.outcome = RulingOutcome::kSeller;
    ruling.quantity = 0;
    return ruling;
  }
  ruling.outcome = part ? RulingOutcome::kSplit : RulingOutcome::kBuyer;
  ruling.remedy = remedy;
  ruling.amount = h.Cny(amount);
  if (amount > 0 && random.Percent(25)) {
    const uint32_t first = random.Pick<uint32_t>({3333, 5000, 9999});
    ruling.shares = {{Bearer::kMerchant, first},
                     {random.Pick({Bearer::kPlatform, Bearer::kFund}), 10'000 - first}};
  }
  return ruling;
}

void AddOverlayActs(History&, const Case& c, Choices& choices) {
  const Target t{c.number, 0};
  const bool unruled = c.overlay == Overlay::kRequested || c.overlay == Overlay::kNegotiating ||
                       c.overlay == Overlay::kEvidence || c.overlay == Overlay::kReview;
  if (unruled) {
    choices.Add(4, t, Accept);
    choices.Add(3, t, Settle);
    if (c.overlay != Overlay::kReview) AddEarly(c, t, choices);
    if (c.IsOpen()) choices.Add(2, t, Withdraw);
  }
  switch (c.overlay) {
    case Overlay::kRequested:
      choices.Add(250, t, Open);
      choices.Add(12, t, Offer);
      break;
    case Overlay::kNegotiating:
      AddNegotiating(c, t, choices);
      break;
    case Overlay::kEvidence:
      AddEvidence(c, t, choices);
      break;
    case Overlay::kReview:
      AddReview(c, t, choices);
      break;
    case Overlay::kRuled:
      choices.Add(25, t, Appeal);
      choices.Add(c.landed_first ? 90 : 35, t, Waive);
      break;
    case Overlay::kAppealed:
      choices.Add(80, t, DecideAppeal);
      if (c.outcome == RulingOutcome::kSplit && c.appealed_by.size() == 1) {
        choices.Add(20, t, JoinAppeal);
      }
      break;
    default:
      break;
  }
}

}  // namespace refund::generate
