// How our programs end: the contract that scripts and supervisors rely on (README.md).
#pragma once

#include "absl/status/status.h"

namespace refund {

enum ExitCode {
  kExitOk = 0,
  kExitDifference = 1,  // a check found a difference, or a line of input did not go in
  kExitUsage = 2,       // or what a flag names is not there
  kExitBadPolicy = 3,   // or configuration
  kExitLogUnreachable = 4,
  kExitCorrupt = 5,  // stored bytes, or outputs that diverged
  kExitRefusedForSafety = 6,
  kExitInternal = 70,
};

// The one that goes with a failure of the machinery.
ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace refund
