// Conservation (case-model.md §3.5, 10): what every party has got less what it has given. Each
// posting takes from one and gives to another, so all balances sum to zero after every step.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/domain/order.h"
#include "engine/domain/vocabulary.h"

namespace refund::ledger {

// One for each Bearer value, then the payment provider, then vouchers that are out.
inline constexpr size_t kPsp = CountOf<Bearer>();
inline constexpr size_t kVouchers = CountOf<Bearer>() + 1;
inline constexpr size_t kParties = CountOf<Bearer>() + 2;
using Balances = std::array<int64_t, kParties>;

// Legs that are SETTLED, or were and are REVERSED in part or whole: from the bearer to `to`, less
// what came back. A voucher is with VOUCHERS until the buyer redeems it; what expired or was
// revoked is its bearer's again. A bank dispute takes from the merchant: the provider has the sum
// while it is open, the buyer when it is lost.
Balances BalancesOf(const Order& order);

int64_t SumOf(const Balances& balances);

}  // namespace refund::ledger
