// What the directory of a database holds: its file "REFUND" says so ("state 2"), and is written
// before the database is made. Internal to projections.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace refund::projections {

enum class Contents { kState, kViews };

// For the writer: makes the directory and its marker where it is missing or empty.
// kFailedPrecondition, and nothing is touched, if it holds something else or has a newer format,
// kOutOfRange if it has an older one, kDataLoss if RocksDB would take it for a new one.
absl::Status PrepareDirectory(const std::string& directory, Contents contents);

// For a reader: there is a database, and it is ours. kNotFound if there is none yet.
absl::Status CheckMade(const std::string& directory, Contents contents);

}  // namespace refund::projections
