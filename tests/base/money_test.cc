#include "engine/domain/money.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace refund {
namespace {

TEST(MoneyTest, IsWrittenWithTheDigitsOfItsCurrency) {
  EXPECT_EQ(FormatMoney({5990, Currency::kCny}), "59.90 CNY");
  EXPECT_EQ(FormatMoney({-300, Currency::kCny}), "-3.00 CNY");
  EXPECT_EQ(FormatMoney({5, Currency::kCny}), "0.05 CNY");
  EXPECT_EQ(FormatMoney({-5, Currency::kCny}), "-0.05 CNY");
  EXPECT_EQ(FormatMoney({0, Currency::kUsd}), "0.00 USD");
  EXPECT_EQ(FormatMoney({500, Currency::kJpy}), "500 JPY");
  EXPECT_EQ(FormatMoney({500, Currency::kKrw}), "500 KRW");
  EXPECT_EQ(FormatMoney({500, Currency::kVnd}), "500 VND");
  EXPECT_EQ(FormatMoney({1234, Currency::kKwd}), "1.234 KWD");
  EXPECT_EQ(FormatMoney({INT64_MIN, Currency::kCny}), "-92233720368547758.08 CNY");
}

TEST(MoneyTest, SumsAreChecked) {
  int64_t sum = 7;
  EXPECT_TRUE(CheckedAdd(2, 3, sum));
  EXPECT_EQ(sum, 5);
  EXPECT_FALSE(CheckedAdd(INT64_MAX, 1, sum));
  EXPECT_FALSE(CheckedAdd(INT64_MIN, -1, sum));
  EXPECT_EQ(sum, 5);  // untouched
}

TEST(MoneyTest, AShareIsRoundedDownAndNeverOverflows) {
  EXPECT_EQ(FloorShare(1000, 1, 3), 333);
  EXPECT_EQ(FloorShare(1000, 2, 3), 666);
  EXPECT_EQ(FloorShare(1000, 3, 3), 1000);
  EXPECT_EQ(FloorShare(1000, 0, 3), 0);
  EXPECT_EQ(FloorShare(kMaxUnits, kMaxUnits - 1, kMaxUnits), kMaxUnits - 1);
  EXPECT_EQ(FloorShare(INT64_MAX, INT64_MAX, INT64_MAX), INT64_MAX);
}

// case-model.md §3.7: 10 of 30 in three steps are 3.33, 3.33 and 3.34.
TEST(MoneyTest, StepsByDifferenceOfSharesSumToTheWhole) {
  int64_t given = 0;
  for (const int64_t expected : {333, 333, 334}) {
    const int64_t units_back = given == 0 ? 1 : given == 333 ? 2 : 3;
    const int64_t step = FloorShare(1000, units_back, 3) - given;
    EXPECT_EQ(step, expected);
    given += step;
  }
  EXPECT_EQ(given, 1000);
}

}  // namespace
}  // namespace refund
