// Payment providers and banks, the after-sales entrance, vouchers.
#include <utility>

#include "engine/arbiter/turn.h"
#include "engine/ledger/ceiling.h"
#include "tools/generate/acts.h"

namespace refund::generate {
namespace {

// ---- Legs ----

Leg& LegOf(History& h, const Target& t) { return h.order().legs[t.index]; }

void Paid(History& h, const Target& t) {
  const Leg& leg = LegOf(h, t);
  RefundPaid body{leg.id, "psp-" + leg.id.hex().substr(0, 12), 0};
  if (h.random().Percent(50)) body.attempt = leg.attempt;
  h.Say(std::move(body), Role::kPsp);
}
void Failed(History& h, const Target& t) {
  const Leg& leg = LegOf(h, t);
  const PayoutFailure failure =
      h.random().Pick({PayoutFailure::kRetryable, PayoutFailure::kRetryable,
                       PayoutFailure::kPermanent, PayoutFailure::kInsufficient});
  h.Say(RefundFailed{leg.id, failure, "psp-x", leg.attempt}, Role::kPsp);
}
void Reversed(History& h, const Target& t) {
  const Leg& leg = LegOf(h, t);
  const int64_t left = leg.amount - leg.reversed;
  const int64_t sum = h.random().Percent(70) ? left : h.random().Between(1, left);
  h.Say(RefundReversed{leg.id, h.Cny(sum), "psp-r"}, Role::kPsp);
}
void GiveDestination(History& h, const Target& t) {
  h.Say(PayoutDestinationGiven{LegOf(h, t).id, h.random().Pick({"acct-1", "acct-2", "acct-3"})},
        Role::kBuyer);
}

void AddLegActs(const Leg& leg, size_t index, Choices& choices) {
  const Target t{0, index};
  switch (leg.state) {
    case LegState::kSubmitted:
      choices.Add(90, t, Paid);
      choices.Add(20, t, Failed);
      break;
    case LegState::kFailed:
      choices.Add(6, t, Paid);
      choices.Add(3, t, Failed);
      break;
    case LegState::kSettled:
      if (leg.to == Bearer::kBuyer && leg.kind != LegKind::kVoucher && leg.amount > leg.reversed) {
        choices.Add(2, t, Reversed);
      }
      break;
    case LegState::kOwed:
      if (leg.to == Bearer::kBuyer) choices.Add(30, t, GiveDestination);
      break;
    default:
      break;
  }
}

// ---- Bank disputes ----

void OpenDispute(History& h, const Target&) {
  int64_t money = 0;
  for (const OrderLine& line : h.order().lines) money += line.paid;
  h.Say(PaymentDisputeOpened{h.Name("cb-"), h.Cny(h.random().Between(1, money)),
                             h.random().Percent(20)},
        Role::kPsp);
}
void CloseDispute(History& h, const Target& t) {
  h.Say(PaymentDisputeClosed{h.order().disputes[t.index].id,
                             h.random().Pick({DisputeResult::kWon, DisputeResult::kLost})},
        Role::kPsp);
}

// ---- The entrance ----

void Click(History& h, const Target&) {
  h.Say(AfterSalesApplyClicked{h.random().Pick({Channel::kOrderList, Channel::kOrderDetail})},
        Role::kBuyer);
}
void SubmitCard(History& h, const Target&) {
  const OrderLine& line = h.random().PickOf(h.order().lines);
  IssueCardSubmitted body;
  body.kind = h.random().Percent(60) ? CaseKind::kRefundOnly : CaseKind::kReturnRefund;
  if (line.perishable) body.kind = CaseKind::kRefundOnly;
  body.units = {line.line, 1};
  body.reason = SomeReason(h.random());
  const int64_t most = MostFor(h, line, body.kind, body.reason, 1, nullptr);
  if (most <= 0) return Click(h, {});
  body.ask = h.Cny(h.random().Between(1, most));
  body.text = "card-text";
  h.Say(std::move(body), Role::kBuyer);
}
void AnswerCard(History& h, const Target&) {
  h.Say(IssueCardAnswered{h.random().Percent(60) ? CardAnswer::kAgree : CardAnswer::kRefuse},
        Role::kSeller);
}
void SellerOpens(History& h, const Target&) { h.Say(EntranceOpenRequested{}, Role::kSeller); }
void BuyerReopens(History& h, const Target&) { h.Say(EntranceReopened{}, Role::kBuyer); }
void AgreeOutside(History& h, const Target&) {
  const OfferOption option{Remedy::kRefundOnly, h.Cny(h.random().Between(1, 99))};
  h.Say(SomeSettlement(h, option), Role::kPlatform);
}

// ---- Vouchers ----

void Redeem(History& h, const Target& t) {
  const Voucher& voucher = h.order().vouchers[t.index];
  const int64_t left = voucher.amount - voucher.redeemed;
  const int64_t sum = h.random().Percent(60) ? left : h.random().Between(1, left);
  h.Say(VoucherRedeemed{voucher.id, h.Cny(sum)}, Role::kPlatform);
}
void Grant(History& h, const Target&) {
  const policy::VoucherClause& clause = h.random().PickOf(h.pack()->vouchers);
  VoucherGrantRequested body;
  body.kind = clause.kind;
  body.amount = h.Cny(h.random().Between(1, clause.amount.units));
  if (h.random().Percent(50)) body.cause = h.Name("case-talk-");
  h.Say(std::move(body), Role::kAgent);
}

}  // namespace

void AddMoneyActs(History& h, Choices& choices) {
  const Order& order = h.order();
  for (size_t i = 0; i < order.legs.size(); ++i) AddLegActs(order.legs[i], i, choices);
  for (size_t i = 0; i < order.disputes.size(); ++i) {
    if (order.disputes[i].state == DisputeState::kOpen) choices.Add(25, {0, i}, CloseDispute);
  }
  if (!order.cases.empty() && order.disputes.size() < 2) choices.Add(1, {}, OpenDispute);
}

// Within the validity nobody needs it: the acts that need it weigh little before.
void AddEntranceActs(History& h, Choices& choices) {
  const Order& order = h.order();
  const policy::Pack* pack = h.pack();
  if (!order.completed_at || pack == nullptr || !pack->entrance) return;
  const bool late = h.now() - *order.completed_at > 15 * kDayMs;
  choices.Add(late ? 20 : 1, {}, Click);
  if (order.entrance.state == Entrance::kCardPending) choices.Add(60, {}, AnswerCard);
  if (!late || order.entrance.state == Entrance::kOpen) return;
  if (pack->entrance->cards) choices.Add(50, {}, SubmitCard);
  choices.Add(25, {}, SellerOpens);
  if (order.entrance.openings > 0) choices.Add(25, {}, BuyerReopens);
  choices.Add(15, {}, AgreeOutside);
}

void AddVoucherActs(History& h, Choices& choices) {
  const auto& vouchers = h.order().vouchers;
  for (size_t i = 0; i < vouchers.size(); ++i) {
    const bool has_some =
        vouchers[i].state == VoucherState::kIssued && vouchers[i].amount > vouchers[i].redeemed;
    if (has_some) choices.Add(15, {0, i}, Redeem);
  }
  if (h.pack() != nullptr && !h.pack()->vouchers.empty()) choices.Add(3, {}, Grant);
}

}  // namespace refund::generate
