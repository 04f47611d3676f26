// Every case as it stands after its newest step, and by what it is found: its id, its next due,
// and, while it is open, its place in the work queue.
#pragma once

#include "projections/views/entries.h"
#include "projections/views/kept.h"
#include "projections/views/view.h"

namespace refund::projections {

class CaseList final : public View {
 public:
  using View::Take;
  void Take(const Step& step, ByteView bytes) override;
  absl::Status Write(ViewRows& rows) override;

 private:
  struct Moves {
    CaseSummary now;
    uint32_t reviews_passed = 0;  // T13 since the last Write()
  };
  Kept<std::string, Moves> moved_;  // by CaseKey(), since the last Write()
};

}  // namespace refund::projections
