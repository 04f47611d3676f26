#include "projections/state/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "engine/base/status.h"

namespace refund::projections {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostBytes = 64 << 10;

absl::Status ErrnoStatus(std::string_view what, const std::string& path) {
  const absl::StatusCode code =
      errno == ENOSPC ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kInternal;
  return Errorf(code, "%s %s: %s", what, path, std::strerror(errno));
}

// A descriptor that is closed when it goes.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

absl::Status WriteAndSync(const std::string& path, std::string_view text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.get() < 0) return ErrnoStatus("create", path);
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus("write", path);
    text.remove_prefix(static_cast<size_t>(written));
  }
  if (::fsync(file.get()) != 0) return ErrnoStatus("sync", path);
  return absl::OkStatus();
}

std::string ParentOf(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace

absl::Status SyncDirectory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0) return ErrnoStatus("open", path);
  if (::fsync(directory.get()) != 0) return ErrnoStatus("sync", path);
  return absl::OkStatus();
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".new";
  RETURN_IF_ERROR(WriteAndSync(temporary, text));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return ErrnoStatus("rename to", path);
  return SyncDirectory(ParentOf(path));
}

absl::StatusOr<std::optional<std::string>> ReadSmallFile(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.get() < 0) return ErrnoStatus("open", path);
  std::string text;
  char piece[4096];
  while (true) {
    const ssize_t size = ::read(file.get(), piece, sizeof(piece));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return ErrnoStatus("read", path);
    if (size == 0) return text;
    text.append(piece, static_cast<size_t>(size));
    if (text.size() > kMostBytes) {
      return Errorf(absl::StatusCode::kDataLoss, "%s: expected at most %d bytes", path, kMostBytes);
    }
  }
}

absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  fs::directory_iterator entry(path, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  if (error == std::errc::not_a_directory) {
    return Errorf(absl::StatusCode::kFailedPrecondition, "%s is not a directory", path);
  }
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) {
    return Errorf(absl::StatusCode::kInternal, "read directory %s: %s", path, error.message());
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status MakeDirectory(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return Errorf(absl::StatusCode::kInternal, "create directory %s: %s", path, error.message());
}

}  // namespace refund::projections
