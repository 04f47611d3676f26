#include "engine/log/contract.h"

#include "engine/base/status.h"

namespace refund::log {

absl::Status CheckPartition(uint32_t partition, uint32_t partitions) {
  if (partition < partitions) return absl::OkStatus();
  return Errorf(absl::StatusCode::kInvalidArgument, "partition: expected below %d, found %d",
                partitions, partition);
}

absl::Status CheckReadFrom(int64_t offset, int64_t end) {
  if (offset < 0) {
    return Errorf(absl::StatusCode::kInvalidArgument, "offset: expected 0 or more, found %d",
                  offset);
  }
  if (offset <= end) return absl::OkStatus();
  // Whoever has read as far as that has seen records that the log has no more.
  return Errorf(absl::StatusCode::kOutOfRange, "offset: expected at most the end %d, found %d", end,
                offset);
}

absl::Status CheckCommit(const std::vector<Output>& outputs, const Cursor& cursor,
                         const std::optional<Cursor>& last) {
  const int64_t committed = last.has_value() ? last->next : 0;
  if (cursor.next <= committed) {
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "commit: expected a cursor past %d, found %d", committed, cursor.next);
  }
  for (const Output& output : outputs) {
    if (output.cause_offset >= 0 && output.cause_offset < cursor.next) continue;
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "commit: expected a cause below the cursor %d, found %d", cursor.next,
                  output.cause_offset);
  }
  return absl::OkStatus();
}

bool FillsABatch(int64_t offset, int64_t known_end, const BatchLimit& limit) {
  return known_end > offset && static_cast<size_t>(known_end - offset) >= limit.records;
}

bool Batch::Fits(size_t bytes) {
  const bool full = records_.size() >= limit_.records || bytes_ + bytes > limit_.bytes;
  if (full && !records_.empty()) return false;
  bytes_ += bytes;
  return true;
}

bool Batch::Take(const Address& at, Instant recorded_at, ByteView bytes) {
  if (!Fits(bytes.size())) return false;
  records_.push_back({at, recorded_at, std::string(bytes)});
  return true;
}

bool Batch::Take(Record&& record) {
  if (!Fits(record.bytes.size())) return false;
  records_.push_back(std::move(record));
  return true;
}

bool Batch::TakeFrom(const Frame& frame, uint32_t partition, int64_t& offset) {
  for (; offset < frame.header.end(); ++offset) {
    const FrameRecord& record = frame.records[static_cast<size_t>(offset - frame.header.base)];
    if (!Take({partition, offset}, Instant{record.stamp}, record.bytes)) return false;
  }
  return true;
}

absl::Status Committer::Repeat(const std::vector<Output>& outputs) {
  if (outputs.empty()) return absl::OkStatus();
  return Errorf(
      absl::StatusCode::kDataLoss,
      "%d outputs that were committed are not there any more, the first for record %d: put "
      "them back from a copy",
      outputs.size(), outputs.front().cause_offset);
}

}  // namespace refund::log
