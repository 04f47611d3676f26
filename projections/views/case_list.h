// Every case as it stands after its newest step, by id, with an index by next due and one by order.
#pragma once

#include "engine/base/id.h"
#include "projections/views/kept.h"
#include "projections/views/view.h"

namespace refund::projections {

class CaseList final : public View {
 public:
  using View::Take;
  void Take(const Step& step, ByteView bytes) override;
  absl::Status Write(ViewRows& rows) override;

 private:
  Kept<Id, CaseSummary> newest_;  // of those that changed since the last Write()
};

}  // namespace refund::projections
