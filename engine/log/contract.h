// What every implementation promises alike, so that it is written once. Internal to engine/log.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "engine/log/frame_run.h"
#include "engine/log/log.h"

namespace refund::log {

// kInvalidArgument unless the log has that partition.
absl::Status CheckPartition(uint32_t partition, uint32_t partitions);
// Where Read may begin: kInvalidArgument below 0, kOutOfRange past the end.
absl::Status CheckReadFrom(int64_t offset, int64_t end);
// That a commit goes on from the one before, and each cause lies below its cursor.
absl::Status CheckCommit(const std::vector<Output>& outputs, const Cursor& cursor,
                         const std::optional<Cursor>& last);

// Whether a read from `offset` needs no look at where the log ends now. Where less is known to be
// there, what came since the last look would wait for the next turn.
bool FillsABatch(int64_t offset, int64_t known_end, const BatchLimit& limit);

// What Read returns, as it fills up.
class Batch {
 public:
  explicit Batch(const BatchLimit& limit) : limit_(limit) {}
  // False, with nothing taken, when the batch is full.
  bool Take(const Address& at, Instant recorded_at, ByteView bytes);
  bool Take(Record&& record);
  // All records of a frame from `offset` on, which moves past what is taken; false as above.
  bool TakeFrom(const Frame& frame, uint32_t partition, int64_t& offset);
  size_t records() const { return records_.size(); }
  std::vector<Record> Finish() { return std::move(records_); }

 private:
  bool Fits(size_t bytes);

  BatchLimit limit_;
  size_t bytes_ = 0;
  std::vector<Record> records_;
};

}  // namespace refund::log
