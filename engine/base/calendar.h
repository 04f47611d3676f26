// Beijing calendar days by a fixed +08:00 (no time-zone database), and when a period is over.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/instant.h"

namespace refund {

struct CivilDate {
  int32_t year = 1970;
  int32_t month = 1;  // 1 to 12
  int32_t day = 1;    // 1 to 31
  auto operator<=>(const CivilDate&) const = default;
};

inline constexpr int64_t kBeijingOffsetMs = 8 * kHourMs;

// Days since 1970-01-01 in the proleptic Gregorian calendar, and back.
int64_t DaysFromCivil(CivilDate date);
CivilDate CivilFromDays(int64_t days);
int32_t DaysInMonth(int32_t year, int32_t month);

CivilDate BeijingDate(Instant at);
// 00:00:00.000 Beijing time of that day.
Instant BeijingMidnight(CivilDate date);

enum class PeriodUnit : uint8_t { kMillisecond, kSecond, kMinute, kHour, kDay, kMonth, kYear };

struct Period {
  int64_t count = 0;
  PeriodUnit unit = PeriodUnit::kMillisecond;
  bool operator==(const Period&) const = default;
};

// "60s", "48h", "7d", "3mo", "2y", "250ms", "30min". False unless it is exactly that.
bool ParsePeriod(std::string_view text, Period& out);
std::string FormatPeriod(Period period);

// The first instant that is too late (rules.md G-03). Hours and less run exactly and include the
// limit itself: start + period + 1 ms. Days, months and years exclude the first day and end at
// 24:00 Beijing of the last (a month's missing day becomes its last): 00:00:00.000 of the day
// after.
Instant FirstInstantTooLate(Instant start, Period period);

}  // namespace refund
