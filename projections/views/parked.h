// The orders on which a readable fact came too early to be taken.
#pragma once

#include <map>
#include <string>

#include "projections/views/entries.h"
#include "projections/views/view.h"

namespace refund::projections {

class Parked final : public View {
 public:
  using View::Take;
  void Take(const Step& step, ByteView bytes) override;
  absl::Status Write(ViewRows& rows) override;

 private:
  std::map<std::string, ParkedEntry> added_;  // by order; since the last Write()
};

}  // namespace refund::projections
