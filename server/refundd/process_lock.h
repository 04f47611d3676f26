// One process at a time: an exclusive flock on a file or directory that is there already, so that
// to ask writes nothing; held until destroyed or the process ends.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace refund::daemon {

class ProcessLock {
 public:
  // kFailedPrecondition if another process has it.
  static absl::StatusOr<std::unique_ptr<ProcessLock>> Take(const std::string& path);
  ~ProcessLock();
  ProcessLock(const ProcessLock&) = delete;
  ProcessLock& operator=(const ProcessLock&) = delete;

 private:
  explicit ProcessLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace refund::daemon
