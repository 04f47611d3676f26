// Requests that are not allowed, duplicates, conflicts, answers to nothing: all of it must end as a
// recorded refusal or be absorbed.
#include <utility>

#include "tools/generate/acts.h"

namespace refund::generate {
namespace {

constexpr int64_t kFarTooMuch = 1'000'000'000;

RefundRequested Filing(History& h, Money ask) {
  const OrderLine& line = h.random().PickOf(h.order().lines);
  return {CaseKind::kRefundOnly, {line.line, 1}, ask, SomeReason(h.random()), {}, {}};
}
Target SomeCase(History& h) { return {h.random().PickOf(h.order().cases).number, 0}; }

void Again(History& h, const Target&) { h.SayAgain(); }
void Otherwise(History& h, const Target&) { h.SayOtherwise(BuyerBlocked{"said otherwise"}); }
void SellerFiles(History& h, const Target&) { h.Say(Filing(h, h.Cny(1)), Role::kSeller); }
void OtherCurrency(History& h, const Target&) {
  h.Say(Filing(h, {1, Currency::kUsd}), Role::kBuyer);
}
void FarTooMuch(History& h, const Target&) { h.Say(Filing(h, h.Cny(kFarTooMuch)), Role::kBuyer); }
void Nothing(History& h, const Target&) { h.Say(Filing(h, h.Cny(0)), Role::kBuyer); }
void NoSuchLine(History& h, const Target&) {
  RefundRequested body = Filing(h, h.Cny(1));
  body.units.line = "9";
  h.Say(std::move(body), Role::kBuyer);
}
void NoSuchLeg(History& h, const Target&) {
  Id leg;
  leg.bytes.fill(0xff);
  h.Say(RefundPaid{leg, "psp-nobody", 0}, Role::kPsp);
}
void NoSuchDispute(History& h, const Target&) {
  h.Say(PaymentDisputeClosed{"cb-nobody", DisputeResult::kWon}, Role::kPsp);
}
void UnknownChannel(History& h, const Target&) {
  h.Say(AfterSalesApplyClicked{Channel::kOther}, Role::kBuyer);
}

void BuyerAccepts(History& h, const Target&) { h.Say(RefundAccepted{}, Role::kBuyer, SomeCase(h)); }
void SellerWithdraws(History& h, const Target&) {
  h.Say(RefundWithdrawn{}, Role::kSeller, SomeCase(h));
}
void NoSuchOffer(History& h, const Target&) {
  Id offer;
  offer.bytes.fill(0xff);
  h.Say(OfferChosen{offer, 0, 0}, Role::kBuyer, SomeCase(h));
}
void EarlyAppeal(History& h, const Target&) {
  AppealFiled body;
  body.ground = HelpGround::kOther;
  h.Say(std::move(body), Role::kBuyer, SomeCase(h));
}
void SellerRules(History& h, const Target&) {
  RulingProposed body;
  body.outcome = RulingOutcome::kSeller;
  body.remedy = Remedy::kNone;
  body.amount = h.Cny(0);
  h.Say(std::move(body), Role::kSeller, SomeCase(h));
}
void PaidTwice(History& h, const Target&) {
  const Leg& leg = h.random().PickOf(h.order().legs);
  h.Say(RefundPaid{leg.id, "psp-twice", 0}, Role::kPsp);
}
void BuyerSaysPaid(History& h, const Target&) {
  const Leg& leg = h.random().PickOf(h.order().legs);
  h.Say(RefundPaid{leg.id, "psp-me", 0}, Role::kBuyer);
}

}  // namespace

void AddHostileActs(History& h, Choices& choices) {
  if (h.has_said()) {
    choices.Add(25, {}, Again);
    choices.Add(8, {}, Otherwise);
  }
  for (const Make make : {SellerFiles, OtherCurrency, FarTooMuch, Nothing, NoSuchLine,
                          NoSuchDispute, UnknownChannel}) {
    choices.Add(3, {}, make);
  }
  choices.Add(2, {}, NoSuchLeg);
  if (!h.order().cases.empty()) {
    for (const Make make : {BuyerAccepts, SellerWithdraws, NoSuchOffer, EarlyAppeal, SellerRules}) {
      choices.Add(6, {}, make);
    }
  }
  if (h.order().legs.empty()) return;
  choices.Add(6, {}, PaidTwice);
  choices.Add(4, {}, BuyerSaysPaid);
}

}  // namespace refund::generate
