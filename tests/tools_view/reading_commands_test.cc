#include "tools/refundctl/views/reading_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tools/refundctl/views/work_commands.h"

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

TEST(ReadingCommandsTest, MachinesAreTextOrOneKindOfPicture) {
  MachinesOptions options;
  options.mermaid = true;
  const Ended both = RunCommand([&](Context& c) { PrintMachines(options, c); }, true);
  EXPECT_EQ(both.context.exit_code, kUsage);
  const Ended mermaid = RunCommand([&](Context& c) { PrintMachines(options, c); });
  EXPECT_THAT(mermaid.out, StartsWith("## PHASE\n"));
  options.of = "leg";
  const Ended one = RunCommand([&](Context& c) { PrintMachines(options, c); });
  EXPECT_THAT(one.out, StartsWith("## LEG\n"));
  options.of = "money";
  const Ended unknown = RunCommand([&](Context& c) { PrintMachines(options, c); });
  EXPECT_EQ(unknown.context.exit_code, kUsage);
  EXPECT_THAT(unknown.err, HasSubstr("expected phase, arbitration, leg, entrance or voucher"));
}

WorkOptions WorkIn(const std::string& state) {
  WorkOptions options;
  options.state = state;
  options.order = "o/TAOBAO/1";
  return options;
}

TEST(WorkCommandsTest, AStateThatIsNotThereIsAMistakeOfTheCommandLine) {
  const std::string nowhere = testing::TempDir() + "no-such-state";
  using Command = void (*)(const WorkOptions&, Context&);
  for (const Command command : {ShowQueue, ListDue, ListLegs, ListVouchers, ListTallies, ListOrders,
                                ShowOrder, ListParked, ExportQuarantine}) {
    const Ended run = RunCommand([&](Context& c) { command(WorkIn(nowhere), c); });
    EXPECT_EQ(run.context.exit_code, kUsage);
    EXPECT_THAT(run.err, HasSubstr(nowhere));
    EXPECT_THAT(run.out, IsEmpty());
  }
}

TEST(WorkCommandsTest, FlagsThatNameNothingAreToldWhatThereIs) {
  WorkOptions options = WorkIn("anywhere");
  options.platform = "EBAY";
  options.leg_state = "LOST";
  options.until = "tomorrow";
  options.order = "m/TAOBAO/1";
  EXPECT_THAT(RunCommand([&](Context& c) { ShowQueue(options, c); }).err,
              HasSubstr("--platform: expected one of TAOBAO, "));
  EXPECT_THAT(RunCommand([&](Context& c) { ListLegs(options, c); }).err,
              HasSubstr("--in: expected one of PROPOSED, "));
  EXPECT_THAT(RunCommand([&](Context& c) { ListDue(options, c); }).err, HasSubstr("--until: "));
  const Ended order = RunCommand([&](Context& c) { ShowOrder(options, c); });
  EXPECT_EQ(order.context.exit_code, kUsage);
  EXPECT_THAT(order.err, HasSubstr("expected the key of an order"));
}

}  // namespace
}  // namespace refund::tools
