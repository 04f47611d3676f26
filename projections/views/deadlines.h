// Every deadline that is armed or paused, by order; and those that run, by due.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "projections/views/entries.h"
#include "projections/views/view.h"

namespace refund::projections {

class Deadlines final : public View {
 public:
  using View::Take;
  void Take(const Step& step, ByteView bytes) override;
  absl::Status Write(ViewRows& rows) override;

 private:
  struct Change {
    DeadlineChange change;
    Instant at;
  };
  using Name = std::pair<std::string, DeadlineName>;
  std::map<Name, std::vector<Change>> changes_;  // since the last Write()
};

}  // namespace refund::projections
