// The open cases in the order in which they are to be worked at: live arbitrations first, then by
// their earliest deadline, then the dearer. Its rows name cases; what a case is, its own row says.
#pragma once

#include <optional>

#include "projections/views/entries.h"
#include "projections/views/kept.h"
#include "projections/views/view.h"
#include "projections/views/view_keys.h"

namespace refund::projections {

class WorkQueue final : public View {
 public:
  using View::Take;
  void Take(const Step& step, ByteView bytes) override;
  absl::Status Write(ViewRows& rows) override;

  static absl::StatusOr<uint32_t> ReadPriority(ByteView key, ByteView value);

 private:
  struct Moves {
    QueuePlace now;
    uint32_t reviews_passed = 0;  // T13 since the last Write()
  };
  Kept<Id, Moves> cases_;
};

}  // namespace refund::projections
