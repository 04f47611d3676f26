// Parts of an order that the sheets of cases and of orders both print. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/domain/order.h"

namespace refund::tools {

// By due: "T1 of SELLER: due … (armed …, 2 d left)", "case 1, T3 of BUYER: paused with 3 d left".
std::vector<std::string> DeadlineTexts(std::vector<const Deadline*> deadlines, Instant clock,
                                       bool with_case);

// "3f2a… SETTLED REFUND_ORIGINAL 59.90 CNY, MERCHANT -> BUYER, line 1 CASH, attempt 1 …"
std::string LegText(const Leg& leg, Currency currency);

// "9be1… SETTLEMENT 5.00 CNY: ISSUED, until …, of case 1"
std::string VoucherText(const Voucher& voucher, Currency currency);

// "d-1: 59.90 CNY, OPEN, refunds may still go out"
std::vector<std::string> DisputeTexts(const Order& order);

}  // namespace refund::tools
