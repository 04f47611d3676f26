// How often what came about, by Beijing day and platform, and what it summed up to by currency.
#pragma once

#include <map>
#include <string>

#include "projections/views/entries.h"
#include "projections/views/view.h"

namespace refund::projections {

class Tallies final : public View {
 public:
  using View::Take;
  void Take(const Step& step, ByteView bytes) override;
  void Take(const Quarantined& record) override;
  absl::Status Write(ViewRows& rows) override;

 private:
  struct Added {
    int64_t count = 0;
    absl::int128 sum = 0;
  };
  std::map<TallyName, Added> added_;  // since the last Write()
};

}  // namespace refund::projections
