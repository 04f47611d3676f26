#include "server/refundd/open_log.h"

#include "engine/log/segment_log.h"
#include "server/intake/messages.h"

namespace refund::daemon {

absl::StatusOr<std::unique_ptr<log::Log>> OpenLog(const Config& config) {
  return log::OpenSegmentLog(config.log_directory);
}

std::string MessageCursorPath(const Config& config) {
  return intake::MessageCursorPath(config.log_directory);
}

std::string IntakeLockPath(const Config& config) { return config.log_directory; }

}  // namespace refund::daemon
