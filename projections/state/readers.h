// The readers of all partitions of one state, each opened when it is first asked for. Internal to
// projections.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "projections/state/rocks.h"
#include "projections/state/state_dir.h"

namespace refund::projections {

class Readers {
 public:
  Readers(std::string root, Contents contents, const StateDirInfo& info);

  const StateDirInfo& info() const { return info_; }
  // Null if the partition has no database yet. kInvalidArgument if there is no such partition.
  absl::StatusOr<Database*> At(uint32_t partition);
  // Those that are open see what was written since.
  absl::Status Refresh();

 private:
  const std::string root_;
  const Contents contents_;
  const StateDirInfo info_;
  std::vector<std::unique_ptr<Database>> open_;
};

}  // namespace refund::projections
