// The ceiling: never more back than was paid in, per line and bucket, and over the whole order
// (case-model.md §3.5, docs/decisions/0009, 6). A voucher counts where its leg names a bucket: one
// that does not count against the ceiling (the pack's `voucher_counts`) has bucket UNSPECIFIED.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/domain/order.h"

namespace refund::ledger {

// A case whose unsent and replaceable legs do not count, since a new decision would void them.
// 0: nobody's.
struct Except {
  uint32_t case_number = 0;
};

// What was captured in the bucket, less the cancelled units' part of it.
int64_t CapturedOf(const OrderLine& line, Bucket bucket);
// What legs have given from it, or stand ready to give.
int64_t GivenFrom(const Order& order, const OrderLine& line, Bucket bucket, Except except,
                  bool by_units_only = false);
// Never below 0, though a fact recorded later (a cancellation, a bank dispute) may lift what was
// given above what was captured.
int64_t RemainingOf(const Order& order, const OrderLine& line, Bucket bucket, Except except);
// Over all money buckets of the line, and at most what is left of the whole order.
int64_t RemainingMoney(const Order& order, const OrderLine& line, Except except);
// Captured money − given − open and lost bank disputes; below 0 where a fact has lifted it above.
int64_t OrderRemaining(const Order& order, Except except);

// Units of the line that open cases hold, without case `except_case`.
uint32_t UnitsHeld(const Order& order, std::string_view line, uint32_t except_case);
// Units whose money went, or stands ready to go, by units: of open cases as well as of closed ones.
uint32_t UnitsGiven(const Order& order, std::string_view line, uint32_t except_case);
// Units that no new case can have: cancelled, held by an open case, or given. Each case counts
// once, while UnitsHeld + UnitsGiven counts an open case with legs by units twice.
uint32_t UnitsTaken(const Order& order, const OrderLine& line, uint32_t except_case);

}  // namespace refund::ledger
