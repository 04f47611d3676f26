// The rows of the views that are folded from several steps, as values, and their bytes
// (row_bytes.h). Each names its order, so that a row can be read without its key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/domain/step.h"

namespace refund::projections {

// A leg as it stands, and since when.
struct LegEntry {
  std::string key;  // of its order
  LegSummary leg;
  Currency currency = Currency::kUnspecified;  // its order's; not stored with it
  Instant made_at;
  Instant since;         // in this state
  uint32_t queries = 0;  // how often it was asked after in this state (T12 passed)
  // Its payer has not answered in time.
  bool IsOverdue() const { return leg.state == LegState::kSubmitted && queries > 0; }
};

// What the steps of an order say of the order itself.
struct OrderEntry {
  std::string key;
  Currency currency = Currency::kUnspecified;  // not known where no step speaks of a case
  Instant first_at;
  Instant last_at;
  int64_t sequence = 0;  // of the newest step
  uint32_t refused = 0;  // requests
  Entrance entrance = Entrance::kShut;
  std::optional<Instant> entrance_since;  // absent: it never moved
};

// Which arming of which timer.
struct DeadlineName {
  uint32_t case_number = 0;  // 0: of the order itself
  Timer timer = Timer::kT0;
  Role role = Role::kUnspecified;
  uint32_t generation = 0;
  auto operator<=>(const DeadlineName&) const = default;
};

// One that runs or is paused.
struct DeadlineEntry {
  std::string key;
  DeadlineName name;
  Instant due;  // while it is paused: as it was
  Instant armed_at;
  bool paused = false;
  int64_t remaining_ms = 0;  // while paused
};

// A case as it stands after its newest step.
struct CaseEntry {
  CaseSummary summary;
  uint32_t priority = 0;  // in the work queue: how often the time for its review passed (T13)
};

struct VoucherEntry {
  std::string key;
  Id id;
  uint32_t case_number = 0;  // 0: goodwill
  std::string kind;          // "SETTLEMENT"
  int64_t amount = 0;
  Currency currency = Currency::kUnspecified;  // its order's; not stored with it
  VoucherState state = VoucherState::kNone;
  Instant granted_at;
  Instant since;                      // in this state
  std::optional<Instant> expires_at;  // T26
};

// How often something came about on a Beijing day on a platform, and what it summed up to.
struct TallyName {
  int32_t day = 0;  // since 1970-01-01
  Platform platform = Platform::kUnspecified;
  std::string what;                            // "decided TIMEOUT"
  Currency currency = Currency::kUnspecified;  // unspecified where nothing is summed
  auto operator<=>(const TallyName&) const = default;
};
struct TallyEntry {
  TallyName name;
  int64_t count = 0;
  absl::int128 sum = 0;  // minor units; a day's sum may be more than one payment can be
};

// An order on which a readable fact came early, at least once. Whether it still waits is known to
// the order alone: what takes it up names the leg, not the fact.
struct ParkedEntry {
  std::string key;
  uint32_t times = 0;
  Instant newest_at;
};

std::string Encode(const CaseEntry& entry);
std::string Encode(const LegEntry& entry);
std::string Encode(const OrderEntry& entry);
std::string Encode(const DeadlineEntry& entry);
std::string Encode(const VoucherEntry& entry);
std::string Encode(const TallyEntry& entry);
std::string Encode(const ParkedEntry& entry);

// The exact inverse; `key`, the row's, is named by kDataLoss.
template <class Entry>
absl::StatusOr<Entry> Decode(ByteView key, ByteView value);

}  // namespace refund::projections
