#include "projections/views/timeline.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "projections/state/keys.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

constexpr size_t kBlockBytes = 256 << 10;
constexpr size_t kSizeBytes = 4;  // before each step

}  // namespace

ByteView Timeline::Blocks::Keep(ByteView bytes) {
  const bool fits =
      !blocks_.empty() && blocks_.back().capacity() - blocks_.back().size() >= bytes.size();
  // A block never grows: it is pointed into.
  if (!fits) blocks_.emplace_back().reserve(std::max(kBlockBytes, bytes.size()));
  std::string& block = blocks_.back();
  block += bytes;
  return ByteView(block).substr(block.size() - bytes.size());
}

void Timeline::Take(const Step& step, ByteView bytes) {
  const auto [chunk, is_new] = chunks_.At(step.key);
  if (is_new) chunk.first_sequence = step.sequence;
  chunk.bytes += kSizeBytes + bytes.size();
  chunk.steps.push_back(blocks_.Keep(bytes));
}

absl::Status Timeline::Write(ViewRows& rows) {
  const absl::Status written = chunks_.WriteAll([&](const std::string& order, const Chunk& chunk) {
    std::string row;
    row.reserve(chunk.bytes);
    for (const ByteView step : chunk.steps) AppendSized(row, step);
    rows.Put(TimelineKey(order, chunk.first_sequence), std::move(row));
    return absl::OkStatus();
  });
  blocks_.Clear();
  return written;
}

absl::Status Timeline::ReadChunk(ByteView key, ByteView chunk, std::vector<Step>& steps) {
  while (!chunk.empty()) {
    const size_t size = chunk.size() < kSizeBytes ? 0 : ReadBe32(chunk.data());
    if (size == 0 || size > chunk.size() - kSizeBytes) {
      return Errorf(absl::StatusCode::kDataLoss, "%s: a step is cut off", DescribeKey(key));
    }
    absl::StatusOr<Step> step = codec::DecodeStep(chunk.substr(kSizeBytes, size));
    if (!step.ok()) return Annotate(step.status(), DescribeKey(key));
    steps.push_back(*std::move(step));
    chunk.remove_prefix(kSizeBytes + size);
  }
  return absl::OkStatus();
}

}  // namespace refund::projections
