// The generator against the real thing: what it made goes through intake and the lanes, which must
// see what it saw, and take nearly every row of every table.
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/arbiter/entrance.h"
#include "engine/arbiter/row.h"
#include "engine/arbiter/vouchers.h"
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

const policy::PackBook& Book() {
  static const policy::PackBook book = [] {
    policy::PackBook made;
    for (const std::string& name : PackNames()) {
      const auto bytes = cases::PackBytes(name);
      EXPECT_TRUE(bytes.ok()) << bytes.status();
      auto pack = codec::DecodePack(*bytes);
      EXPECT_TRUE(pack.ok()) << pack.status();
      made.Add(std::make_shared<const policy::Pack>(*std::move(pack)), kStart);
    }
    return made;
  }();
  return book;
}

struct Text {
  std::vector<std::string> lines;
  Counts counts;
};

Text Made(int64_t events, uint64_t seed) {
  Text text;
  Generator generator({events, seed}, Book());
  Record record;
  while (generator.Next(record)) text.lines.push_back(ToLine(record));
  text.counts = generator.counts();
  return text;
}

// What the lanes made of it.
struct Replayed {
  replay::Counts counts;
  std::map<Machine, std::set<std::string>> rows;
  bool due_unfired = false;
};

void Count(const replay::Counts& from, replay::Counts& to) {
  to.refused += from.refused;
  to.duplicates += from.duplicates;
  to.conflicts += from.conflicts;
  to.quarantined += from.quarantined;
  to.fired += from.fired;
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
      for (const Transition& each : step.transitions) {
        replayed.rows[each.machine].insert(each.row);
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
  EXPECT_EQ(TheText().counts.records - TheText().counts.ticks - TheText().counts.raw,
            TheText().counts.tally.events);
}

// Or nobody should measure with it.
TEST(Generate, ItsSharesAreThoseOfAWorkingPlatform) {
  for (const Share& each : SharesOf(TheText().counts)) {
    EXPECT_GE(each.found, each.least) << each.name;
  }
}

// A log whose deadlines outnumber its events measures deadlines.
TEST(Generate, NothingIsLeftToFireForEver) {
  EXPECT_LT(TheReplay().counts.fired, 2 * TheText().counts.records);
}

TEST(Generate, EveryLineIsReadAsItWasMade) {
  Generator generator({kEvents, kSeed}, Book());
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
  Generator generator({2000, kSeed}, Book());
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
  EXPECT_EQ(TheReplay().counts.refused, tally.refused);
  EXPECT_EQ(TheReplay().counts.duplicates, tally.duplicates);
  EXPECT_EQ(TheReplay().counts.conflicts, tally.conflicts);
  EXPECT_EQ(TheReplay().counts.quarantined, TheText().counts.raw);
  EXPECT_FALSE(TheReplay().due_unfired);
  EXPECT_GT(tally.duplicates, 0);
  EXPECT_GT(tally.conflicts, 0);
  EXPECT_GT(TheText().counts.raw, 0);
  EXPECT_GT(tally.applied * 100, tally.events * 85);
}

// Off the bundled packs' way, so that only a rare turn leads there, if any: none pays before the
// goods come back (L3, L7b and what follows) or before the appeal window is over (a10p), none
// negotiates or asks for evidence first (a3a, a3b), asks the seller about a lost return (17b,
// a15d), leaves a seller who cannot fulfil to the platform (21d, a1d), or opens a case for an
// intercepted product (1d-stop). Row 4g is for goods that are not with the buyer.
bool IsOffTheWay(const std::string& label) {
  static const std::set<std::string> rows = {
      "1d-stop",   "1g",      "4f",           "4g-L2",       "4g-L4",       "17b",
      "21d",       "a1d",     "a3a",          "a3b",         "a10p-L1",     "a12c",
      "a12d",      "a12e",    "a12e-waived",  "a14e",        "a14f",        "a15d",
      "F3-return", "F3-back", "F5a-received", "F5a-shipped", "F5a-refused", "F5a-accepted",
      "F5b",       "F5c"};
  return rows.contains(label) || label.ends_with("-L3") || label.ends_with("-L7b");
}

// Prints the rows that were never taken; most were.
template <class Rows>
void ExpectMostTaken(const char* table, const Rows& rows, const std::set<std::string>& taken,
                     size_t least_percent) {
  std::string missing;
  size_t found = 0;
  size_t all = 0;
  for (const auto& row : rows) {
    const std::string label(row.label);
    if (IsOffTheWay(label)) continue;
    ++all;
    if (taken.contains(label)) {
      ++found;
    } else {
      missing += " " + label;
    }
  }
  std::cout << table << ": " << found << " of " << all
            << " rows taken that lie on the bundled packs' way, "
            << "of " << rows.size() << "; never:" << (missing.empty() ? " none" : missing) << "\n";
  EXPECT_GE(found * 100, all * least_percent) << table;
}

TEST(Generate, EveryMachineIsTaken) {
  std::set<std::string> all;
  for (const auto& [machine, rows] : TheReplay().rows) all.insert(rows.begin(), rows.end());
  const auto& rows = TheReplay().rows;
  const auto of = [&](Machine machine) {
    const auto found = rows.find(machine);
    return found == rows.end() ? std::set<std::string>() : found->second;
  };
  ExpectMostTaken("phase", arbiter::PhaseRows(), of(Machine::kPhase), 88);
  ExpectMostTaken("overlay", arbiter::OverlayRows(), of(Machine::kOverlay), 78);
  ExpectMostTaken("legs", arbiter::LegRows(), of(Machine::kLeg), 95);
  ExpectMostTaken("facts", arbiter::FactRows(), all, 90);
  ExpectMostTaken("entrance", arbiter::EntranceRows(), of(Machine::kEntrance), 85);
  ExpectMostTaken("vouchers", arbiter::VoucherRows(), all, 100);
  ExpectMostTaken("goodwill legs", arbiter::GoodwillLegRows(), of(Machine::kLeg), 100);
  EXPECT_FALSE(of(Machine::kAccount).empty());
  EXPECT_FALSE(of(Machine::kVoucher).empty());
}

}  // namespace
}  // namespace refund::generate
