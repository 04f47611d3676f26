#include "engine/log/posix_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "engine/base/status.h"

namespace refund::log {
namespace {

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::StatusCode::kNotFound;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::StatusCode::kResourceExhausted;
    case EACCES:
    case EPERM:
    case EROFS:
    case EEXIST:
    case ENOTEMPTY:
    case EISDIR:
      return absl::StatusCode::kFailedPrecondition;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

// The result of a system call that is made again as long as a signal interrupts it.
template <class Call>
auto Uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace

absl::Status ErrnoStatus(int error, const char* operation, const std::string& path) {
  return Errorf(CodeOf(error), "%s %s: %s", operation, path, std::strerror(error));
}

absl::StatusOr<File> File::Open(std::string path, int flags) {
  const int fd = Uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0644); });
  if (fd < 0) return ErrnoStatus(errno, "open", path);
  return File(std::move(path), fd);
}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  return *this;
}

File::~File() {
  // Nothing depends on close: whatever has to be durable was synced before.
  if (fd_ >= 0) ::close(fd_);
}

absl::Status File::Error(const char* operation) const {
  return ErrnoStatus(errno, operation, path_);
}

absl::StatusOr<uint64_t> File::Size() const {
  struct stat found;
  if (::fstat(fd_, &found) != 0) return Error("stat");
  return static_cast<uint64_t>(found.st_size);
}

absl::StatusOr<std::string> File::ReadAt(uint64_t position, size_t size) const {
  std::string bytes(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t count = Uninterrupted([&] {
      return ::pread(fd_, bytes.data() + done, size - done, static_cast<off_t>(position + done));
    });
    if (count < 0) return Error("read");
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

absl::Status File::WriteAt(uint64_t position, ByteView bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = Uninterrupted(
        [&] { return ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(position)); });
    if (count < 0) return Error("write");
    position += static_cast<uint64_t>(count);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status File::Truncate(uint64_t size) const {
  const int result = Uninterrupted([&] { return ::ftruncate(fd_, static_cast<off_t>(size)); });
  return result == 0 ? absl::OkStatus() : Error("truncate");
}

absl::Status File::Sync() const {
  return Uninterrupted([&] { return ::fdatasync(fd_); }) == 0 ? absl::OkStatus() : Error("sync");
}

absl::Status File::SyncAll() const {
  return Uninterrupted([&] { return ::fsync(fd_); }) == 0 ? absl::OkStatus() : Error("sync");
}

absl::Status File::Lock() const {
  const int result = Uninterrupted([&] { return ::flock(fd_, LOCK_EX); });
  return result == 0 ? absl::OkStatus() : Error("lock");
}

absl::StatusOr<bool> File::TryLock() const {
  if (Uninterrupted([&] { return ::flock(fd_, LOCK_EX | LOCK_NB); }) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return Error("lock");
}

void File::Unlock() const { ::flock(fd_, LOCK_UN); }

absl::Status SyncDirectory(const std::string& path) {
  absl::StatusOr<File> directory = File::Open(path, O_RDONLY | O_DIRECTORY);
  return directory.ok() ? directory->SyncAll() : directory.status();
}

absl::Status MakeDirectory(const std::string& path) {
  return ::mkdir(path.c_str(), 0755) == 0 ? absl::OkStatus() : ErrnoStatus(errno, "mkdir", path);
}

absl::Status Rename(const std::string& from, const std::string& to) {
  return ::rename(from.c_str(), to.c_str()) == 0 ? absl::OkStatus()
                                                 : ErrnoStatus(errno, "rename to", to);
}

std::string ParentDirectory(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace refund::log
