// One order's history depends on its own records and on time alone: not on the number of
// partitions, the size of batches, restarts, or who else is in the log. Checked on every script.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/check.h"
#include "engine/codec/step_codec.h"
#include "tests/cases/emit.h"
#include "tests/cases/run_script.h"
#include "tests/cases/script.h"
#include "tests/cases/world.h"

namespace refund::cases {
namespace {

using Lines = std::vector<Recorded>;

struct ScriptLog {
  Script script;
  Lines lines;
};

// Every script and what it puts onto the log.
const std::vector<ScriptLog>& AllScripts() {
  static const std::vector<ScriptLog> all = [] {
    std::vector<ScriptLog> scripts;
    for (const std::string& path : ScriptPaths()) {
      Script script = *LoadScript(path);
      Lines lines = RunScript(script)->Lines();
      scripts.push_back({std::move(script), std::move(lines)});
    }
    return scripts;
  }();
  return all;
}

// Later than all that the scripts leave to fire, but for reviews that nobody takes up (row a19).
Recorded LastTick() {
  return {codec::ParseLine(
              R"({"id":"last-tick","type":"Tick","occurred_at":"2026-07-01T00:00:00Z",)"
              R"("actor":{"role":"ENGINE","id":"ticker"},"recorded_at":"2026-07-01T00:00:00Z",)"
              R"("body":{}})",
              true),
          ""};
}

std::unique_ptr<World> WorldOf(const Script& script, const Lines& lines, uint32_t partitions,
                               const replay::LaneOptions& options = {}) {
  auto world = World::Open(script.packs, script.start, partitions, options);
  EXPECT_TRUE(world.ok()) << world.status();
  CHECK(world.ok());
  for (const Recorded& line : lines) {
    const absl::Status status = (*world)->Append(line);
    EXPECT_TRUE(status.ok()) << status;
  }
  const absl::Status status = (*world)->Append(LastTick());
  EXPECT_TRUE(status.ok()) << status;
  return *std::move(world);
}

// A log is finished when nothing due is unfired; more Ticks at the same instant bring it there.
void RunToEnd(World& world) {
  absl::Status status = world.Run();
  for (int ticks = 0; status.ok() && world.AnythingDueUnfired() && ticks < 100; ++ticks) {
    status = world.Append(LastTick());
    if (status.ok()) status = world.Run();
  }
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(world.AtEnd());
  EXPECT_FALSE(world.AnythingDueUnfired());
}

// By order: the bytes of its state (ids and chain are in them), then of its steps.
using Histories = std::map<std::string, std::vector<std::string>>;

Histories HistoriesOf(World& world) {
  Histories histories;
  for (uint32_t p = 0; p < world.partitions(); ++p) {
    for (const auto& [key, bytes] : world.partition(p).store.stored()) {
      EXPECT_FALSE(histories.contains(key)) << key << " lives in two partitions";
      histories[key] = {bytes};
    }
    for (const Step& step : world.partition(p).sink.steps) {
      histories[step.key].push_back(codec::EncodeStep(step));
    }
  }
  return histories;
}

// Names the orders that differ; their bytes would help nobody.
void ExpectEqual(const Histories& a, const Histories& b) {
  EXPECT_EQ(a.size(), b.size());
  for (const auto& [key, history] : a) {
    const auto other = b.find(key);
    EXPECT_TRUE(other != b.end() && other->second == history) << key;
  }
}

std::vector<std::string> DigestsOf(World& world) {
  std::vector<std::string> digests;
  for (uint32_t p = 0; p < world.partitions(); ++p) {
    World::Partition& each = world.partition(p);
    digests.push_back(each.lane->meta().output_digest.hex());
    digests.push_back(each.store.StateDigest()->hex());
  }
  return digests;
}

TEST(Histories, AreEqualOverOneAndFourPartitions) {
  for (const auto& [script, lines] : AllScripts()) {
    SCOPED_TRACE(script.name);
    const auto one = WorldOf(script, lines, 1);
    const auto four = WorldOf(script, lines, 4);
    RunToEnd(*one);
    RunToEnd(*four);
    ExpectEqual(HistoriesOf(*one), HistoriesOf(*four));
  }
}

TEST(Histories, AreEqualInBatchesOfAnySize) {
  for (const auto& [script, lines] : AllScripts()) {
    SCOPED_TRACE(script.name);
    std::set<std::vector<std::string>> digests;
    for (const size_t records : {1, 7, 4096}) {
      replay::LaneOptions options;
      options.batch.records = records;
      if (records == 7) options.checkpoint_bytes = 1;  // a checkpoint after every batch
      const auto world = WorldOf(script, lines, 2, options);
      RunToEnd(*world);
      digests.insert(DigestsOf(*world));
    }
    EXPECT_EQ(digests.size(), 1u);
  }
}

TEST(Histories, AreEqualWhenTheProcessEndsAfterEveryRecord) {
  for (const auto& [script, lines] : AllScripts()) {
    SCOPED_TRACE(script.name);
    const auto straight = WorldOf(script, lines, 2);
    RunToEnd(*straight);
    const auto broken = WorldOf(script, lines, 2);
    while (!broken->AtEnd()) {
      ASSERT_TRUE(broken->Run(1).ok());
      const absl::Status restarted = broken->Restart();
      ASSERT_TRUE(restarted.ok()) << restarted;
    }
    RunToEnd(*broken);
    EXPECT_EQ(DigestsOf(*straight), DigestsOf(*broken));
    ExpectEqual(HistoriesOf(*straight), HistoriesOf(*broken));
    EXPECT_EQ(straight->Payouts()->size(), broken->Payouts()->size());
  }
}

// ---- All scripts in one log ----

std::string PlatformOf(const std::string& pack) {
  const size_t slash = pack.rfind('/');
  return pack.starts_with("tests/") ? pack.substr(slash + 1, pack.find('-', slash) - slash - 1)
                                    : pack.substr(0, slash);
}

// Packs by platform, over all scripts.
std::map<std::string, std::set<std::string>> PacksByPlatform() {
  std::map<std::string, std::set<std::string>> packs;
  for (const ScriptLog& each : AllScripts()) {
    for (const std::string& pack : each.script.packs) packs[PlatformOf(pack)].insert(pack);
  }
  return packs;
}

// Whether the script would meet no other pack of its platforms in the common log.
bool KnowsAllPacks(const Script& script) {
  const std::set<std::string> own(script.packs.begin(), script.packs.end());
  for (const auto& [platform, packs] : PacksByPlatform()) {
    const bool uses = std::any_of(packs.begin(), packs.end(),
                                  [&](const std::string& pack) { return own.contains(pack); });
    if (uses && !std::includes(own.begin(), own.end(), packs.begin(), packs.end())) return false;
  }
  return true;
}

// Accounts are many orders', on purpose.
Histories OfOrders(Histories histories) {
  std::erase_if(histories, [](const auto& each) { return !each.first.starts_with("o/"); });
  return histories;
}

TEST(Histories, DoNotDependOnWhoElseIsInTheLog) {
  Script all;
  all.start = kMaxInstant;
  std::vector<Lines> lines;
  Histories alone;
  std::set<std::string> packs;
  for (const ScriptLog& each : AllScripts()) {
    if (!KnowsAllPacks(each.script) || !each.script.alone.empty()) continue;
    all.start = std::min(all.start, each.script.start);
    packs.insert(each.script.packs.begin(), each.script.packs.end());
    lines.push_back(each.lines);
    const auto world = WorldOf(each.script, each.lines, 1);
    RunToEnd(*world);
    alone.merge(OfOrders(HistoriesOf(*world)));
  }
  EXPECT_GT(lines.size(), 50u);
  all.packs.assign(packs.begin(), packs.end());
  for (const uint32_t partitions : {1, 4}) {
    const auto together = WorldOf(all, Merge(lines), partitions);
    RunToEnd(*together);
    ExpectEqual(OfOrders(HistoriesOf(*together)), alone);
  }
}

}  // namespace
}  // namespace refund::cases
