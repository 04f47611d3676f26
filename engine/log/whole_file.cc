#include "engine/log/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "engine/base/status.h"
#include "engine/log/posix_file.h"

namespace refund::log {
namespace {

constexpr size_t kMostMiB = 256;

struct Descriptor {
  ~Descriptor() { ::close(fd); }
  const int fd;
};

}  // namespace

// read() rather than File::ReadAt(): a pipe has no positions.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open", path);
  const Descriptor file{fd};
  std::string bytes;
  std::array<char, 64 << 10> some;
  for (;;) {
    const ssize_t count = ::read(file.fd, some.data(), some.size());
    if (count == 0) return bytes;
    if (count > 0) {
      // A pipe or a device does not say beforehand how much there is.
      if (bytes.size() + static_cast<size_t>(count) > kMostMiB << 20) {
        return Errorf(absl::StatusCode::kInvalidArgument,
                      "%s: expected a file of at most %d MiB, found more", path, kMostMiB);
      }
      bytes.append(some.data(), static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return ErrnoStatus(errno, "read", path);
    }
  }
}

}  // namespace refund::log
