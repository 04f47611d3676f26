// Files as POSIX has them, with what every caller would forget: EINTR, short reads and writes, and
// an error that names operation, path and cause. Internal to engine/log and projections.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"

namespace refund::log {

// "open /a/b: No such file or directory". kNotFound: there is none. kResourceExhausted: no space,
// file size limit or descriptor left. kFailedPrecondition: forbidden. kUnavailable: all else.
absl::Status ErrnoStatus(int error, const char* operation, const std::string& path);

// An open file, closed when destroyed.
class File {
 public:
  static absl::StatusOr<File> Open(std::string path, int flags);
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  const std::string& path() const { return path_; }
  absl::StatusOr<uint64_t> Size() const;
  // The bytes at `position`: fewer than `size` only where the file ends.
  absl::StatusOr<std::string> ReadAt(uint64_t position, size_t size) const;
  absl::Status WriteAt(uint64_t position, ByteView bytes) const;
  absl::Status Truncate(uint64_t size) const;
  // fdatasync: the bytes and the size, not the times. Allowed on a file opened for reading.
  absl::Status Sync() const;
  // fsync. A directory needs it: to ext4, a new name in it is no data.
  absl::Status SyncAll() const;

  // Exclusive flock, which excludes every other open of the file, in this process too.
  absl::Status Lock() const;
  // False if another holds it.
  absl::StatusOr<bool> TryLock() const;
  void Unlock() const;

 private:
  File(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  absl::Status Error(const char* operation) const;

  std::string path_;
  int fd_ = -1;
};

// Makes the names in a directory durable: files created, renamed, removed.
absl::Status SyncDirectory(const std::string& path);
absl::Status MakeDirectory(const std::string& path);
absl::Status Rename(const std::string& from, const std::string& to);
std::string ParentDirectory(const std::string& path);

}  // namespace refund::log
