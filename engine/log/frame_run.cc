#include "engine/log/frame_run.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/status.h"

namespace refund::log {
namespace {

constexpr uint64_t kReadBytes = 256 << 10;
constexpr uint64_t kMarkEveryBytes = 64 << 10;

}  // namespace

absl::StatusOr<ByteView> FrameScanner::Fill(uint64_t position, uint64_t need, uint64_t size) {
  need = std::min(need, size - std::min(position, size));
  const uint64_t ahead = position - buffer_position_;
  if (position < buffer_position_ || ahead + need > buffer_.size()) {
    const uint64_t want = std::min(std::max(need, kReadBytes), size - std::min(position, size));
    ASSIGN_OR_RETURN(buffer_, file_->ReadAt(position, want));
    buffer_position_ = position;
    return ByteView(buffer_).substr(0, need);
  }
  return ByteView(buffer_).substr(ahead, need);
}

absl::StatusOr<std::optional<Frame>> FrameScanner::At(uint64_t position, uint64_t size,
                                                      int64_t base) {
  absl::StatusOr<std::optional<Frame>> frame = Parse(position, size, base);
  // What was read of a torn frame must not be taken for the frame that may be written over it.
  if (!frame.ok() || !frame->has_value()) buffer_.clear();
  return frame;
}

absl::StatusOr<std::optional<Frame>> FrameScanner::Parse(uint64_t position, uint64_t size,
                                                         int64_t base) {
  ASSIGN_OR_RETURN(ByteView bytes, Fill(position, kFrameHeaderBytes, size));
  if (bytes.size() < kFrameHeaderBytes) return std::nullopt;
  absl::StatusOr<FrameHeader> header = ParseFrameHeader(bytes);
  absl::Status sound = header.status();
  if (sound.ok()) sound = CheckPlace(*header, kind_, partition_, base);
  if (!sound.ok()) return log::At(file_->path(), position, sound);

  ASSIGN_OR_RETURN(bytes, Fill(position, header->frame_bytes(), size));
  if (bytes.size() < header->frame_bytes()) return std::nullopt;
  const ByteView payload = bytes.substr(kFrameHeaderBytes);
  absl::StatusOr<std::vector<FrameRecord>> records = ParsePayload(*header, payload);
  if (!records.ok()) {
    return log::At(file_->path(), position + kFrameHeaderBytes, records.status());
  }
  return Frame{position, *header, payload, *std::move(records)};
}

void FrameRun::Attach(std::shared_ptr<const File> file) {
  Detach();
  file_ = std::move(file);
  scanner_.emplace(file_, kind_, partition_);
}

void FrameRun::Detach() {
  current_.reset();
  scanner_.reset();
  file_.reset();
}

absl::Status FrameRun::Extend(uint64_t size) {
  CHECK(attached());
  // A scanner of its own, so that following the end leaves what Seek has buffered.
  FrameScanner scanner(file_, kind_, partition_);
  while (position_ < size) {
    ASSIGN_OR_RETURN(const std::optional<Frame> frame, scanner.At(position_, size, end_));
    if (!frame.has_value()) break;
    Extend(frame->header);
  }
  return absl::OkStatus();
}

void FrameRun::Extend(const FrameHeader& header) {
  CHECK(header.base == end_);
  if (marks_.empty() || position_ - marks_.back().position >= kMarkEveryBytes) {
    marks_.push_back({end_, position_});
  }
  position_ += header.frame_bytes();
  end_ = header.end();
  highest_stamp_ = std::max(highest_stamp_.value_or(header.highest_stamp), header.highest_stamp);
}

FrameRun::Mark FrameRun::Before(int64_t offset) const {
  // Reading on from the frame before is the common case.
  if (current_.has_value() && current_->header.end() == offset) {
    return {offset, current_->end_position()};
  }
  const auto after =
      std::upper_bound(marks_.begin(), marks_.end(), offset,
                       [](int64_t wanted, const Mark& mark) { return wanted < mark.offset; });
  CHECK(after != marks_.begin());
  return *std::prev(after);
}

absl::StatusOr<const Frame*> FrameRun::Seek(int64_t offset) {
  CHECK(attached());
  CHECK(first_ <= offset && offset < end_);
  if (current_.has_value() && current_->Holds(offset)) return &*current_;
  Mark at = Before(offset);
  for (;;) {
    // Its records are views of the buffer that the next call fills anew.
    current_.reset();
    ASSIGN_OR_RETURN(current_, scanner_->At(at.position, position_, at.offset));
    if (!current_.has_value()) {
      return DataLossAt(file_->path(), at.position,
                        "expected a frame that was there before, found the end of the file");
    }
    if (current_->Holds(offset)) return &*current_;
    at = {current_->header.end(), current_->end_position()};
  }
}

}  // namespace refund::log
