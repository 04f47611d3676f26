#include "engine/ledger/ceiling.h"

#include <algorithm>
#include <limits>

#include "engine/base/check.h"
#include "engine/domain/money.h"
#include "engine/ledger/buckets.h"
#include "engine/ledger/takings.h"

namespace refund::ledger {
namespace {

constexpr size_t kBuckets = CountOf<Bucket>();

int64_t Sum(int64_t a, int64_t b) {
  int64_t sum = 0;
  CHECK(CheckedAdd(a, b, sum));
  return sum;
}

// Whether a voucher of a case counts is told by its bucket; goodwill, without a case, never does.
bool Counts(const Leg& leg, Except except) {
  if (!GivesOrdersMoney(leg, leg.case_number != 0)) return false;
  const bool replaced =
      except.case_number != 0 && leg.case_number == except.case_number && IsReplaceable(leg.state);
  return !replaced;
}

// A revoked voucher gave what was spent of it.
const Voucher* RevokedVoucher(const Order& order, const Leg& leg) {
  if (leg.kind != LegKind::kVoucher) return nullptr;
  for (const Voucher& each : order.vouchers) {
    if (each.id == leg.id && each.state == VoucherState::kRevoked) return &each;
  }
  return nullptr;
}

// What the buyer has of it, or is to have.
int64_t StillGiven(const Order& order, const Leg& leg) {
  if (const Voucher* revoked = RevokedVoucher(order, leg)) return revoked->redeemed;
  return std::max<int64_t>(0, -Overhang(order, leg, IsThere));
}

int64_t CapturedMoney(const Order& order) {
  int64_t sum = 0;
  for (const OrderLine& line : order.lines) {
    sum = Sum(sum, CapturedOf(line, Bucket::kCash));
    for (const BucketValue& each : line.buckets) {
      if (IsMoney(each.bucket)) sum = Sum(sum, CapturedOf(line, each.bucket));
    }
  }
  return sum;
}

int64_t GivenMoney(const Order& order, Except except) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    if (IsMoney(leg.bucket) && Counts(leg, except)) sum = Sum(sum, StillGiven(order, leg));
  }
  return sum;
}

int64_t Disputed(const Order& order) {
  int64_t sum = 0;
  for (const Dispute& each : order.disputes) {
    if (each.state == DisputeState::kOpen || each.state == DisputeState::kLost) {
      sum = Sum(sum, each.amount);
    }
  }
  return sum;
}

bool WentByUnits(const Order& order, const Case& c) {
  return std::any_of(order.legs.begin(), order.legs.end(), [&](const Leg& leg) {
    return leg.case_number == c.number && leg.by_units && GivesOrdersMoney(leg, true) &&
           StillGiven(order, leg) > 0;
  });
}

// Saturates: more than any line has is as good as too many.
uint32_t Units(uint64_t units) {
  return static_cast<uint32_t>(std::min<uint64_t>(units, std::numeric_limits<uint32_t>::max()));
}

template <class Which>
uint32_t UnitsOfCases(const Order& order, std::string_view line, uint32_t except_case,
                      uint64_t units, Which which) {
  for (const Case& each : order.cases) {
    if (each.line == line && each.number != except_case && which(each)) units += each.quantity;
  }
  return Units(units);
}

}  // namespace

int64_t CapturedOf(const OrderLine& line, Bucket bucket) {
  const int64_t value = ValueOf(line, bucket);
  if (line.cancelled == 0) return value;
  return value - FloorShare(value, line.cancelled, line.quantity);
}

int64_t GivenFrom(const Order& order, const OrderLine& line, Bucket bucket, Except except,
                  bool by_units_only) {
  int64_t sum = 0;
  for (const Leg& leg : order.legs) {
    if (leg.bucket != bucket || leg.line != line.line || !Counts(leg, except)) continue;
    if (leg.by_units || !by_units_only) sum = Sum(sum, StillGiven(order, leg));
  }
  return sum;
}

int64_t RemainingOf(const Order& order, const OrderLine& line, Bucket bucket, Except except) {
  const int64_t captured = CapturedOf(line, bucket);
  if (captured == 0) return 0;
  return std::max<int64_t>(0, captured - GivenFrom(order, line, bucket, except));
}

int64_t RemainingMoney(const Order& order, const OrderLine& line, Except except) {
  int64_t of_line = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    const auto bucket = static_cast<Bucket>(i);
    if (IsMoney(bucket)) of_line = Sum(of_line, RemainingOf(order, line, bucket, except));
  }
  return std::max<int64_t>(0, std::min(of_line, OrderRemaining(order, except)));
}

int64_t OrderRemaining(const Order& order, Except except) {
  return CapturedMoney(order) - Sum(GivenMoney(order, except), Disputed(order));
}

uint32_t UnitsHeld(const Order& order, std::string_view line, uint32_t except_case) {
  return UnitsOfCases(order, line, except_case, 0, [](const Case& c) { return c.IsOpen(); });
}

uint32_t UnitsGiven(const Order& order, std::string_view line, uint32_t except_case) {
  return UnitsOfCases(order, line, except_case, 0,
                      [&](const Case& c) { return WentByUnits(order, c); });
}

uint32_t UnitsTaken(const Order& order, const OrderLine& line, uint32_t except_case) {
  return UnitsOfCases(order, line.line, except_case, line.cancelled,
                      [&](const Case& c) { return c.IsOpen() || WentByUnits(order, c); });
}

}  // namespace refund::ledger
