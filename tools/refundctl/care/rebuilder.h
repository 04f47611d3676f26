// Rebuild: the views of a state, folded again from the outputs that were committed beside the log,
// compared with those that serve, and put in their place. Nothing is decided again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "projections/views/rebuild.h"
#include "tools/refundctl/replayer.h"

namespace refund::tools {

struct RebuildOptions {
  bool compare_only = false;      // nothing is put in place
  size_t most_differences = 100;  // that are told, of each partition
};

struct RebuiltPartition {
  uint32_t partition = 0;
  int64_t next = 0;                    // where the new views stand
  std::optional<int64_t> compared_at;  // the old stood there; absent: there was nothing to compare
  std::string why_not;                 // then
  std::vector<projections::ViewDifference> differences;
  bool serves = false;
};

// The log must have its outputs. Refused while a replay is at work on either; readers go on.
absl::StatusOr<std::vector<RebuiltPartition>> RebuildViews(Source& source, const std::string& state,
                                                           const RebuildOptions& options);

}  // namespace refund::tools
