// The clock of those who keep the log, where that is not this machine: against it intake holds its
// own. kafka_clock.h implements it.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"

namespace refund::log {

// One thread.
class LogClock {
 public:
  virtual ~LogClock() = default;
  // What it showed at some moment of this call.
  virtual absl::StatusOr<Instant> Ask() = 0;
};

using ClockOpener = std::function<absl::StatusOr<std::unique_ptr<LogClock>>()>;

}  // namespace refund::log
