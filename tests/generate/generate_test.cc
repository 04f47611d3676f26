// The generator against the real thing: what it made goes through intake and the lanes, which must
// see what it saw; and every row of every table is taken.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/codec/event_codec.h"
#include "engine/codec/json_lines.h"
#include "engine/codec/pack_codec.h"
#include "tests/cases/world.h"
#include "tools/generate/generator.h"

namespace refund::generate {
namespace {

constexpr int64_t kEvents = 40'000;
constexpr uint64_t kSeed = 1;

const std::vector<std::string>& PackNames() {
  static const std::vector<std::string> names = {"pinduoduo/2015-09-01", "taobao/2023-12-31",
                                                 "tmall/2023-12-31",     "douyin/2024-01-01",
                                                 "taobao/2024-08-09",    "taobao/2025-01-01"};
  return names;
}

std::vector<std::string> BytesOf(const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const std::string& name : names) {
    const auto bytes = cases::PackBytes(name);
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    all.push_back(*bytes);
  }
  return all;
}

// Those that the log brings along.
const std::vector<std::string>& OwnPacks() {
  static const std::vector<std::string> packs =
      BytesOf({"tools/generate/packs/kuaishou", "tools/generate/packs/wechat"});
  return packs;
}

const policy::PackBook& Book() {
  static const policy::PackBook book = [] {
    policy::PackBook made;
    for (const auto& packs : {BytesOf(PackNames()), OwnPacks()}) {
      for (const std::string& bytes : packs) {
        auto pack = codec::DecodePack(bytes);
        EXPECT_TRUE(pack.ok()) << pack.status();
        made.Add(std::make_shared<const policy::Pack>(*std::move(pack)), kStart);
      }
    }
    return made;
  }();
  return book;
}

GeneratorOptions Options(int64_t events, uint64_t seed) {
  return {events, seed, /*closing_ticks=*/true, OwnPacks()};
}

struct Text {
  std::vector<std::string> lines;
  Counts counts;
};

Text Made(int64_t events, uint64_t seed) {
  Text text;
  Generator generator(Options(events, seed), Book());
  Record record;
  while (generator.Next(record)) text.lines.push_back(ToLine(record));
  text.counts = generator.counts();
  return text;
}

// What the lanes made of it.
struct Replayed {
  replay::Counts counts;
  std::map<std::string_view, std::set<std::string>> rows;  // by table, as RowTaken names them
  int64_t draws_refused = 0;  // by accounts, of which the generator knows nothing
  bool due_unfired = false;
};

void Count(const replay::Counts& from, replay::Counts& to) {
  to.refused += from.refused;
  to.duplicates += from.duplicates;
  to.conflicts += from.conflicts;
  to.quarantined += from.quarantined;
  to.fired += from.fired;
}

std::string_view TableOf(const Transition& transition) {
  switch (transition.machine) {
    case Machine::kPhase:
      return transition.row == "1f" ? "voucher" : "phase";
    case Machine::kOverlay:
      return "overlay";
    case Machine::kLeg:
      return transition.case_number == 0 ? "goodwill leg" : "leg";
    case Machine::kFact:
      return transition.row == "F8" ? "voucher" : "fact";
    case Machine::kEntrance:
      return "entrance";
    default:
      return "";
  }
}

Replayed ReplayOf(const Text& text) {
  Replayed replayed;
  auto world = cases::World::Open(PackNames(), kStart, 4);
  EXPECT_TRUE(world.ok()) << world.status();
  for (const std::string& line : text.lines) {
    const absl::Status taken = (*world)->Append({codec::ParseLine(line, /*as_recorded=*/true), ""});
    EXPECT_TRUE(taken.ok()) << taken << "\n" << line;
  }
  // The answers of the accounts come after all else, as in a replay.
  for (size_t carried = 1; carried > 0;) {
    const absl::Status run = (*world)->Run();
    EXPECT_TRUE(run.ok()) << run;
    if (!run.ok()) return replayed;
    carried = (*world)->CarryMessages()->size();
  }
  for (uint32_t p = 0; p < (*world)->partitions(); ++p) {
    Count((*world)->partition(p).lane->meta().counts, replayed.counts);
    for (const Step& step : (*world)->partition(p).sink.steps) {
      const bool drawn = !step.cause.IsDeadline() && step.cause.kind == EventKind::kDraw;
      if (drawn && step.result == StepResult::kRefused) ++replayed.draws_refused;
      for (const Transition& each : step.transitions) {
        replayed.rows[TableOf(each)].insert(each.row);
      }
    }
  }
  replayed.due_unfired = (*world)->AnythingDueUnfired();
  return replayed;
}

const Text& TheText() {
  static const Text text = Made(kEvents, kSeed);
  return text;
}
const Replayed& TheReplay() {
  static const Replayed replayed = ReplayOf(TheText());
  return replayed;
}

TEST(Generate, TheSameSeedGivesTheSameBytes) {
  EXPECT_EQ(Made(3000, 7).lines, Made(3000, 7).lines);
  EXPECT_NE(Made(3000, 7).lines, Made(3000, 8).lines);
}

TEST(Generate, MakesAsManyAsAsked) {
  EXPECT_EQ(TheText().counts.records, static_cast<int64_t>(TheText().lines.size()));
  EXPECT_GE(TheText().counts.records, kEvents);
  EXPECT_LT(TheText().counts.records, kEvents + kEvents / 20);  // what was open, and Ticks
  const Counts& counts = TheText().counts;
  EXPECT_EQ(counts.records - counts.packs - counts.ticks - counts.raw, counts.tally.events);
}

// A log whose deadlines outnumber its events measures deadlines.
TEST(Generate, NothingIsLeftToFireForEver) {
  EXPECT_LT(TheReplay().counts.fired, 2 * TheText().counts.records);
}

TEST(Generate, EveryLineIsReadAsItWasMade) {
  Generator generator(Options(kEvents, kSeed), Book());
  Record record;
  while (generator.Next(record)) {
    const codec::LineResult parsed = codec::ParseLine(ToLine(record), /*as_recorded=*/true);
    if (record.raw) {
      const auto* raw = std::get_if<codec::RawLine>(&parsed);
      ASSERT_TRUE(raw != nullptr && raw->bytes == record.raw->bytes);
    } else {
      const auto* line = std::get_if<codec::ClaimLine>(&parsed);
      ASSERT_TRUE(line != nullptr && line->recorded_at == record.at);
      ASSERT_EQ(line->claim_bytes, codec::EncodeClaim(record.claim));
    }
  }
}

// So that what was armed by the last of them passes.
TEST(Generate, TicksEndIt) {
  Generator generator(Options(2000, kSeed), Book());
  Record record;
  Instant last_event;
  while (generator.Next(record)) {
    if (!record.raw && record.claim.kind() != EventKind::kTick) last_event = record.at;
  }
  EXPECT_EQ(record.claim.kind(), EventKind::kTick);
  EXPECT_GT(record.at - last_event, 180 * kDayMs);
}

TEST(Generate, TheLanesSeeWhatTheGeneratorSaw) {
  const Tally& tally = TheText().counts.tally;
  EXPECT_EQ(TheReplay().counts.refused - TheReplay().draws_refused, tally.refused);
  EXPECT_EQ(TheReplay().counts.duplicates, tally.duplicates);
  EXPECT_EQ(TheReplay().counts.conflicts, tally.conflicts);
  EXPECT_EQ(TheReplay().counts.quarantined, TheText().counts.raw);
  EXPECT_FALSE(TheReplay().due_unfired);
  EXPECT_GT(tally.duplicates, 0);
  EXPECT_GT(tally.conflicts, 0);
  EXPECT_GT(TheText().counts.raw, 0);
  EXPECT_GT(tally.applied * 100, tally.events * 85);
}

// What the generator counts is what a log comes to.
TEST(Generate, TheLanesTakeTheRowsThatTheGeneratorTook) {
  const std::map<std::string_view, std::set<std::string>>& lanes = TheReplay().rows;
  for (const RowTaken& row : TheText().counts.tally.rows.all()) {
    if (row.times == 0) continue;
    const auto table = lanes.find(row.table);
    ASSERT_NE(table, lanes.end()) << row.table;
    EXPECT_TRUE(table->second.contains(std::string(row.label))) << row.table << " " << row.label;
  }
}

// The answers of accounts are no records of a log, but of whoever replays it.
TEST(Generate, AccountsGrantAndRefuseGoodwill) {
  const std::set<std::string>& rows = TheReplay().rows.at("goodwill leg");
  EXPECT_TRUE(rows.contains("m2"));
  EXPECT_TRUE(rows.contains("m3"));
}

// Or nobody should measure with it: every row is taken, and its shares are those of a working
// platform. Whatever the seed: it is no seed's luck.
TEST(Generate, EveryRowIsTakenByAWorkingPlatform) {
  for (const uint64_t seed : {1, 7}) {
    Generator generator(Options(kEventsForEveryRow, seed), Book());
    Record record;
    while (generator.Next(record)) {
    }
    for (const RowTaken& row : generator.counts().tally.rows.all()) {
      EXPECT_GT(row.times, 0) << "seed " << seed << ": " << row.table << " " << row.label;
    }
    for (const Share& each : SharesOf(generator.counts())) {
      EXPECT_GE(each.found, each.least) << "seed " << seed << ": " << each.name;
    }
  }
}

}  // namespace
}  // namespace refund::generate
