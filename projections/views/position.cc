#include "projections/views/position.h"

#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "projections/state/rocks.h"
#include "projections/views/view_keys.h"

namespace refund::projections {

std::string EncodePosition(int64_t next) {
  std::string value;
  AppendBe64(value, static_cast<uint64_t>(next));
  return value;
}

absl::StatusOr<int64_t> ReadPosition(Database& db) {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, GetRow(db, PositionKey()));
  if (!value) return 0;
  if (value->size() == 8) return static_cast<int64_t>(ReadBe64(value->data()));
  return Errorf(absl::StatusCode::kDataLoss, "position: expected 8 bytes, found %d", value->size());
}

}  // namespace refund::projections
