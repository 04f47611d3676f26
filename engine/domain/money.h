// Money: int64 minor units and a currency. Sums are checked; nothing here rounds.
#pragma once

#include <cstdint>
#include <string>

#include "engine/domain/vocabulary.h"

namespace refund {

struct Money {
  int64_t units = 0;  // minor units: fen, cents, yen
  Currency currency = Currency::kUnspecified;
  bool operator==(const Money&) const = default;
};

// The largest sum that we accept from outside, so that no sum of a whole order overflows.
inline constexpr int64_t kMaxUnits = 1'000'000'000'000'000;

// Digits after the point: 2 for CNY, 0 for JPY, 3 for KWD.
int MinorUnitDigits(Currency currency);
// "59.90 CNY", "-3.00 CNY", "500 JPY".
std::string FormatMoney(Money money);

// False on overflow, and `out` is untouched.
bool CheckedAdd(int64_t a, int64_t b, int64_t& out);

// floor(total · part / whole) by a 128-bit product; 0 <= part <= whole, 0 < whole, 0 <= total.
int64_t FloorShare(int64_t total, int64_t part, int64_t whole);

}  // namespace refund
