// One partition's directory of segments: events/0003 or outputs/0003. Reads it, follows what others
// append, and writes it for whoever holds the lock. Internal to engine/log.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/frame.h"
#include "engine/log/frame_run.h"
#include "engine/log/posix_file.h"

namespace refund::log {

class Segments {
 public:
  enum class Access { kRead, kWrite };

  // Checks the newest segment; the older ones are checked when they are read.
  static absl::StatusOr<std::unique_ptr<Segments>> Open(std::string directory, FrameKind kind,
                                                        uint32_t partition, Access access);
  // Makes the directory with an empty first segment, all of it durable but its own name.
  static absl::Status Create(const std::string& directory);

  // Takes in what was appended since. True if there was anything.
  absl::StatusOr<bool> Refresh();
  int64_t end() const { return runs_.back()->end(); }
  // Absent without a record.
  absl::StatusOr<std::optional<int64_t>> HighestStamp();
  // The frame that holds `offset`, which must lie in [0, end). Valid until the next call of any.
  absl::StatusOr<const Frame*> Seek(int64_t offset);
  // Where the newest segment begins whose first frame's highest stamp is at most `stamp`, or 0.
  // Where stamps never go back, all frames before that have lower ones.
  absl::StatusOr<int64_t> SegmentBefore(int64_t stamp) const;

  // Makes durable what Refresh() has found in the newest segment, whoever wrote it. What a reader
  // has shown must not be lost to a power cut afterwards: outputs may already be committed for it.
  // (Older segments are durable: Append() sees to it before it begins a new one.)
  absl::Status SyncNewest() const;

  // For writers, who hold the lock from Refresh() on.
  //
  // Cuts what Refresh() has found to be torn.
  absl::Status CutTornTail();
  // Writes the frame at the end, after beginning a new segment if this one is `segment_bytes` or
  // more. After an error nothing of it is left, and this object is of no further use.
  absl::Status Append(FrameBuilder& frame, uint64_t segment_bytes);
  // Makes what was appended durable. After an error that is cut off again, and this object is of no
  // further use.
  absl::Status SyncAppended();

 private:
  Segments(std::string directory, FrameKind kind, uint32_t partition, Access access)
      : directory_(std::move(directory)), kind_(kind), partition_(partition), access_(access) {}

  absl::StatusOr<File> OpenSegment(int64_t first, int extra_flags = 0) const;
  absl::Status AttachNewest();
  void SetNewest(File file);
  void BeginNewest(File file);
  absl::StatusOr<bool> ExtendNewest();
  absl::StatusOr<bool> FollowRoll();
  absl::Status Roll();
  void CutBackTo(uint64_t position) const;
  // The run of that segment, with its file; the first time, all of it is checked.
  absl::StatusOr<FrameRun*> Load(size_t index);
  static absl::Status CheckOlder(FrameRun& run, int64_t next);

  std::string directory_;
  FrameKind kind_;
  uint32_t partition_;
  Access access_;
  // In order; the last is the newest, and always attached. At most one of the others is.
  std::vector<std::unique_ptr<FrameRun>> runs_;
  std::shared_ptr<const File> newest_;
  std::optional<size_t> loaded_;
  // The newest segment up to here is not to be cut: others wrote it, or it has been synced.
  uint64_t kept_position_ = 0;
};

}  // namespace refund::log
