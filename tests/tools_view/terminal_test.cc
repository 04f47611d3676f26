#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tools/terminal/paper.h"
#include "tools/terminal/progress_bar.h"
#include "tools/terminal/table.h"
#include "tools/terminal/text_width.h"

namespace refund::terminal {
namespace {

TEST(TextWidthTest, AChineseCharacterTakesTwoColumnsAndAnAccentNone) {
  EXPECT_EQ(DisplayWidth("refund"), 6U);
  EXPECT_EQ(DisplayWidth("退款"), 4U);
  EXPECT_EQ(DisplayWidth("（退）"), 6U);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1U);
  EXPECT_EQ(DisplayWidth(""), 0U);
}

TEST(TextWidthTest, WhatIsNotUtf8CountsOneColumnAByte) {
  EXPECT_EQ(DisplayWidth("a\xFF\xC3"), 3U);
  EXPECT_EQ(DisplayWidth("\xE9\x80"), 2U);  // a character cut off
}

TEST(TextWidthTest, CutsNeverThroughACharacter) {
  EXPECT_EQ(CutTo("refund", 6), "refund");
  EXPECT_EQ(CutTo("refund", 4), "ref…");
  EXPECT_EQ(CutTo("退款退款", 8), "退款退款");
  EXPECT_EQ(CutTo("退款退款", 6), "退款…");
  EXPECT_EQ(CutTo("退款退款", 5), "退款…");
  EXPECT_EQ(CutTo("退款退款", 4), "退…");
  EXPECT_EQ(CutTo("退款", 1), "…");
  EXPECT_EQ(CutTo("退款", 0), "");
}

TEST(TextWidthTest, WhatWouldDriveTheTerminalIsReplaced) {
  EXPECT_EQ(Printable("a\x1b[31mb\n"), "a\uFFFD[31mb\uFFFD");
  EXPECT_EQ(Printable("a\u202Eb"), "a\uFFFDb");
  EXPECT_EQ(Printable("a\xFF"), "a\uFFFD");
  EXPECT_EQ(Printable("退款, plain"), "退款, plain");
}

TEST(PaperTest, ColoursOnATerminalUnlessForbiddenOrWantedAnywhere) {
  EXPECT_TRUE(WantsColour(true, {nullptr, nullptr, "xterm"}));
  EXPECT_FALSE(WantsColour(true, {nullptr, nullptr, "dumb"}));
  EXPECT_FALSE(WantsColour(true, {nullptr, nullptr, nullptr}));
  EXPECT_FALSE(WantsColour(true, {"1", nullptr, "xterm"}));
  EXPECT_TRUE(WantsColour(true, {"", nullptr, "xterm"}));  // empty is as if not set
  EXPECT_FALSE(WantsColour(false, {nullptr, nullptr, "xterm"}));
  EXPECT_TRUE(WantsColour(false, {nullptr, "1", nullptr}));
  EXPECT_FALSE(WantsColour(false, {nullptr, "0", nullptr}));
  EXPECT_FALSE(WantsColour(false, {"1", "1", "xterm"}));
}

Table Sample() {
  Table table({{"ORDER", Align::kLeft, 4}, {"AMOUNT", Align::kRight}, {"WHY", Align::kLeft, 3}});
  table.Add({{"o/TAOBAO/1001"}, {"59.90"}, {"质量问题"}});
  table.Add({{"o/1"}, {"1200.00"}, {"", Style::kRed}});
  return table;
}

TEST(TableTest, IsAsWideAsItsContentWhereThereIsNoEnd) {
  EXPECT_EQ(Sample().Render({}),
            "ORDER           AMOUNT  WHY\n"
            "o/TAOBAO/1001    59.90  质量问题\n"
            "o/1            1200.00\n");
}

TEST(TableTest, KnowsItsWidth) {
  EXPECT_EQ(Sample().Width(), 13U + 2 + 7 + 2 + 8);
  EXPECT_EQ(Table({}).Width(), 0U);
}

TEST(TableTest, OnANarrowTerminalTheWidestColumnsAreCutFirst) {
  EXPECT_EQ(Sample().Render({27, false}),
            "ORDER      AMOUNT  WHY\n"
            "o/TAOBA…    59.90  质量问题\n"
            "o/1       1200.00\n");
}

TEST(TableTest, NoColumnFallsUnderItsLeastWidthNorOneThatIsNeverCut) {
  EXPECT_EQ(Sample().Render({1, false}),
            "ORD…   AMOUNT  WHY\n"
            "o/T…    59.90  质…\n"
            "o/1   1200.00\n");
}

TEST(TableTest, ColoursDoNotCountAsWidth) {
  Table table({{"A"}, {"B"}});
  table.Add({{"x", Style::kGreen}, {"y"}});
  EXPECT_EQ(table.Render({0, true}), "\x1b[1mA\x1b[0m  \x1b[1mB\x1b[0m\n\x1b[32mx\x1b[0m  y\n");
}

TEST(ProgressBarTest, PrintsNothingWhereStderrIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    ProgressBar bar("replay", 1000);
    for (int i = 0; i <= 1000; ++i) bar.Set(i);
    bar.Finish();
    bar.Finish();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ProgressLineTest, ShowsShareRateAndTimeLeft) {
  EXPECT_EQ(ProgressLine({"replay", 1000, 4000, 2000}, 70),
            "replay [======>                   ]  25%  1,000/4,000  500/s  ETA 6 s");
  EXPECT_EQ(ProgressLine({"replay", 2, 5, 0}, 60),
            "replay [============>                 ]  40%  2/5");
  EXPECT_EQ(ProgressLine({"replay", 4000, 4000, 8000}, 60),
            "replay [=================] 100%  4,000/4,000  500/s  in 8 s");
}

TEST(ProgressLineTest, WithoutATotalThereIsACountAndARate) {
  EXPECT_EQ(ProgressLine({"append", 12345, 0, 1000}, 80), "append  12,345  12,345/s");
}

TEST(ProgressLineTest, NeverGoesPastTheWidth) {
  for (size_t width = 1; width < 100; ++width) {
    EXPECT_LE(DisplayWidth(ProgressLine({"重放", 123456, 999999, 5000}, width)), width);
  }
}

TEST(GroupedTest, PutsACommaBetweenThousands) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(-1234567), "-1,234,567");
}

}  // namespace
}  // namespace refund::terminal
