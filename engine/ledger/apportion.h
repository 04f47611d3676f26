// How an amount falls on buckets and on bearers (case-model.md §3.7, docs/decisions/0009, 7 to 11).
// Every rounding is by one of two named rules and loses nothing: any series of refunds sums
// exactly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/domain/event.h"
#include "engine/domain/order.h"
#include "engine/domain/step.h"
#include "engine/domain/vocabulary.h"

namespace refund::ledger {

// What these units are still worth, by the cumulative floor: with the last units of the line also
// its freight and packing, unless the goods reached the buyer and the buyer is liable. Per bucket
// within what remains of it; whether the order has that much left is RemainingMoney's affair.
int64_t RefundableFor(const Order& order, const OrderLine& line, uint32_t quantity,
                      uint32_t of_case);

struct Share {
  Bucket bucket = Bucket::kUnspecified;
  int64_t amount = 0;
  bool by_units = false;
  bool operator==(const Share&) const = default;
};

struct Apportioned {
  std::vector<Share> money;     // sums to the amount; in the order of the buckets, none is zero
  std::vector<Share> restored;  // points, coins and coupons beside it; not part of the amount
  std::string
      rounding;  // FLOOR_CUMULATIVE by units, LARGEST_REMAINDER by amount; empty for nothing
};

struct Asked {
  uint32_t case_number = 0;
  uint32_t quantity = 0;         // 0: of no units (a price difference), so never by units
  int64_t amount = 0;            // at most RemainingMoney
  bool freight_first = false;    // a claim of freight, so never by units
  bool restore_coupons = false;  // if the last units go: UNSHIPPED, or MERCHANT or PLATFORM bears
};

// By units where the amount is exactly what the units are worth (RefundableFor), else by amount.
Apportioned Apportion(const Order& order, const OrderLine& line, const Asked& asked);

// `total` in proportion to the weights; what the floors leave goes to the largest remainders, ties
// to the lower index. Weights are not negative and sum to more than 0.
std::vector<int64_t> LargestRemainder(int64_t total, const std::vector<int64_t>& weights);

struct Portion {
  Bucket bucket = Bucket::kUnspecified;
  Bearer bearer = Bearer::kUnspecified;
  int64_t amount = 0;
  bool by_units = false;
  bool operator==(const Portion&) const = default;
};

// Who bears how much, in the order of the bearers, each once. The shares sum to 10,000.
std::vector<BearerShare> BearersOf(int64_t amount, const std::vector<LiabilityShare>& shares);
// Buckets in order against bearers in order, each portion the smaller of what is left of both. The
// two sides sum to the same.
std::vector<Portion> Portions(const std::vector<Share>& shares,
                              const std::vector<BearerShare>& bearers);

}  // namespace refund::ledger
