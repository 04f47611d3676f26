// Verify: derives everything again from the log and compares it with what is stored: the outputs
// that were committed, the orders, the due rows and the views.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "tools/refundctl/replayer.h"

namespace refund::tools {

struct Verification {
  std::string difference;  // the first; empty if all is equal
  int64_t records = 0;
  int64_t orders = 0;
  int64_t outputs = 0;
  int64_t behind = 0;  // records of the log that the state has not taken yet
};

// Writes nothing but a temporary state of its own. kDataLoss where stored bytes cannot be read.
absl::StatusOr<Verification> Verify(Source& source, const std::string& state);

}  // namespace refund::tools
