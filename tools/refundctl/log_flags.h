// How a command is told which log is meant and how to get in: the same flags everywhere. --log
// names it; --config is refundd's own file, so that nothing need be said twice and a password
// stands on no command line; --set is what the brokers ask for, one thing at a time. A flag wins
// over the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/log/kafka_log.h"
#include "server/refundd/config.h"
#include "tools/refundctl/context.h"
#include "tools/refundctl/log_init.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace refund::tools {

// --config and --set.
struct ClientFlags {
  std::string config;
  std::vector<std::string> settings;  // name=value
};
void AddClientFlags(CLI::App& command, ClientFlags& flags);

struct LogFlags {
  std::string log;
  ClientFlags client;
  bool empty() const { return log.empty() && client.config.empty(); }
};

// Returns --log, which `name` and `words` may call otherwise.
CLI::Option* AddLogFlags(CLI::App& command, LogFlags& flags, const std::string& name = "--log",
                         const std::string& words =
                             "directory of the log, or kafka://"
                             "host:port/prefix (default: --config's)");

// In all that follows: absent or false, and `context` has failed. Nothing that is said holds a
// setting's value, which may be a secret.

std::optional<LogAddress> FindLog(const LogFlags& flags, Context& context);
std::optional<daemon::Config> ReadDaemonConfig(const std::string& path, Context& context);
bool TakeSettings(const std::vector<std::string>& settings, log::KafkaLogOptions& options,
                  Context& context);

}  // namespace refund::tools
