// The steps of each order, in chunks: one row for each order and flush. A row for each step would
// cost more than all the rest of the engine (shared/design/performance.md §8).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "projections/views/kept.h"
#include "projections/views/view.h"

namespace refund::projections {

class Timeline final : public View {
 public:
  using View::Take;
  void Take(const Step& step, ByteView bytes) override;
  absl::Status Write(ViewRows& rows) override;

  // The steps of one row, appended to `steps`. kDataLoss if they cannot be read.
  static absl::Status ReadChunk(ByteView key, ByteView chunk, std::vector<Step>& steps);

 private:
  struct Chunk {
    uint64_t first_sequence = 0;
    std::string steps;  // sized EncodeStep()s
  };
  Kept<std::string, Chunk> chunks_;  // by order
};

}  // namespace refund::projections
