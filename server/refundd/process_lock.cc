#include "server/refundd/process_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/base/status.h"

namespace refund::daemon {

absl::StatusOr<std::unique_ptr<ProcessLock>> ProcessLock::Take(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return Errorf(absl::StatusCode::kUnavailable, "open %s: %s", path, std::strerror(errno));
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
    return std::unique_ptr<ProcessLock>(new ProcessLock(fd));
  }
  ::close(fd);
  return Errorf(absl::StatusCode::kFailedPrecondition, "%s is held by another process", path);
}

ProcessLock::~ProcessLock() { ::close(fd_); }

}  // namespace refund::daemon
