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
  // Bytes kept side by side in blocks until all are let go: had each order a text of its own, all
  // of it would be copied whenever it outgrows its place.
  class Blocks {
   public:
    ByteView Keep(ByteView bytes);
    void Clear() { blocks_.clear(); }

   private:
    std::vector<std::string> blocks_;
  };
  struct Chunk {
    uint64_t first_sequence = 0;
    size_t bytes = 0;
    std::vector<ByteView> steps;  // EncodeStep()s in the blocks
  };
  Kept<std::string, Chunk> chunks_;  // by order
  Blocks blocks_;
};

}  // namespace refund::projections
