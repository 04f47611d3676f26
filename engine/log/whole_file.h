// A file that is small enough to be read at once: a configuration, a pack, a settlement file.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace refund::log {

// Of a pipe too, as <(…) gives one. Errors as of ErrnoStatus; a directory is one.
// kInvalidArgument, with path and limit, if there are more than 256 MiB.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

}  // namespace refund::log
