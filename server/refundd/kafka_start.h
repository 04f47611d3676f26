// What is looked at over Kafka before a daemon starts, besides what every log is asked.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "engine/base/exit_code.h"
#include "server/refundd/config.h"

namespace refund::daemon {

// Why not to start: what is wrong, by its key and value, and what to do.
struct Lack {
  ExitCode exit = kExitOk;
  std::string what;
  std::string found;
  std::string to_do;
};

// Of a log that could not be opened or read.
Lack LackOfKafka(const Config& config, const absl::Status& status);

// Topics whose settings lose records, and inboxes that are not there or have lost some. Nothing is
// written. Absent, too, where the settings may not be read.
std::optional<Lack> FindLackOfKafka(const Config& config);

}  // namespace refund::daemon
