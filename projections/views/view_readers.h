// The readers of the views of all partitions, each opened when it is first asked for. A reader
// stays with the generation that it found; after a swap it goes over to the new one when it is
// refreshed. Internal to projections.
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

class ViewReaders {
 public:
  ViewReaders(std::string root, const StateDirInfo& info);

  const StateDirInfo& info() const { return info_; }
  // Null if the partition has no views yet. kInvalidArgument if there is no such partition.
  absl::StatusOr<Database*> At(uint32_t partition);
  // Those that are open see what was written since.
  absl::Status Refresh();

 private:
  struct Open {
    std::string directory;
    std::unique_ptr<Database> db;
  };
  absl::Status RefreshOne(uint32_t partition, Open& open);
  absl::Status OpenServing(uint32_t partition, Open& open) const;

  const std::string root_;
  const StateDirInfo info_;
  std::vector<Open> open_;
};

}  // namespace refund::projections
