#include "server/refundd/standing.h"

namespace refund::daemon {

std::string_view NameOf(PartitionState state) {
  switch (state) {
    case PartitionState::kOpening:
      return "opening";
    case PartitionState::kRunning:
      return "running";
    case PartitionState::kWaiting:
      return "waiting";
    case PartitionState::kStopped:
      return "stopped";
    case PartitionState::kFenced:
      return "fenced";
    case PartitionState::kClosed:
      return "closed";
    case PartitionState::kElsewhere:
      return "elsewhere";
  }
  return "?";
}

Instant WallClock() {
  using std::chrono::system_clock;
  return {
      std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch())
          .count()};
}

ExitCode ExitAtStart(const absl::Status& status) {
  const bool is_configuration = absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status);
  return is_configuration ? kExitBadPolicy : ExitCodeOf(status);
}

bool MayRecover(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kPermissionDenied:  // a password is changed at both ends, not at once
    case absl::StatusCode::kUnknown:           // whether a commit happened: as after a crash
      return true;
    default:
      return false;
  }
}

}  // namespace refund::daemon
