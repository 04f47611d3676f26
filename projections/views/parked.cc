#include "projections/views/parked.h"

#include <optional>

#include "engine/base/status.h"
#include "projections/views/load.h"
#include "projections/views/view_keys.h"

namespace refund::projections {

void Parked::Take(const Step& step, ByteView) {
  if (step.result != StepResult::kParked) return;
  ParkedEntry& entry = added_[step.key];
  entry.key = step.key;
  ++entry.times;
  entry.newest_at = step.at;
}

absl::Status Parked::Write(ViewRows& rows) {
  for (auto& [order, entry] : added_) {
    const std::string row = ParkedKey(order);
    ASSIGN_OR_RETURN(const std::optional<ParkedEntry> before, Load<ParkedEntry>(rows, row));
    if (before) entry.times += before->times;
    rows.Put(row, Encode(entry));
  }
  added_.clear();
  return absl::OkStatus();
}

}  // namespace refund::projections
