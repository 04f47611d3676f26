// How fast the core is by itself: decode, Apply, Fire and the invariants over a whole exported log,
// one thread, orders in memory. Nothing is encoded or stored, and claims are hashed beforehand; ids
// are part of the core, and hashed.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace refund::tools {

struct CoreSpeed {
  int64_t records = 0;
  // What counts in a rate: records of orders, but for refusals.
  int64_t events = 0;
  int64_t refused = 0;
  int64_t duplicates = 0;
  int64_t fired = 0;  // deadlines
  int64_t decisions = 0;
  double seconds = 0;
  double cpu_seconds = 0;
};

absl::StatusOr<CoreSpeed> MeasureCore(const std::string& file);

}  // namespace refund::tools
