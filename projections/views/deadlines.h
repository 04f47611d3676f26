// Every deadline that is armed or paused, by order; and those that run, by due.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "projections/views/entries.h"
#include "projections/views/kept.h"
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
  // Of one deadline, in the order in which they came.
  using Changes = std::span<const Change>;
  static absl::Status WriteOne(const std::string& key, Changes changes, ViewRows& rows);

  Kept<std::string, std::vector<Change>> orders_;  // since the last Write()
};

}  // namespace refund::projections
