// A log of the past, made up: packs of its own, then many orders interleaved in time, on every
// platform that has a pack, with Ticks between and at the end, a few unreadable records, and what
// each order's people, carriers and providers may plausibly do next (History). Every row of the
// machine is taken once in kEventsForEveryRow events: while some row is behind, some orders
// explore. The same options and packs give the same records, with every compiler and library.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/instant.h"
#include "engine/codec/json_lines.h"
#include "engine/domain/event.h"
#include "engine/policy/pack_book.h"
#include "tools/generate/history.h"
#include "tools/generate/random.h"

namespace refund::generate {

// 2024-07-01T00:00:00+08:00: a log that takes these records is opened then, or before.
inline constexpr Instant kStart{1719763200000};

struct GeneratorOptions {
  int64_t events = 0;  // lines, but for those at the end: open arbitrations go on, then Ticks
  uint64_t seed = 0;
  bool closing_ticks = true;  // else deadlines after the last record are left to whoever comes
  std::vector<std::string> packs = {};  // canonical bytes: its first records publish them
};

struct Record {
  Instant at;
  Claim claim;
  std::optional<codec::RawLine> raw;  // then there is no claim
};

// As a line of JSON Lines, as recorded, without a newline.
std::string ToLine(const Record& record);

struct Counts {
  int64_t records = 0;  // all
  int64_t packs = 0;
  int64_t ticks = 0;
  int64_t raw = 0;
  Tally tally;         // of the orders' own
  int64_t orders = 0;  // that have begun
  int64_t cases = 0;
  int64_t returning = 0;  // orders with two cases or more
  int64_t contested = 0;  // cases in which arbitration was asked for
  int64_t argued = 0;     // and evidence was shown in a round
  int64_t legs = 0;
};

// What makes a log worth measuring with, and the least of it.
struct Share {
  const char* name;
  double found;
  double least;
};
std::vector<Share> SharesOf(const Counts& counts);

// In so many events each row of the machine is taken (Tally::rows).
inline constexpr int64_t kEventsForEveryRow = 200'000;

class Generator {
 public:
  // `packs` outlives it; all known from kStart, those of the options among them.
  Generator(const GeneratorOptions& options, const policy::PackBook& packs);

  // The next one, in order of time; false at the end.
  bool Next(Record& record);
  // Complete at the end.
  const Counts& counts() const { return counts_; }

 private:
  void TakePack(Record& record, const std::string& pack);
  void TakeTick(Record& record, Instant at);
  void TakeRaw(Record& record);
  bool TakeStep(Record& record);  // false: the order ended without a word
  void EndOrders();
  bool TakeClosingTick(Record& record);
  void BeginOrdersUntilOneIsFirst();
  Platform SomePlatform(bool explores);
  bool ARowIsBehind() const;
  void Retire(const History& history);

  const GeneratorOptions options_;
  const policy::PackBook& packs_;
  Random random_;
  int64_t spacing_ms_;  // between the first records of two orders
  int64_t tick_ms_;
  Instant next_birth_;
  Instant next_tick_;
  Instant last_at_;
  std::vector<std::unique_ptr<History>> alive_;  // a heap, the earliest first
  int64_t closing_ticks_ = 0;
  bool closed_ = false;
  Counts counts_;
};

}  // namespace refund::generate
