#include "projections/views/position.h"

#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "projections/state/rocks.h"
#include "projections/views/row_bytes.h"
#include "projections/views/view_keys.h"

namespace refund::projections {

std::string EncodePosition(const Position& position) {
  return RowWriter().I64(position.next).At(position.newest).U32(position.version).Done();
}

absl::StatusOr<Position> ReadPosition(Database& db) {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, GetRow(db, PositionKey()));
  Position position;
  if (!value) return position;
  RowReader in(*value);
  position.next = in.I64();
  if (in.Finished()) {
    position.version = 1;
    return position;
  }
  position.newest = in.At();
  position.version = in.U32();
  if (in.Finished()) return position;
  return Errorf(absl::StatusCode::kDataLoss, "position: expected 20 bytes, found %d",
                value->size());
}

}  // namespace refund::projections
