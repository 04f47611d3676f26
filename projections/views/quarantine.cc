#include "projections/views/quarantine.h"

#include <utility>

#include "engine/codec/step_codec.h"
#include "projections/views/view_keys.h"

namespace refund::projections {

void Quarantine::Take(const Quarantined& record) {
  encoded_[record.offset] = codec::EncodeQuarantined(record);
}

absl::Status Quarantine::Write(ViewRows& rows) {
  for (auto& [offset, bytes] : encoded_) rows.Put(QuarantineKey(offset), std::move(bytes));
  encoded_.clear();
  return absl::OkStatus();
}

}  // namespace refund::projections
