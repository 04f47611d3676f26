// The directory of a whole state: <state>/STATE says whose it is, <state>/NNNN/state and
// <state>/NNNN/views hold partition NNNN. Who opens a state checks STATE first, so that a state is
// never fed from another log.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/id.h"

namespace refund::projections {

struct StateDirInfo {
  Id log_id;
  uint32_t partitions = 0;
  bool operator==(const StateDirInfo&) const = default;
};

// Makes it, or finds it made for the same log. kFailedPrecondition, and nothing is written, if it
// is of another log or holds something else.
absl::Status CreateStateDir(const std::string& root, const StateDirInfo& info);

// kNotFound if there is nothing; kFailedPrecondition if it holds something else or has a newer
// format; kDataLoss if STATE cannot be read.
absl::StatusOr<StateDirInfo> OpenStateDir(const std::string& root);

// kFailedPrecondition, naming both, if `root` belongs to another log than `info`.
absl::Status CheckStateDir(const std::string& root, const StateDirInfo& info);

// kFailedPrecondition, of a directory that another process has open; and whether a status is that.
absl::Status InUse(const std::string& directory);
bool IsInUse(const absl::Status& status);

// <root>/0003/state and <root>/0003/views.
std::string StateDbPath(const std::string& root, uint32_t partition);
std::string ViewsDbPath(const std::string& root, uint32_t partition);

}  // namespace refund::projections
