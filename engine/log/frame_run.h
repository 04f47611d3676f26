// The frames of one partition that follow each other in one file: a whole segment, or a partition's
// part of an exported file. Knows how far the frames are whole and sound, and finds the one that
// holds an offset. Internal to engine/log.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/frame.h"
#include "engine/log/posix_file.h"

namespace refund::log {

struct Frame {
  uint64_t position = 0;
  FrameHeader header;
  ByteView payload;
  std::vector<FrameRecord> records;

  uint64_t end_position() const { return position + header.frame_bytes(); }
  bool Holds(int64_t offset) const { return header.base <= offset && offset < header.end(); }
};

// Frames out of a file by large reads: one system call for many small frames.
class FrameScanner {
 public:
  FrameScanner(std::shared_ptr<const File> file, FrameKind kind, uint32_t partition)
      : file_(std::move(file)), kind_(kind), partition_(partition) {}

  // The frame at `position`, which has to have that base offset; its records live until the next
  // call. Only the first `size` bytes of the file count: absent if they end at or inside the frame.
  // The caller must have asked for the file's size before this call, not after: a torn frame that
  // an appender cuts and overwrites meanwhile is then still judged torn, or read anew, but never
  // mixed.
  absl::StatusOr<std::optional<Frame>> At(uint64_t position, uint64_t size, int64_t base);

 private:
  absl::StatusOr<std::optional<Frame>> Parse(uint64_t position, uint64_t size, int64_t base);
  // The `need` bytes at `position`; fewer if `size` or the file ends before.
  absl::StatusOr<ByteView> Fill(uint64_t position, uint64_t need, uint64_t size);

  std::shared_ptr<const File> file_;
  FrameKind kind_;
  uint32_t partition_;
  uint64_t buffer_position_ = 0;
  std::string buffer_;
};

class FrameRun {
 public:
  FrameRun(FrameKind kind, uint32_t partition, uint64_t position, int64_t first)
      : kind_(kind), partition_(partition), position_(position), first_(first), end_(first) {}

  // The file is attached for reading and may be detached in between, so that only few are open.
  void Attach(std::shared_ptr<const File> file);
  void Detach();
  bool attached() const { return file_ != nullptr; }
  const File& file() const { return *file_; }

  int64_t first() const { return first_; }
  int64_t end() const { return end_; }
  // Where the last whole frame ends.
  uint64_t position() const { return position_; }
  // Absent without a frame.
  std::optional<int64_t> highest_stamp() const { return highest_stamp_; }

  // Takes in the whole frames that lie between what is known and `size`, and stops where that ends
  // at or inside one.
  absl::Status Extend(uint64_t size);
  // Takes in the next frame, which the caller has just written or checked.
  void Extend(const FrameHeader& header);
  // The frame that holds `offset`, which must lie in [first, end). Valid until the next call of
  // any.
  absl::StatusOr<const Frame*> Seek(int64_t offset);

 private:
  // One for every 64 KiB or so, not for every frame: a log of a day has millions of small frames.
  struct Mark {
    int64_t offset = 0;
    uint64_t position = 0;
  };
  Mark Before(int64_t offset) const;

  FrameKind kind_;
  uint32_t partition_;
  std::shared_ptr<const File> file_;
  std::optional<FrameScanner> scanner_;
  std::optional<Frame> current_;
  std::vector<Mark> marks_;
  uint64_t position_;
  int64_t first_;
  int64_t end_;
  std::optional<int64_t> highest_stamp_;
};

}  // namespace refund::log
