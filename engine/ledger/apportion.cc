#include "engine/ledger/apportion.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/check.h"
#include "engine/domain/money.h"
#include "engine/ledger/buckets.h"
#include "engine/ledger/ceiling.h"

namespace refund::ledger {
namespace {

__extension__ using Wide = __int128;

constexpr size_t kBuckets = CountOf<Bucket>();
constexpr uint32_t kWhole = 10000;  // basis points

// Units asked for, among those that went before them.
struct UnitRange {
  uint32_t before = 0;  // k₁: cancelled, or given by units in other cases
  uint32_t upto = 0;    // k₁ + k
  bool IsLast(const OrderLine& line) const { return upto == line.quantity; }
};

UnitRange RangeOf(const Order& order, const OrderLine& line, uint32_t quantity, uint32_t of_case) {
  const uint64_t before = uint64_t{line.cancelled} + UnitsGiven(order, line.line, of_case);
  UnitRange range;
  range.before = static_cast<uint32_t>(std::min<uint64_t>(line.quantity, before));
  range.upto = static_cast<uint32_t>(std::min<uint64_t>(line.quantity, before + quantity));
  return range;
}

// What is due for the units in one bucket: the value of all units up to these, less what units were
// given already in that bucket (§3.7), within what remains.
int64_t DueByUnits(const Order& order, const OrderLine& line, Bucket bucket, UnitRange range,
                   Except except) {
  const int64_t value = ValueOf(line, bucket);
  if (value == 0) return 0;
  const int64_t cancelled = value - CapturedOf(line, bucket);
  const int64_t due = FloorShare(value, range.upto, line.quantity) - cancelled -
                      GivenFrom(order, line, bucket, except, true);
  return std::clamp<int64_t>(due, 0, RemainingOf(order, line, bucket, except));
}

bool ReachedBuyer(const Case& c) {
  if (c.goods == Goods::kLost) return !c.return_parcel.empty();  // lost on the way back
  return c.goods != Goods::kUnshipped && c.goods != Goods::kShipped;
}

// A buyer who is liable, and has had the goods, does not get what it cost to bring them.
bool FreightGoesBack(const Order& order, uint32_t of_case) {
  for (const Case& c : order.cases) {
    if (c.number != of_case) continue;
    const bool buyer_is_liable = c.finding && c.finding->liability == Liability::kBuyer;
    return !buyer_is_liable || !ReachedBuyer(c);
  }
  return true;
}

void AddShare(std::vector<Share>& shares, Bucket bucket, int64_t amount, bool by_units) {
  if (amount > 0) shares.push_back({bucket, amount, by_units});
}

int64_t Total(const std::vector<Share>& shares) {
  int64_t sum = 0;
  for (const Share& each : shares) CHECK(CheckedAdd(sum, each.amount, sum));
  return sum;
}

std::vector<Share> SharesByUnits(const Order& order, const OrderLine& line, UnitRange range,
                                 uint32_t of_case) {
  const Except except{of_case};
  // Units all of which are gone bring nothing with them, not even the freight.
  const bool freight =
      range.IsLast(line) && range.before < range.upto && FreightGoesBack(order, of_case);
  std::vector<Share> shares;
  for (size_t i = 0; i < kBuckets; ++i) {
    const auto bucket = static_cast<Bucket>(i);
    if (IsGoodsMoney(bucket)) {
      AddShare(shares, bucket, DueByUnits(order, line, bucket, range, except), true);
    } else if (IsMoney(bucket) && freight) {
      AddShare(shares, bucket, RemainingOf(order, line, bucket, except), true);
    }
  }
  return shares;
}

// The remaining vector of the goods buckets, and what falls on it.
void AddGoodsByAmount(const Order& order, const OrderLine& line, Except except, int64_t& left,
                      std::vector<Share>& shares) {
  std::vector<Bucket> buckets;
  std::vector<int64_t> remaining;
  int64_t goods = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    const auto bucket = static_cast<Bucket>(i);
    if (!IsGoodsMoney(bucket)) continue;
    buckets.push_back(bucket);
    remaining.push_back(RemainingOf(order, line, bucket, except));
    CHECK(CheckedAdd(goods, remaining.back(), goods));
  }
  if (goods == 0) return;
  // At most what remains, so no bucket is given more than remains of it.
  const int64_t amount = std::min(left, goods);
  const std::vector<int64_t> parts = LargestRemainder(amount, remaining);
  for (size_t i = 0; i < parts.size(); ++i) AddShare(shares, buckets[i], parts[i], false);
  left -= amount;
}

void AddWhole(const Order& order, const OrderLine& line, Bucket bucket, Except except,
              int64_t& left, std::vector<Share>& shares) {
  const int64_t amount = std::min(left, RemainingOf(order, line, bucket, except));
  AddShare(shares, bucket, amount, false);
  left -= amount;
}

std::vector<Share> SharesByAmount(const Order& order, const OrderLine& line, const Asked& asked) {
  const Except except{asked.case_number};
  std::vector<Share> shares;
  int64_t left = asked.amount;
  if (asked.freight_first) AddWhole(order, line, Bucket::kFreight, except, left, shares);
  AddGoodsByAmount(order, line, except, left, shares);
  if (!asked.freight_first) AddWhole(order, line, Bucket::kFreight, except, left, shares);
  AddWhole(order, line, Bucket::kPacking, except, left, shares);
  CHECK(left == 0);
  std::sort(shares.begin(), shares.end(),
            [](const Share& a, const Share& b) { return a.bucket < b.bucket; });
  return shares;
}

// Points and coins with their units; a coupon whole, with the last of them, once.
std::vector<Share> Restored(const Order& order, const OrderLine& line, UnitRange range,
                            const Asked& asked) {
  const Except except{asked.case_number};
  std::vector<Share> shares;
  for (size_t i = 0; i < kBuckets; ++i) {
    const auto bucket = static_cast<Bucket>(i);
    if (bucket == Bucket::kPoints || bucket == Bucket::kCoins) {
      AddShare(shares, bucket, DueByUnits(order, line, bucket, range, except), true);
    }
    const bool once = IsCoupon(bucket) && asked.restore_coupons && range.IsLast(line) &&
                      GivenFrom(order, line, bucket, except) == 0;
    if (once) AddShare(shares, bucket, CapturedOf(line, bucket), true);
  }
  return shares;
}

}  // namespace

int64_t RefundableFor(const Order& order, const OrderLine& line, uint32_t quantity,
                      uint32_t of_case) {
  return Total(SharesByUnits(order, line, RangeOf(order, line, quantity, of_case), of_case));
}

Apportioned Apportion(const Order& order, const OrderLine& line, const Asked& asked) {
  CHECK(asked.amount >= 0);
  CHECK(asked.amount <= RemainingMoney(order, line, {asked.case_number}));
  Apportioned result;
  if (asked.amount == 0) return result;
  if (asked.quantity > 0 && !asked.freight_first) {
    const UnitRange range = RangeOf(order, line, asked.quantity, asked.case_number);
    std::vector<Share> by_units = SharesByUnits(order, line, range, asked.case_number);
    if (Total(by_units) == asked.amount) {
      result.money = std::move(by_units);
      result.restored = Restored(order, line, range, asked);
      result.rounding = "FLOOR_CUMULATIVE";
      return result;
    }
  }
  result.money = SharesByAmount(order, line, asked);
  result.rounding = "LARGEST_REMAINDER";
  return result;
}

std::vector<int64_t> LargestRemainder(int64_t total, const std::vector<int64_t>& weights) {
  CHECK(total >= 0);
  int64_t whole = 0;
  for (const int64_t weight : weights) {
    CHECK(weight >= 0);
    CHECK(CheckedAdd(whole, weight, whole));
  }
  CHECK(whole > 0);
  std::vector<int64_t> parts(weights.size());
  std::vector<int64_t> remainders(weights.size());
  std::vector<size_t> order(weights.size());
  int64_t left = total;
  for (size_t i = 0; i < weights.size(); ++i) {
    const Wide product = static_cast<Wide>(total) * weights[i];
    parts[i] = static_cast<int64_t>(product / whole);
    remainders[i] = static_cast<int64_t>(product % whole);
    order[i] = i;
    left -= parts[i];
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  // The remainders sum to left · whole, and each is below whole: there are more of them than
  // `left`.
  for (size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];
  return parts;
}

std::vector<BearerShare> BearersOf(int64_t amount, const std::vector<LiabilityShare>& shares) {
  std::array<uint64_t, CountOf<Bearer>()> basis_points{};
  uint64_t whole = 0;
  for (const LiabilityShare& each : shares) {
    basis_points[static_cast<size_t>(each.bearer)] += each.basis_points;
    whole += each.basis_points;
  }
  CHECK(whole == kWhole);
  const std::vector<int64_t> parts =
      LargestRemainder(amount, std::vector<int64_t>(basis_points.begin(), basis_points.end()));
  std::vector<BearerShare> bearers;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (basis_points[i] == 0) continue;
    bearers.push_back({static_cast<Bearer>(i), static_cast<uint32_t>(basis_points[i]), parts[i]});
  }
  return bearers;
}

std::vector<Portion> Portions(const std::vector<Share>& shares,
                              const std::vector<BearerShare>& bearers) {
  std::vector<Portion> portions;
  size_t who = 0;
  CHECK(!bearers.empty());
  int64_t bears = bearers[0].amount;
  for (const Share& share : shares) {
    int64_t left = share.amount;
    while (left > 0) {
      while (bears == 0) {
        CHECK(++who < bearers.size());
        bears = bearers[who].amount;
      }
      const int64_t amount = std::min(left, bears);
      portions.push_back({share.bucket, bearers[who].bearer, amount, share.by_units});
      left -= amount;
      bears -= amount;
    }
  }
  CHECK(bears == 0);
  for (++who; who < bearers.size(); ++who) CHECK(bearers[who].amount == 0);
  return portions;
}

}  // namespace refund::ledger
