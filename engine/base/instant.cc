#include "engine/base/instant.h"

#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/calendar.h"

namespace refund {
namespace {

constexpr std::string_view kExpected =
    "expected RFC 3339 with offset (2024-03-01T10:00:00.000+08:00)";

// Reads fixed-width numbers and single characters from left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool Number(size_t digits, int64_t& out) {
    if (text_.size() - at_ < digits) return false;
    out = 0;
    for (size_t i = 0; i < digits; ++i) {
      const char c = text_[at_ + i];
      if (c < '0' || c > '9') return false;
      out = out * 10 + (c - '0');
    }
    at_ += digits;
    return true;
  }
  bool Char(char expected) {
    if (at_ >= text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
  }
  // One to three digits after the point, as milliseconds.
  bool Fraction(int64_t& ms) {
    ms = 0;
    int64_t scale = 100;
    size_t digits = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      if (++digits > 3) return false;
      ms += (text_[at_++] - '0') * scale;
      scale /= 10;
    }
    return digits > 0;
  }
  bool AtEnd() const { return at_ == text_.size(); }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

bool ReadOffset(Scanner& scan, int64_t& offset_ms) {
  offset_ms = 0;
  if (scan.Char('Z')) return true;
  const bool east = scan.Char('+');
  if (!east && !scan.Char('-')) return false;
  int64_t hours = 0;
  int64_t minutes = 0;
  if (!scan.Number(2, hours) || !scan.Char(':') || !scan.Number(2, minutes)) return false;
  if (hours > 23 || minutes > 59) return false;
  offset_ms = (hours * kHourMs + minutes * kMinuteMs) * (east ? 1 : -1);
  return true;
}

bool Read(std::string_view text, Instant& out) {
  Scanner scan(text);
  int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0, offset = 0;
  if (!scan.Number(4, year) || !scan.Char('-') || !scan.Number(2, month) || !scan.Char('-') ||
      !scan.Number(2, day) || !scan.Char('T') || !scan.Number(2, hour) || !scan.Char(':') ||
      !scan.Number(2, minute) || !scan.Char(':') || !scan.Number(2, second)) {
    return false;
  }
  if (scan.Char('.') && !scan.Fraction(ms)) return false;
  if (!ReadOffset(scan, offset) || !scan.AtEnd()) return false;
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return false;
  const CivilDate date{static_cast<int32_t>(year), static_cast<int32_t>(month),
                       static_cast<int32_t>(day)};
  if (day < 1 || day > DaysInMonth(date.year, date.month)) return false;
  out.ms = DaysFromCivil(date) * kDayMs + hour * kHourMs + minute * kMinuteMs + second * kSecondMs +
           ms - offset;
  return true;
}

void Put(std::string& text, size_t at, size_t digits, int64_t number) {
  for (size_t i = at + digits; i > at; number /= 10) {
    text[--i] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

// By hand, for a decision has several of these in its words.
std::string FormatInstant(Instant at) {
  const CivilDate date = BeijingDate(at);
  const int64_t in_day = at.ms - BeijingMidnight(date).ms;
  std::string text = "0000-00-00T00:00:00.000+08:00";
  Put(text, 5, 2, date.month);
  Put(text, 8, 2, date.day);
  Put(text, 11, 2, in_day / kHourMs);
  Put(text, 14, 2, in_day / kMinuteMs % 60);
  Put(text, 17, 2, in_day / kSecondMs % 60);
  Put(text, 20, 3, in_day % kSecondMs);
  if (date.year < 0 || date.year > 9999) {  // beyond what the log takes
    return text.replace(0, 4, absl::StrFormat("%04d", date.year));
  }
  Put(text, 0, 4, date.year);
  return text;
}

bool ParseInstant(std::string_view text, Instant& out, std::string& error) {
  Instant at;
  if (!Read(text, at)) {
    error = absl::StrFormat("%s, found \"%s\"", kExpected, text);
    return false;
  }
  if (at < kMinInstant || at > kMaxInstant) {
    error = absl::StrFormat("expected an instant from 1970 to 9999, found \"%s\"", text);
    return false;
  }
  out = at;
  return true;
}

std::string FormatDuration(int64_t ms) {
  constexpr std::array<std::pair<int64_t, std::string_view>, 5> kUnits = {
      {{kDayMs, "d"}, {kHourMs, "h"}, {kMinuteMs, "min"}, {kSecondMs, "s"}, {1, "ms"}}};
  if (ms == 0) return "0 s";
  std::string text = ms < 0 ? "-" : "";
  int64_t left = ms < 0 ? -ms : ms;
  int parts = 0;
  for (const auto& [size, name] : kUnits) {
    if (left < size && parts == 0) continue;
    if (const int64_t count = left / size; count > 0) {
      absl::StrAppendFormat(&text, "%s%d %s", parts > 0 ? " " : "", count, name);
    }
    left %= size;
    if (++parts == 2 || left == 0) break;
  }
  return text;
}

}  // namespace refund
