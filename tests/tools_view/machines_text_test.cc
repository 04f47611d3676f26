#include "tools/refundctl/views/machines_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "engine/arbiter/entrance.h"
#include "engine/arbiter/row.h"
#include "engine/arbiter/vouchers.h"
#include "tools/refundctl/views/machines_pictures.h"
#include "tools/refundctl/views/rows.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

size_t CountOfText(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::vector<std::string> LinesOf(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

template <class Rows>
void ExpectAllOf(Machine machine, const Rows& rows) {
  for (const auto& row : rows) EXPECT_NE(FindRow(machine, row.label), nullptr) << row.label;
}

TEST(RowsTest, HasEveryRowOfEveryTable) {
  ExpectAllOf(Machine::kPhase, arbiter::PhaseRows());
  ExpectAllOf(Machine::kOverlay, arbiter::OverlayRows());
  ExpectAllOf(Machine::kLeg, arbiter::LegRows());
  ExpectAllOf(Machine::kLeg, arbiter::GoodwillLegRows());
  ExpectAllOf(Machine::kEntrance, arbiter::EntranceRows());
  ExpectAllOf(Machine::kFact, arbiter::FactRows());
  ExpectAllOf(Machine::kFact, arbiter::VoucherRows());
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
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows.front()->label, "9-L1");
  EXPECT_EQ(rows.back()->label, "9d");
  EXPECT_TRUE(RowsOn(Machine::kPhase, "CLOSED", "T1 passed").empty());
}

TEST(MachinesTextTest, NamesEveryLabel) {
  const std::vector<std::string> lines = LinesOf(MachinesText({}));
  for (const RowWords& row : AllRows()) {
    const auto starts = std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.starts_with("  " + row.label + " ");
    });
    // A label is one row's in its machine; a voucher's say which row of another machine moves it.
    EXPECT_GE(starts, 1) << row.label;
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
    EXPECT_GE(CountOfText(text, "\"label\":\"" + row.label + "\","), 1U) << row.label;
  }
}

TEST(MachinesMermaidTest, HasEveryStateThatARowKnows) {
  for (const Machine machine : DrawnMachines()) {
    const std::string text = MachineMermaid(machine);
    EXPECT_EQ(CountOfText(text, "stateDiagram-v2"), 1U);
    for (const RowWords& row : AllRows()) {
      if (row.machine != machine) continue;
      for (const std::string& from : row.from) {
        EXPECT_THAT(text, HasSubstr("    " + from + " --> "));
      }
      if (row.to == "STAY") continue;
      EXPECT_THAT(text, HasSubstr(" --> " + row.to + " : ")) << row.label;
    }
  }
}

TEST(MachinesMermaidTest, KeepsOutOfLabelsWhatMermaidWouldReadAsSyntax) {
  for (const std::string& line : LinesOf(MachinesMermaid(DrawnMachines()))) {
    if (!line.starts_with("    ")) continue;
    EXPECT_LE(CountOfText(line, ":"), 1U) << line;
    EXPECT_EQ(CountOfText(line, ";"), 0U) << line;
    EXPECT_EQ(CountOfText(line, "#"), 0U) << line;
  }
}

TEST(MachinesDotTest, DrawsEachMachineAsOneGraph) {
  const std::string text = MachinesDot(DrawnMachines());
  EXPECT_EQ(CountOfText(text, "digraph "), 5U);
  EXPECT_THAT(text, HasSubstr("\"AWAIT_SELLER\" -> \"SELLER_REFUSED\" [label=\"8 RefundRejected"));
}

TEST(MachinesSvgTest, HasEveryLabelOfTheMachineInACell) {
  for (const Machine machine : DrawnMachines()) {
    const std::string text = MachinesSvg(std::array{machine});
    EXPECT_THAT(text, StartsWith("<svg xmlns="));
    for (const RowWords& row : AllRows()) {
      if (row.machine != machine || row.from.empty()) continue;
      EXPECT_THAT(text, ContainsRegex("[> ]" + row.label + "[,<]")) << row.label;
    }
  }
}

TEST(MachinesTest, AreNamedAsPeopleDoOrAsTheCodeDoes) {
  EXPECT_EQ(MachinesNamed("arbitration"), std::vector<Machine>{Machine::kOverlay});
  EXPECT_EQ(MachinesNamed("OVERLAY"), std::vector<Machine>{Machine::kOverlay});
  EXPECT_EQ(MachinesNamed("").size(), 5U);
  EXPECT_TRUE(MachinesNamed("goods").empty());
}

// The pictures under docs/machines are those of the code. REFUND_UPDATE_DOCS=1 writes them anew.
class MachinesDocsTest : public ::testing::TestWithParam<Machine> {};

TEST_P(MachinesDocsTest, AreDrawnFromTheCode) {
  const Machine machine = GetParam();
  const std::string stem =
      std::string(REFUND_SOURCE_DIR) + "/docs/machines/" + std::string(MachineWord(machine));
  const std::pair<std::string, std::string> files[] = {
      {stem + ".svg", MachinesSvg(std::array{machine})}, {stem + ".mmd", MachineMermaid(machine)}};
  for (const auto& [path, drawn] : files) {
    if (std::getenv("REFUND_UPDATE_DOCS") != nullptr) std::ofstream(path) << drawn;
    std::ifstream file(path);
    const std::string there{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_TRUE(there == drawn) << path << " is not what the tables draw; REFUND_UPDATE_DOCS=1 "
                                << "machines_text_test writes it anew";
  }
}

INSTANTIATE_TEST_SUITE_P(All, MachinesDocsTest,
                         ::testing::ValuesIn(DrawnMachines().begin(), DrawnMachines().end()),
                         [](const auto& of) { return std::string(NameOf(of.param)); });

}  // namespace
}  // namespace refund::tools
