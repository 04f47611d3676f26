// Orders for the tests of the ledger: lines, cases and legs, made as the engine makes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/domain/order.h"
#include "engine/ledger/apportion.h"
#include "engine/ledger/buckets.h"

namespace refund::ledger::testing {

struct TestOrder {
  Order order;

  OrderLine& AddLine(uint32_t quantity, int64_t paid, std::vector<BucketValue> buckets = {}) {
    OrderLine line;
    line.line = std::string(1, static_cast<char>('A' + order.lines.size()));
    line.quantity = quantity;
    line.paid = paid;
    line.buckets = std::move(buckets);
    order.lines.push_back(std::move(line));
    return order.lines.back();
  }

  // An open case; its number.
  uint32_t AddCase(uint32_t quantity, const std::string& line = "A") {
    Case c;
    c.number = static_cast<uint32_t>(order.cases.size() + 1);
    c.line = line;
    c.quantity = quantity;
    c.phase = Phase::kAwaitSeller;
    order.cases.push_back(std::move(c));
    return order.cases.back().number;
  }

  const OrderLine& LineOf(uint32_t case_number) const {
    return *order.FindLine(order.cases[case_number - 1].line);
  }

  int64_t Refundable(uint32_t case_number) const {
    return RefundableFor(order, LineOf(case_number), order.cases[case_number - 1].quantity,
                         case_number);
  }

  // The decision: its legs RESERVED, borne by the merchant.
  Apportioned Give(uint32_t case_number, int64_t amount, bool restore_coupons = false) {
    Asked asked;
    asked.case_number = case_number;
    asked.quantity = order.cases[case_number - 1].quantity;
    asked.amount = amount;
    asked.restore_coupons = restore_coupons;
    Apportioned result = Apportion(order, LineOf(case_number), asked);
    for (const Share& share : result.money) AddLeg(case_number, share);
    for (const Share& share : result.restored) AddLeg(case_number, share);
    return result;
  }

  Leg& AddLeg(uint32_t case_number, const Share& share) {
    Leg leg;
    leg.id.bytes[0] = static_cast<uint8_t>(order.legs.size() + 1);
    leg.case_number = case_number;
    leg.kind = KindOf(share.bucket);
    leg.bearer = Bearer::kMerchant;
    leg.line = order.cases[case_number - 1].line;
    leg.bucket = share.bucket;
    leg.amount = share.amount;
    leg.by_units = share.by_units;
    leg.state = LegState::kReserved;
    order.legs.push_back(std::move(leg));
    return order.legs.back();
  }

  void MoveLegs(uint32_t case_number, LegState state) {
    for (Leg& leg : order.legs) {
      if (leg.case_number == case_number) leg.state = state;
    }
  }

  // Paid, and the case closed.
  void Settle(uint32_t case_number) {
    MoveLegs(case_number, LegState::kSettled);
    order.cases[case_number - 1].phase = Phase::kClosed;
    order.cases[case_number - 1].close_reason = CloseReason::kSettled;
  }
};

}  // namespace refund::ledger::testing
