// Instants and durations: integer milliseconds, UTC. There is no clock here; time comes from the
// log.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace refund {

struct Instant {
  int64_t ms = 0;  // since 1970-01-01T00:00:00Z
  auto operator<=>(const Instant&) const = default;
};

inline constexpr int64_t kSecondMs = 1000;
inline constexpr int64_t kMinuteMs = 60 * kSecondMs;
inline constexpr int64_t kHourMs = 60 * kMinuteMs;
inline constexpr int64_t kDayMs = 24 * kHourMs;

// What we accept: the years 1970 to 9999 in Beijing, so that no sum of an instant and a period
// overflows.
inline constexpr Instant kMinInstant{0};
inline constexpr Instant kMaxInstant{253402271999999};

constexpr Instant operator+(Instant at, int64_t ms) { return {at.ms + ms}; }
constexpr int64_t operator-(Instant later, Instant earlier) { return later.ms - earlier.ms; }

// "2024-03-01T10:00:00.000+08:00", always in Beijing time: the one the rules are written in.
std::string FormatInstant(Instant at);

// RFC 3339 with an offset ("Z" or "+08:00"), up to milliseconds. On failure false, and `error` says
// what was expected and what was found.
bool ParseInstant(std::string_view text, Instant& out, std::string& error);

// "2 d 3 h", "48 h", "1 min 30 s", "250 ms": two units at the most, for people.
std::string FormatDuration(int64_t ms);

}  // namespace refund
