// The position row of a views database: how far its views have folded, and by which version of the
// folds. Internal to projections.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"

namespace refund::projections {

struct Database;

// Counts up whenever a fold makes other rows of the same steps, or they lie elsewhere. Views of
// another version are not read and not gone on with: they are folded again (refundctl rebuild, or
// replay).
inline constexpr uint32_t kViewsVersion = 4;

struct Position {
  int64_t next = 0;  // the first offset that is not folded
  Instant newest;    // of the newest step that is
  uint32_t version = kViewsVersion;
};

std::string EncodePosition(const Position& position);
// Of any version, of which only `next` is known of version 1. 0 in a new database.
absl::StatusOr<Position> ReadPosition(Database& db);

}  // namespace refund::projections
