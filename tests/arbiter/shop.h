// One order with its entrance, and turns on it made by hand: what the tests of the entrance share.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/arbiter/due.h"
#include "engine/arbiter/entrance.h"
#include "engine/base/check.h"

namespace refund::arbiter {

inline Instant At(const std::string& text) {
  Instant at;
  std::string error;
  CHECK(ParseInstant(text, at, error));
  return at;
}

inline const Instant kPaidAt = At("2024-03-01T10:00:00+08:00");
inline const Instant kCompletedAt = At("2024-03-10T18:30:00+08:00");
// Past the validity, and inside the window of either pack.
inline const Instant kLater = At("2024-04-20T12:00:00+08:00");
inline const Instant kSwitch = At("2025-01-01T00:00:00+08:00");

// G-13 and T20 to T22, as both Taobao packs have them.
inline std::shared_ptr<policy::Pack> PackFrom(const std::string& name, Instant from) {
  auto pack = std::make_shared<policy::Pack>();
  pack->platform = Platform::kTaobao;
  pack->name = name;
  pack->effective_from = from;
  pack->digest = Sha256(name);
  pack->filing_window = policy::Limit{{15, PeriodUnit::kDay}, "G-13"};
  pack->deadlines[Timer::kT20] = {{3, PeriodUnit::kMinute}, "TB-45"};
  pack->deadlines[Timer::kT21] = {{72, PeriodUnit::kHour}, "G-10"};
  pack->deadlines[Timer::kT22] = {{30, PeriodUnit::kDay}, "TB-43"};
  for (const CaseKind kind : {CaseKind::kRefundOnly, CaseKind::kReturnRefund}) {
    pack->kinds.push_back({kind, {}, "TB-35"});
  }
  return pack;
}

inline std::shared_ptr<const policy::Pack> OldPack() {
  auto pack = PackFrom("taobao/old", At("2023-12-31T00:00:00+08:00"));
  pack->entrance = policy::EntranceClause{};
  pack->entrance->open_window = {{3, PeriodUnit::kMonth}, "TB-27"};
  pack->entrance->most_openings = 1;
  pack->entrance->source = "TB-38";
  return pack;
}

inline std::shared_ptr<const policy::Pack> NewPack(Instant from) {
  auto pack = PackFrom("taobao/new", from);
  pack->entrance = policy::EntranceClause{};
  pack->entrance->open_window = {{2, PeriodUnit::kYear}, "TB-27"};
  pack->entrance->cards = true;
  pack->entrance->buyer_reopens = true;
  pack->entrance->closed_refund_may_return = true;
  pack->entrance->source = "TB-38";
  pack->kinds.push_back({CaseKind::kExchange, from, "TB-36"});
  pack->kinds.push_back({CaseKind::kRepair, from, "TB-36"});
  return pack;
}

// What an event came to.
struct Answer {
  std::string row;  // empty: refused
  Refusal refusal = Refusal::kNone;
  std::string guard;
  std::string detail;
  std::vector<Derived> derived;
};

// One paid and completed order, and the packs. Deadlines pass by the clock before an event, as in
// the lane.
class Shop {
 public:
  Shop() {
    order_.key = "o/TAOBAO/1";
    order_.platform = Platform::kTaobao;
    order_.buyer = "b-1";
    order_.merchant = "m-7";
    order_.currency = Currency::kCny;
    order_.paid_at = kPaidAt;
    order_.completed_at = kCompletedAt;
    AddLine("1");
  }

  static Shop WithOldPack() {
    Shop shop;
    shop.Publish(OldPack());
    return shop;
  }
  static Shop WithNewPack() {
    Shop shop;
    shop.Publish(NewPack(At("2023-12-31T00:00:00+08:00")));
    return shop;
  }
  static Shop WithBothPacks() {
    Shop shop = WithOldPack();
    shop.Publish(NewPack(kSwitch));
    return shop;
  }

  void Publish(std::shared_ptr<const policy::Pack> pack) {
    packs_.Add(std::move(pack), At("2023-12-01T00:00:00+08:00"));
  }
  void AddLine(const std::string& name) {
    OrderLine line;
    line.line = name;
    line.quantity = 2;
    line.paid = 10000;
    order_.lines.push_back(line);
  }
  // A case on the line, closed or open; with `paid`, by a refund that arrived.
  void AddCase(const std::string& line, Phase phase, bool paid = false) {
    Case c;
    c.number = static_cast<uint32_t>(order_.cases.size()) + 1;
    c.line = line;
    c.kind = CaseKind::kRefundOnly;
    c.phase = phase;
    c.quantity = 1;
    order_.cases.push_back(c);
    if (paid) AddLeg(line, LegKind::kRefundOriginal, LegState::kSettled);
  }
  void AddLeg(const std::string& line, LegKind kind, LegState state) {
    Leg leg;
    leg.case_number = static_cast<uint32_t>(order_.cases.size());
    leg.line = line;
    leg.kind = kind;
    leg.amount = 3000;
    leg.state = state;
    order_.legs.push_back(leg);
  }

  Answer Say(Role role, EventBody body, Instant at) { return Say(role, std::move(body), at, at); }
  Answer Say(Role role, EventBody body, Instant occurred_at, Instant at) {
    Tick(at);
    Event event = EventOf(role, std::move(body), occurred_at);
    Turn turn = TurnAt(at, &event);
    Answer answer;
    NotTaken why;
    if (TakeEntranceRow(turn, Trigger::On(event.claim.kind()), &why)) {
      answer.row = RowOf(turn);
    } else {
      answer = {"", why.refusal, why.guard, why.detail, {}};
    }
    answer.derived = turn.step.derived;
    return answer;
  }

  // Fires all that is due. The rows that were taken.
  std::vector<std::string> Tick(Instant at) {
    std::vector<std::string> rows;
    while (const Deadline* due = NextDue(order_, at)) {
      const Deadline firing = *due;
      std::erase_if(order_.deadlines,
                    [&](const Deadline& each) { return each.timer == firing.timer; });
      Turn turn(order_, packs_, firing.due);
      turn.firing = &firing;
      PassEntranceDeadline(turn);
      rows.push_back(RowOf(turn));
      derived_ = turn.step.derived;
    }
    return rows;
  }

  // Row 0's two guards about a request on the line.
  bool MayFile(Instant at, const std::string& line = "1") { return MayFile(at, at, line, nullptr); }
  bool MayFile(Instant occurred_at, Instant at, const std::string& line, std::string* why) {
    Tick(at);
    RefundRequested body;
    body.units = {line, 1};
    const Event event = EventOf(Role::kBuyer, body, occurred_at);
    const Turn turn = TurnAt(at, &event);
    const bool may = EntranceLetsFile(turn, why);
    EXPECT_TRUE(!may || OrderIsNotTooOld(turn, nullptr));
    return may;
  }
  bool MayComplain(Instant at) {
    Tick(at);
    ComplaintFiled body;
    body.units = {"1", 1};
    const Event event = EventOf(Role::kBuyer, body, at);
    return EntranceLetsFile(TurnAt(at, &event), nullptr);
  }
  bool IsTooOld(Instant at) {
    Tick(at);
    const Event event = EventOf(Role::kBuyer, RefundRequested{}, at);
    return !OrderIsNotTooOld(TurnAt(at, &event), nullptr);
  }

  Order& order() { return order_; }
  const EntranceState& entrance() const { return order_.entrance; }
  Entrance state() const { return order_.entrance.state; }
  const IssueCard& card() const { return order_.entrance.cards.back(); }
  const std::vector<Derived>& last_derived() const { return derived_; }
  const std::set<std::string>& rows() const { return rows_; }  // that were ever taken
  Instant DueOf(Timer timer) const {
    for (const Deadline& each : order_.deadlines) {
      if (each.timer == timer) return each.due;
    }
    return {};
  }

 private:
  static Event EventOf(Role role, EventBody body, Instant occurred_at) {
    Event event;
    event.claim.id = "e-1";
    event.claim.key = "o/TAOBAO/1";
    event.claim.occurred_at = occurred_at;
    event.claim.actor = {role, "someone"};
    event.claim.body = std::move(body);
    return event;
  }
  Turn TurnAt(Instant at, const Event* event) {
    Turn turn(order_, packs_, at);
    turn.event = event;
    return turn;
  }
  // The one transition that the turn must have noted.
  std::string RowOf(const Turn& turn) {
    EXPECT_EQ(turn.step.transitions.size(), 1u);
    const Transition& moved = turn.step.transitions.front();
    EXPECT_EQ(moved.machine, Machine::kEntrance);
    EXPECT_EQ(moved.to, static_cast<uint8_t>(order_.entrance.state));
    rows_.insert(moved.row);
    return moved.row;
  }

  Order order_;
  policy::PackBook packs_;
  std::vector<Derived> derived_;
  std::set<std::string> rows_;
};

inline AfterSalesApplyClicked Click(Channel channel = Channel::kOrderList) { return {channel}; }

inline IssueCardSubmitted Card(CaseKind kind = CaseKind::kReturnRefund, int64_t ask = 5000) {
  IssueCardSubmitted card;
  card.kind = kind;
  card.units = {"1", 1};
  card.ask = {ask, Currency::kCny};
  card.reason = ClaimReason::kQuality;
  return card;
}

inline SettlementAgreed Agreement() {
  SettlementAgreed body;
  body.agreed_by = {{Role::kBuyer, "b-1"}, {Role::kSeller, "m-7"}};
  return body;
}

inline std::string Words(const Answer& answer) {
  std::string words;
  for (const Derived& each : answer.derived) {
    words += std::string(NameOf(each.kind)) + "(" + each.word + ")";
  }
  return words;
}

inline constexpr EntranceOpenRequested kOpenIt{};
inline constexpr EntranceReopened kReopenIt{};
inline constexpr IssueCardAnswered kAgree{CardAnswer::kAgree};
inline constexpr IssueCardAnswered kRefuse{CardAnswer::kRefuse};

}  // namespace refund::arbiter
