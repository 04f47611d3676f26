// The records that nobody can read, by offset.
#pragma once

#include <map>
#include <string>

#include "projections/views/view.h"

namespace refund::projections {

class Quarantine final : public View {
 public:
  using View::Take;
  void Take(const Quarantined& record) override;
  absl::Status Write(ViewRows& rows) override;

 private:
  std::map<int64_t, std::string> encoded_;  // by offset
};

}  // namespace refund::projections
