#include "server/intake/clock.h"

#include "engine/base/status.h"

namespace refund::intake {

absl::Status CheckClock(log::LogClock& clock, Instant now) {
  ASSIGN_OR_RETURN(const Instant theirs, clock.Ask());
  if (now - theirs <= kMostAheadMs) return absl::OkStatus();
  return Errorf(
      absl::StatusCode::kFailedPrecondition,
      "clock: expected this machine's at most %d ms ahead of the brokers', found it %d ms "
      "ahead (%s here, %s there): nothing is stamped until one of them is set right",
      kMostAheadMs, now - theirs, FormatInstant(now), FormatInstant(theirs));
}

}  // namespace refund::intake
