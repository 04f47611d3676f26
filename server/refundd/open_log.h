// The one place that knows which log a configuration means. All else is written against log::Log.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/log/inbox.h"
#include "engine/log/log.h"
#include "engine/log/membership.h"
#include "server/refundd/config.h"

namespace refund::daemon {

// Each thread opens its own.
using LogOpener = std::function<absl::StatusOr<std::unique_ptr<log::Log>>()>;

// kNotFound if it is not there.
absl::StatusOr<std::unique_ptr<log::Log>> OpenLog(const Config& config);

using InboxOpener = std::function<absl::StatusOr<std::unique_ptr<log::Inbox>>()>;
// Null for a log that others append to through refundctl.
InboxOpener InboxOf(const Config& config);

// How partitions are shared in a group; null where each process is told which it has.
log::MembershipOpener MembershipOf(const Config& config);

// The file in which intake keeps how far messages have been carried; empty where an inbox has them.
std::string MessageCursorPath(const Config& config);
// What the process locks that is the log's intake; empty where several may be.
std::string IntakeLockPath(const Config& config);

}  // namespace refund::daemon
