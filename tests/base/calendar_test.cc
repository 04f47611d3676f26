#include "engine/base/calendar.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/base/check.h"

namespace refund {
namespace {

Instant At(const std::string& text) {
  Instant at;
  std::string error;
  CHECK(ParseInstant(text, at, error));
  return at;
}

// The last instant in time, as text: one millisecond before the first that is too late.
std::string LastInTime(const std::string& start, std::string_view period_text) {
  Period period;
  CHECK(ParsePeriod(period_text, period));
  return FormatInstant(FirstInstantTooLate(At(start), period) + -1);
}

TEST(CalendarTest, DaysAndDatesGoBothWays) {
  EXPECT_EQ(DaysFromCivil({1970, 1, 1}), 0);
  EXPECT_EQ(DaysFromCivil({2000, 2, 29}), 11016);
  EXPECT_EQ(DaysFromCivil({1969, 12, 31}), -1);
  CivilDate last = CivilFromDays(-200'000);
  for (int64_t day = -199'999; day < 200'000; ++day) {
    const CivilDate date = CivilFromDays(day);
    ASSERT_LT(last, date);
    ASSERT_EQ(DaysFromCivil(date), day);
    last = date;
  }
}

TEST(CalendarTest, FebruaryHas29DaysInLeapYears) {
  EXPECT_EQ(DaysInMonth(2024, 2), 29);
  EXPECT_EQ(DaysInMonth(2023, 2), 28);
  EXPECT_EQ(DaysInMonth(1900, 2), 28);
  EXPECT_EQ(DaysInMonth(2000, 2), 29);
  EXPECT_EQ(DaysInMonth(2024, 4), 30);
  EXPECT_EQ(DaysInMonth(2024, 12), 31);
}

TEST(CalendarTest, TheDayIsBeijings) {
  EXPECT_EQ(BeijingDate(At("2024-03-01T15:59:59.999Z")), (CivilDate{2024, 3, 1}));
  EXPECT_EQ(BeijingDate(At("2024-03-01T16:00:00Z")), (CivilDate{2024, 3, 2}));
  EXPECT_EQ(BeijingMidnight({2024, 3, 2}), At("2024-03-02T00:00:00+08:00"));
  EXPECT_EQ(BeijingDate({0}), (CivilDate{1970, 1, 1}));
}

TEST(PeriodTest, TextGoesBothWays) {
  for (const char* text : {"250ms", "60s", "30min", "48h", "7d", "3mo", "2y", "0s"}) {
    Period period;
    ASSERT_TRUE(ParsePeriod(text, period)) << text;
    EXPECT_EQ(FormatPeriod(period), text);
  }
}

TEST(PeriodTest, AnythingElseIsRefused) {
  for (const char* text : {"", "48", "h", "48 h", "-1h", "1.5h", "48H", "48hours", "1h30min", "+1h",
                           "1234567890s", "3m", " 1h", "1h "}) {
    Period period;
    EXPECT_FALSE(ParsePeriod(text, period)) << text;
  }
}

TEST(PeriodTest, G03HoursAndLessRunExactlyAndIncludeTheLimit) {
  EXPECT_EQ(LastInTime("2024-03-01T10:00:00.500+08:00", "48h"), "2024-03-03T10:00:00.500+08:00");
  EXPECT_EQ(LastInTime("2024-03-01T10:00:00+08:00", "30min"), "2024-03-01T10:30:00.000+08:00");
  EXPECT_EQ(LastInTime("2024-03-01T10:00:00+08:00", "180s"), "2024-03-01T10:03:00.000+08:00");
  EXPECT_EQ(LastInTime("2024-03-01T10:00:00+08:00", "250ms"), "2024-03-01T10:00:00.250+08:00");
  EXPECT_EQ(FirstInstantTooLate({1000}, {2, PeriodUnit::kSecond}).ms, 3001);
}

TEST(PeriodTest, G03DaysExcludeTheFirstAndEndAtMidnightOfTheLast) {
  EXPECT_EQ(LastInTime("2024-03-01T00:00:00+08:00", "5d"), "2024-03-06T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2024-03-01T23:59:59.999+08:00", "5d"), "2024-03-06T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2024-03-02T00:00:00+08:00", "5d"), "2024-03-07T23:59:59.999+08:00");
  // 16:30 UTC is the next day in Beijing.
  EXPECT_EQ(LastInTime("2024-03-01T16:30:00Z", "1d"), "2024-03-03T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2024-02-28T10:00:00+08:00", "1d"), "2024-02-29T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2023-12-31T10:00:00+08:00", "1d"), "2024-01-01T23:59:59.999+08:00");
}

TEST(PeriodTest, G03MonthsEndOnTheSameDayOrTheMonthsLast) {
  EXPECT_EQ(LastInTime("2024-01-15T10:00:00+08:00", "3mo"), "2024-04-15T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2024-01-31T10:00:00+08:00", "1mo"), "2024-02-29T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2023-01-31T10:00:00+08:00", "1mo"), "2023-02-28T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2024-03-31T10:00:00+08:00", "1mo"), "2024-04-30T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2024-11-30T10:00:00+08:00", "3mo"), "2025-02-28T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2024-10-15T10:00:00+08:00", "14mo"), "2025-12-15T23:59:59.999+08:00");
}

TEST(PeriodTest, G03YearsEndOnTheSameDayAndFebruary29OnThe28th) {
  EXPECT_EQ(LastInTime("2023-05-04T10:00:00+08:00", "2y"), "2025-05-04T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2024-02-29T10:00:00+08:00", "2y"), "2026-02-28T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2024-02-29T10:00:00+08:00", "4y"), "2028-02-29T23:59:59.999+08:00");
  EXPECT_EQ(LastInTime("2023-02-28T10:00:00+08:00", "1y"), "2024-02-28T23:59:59.999+08:00");
}

}  // namespace
}  // namespace refund
