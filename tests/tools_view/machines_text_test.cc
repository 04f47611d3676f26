#include "tools/refundctl/views/machines_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "engine/arbiter/row.h"
#include "tools/refundctl/views/rows.h"

namespace refund::tools {
namespace {

using testing::HasSubstr;

size_t CountOfText(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::vector<std::string> LinesOf(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

TEST(RowsTest, HasEveryRowOfEveryTable) {
  EXPECT_EQ(AllRows().size(), arbiter::PhaseRows().size() + arbiter::OverlayRows().size() +
                                  arbiter::LegRows().size() + arbiter::FactRows().size());
}

TEST(RowsTest, FindsARowByMachineAndLabel) {
  const RowWords* row = FindRow(Machine::kPhase, "9-L1");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->from, std::vector<std::string>{"AWAIT_SELLER"});
  EXPECT_EQ(row->on, std::vector<std::string>{"T1 passed"});
  EXPECT_EQ(row->to, "SETTLING");
  EXPECT_EQ(FindRow(Machine::kLeg, "9-L1"), nullptr);
}

TEST(RowsTest, SaysWhatADeadlineMayLeadTo) {
  const auto rows = RowsOn(Machine::kPhase, "AWAIT_SELLER", "T1 passed");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]->label, "9-L1");
  EXPECT_EQ(rows[1]->label, "9d");
}

TEST(MachinesTextTest, NamesEveryLabelOnce) {
  const std::vector<std::string> lines = LinesOf(MachinesText({}));
  for (const RowWords& row : AllRows()) {
    const auto starts = std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.starts_with("  " + row.label + " ");
    });
    EXPECT_EQ(starts, 1) << row.label;
  }
}

TEST(MachinesTextTest, SaysTheRefusalOfEachGuard) {
  EXPECT_THAT(MachinesText({}),
              HasSubstr("no other open case holds these units [else UNITS_NOT_FREE]"));
}

TEST(MachinesJsonTest, HasOneRowALine) {
  const std::string text = MachinesJson();
  EXPECT_EQ(LinesOf(text).size(), AllRows().size());
  for (const RowWords& row : AllRows()) {
    EXPECT_EQ(CountOfText(text, "\"label\":\"" + row.label + "\","), 1U) << row.label;
  }
}

TEST(MachinesMermaidTest, HasEveryStateThatARowKnows) {
  const std::string text = MachinesMermaid();
  EXPECT_EQ(CountOfText(text, "stateDiagram-v2"), 3U);
  EXPECT_EQ(CountOfText(text, "```"), 6U);
  for (const RowWords& row : AllRows()) {
    for (const std::string& from : row.from) EXPECT_THAT(text, HasSubstr("    " + from + " --> "));
    if (row.machine == Machine::kFact || row.to == "STAY") continue;
    EXPECT_THAT(text, HasSubstr(" --> " + row.to + " : ")) << row.label;
  }
}

TEST(MachinesMermaidTest, KeepsOutOfLabelsWhatMermaidWouldReadAsSyntax) {
  for (const std::string& line : LinesOf(MachinesMermaid())) {
    if (!line.starts_with("    ")) continue;
    EXPECT_LE(CountOfText(line, ":"), 1U) << line;
    EXPECT_EQ(CountOfText(line, ";"), 0U) << line;
    EXPECT_EQ(CountOfText(line, "#"), 0U) << line;
  }
}

}  // namespace
}  // namespace refund::tools
