// Intake's own clock, held against that of the log's keepers: a stamp from the future would make
// every deadline pass too early, and no later one could take that back.
#pragma once

#include "absl/status/status.h"
#include "engine/base/instant.h"
#include "engine/log/log_clock.h"

namespace refund::intake {

inline constexpr int64_t kMostAheadMs = 1000;

// kFailedPrecondition if `now`, read before the call, is further ahead of the log's clock than
// that: nothing may be stamped by it. Other errors: the clock could not be asked.
absl::Status CheckClock(log::LogClock& clock, Instant now);

}  // namespace refund::intake
