#include "engine/base/calendar.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/check.h"

namespace refund {
namespace {

int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

bool IsLeap(int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

CivilDate AddMonths(CivilDate date, int64_t months) {
  const int64_t index = int64_t{date.year} * 12 + (date.month - 1) + months;
  const auto year = static_cast<int32_t>(FloorDiv(index, 12));
  const auto month = static_cast<int32_t>(index - int64_t{year} * 12) + 1;
  return {year, month, std::min(date.day, DaysInMonth(year, month))};
}

int64_t UnitMs(PeriodUnit unit) {
  switch (unit) {
    case PeriodUnit::kMillisecond:
      return 1;
    case PeriodUnit::kSecond:
      return kSecondMs;
    case PeriodUnit::kMinute:
      return kMinuteMs;
    case PeriodUnit::kHour:
      return kHourMs;
    default:
      return 0;
  }
}

constexpr std::array<std::pair<std::string_view, PeriodUnit>, 7> kUnits = {{
    {"ms", PeriodUnit::kMillisecond},
    {"s", PeriodUnit::kSecond},
    {"min", PeriodUnit::kMinute},
    {"h", PeriodUnit::kHour},
    {"d", PeriodUnit::kDay},
    {"mo", PeriodUnit::kMonth},
    {"y", PeriodUnit::kYear},
}};

}  // namespace

int32_t DaysInMonth(int32_t year, int32_t month) {
  constexpr std::array<int32_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[static_cast<size_t>(month - 1)];
}

// Howard Hinnant's algorithms (public domain): years start in March, so that the leap day comes
// last.
int64_t DaysFromCivil(CivilDate date) {
  const int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const int64_t era = FloorDiv(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month_from_march = date.month > 2 ? date.month - 3 : date.month + 9;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate CivilFromDays(int64_t days) {
  const int64_t shifted = days + 719468;
  const int64_t era = FloorDiv(shifted, 146097);
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<int32_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const auto month =
      static_cast<int32_t>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {static_cast<int32_t>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

CivilDate BeijingDate(Instant at) {
  return CivilFromDays(FloorDiv(at.ms + kBeijingOffsetMs, kDayMs));
}

Instant BeijingMidnight(CivilDate date) {
  return {DaysFromCivil(date) * kDayMs - kBeijingOffsetMs};
}

bool ParsePeriod(std::string_view text, Period& out) {
  int64_t count = 0;
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    count = count * 10 + (text[digits] - '0');
    if (++digits > 9) return false;
  }
  if (digits == 0) return false;
  for (const auto& [name, unit] : kUnits) {
    if (text.substr(digits) == name) {
      out = {count, unit};
      return true;
    }
  }
  return false;
}

std::string FormatPeriod(Period period) {
  for (const auto& [name, unit] : kUnits) {
    if (unit == period.unit) return std::to_string(period.count) + std::string(name);
  }
  CHECK(false && "a period has a unit");
  return {};
}

Instant FirstInstantTooLate(Instant start, Period period) {
  CHECK(period.count >= 0);
  CivilDate last;
  switch (period.unit) {
    case PeriodUnit::kDay:
      last = CivilFromDays(DaysFromCivil(BeijingDate(start)) + period.count);
      break;
    case PeriodUnit::kMonth:
      last = AddMonths(BeijingDate(start), period.count);
      break;
    case PeriodUnit::kYear:
      last = AddMonths(BeijingDate(start), period.count * 12);
      break;
    default:
      return start + (period.count * UnitMs(period.unit) + 1);
  }
  return {BeijingMidnight(last).ms + kDayMs};
}

}  // namespace refund
