// Times on the command line, and the one clock of this program.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"

namespace refund::tools {

// RFC 3339 with offset, or integer milliseconds since 1970.
absl::StatusOr<Instant> ParseTime(const std::string& flag, const std::string& text);
Instant Now();

inline constexpr char kPrincipal[] = "local";

}  // namespace refund::tools
