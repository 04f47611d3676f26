#include "engine/domain/money.h"

#include "engine/base/check.h"

namespace refund {

int MinorUnitDigits(Currency currency) {
  switch (currency) {
    case Currency::kJpy:
    case Currency::kKrw:
    case Currency::kVnd:
      return 0;
    case Currency::kKwd:
      return 3;
    default:
      return 2;
  }
}

std::string FormatMoney(Money money) {
  const bool negative = money.units < 0;
  std::string digits = std::to_string(money.units);
  if (negative) digits.erase(0, 1);
  const auto after_point = static_cast<size_t>(MinorUnitDigits(money.currency));
  if (after_point > 0) {
    if (digits.size() <= after_point) digits.insert(0, after_point + 1 - digits.size(), '0');
    digits.insert(digits.size() - after_point, ".");
  }
  return (negative ? "-" : "") + digits + " " + std::string(NameOf(money.currency));
}

bool CheckedAdd(int64_t a, int64_t b, int64_t& out) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return false;
  out = sum;
  return true;
}

int64_t FloorShare(int64_t total, int64_t part, int64_t whole) {
  CHECK(total >= 0);
  CHECK(whole > 0);
  CHECK(part >= 0);
  CHECK(part <= whole);
  __extension__ using Wide = __int128;
  return static_cast<int64_t>(static_cast<Wide>(total) * part / whole);
}

}  // namespace refund
