#include "projections/views/timeline.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "projections/state/keys.h"
#include "projections/views/view_keys.h"

namespace refund::projections {

void Timeline::Take(const Step& step, ByteView bytes) {
  const auto [chunk, is_new] = chunks_.At(step.key);
  if (is_new) chunk.first_sequence = step.sequence;
  AppendSized(chunk.steps, bytes);
}

absl::Status Timeline::Write(ViewRows& rows) {
  return chunks_.WriteAll([&](const std::string& order, Chunk& chunk) {
    rows.Put(TimelineKey(order, chunk.first_sequence), std::move(chunk.steps));
    return absl::OkStatus();
  });
}

absl::Status Timeline::ReadChunk(ByteView key, ByteView chunk, std::vector<Step>& steps) {
  while (!chunk.empty()) {
    const size_t size = chunk.size() < 4 ? 0 : ReadBe32(chunk.data());
    if (size == 0 || size > chunk.size() - 4) {
      return Errorf(absl::StatusCode::kDataLoss, "%s: a step is cut off", DescribeKey(key));
    }
    absl::StatusOr<Step> step = codec::DecodeStep(chunk.substr(4, size));
    if (!step.ok()) return Annotate(step.status(), DescribeKey(key));
    steps.push_back(*std::move(step));
    chunk.remove_prefix(4 + size);
  }
  return absl::OkStatus();
}

}  // namespace refund::projections
