// examples/disputes.jsonl is made from the scripts that say "# examples: disputes", and is what its
// README says. REFUND_UPDATE_CASES=1 writes it anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_split.h"
#include "engine/base/bytes.h"
#include "engine/base/calendar.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/order_codec.h"
#include "tests/cases/emit.h"
#include "tests/cases/run_script.h"
#include "tests/cases/script.h"
#include "tests/cases/world.h"

namespace refund::cases {
namespace {

const std::vector<std::string> kBundledPacks = {"taobao/2023-12-31", "taobao/2024-08-09",
                                                "taobao/2025-01-01", "tmall/2023-12-31",
                                                "douyin/2024-01-01", "pinduoduo/2015-09-01"};

std::vector<Script> BundleScripts() {
  std::vector<Script> scripts;
  for (const std::string& path : ScriptPaths()) {
    Script script = *LoadScript(path);
    if (script.bundle == "disputes") scripts.push_back(std::move(script));
  }
  return scripts;
}

std::vector<codec::LineResult> BundleLines() {
  std::vector<codec::LineResult> lines;
  const std::string text = *ReadWholeFile(SourcePath("examples/disputes.jsonl"));
  for (const auto& line : absl::StrSplit(Abs(text), '\n', absl::SkipEmpty())) {
    lines.push_back(codec::ParseLine(Std(line), true));
  }
  return lines;
}

// As `refundctl replay`: messages go back to the log when it has been read to its end.
void RunWithMessages(World& world) {
  for (bool carried = true; carried;) {
    const absl::Status status = world.Run();
    EXPECT_TRUE(status.ok()) << status;
    const absl::StatusOr<std::vector<Recorded>> messages = world.CarryMessages();
    EXPECT_TRUE(messages.ok()) << messages.status();
    carried = messages.ok() && !messages->empty();
  }
}

std::unique_ptr<World> RunBundle(uint32_t partitions) {
  const std::vector<codec::LineResult> lines = BundleLines();
  auto world = World::Open(kBundledPacks, RecordedAt(lines.front()), partitions);
  EXPECT_TRUE(world.ok()) << world.status();
  for (const codec::LineResult& line : lines) {
    const absl::Status status = (*world)->Append({line, ""});
    EXPECT_TRUE(status.ok()) << status;
  }
  RunWithMessages(**world);
  return *std::move(world);
}

bool CarriesMessages(const ScriptRun& run) {
  const std::vector<Recorded> lines = run.Lines();
  return std::any_of(lines.begin(), lines.end(), [](const Recorded& each) {
    const auto* claim = std::get_if<codec::ClaimLine>(&each.line);
    return claim != nullptr && IsMessage(claim->claim.kind());
  });
}

TEST(Examples, DisputesAreThoseOfTheScripts) {
  const std::string path = SourcePath("examples/disputes.jsonl");
  const absl::StatusOr<std::string> emitted = EmitJsonLines(BundleScripts());
  ASSERT_TRUE(emitted.ok()) << emitted.status();
  if (std::getenv("REFUND_UPDATE_CASES") != nullptr) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << *emitted;
  }
  EXPECT_TRUE(*ReadWholeFile(path) == *emitted)
      << "REFUND_UPDATE_CASES=1 examples_test writes " << path << " anew";
}

TEST(Examples, DisputesNeedTheBundledPacksAlone) {
  for (const Script& script : BundleScripts()) EXPECT_EQ(script.packs, kBundledPacks);
}

TEST(Examples, DisputesAreDecidedAsTheirScriptsSay) {
  const auto world = RunBundle(4);
  for (const Script& script : BundleScripts()) {
    const ScriptRun run = *RunScript(script);
    EXPECT_EQ(run.Failures(script), std::vector<std::string>());
    if (CarriesMessages(run))
      continue;  // in the bundle they come when it has been read, not at once
    for (const auto& [key, bytes] : run.orders) {
      EXPECT_TRUE(codec::EncodeOrder(**world->FindOrder(key)) == bytes) << key;
    }
  }
}

TEST(Examples, DisputesEndWithATickAfterWhichEverythingIsArchived) {
  const std::vector<codec::LineResult> lines = BundleLines();
  const auto* last = std::get_if<codec::ClaimLine>(&lines.back());
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->claim.kind(), EventKind::kTick);
  const auto world = RunBundle(1);
  EXPECT_FALSE(world->AnythingDueUnfired());
  // But for vouchers that an account granted when the log had been read: they live for 90 days
  // more.
  Claim tick = last->claim;
  tick.id = "examples-test/tick";
  tick.occurred_at = *last->recorded_at + 100 * kDayMs;
  const codec::ClaimLine line{codec::EncodeClaim(tick), tick, tick.occurred_at};
  ASSERT_TRUE(world->Append({line, ""}).ok());
  RunWithMessages(*world);
  EXPECT_TRUE(world->partition(0).store.ReadDue()->empty());
  for (const auto& [key, bytes] : world->partition(0).store.stored()) {
    const Order order = *codec::DecodeOrder(bytes);
    EXPECT_TRUE(order.deadlines.empty()) << key;
    for (const Case& each : order.cases) EXPECT_EQ(each.phase, Phase::kClosed) << key;
  }
}

TEST(Examples, DisputesShowEverySortOfOutcome) {
  const auto world = RunBundle(1);
  const replay::Counts& counts = world->partition(0).lane->meta().counts;
  EXPECT_GT(counts.refused, 0);
  EXPECT_GT(counts.duplicates, 0);
  EXPECT_GT(counts.conflicts, 0);
  EXPECT_EQ(counts.quarantined, 1);
  EXPECT_GT(counts.fired, 0);
  std::map<Basis, int> bases;
  std::map<RulingOutcome, int> outcomes;
  for (const Step& step : world->partition(0).sink.steps) {
    for (const Decision& each : step.decisions) {
      ++bases[each.basis];
      ++outcomes[each.outcome];
    }
  }
  for (const Basis basis : {Basis::kAcceptance, Basis::kTimeout, Basis::kRuling,
                            Basis::kDirectRuling, Basis::kAutomaticRuling, Basis::kRefusalStands}) {
    EXPECT_GT(bases[basis], 0) << NameOf(basis);
  }
  EXPECT_GT(outcomes[RulingOutcome::kBuyer], 0);
  EXPECT_GT(outcomes[RulingOutcome::kSeller], 0);
}

}  // namespace
}  // namespace refund::cases
