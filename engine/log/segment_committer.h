// The outputs of one partition in the embedded log, each commit one frame. Internal to engine/log.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/log.h"
#include "engine/log/posix_file.h"
#include "engine/log/segments.h"

namespace refund::log {

class SegmentCommitter : public Committer {
 public:
  // Makes the directory, without a commit.
  static absl::Status Create(const std::string& directory);
  static absl::StatusOr<std::unique_ptr<Committer>> Open(std::string directory, uint32_t partition,
                                                         uint64_t segment_bytes);

  absl::StatusOr<std::optional<Cursor>> ReadCursor() override;
  absl::Status Commit(const std::vector<Output>& outputs, const Cursor& cursor) override;
  absl::StatusOr<std::vector<Output>> ReadOutputs(int64_t from_offset) override;

 private:
  SegmentCommitter(std::string directory, uint32_t partition, uint64_t segment_bytes, File lock)
      : directory_(std::move(directory)),
        partition_(partition),
        segment_bytes_(segment_bytes),
        lock_(std::move(lock)) {}

  absl::Status Load();
  absl::Status Write(FrameBuilder& frame);

  std::string directory_;
  uint32_t partition_;
  uint64_t segment_bytes_;
  // Held as long as this lives.
  File lock_;
  // Absent after a failed write: then the next call looks at the directory anew.
  std::unique_ptr<Segments> segments_;
  std::optional<Cursor> cursor_;
};

// What a committer, here or in another process, has committed.
class SegmentOutputs : public OutputReader {
 public:
  static absl::StatusOr<std::unique_ptr<OutputReader>> Open(std::string directory,
                                                            uint32_t partition);

  absl::StatusOr<Committed> Read(int64_t from_offset, const BatchLimit& limit) override;

 private:
  SegmentOutputs(std::string directory, uint32_t partition)
      : directory_(std::move(directory)), partition_(partition) {}

  absl::StatusOr<Committed> TryRead(int64_t from_offset, const BatchLimit& limit);
  absl::Status Follow();
  absl::StatusOr<Committed> ReadFrom(int64_t at, int64_t from_offset, const BatchLimit& limit);
  absl::Status TakeFrame(const Frame& frame, int64_t from_offset, size_t& bytes,
                         Committed& committed) const;

  std::string directory_;
  uint32_t partition_;
  std::unique_ptr<Segments> segments_;  // absent before the first call, and after an error
  // Where the last call ended, so that the next need not look for it.
  int64_t next_ = 0;
  int64_t record_ = 0;
};

}  // namespace refund::log
