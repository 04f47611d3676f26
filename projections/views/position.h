// The position row of a views database: the first offset that its views do not hold. Internal to
// projections.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace refund::projections {

struct Database;

std::string EncodePosition(int64_t next);
// 0 in a new database.
absl::StatusOr<int64_t> ReadPosition(Database& db);

}  // namespace refund::projections
