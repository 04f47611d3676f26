// Every script of tests/cases/scripts, each as a test of its own. REFUND_UPDATE_CASES=1 rewrites
// the indented answers; what must be is written by hand, and holds or fails.
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/cases/diff.h"
#include "tests/cases/script.h"

namespace refund::cases {
namespace {

class CaseScript : public ::testing::TestWithParam<std::string> {};

TEST_P(CaseScript, IsDecidedAsItSays) {
  const bool update = std::getenv("REFUND_UPDATE_CASES") != nullptr;
  const absl::StatusOr<Verdict> verdict = Judge(GetParam(), update);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->difference, "") << "REFUND_UPDATE_CASES=1 takes the answers over";
  for (const std::string& each : verdict->failures) ADD_FAILURE() << each;
}

std::string TestName(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = std::filesystem::path(info.param).stem().string();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scripts, CaseScript, ::testing::ValuesIn(ScriptPaths()), TestName);

}  // namespace
}  // namespace refund::cases
