// Small text files that are whole or absent, and what lies in a directory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace refund::projections {

// Under another name, synced, renamed, directory synced: after a crash the old one or the new one.
absl::Status WriteFileAtomically(const std::string& path, std::string_view text);

// Absent if there is no such file. kDataLoss for one of more than 64 KiB.
absl::StatusOr<std::optional<std::string>> ReadSmallFile(const std::string& path);

// The names in it, sorted; none if there is no such directory. kFailedPrecondition for a file.
absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path);

// Makes the names in it durable.
absl::Status SyncDirectory(const std::string& path);

// And its parents, where they are missing.
absl::Status MakeDirectory(const std::string& path);

}  // namespace refund::projections
