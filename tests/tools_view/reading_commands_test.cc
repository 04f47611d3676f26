#include "tools/refundctl/views/reading_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace refund::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// What a command prints, and how it ends.
struct Ended {
  Context context;
  std::string out;
  std::string err;
};

template <class F>
Ended RunCommand(const F& command, bool json = false) {
  Ended run;
  run.context.json = json;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  command(run.context);
  run.out = testing::internal::GetCapturedStdout();
  run.err = testing::internal::GetCapturedStderr();
  return run;
}

CaseOptions CaseIn(const std::string& state) {
  CaseOptions options;
  options.state = state;
  options.text = "3f";
  return options;
}

TEST(ReadingCommandsTest, AStateThatIsNotThereIsAMistakeOfTheCommandLine) {
  const std::string nowhere = testing::TempDir() + "no-such-state";
  using Command = void (*)(const CaseOptions&, Context&);
  for (const Command command : {ListCases, ShowCase, ShowTimeline, ExplainCase, ListActions}) {
    const Ended run = RunCommand([&](Context& c) { command(CaseIn(nowhere), c); });
    EXPECT_EQ(run.context.exit_code, kUsage);
    EXPECT_THAT(run.err, HasSubstr(nowhere));
    EXPECT_THAT(run.out, IsEmpty());
  }
}

TEST(ReadingCommandsTest, AStateThatCannotBeReadIsCorrupt) {
  const std::string state = testing::TempDir() + "damaged-state";
  std::filesystem::create_directories(state);
  std::ofstream(state + "/STATE") << "not what we wrote";
  const Ended run = RunCommand([&](Context& c) { ListCases(CaseIn(state), c); });
  std::filesystem::remove_all(state);
  EXPECT_EQ(run.context.exit_code, kCorrupt) << run.err;
}

TEST(ReadingCommandsTest, AnUnknownRoleIsToldTheKnownOnes) {
  CaseOptions options = CaseIn("anywhere");
  options.role = "judge";
  const Ended run = RunCommand([&](Context& c) { ListActions(options, c); });
  EXPECT_EQ(run.context.exit_code, kUsage);
  EXPECT_THAT(run.err, HasSubstr("--role: expected one of BUYER, SELLER, "));
}

TEST(ReadingCommandsTest, AnAddressThatIsNoneIsAMistakeOfTheCommandLine) {
  const Ended run = RunCommand([](Context& c) { ShowQuarantined({"anywhere", "7"}, c); });
  EXPECT_EQ(run.context.exit_code, kUsage);
  EXPECT_THAT(run.err, HasSubstr("expected PARTITION/OFFSET"));
}

TEST(ReadingCommandsTest, TheSchemaHasAnExampleOfEveryType) {
  const Ended run = RunCommand([](Context& c) { PrintSchema("", c); });
  EXPECT_EQ(run.context.exit_code, kOk);
  EXPECT_THAT(run.out, StartsWith("LogOpened\n  {\"id\":"));
  EXPECT_THAT(run.out, HasSubstr("\nRefundFailed\n  {\"id\":"));
  const Ended json = RunCommand([](Context& c) { PrintSchema("", c); }, true);
  EXPECT_THAT(json.out, HasSubstr("\n{\"type\":\"RefundFailed\",\"example\":{"));
}

TEST(ReadingCommandsTest, AMisspeltTypeIsAMistakeOfTheCommandLine) {
  const Ended run = RunCommand([](Context& c) { PrintSchema("RefundRequestd", c); });
  EXPECT_EQ(run.context.exit_code, kUsage);
  EXPECT_THAT(run.err, HasSubstr("did you mean RefundRequested?"));
}

TEST(ReadingCommandsTest, MachinesAreEitherJsonOrMermaid) {
  const Ended both = RunCommand([](Context& c) { PrintMachines(true, c); }, true);
  EXPECT_EQ(both.context.exit_code, kUsage);
  const Ended mermaid = RunCommand([](Context& c) { PrintMachines(true, c); });
  EXPECT_THAT(mermaid.out, StartsWith("## PHASE\n"));
}

}  // namespace
}  // namespace refund::tools
