// One order with one case, made by hand, and turns on it: what the tests of guards and effects
// share.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "engine/arbiter/guards.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// One order with one case and one line, and the turn of one event.
class OneCase : public ::testing::Test {
 protected:
  OneCase() {
    order_.key = "o/TAOBAO/1";
    order_.platform = Platform::kTaobao;
    order_.currency = Currency::kCny;
    order_.paid_at = Instant{500};
    OrderLine line;
    line.line = "1";
    line.quantity = 2;
    line.paid = 10000;
    order_.lines.push_back(line);
    Case c;
    c.number = 1;
    c.line = "1";
    c.quantity = 1;
    c.phase = Phase::kAwaitSeller;
    order_.cases.push_back(c);
    // What one test adds stays where it is.
    order_.legs.reserve(16);
    order_.deadlines.reserve(16);
    turn_.the_case = &order_.cases.front();
    turn_.event = &event_;
  }

  Case& the_case() { return order_.cases.front(); }
  void Says(Role role, EventBody body) {
    event_.claim.actor = {role, "agent-1"};
    event_.claim.body = std::move(body);
  }
  Leg& AddLeg(LegKind kind, LegState state) {
    Leg leg;
    leg.id.bytes[0] = static_cast<uint8_t>(order_.legs.size() + 1);
    leg.case_number = 1;
    leg.line = "1";
    leg.kind = kind;
    leg.state = state;
    leg.amount = 500;
    order_.legs.push_back(leg);
    turn_.legs_before = order_.legs.size();
    return order_.legs.back();
  }
  // One of a decision, toward the buyer.
  Leg& AddDecidedLeg(LegKind kind, LegState state) {
    Leg& leg = AddLeg(kind, state);
    leg.decision.bytes[0] = 7;
    return leg;
  }
  // What takes a leg back from the buyer.
  // Of the newest payment that there is.
  Leg& AddTakingBack(LegKind kind, LegState state, Bearer bearer = Bearer::kBuyer) {
    Id payment;
    for (const Leg& each : order_.legs) {
      if (each.to == Bearer::kBuyer) payment = each.id;
    }
    Leg& leg = AddLeg(kind, state);
    leg.cause_leg = payment;
    leg.bearer = bearer;
    leg.to = bearer == Bearer::kBuyer ? Bearer::kMerchant : Bearer::kPlatform;
    return leg;
  }
  // The case's pack, in force: each question is answered by one rule without a test.
  void Publish(policy::Pack pack) {
    pack.platform = order_.platform;
    pack.digest = Sha256("pack");
    for (auto* rules :
         {&pack.route, &pack.timeout, &pack.payer, &pack.ruling, &pack.freight, &pack.loss,
          &pack.unfulfilled, &pack.pay_first, &pack.money_first, &pack.advance}) {
      if (rules->empty()) rules->push_back({"default", "TEST", "The default.", {}, 2});
    }
    the_case().procedure_pack = pack.digest;
    packs_.Add(std::make_shared<policy::Pack>(std::move(pack)), Instant{0});
  }
  bool MaySend(Leg& leg) {
    turn_.leg = &leg;
    return MaySendLeg(turn_, nullptr);
  }
  Deadline& AddDeadline(Timer timer, Instant due) {
    Deadline deadline;
    deadline.timer = timer;
    deadline.case_number = 1;
    deadline.role = Role::kBuyer;
    deadline.due = due;
    order_.deadlines.push_back(deadline);
    return order_.deadlines.back();
  }

  Order order_;
  policy::PackBook packs_;
  Event event_;
  Turn turn_{order_, packs_, Instant{1000}};
  std::string why_;
};

}  // namespace refund::arbiter
