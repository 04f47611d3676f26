#include "engine/base/instant.h"

#include <gtest/gtest.h>

#include <string>

namespace refund {
namespace {

// The instant in canonical text, or the error.
std::string Parsed(std::string_view text) {
  Instant at;
  std::string error;
  return ParseInstant(text, at, error) ? FormatInstant(at) : error;
}

TEST(InstantTest, IsWrittenInBeijingTime) {
  EXPECT_EQ(FormatInstant({0}), "1970-01-01T08:00:00.000+08:00");
  EXPECT_EQ(FormatInstant({1709258400123}), "2024-03-01T10:00:00.123+08:00");
}

TEST(InstantTest, ReadsAnyOffsetAndUpToMilliseconds) {
  EXPECT_EQ(Parsed("2024-03-01T10:00:00+08:00"), "2024-03-01T10:00:00.000+08:00");
  EXPECT_EQ(Parsed("2024-03-01T02:00:00Z"), "2024-03-01T10:00:00.000+08:00");
  EXPECT_EQ(Parsed("2024-02-29T21:00:00.5-05:00"), "2024-03-01T10:00:00.500+08:00");
  EXPECT_EQ(Parsed("2024-03-01T07:30:00.05+05:30"), "2024-03-01T10:00:00.050+08:00");
  EXPECT_EQ(Parsed("2024-03-01T10:00:00.123+08:00"), "2024-03-01T10:00:00.123+08:00");
}

TEST(InstantTest, SaysWhatWasExpectedAndFound) {
  const std::string expected =
      "expected RFC 3339 with offset (2024-03-01T10:00:00.000+08:00), found ";
  for (const char* text :
       {"", "2024-03-01", "2024-03-01T10:00:00", "2024-03-01 10:00:00+08:00", "2024-3-01T10:00:00Z",
        "2024-13-01T10:00:00Z", "2024-00-01T10:00:00Z", "2023-02-29T10:00:00Z",
        "2024-04-31T10:00:00Z", "2024-03-01T24:00:00Z", "2024-03-01T10:60:00Z",
        "2024-03-01T10:00:60Z", "2024-03-01T10:00:00.Z", "2024-03-01T10:00:00.1234Z",
        "2024-03-01T10:00:00+0800", "2024-03-01T10:00:00+24:00", "2024-03-01T10:00:00Zx",
        "2024-03-01T10:00:00z", "now"}) {
    EXPECT_EQ(Parsed(text), expected + "\"" + text + "\"");
  }
}

TEST(InstantTest, RefusesYearsThatNoSumIsSafeIn) {
  EXPECT_EQ(Parsed("1970-01-01T00:00:00Z"), "1970-01-01T08:00:00.000+08:00");
  EXPECT_EQ(Parsed("1969-12-31T23:59:59.999Z"),
            "expected an instant from 1970 to 9999, found \"1969-12-31T23:59:59.999Z\"");
  EXPECT_EQ(Parsed("9999-12-31T23:59:59.999-01:00"),
            "expected an instant from 1970 to 9999, found \"9999-12-31T23:59:59.999-01:00\"");
}

TEST(DurationTest, IsWrittenInTwoUnitsAtTheMost) {
  EXPECT_EQ(FormatDuration(0), "0 s");
  EXPECT_EQ(FormatDuration(250), "250 ms");
  EXPECT_EQ(FormatDuration(90 * kSecondMs), "1 min 30 s");
  EXPECT_EQ(FormatDuration(48 * kHourMs), "2 d");
  EXPECT_EQ(FormatDuration(51 * kHourMs), "2 d 3 h");
  EXPECT_EQ(FormatDuration(kDayMs + kMinuteMs), "1 d");  // no third unit, and none skipped
  EXPECT_EQ(FormatDuration(-kMinuteMs), "-1 min");
}

}  // namespace
}  // namespace refund
