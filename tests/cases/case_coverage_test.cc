// All scripts together take every row of the tables and raise every refusal. What cannot happen is
// listed here with its reason, and must not happen.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "engine/arbiter/entrance.h"
#include "engine/arbiter/row.h"
#include "tests/cases/run_script.h"
#include "tests/cases/script.h"

namespace refund::cases {
namespace {

using Reasons = std::map<std::string, std::string>;

const Reasons& UnreachableRows() {
  static const Reasons rows = {
      {"4g-L2", "row 4g is for goods that are not with the buyer, line L2 for those that are"},
      {"4g-L3", "as 4g-L2"},
      {"4g-L4", "as 4g-L2"},
  };
  return rows;
}

const Reasons& UnreachableRefusals() {
  static const Reasons codes = {{"NONE", "is no refusal"}};
  return codes;
}

struct Covered {
  std::set<std::string> rows;
  std::set<std::string> refusals;
};

Covered CoverAll() {
  Covered covered;
  for (const std::string& path : ScriptPaths()) {
    const absl::StatusOr<Script> script = LoadScript(path);
    EXPECT_TRUE(script.ok()) << script.status();
    if (!script.ok()) continue;
    const absl::StatusOr<ScriptRun> run = RunScript(*script);
    EXPECT_TRUE(run.ok()) << run.status();
    if (!run.ok()) continue;
    for (const Step& step : run->steps) {
      for (const Transition& each : step.transitions) covered.rows.insert(each.row);
      if (step.result == StepResult::kRefused) covered.refusals.emplace(NameOf(step.refusal));
    }
  }
  return covered;
}

const Covered& All() {
  static const Covered covered = CoverAll();
  return covered;
}

template <class Rows>
void ExpectTaken(const Rows& rows) {
  for (const auto& row : rows) {
    const std::string label(row.label);
    EXPECT_NE(All().rows.contains(label), UnreachableRows().contains(label)) << "row " << label;
  }
}

TEST(CaseCoverage, EveryRowIsTakenBySomeScript) {
  ExpectTaken(arbiter::PhaseRows());
  ExpectTaken(arbiter::OverlayRows());
  ExpectTaken(arbiter::LegRows());
  ExpectTaken(arbiter::FactRows());
  ExpectTaken(arbiter::EntranceRows());
}

TEST(CaseCoverage, EveryRefusalIsRaisedBySomeScript) {
  for (const std::string_view name : EnumNames<Refusal>::kNames) {
    const std::string code(name);
    EXPECT_NE(All().refusals.contains(code), UnreachableRefusals().contains(code)) << code;
  }
}

}  // namespace
}  // namespace refund::cases
