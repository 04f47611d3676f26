#include "tools/refundctl/log_flags.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/str_join.h"
#include "engine/base/status.h"
#include "engine/log/whole_file.h"

namespace refund::tools {
namespace {

// Where the address says, by what the file says of the way in.
std::optional<LogAddress> FindTopics(const std::string& address,
                                     const std::optional<daemon::Config>& config,
                                     const LogFlags& flags, Context& context) {
  absl::StatusOr<log::KafkaLogOptions> named = log::ParseKafkaAddress(address);
  if (!named.ok()) {
    Fail(context, named.status());
    return std::nullopt;
  }
  if (!config) return LogAddress(*std::move(named));
  if (!config->kafka) {
    Fail(context, kBadPolicy,
         "--config " + flags.client.config +
             ": kafka.brokers: expected brokers beside --log kafka://…, found none");
    return std::nullopt;
  }
  log::KafkaLogOptions options = *config->kafka;
  options.brokers = named->brokers;
  options.prefix = named->prefix;
  return LogAddress(std::move(options));
}

LogAddress AddressIn(const daemon::Config& config) {
  return config.kafka ? LogAddress(*config.kafka) : LogAddress(config.log_directory);
}

}  // namespace

void AddClientFlags(CLI::App& command, ClientFlags& flags) {
  command
      .add_option("--config", flags.config,
                  "refundd's configuration: its log, and how to get in there")
      ->type_name("FILE");
  command
      .add_option("--set", flags.settings,
                  "over Kafka, a setting of the client: security.protocol=…, sasl.…=…, ssl.…=… "
                  "(others see command lines: a password is better off in --config)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

CLI::Option* AddLogFlags(CLI::App& command, LogFlags& flags, const std::string& name,
                         const std::string& words) {
  CLI::Option* log = command.add_option(name, flags.log, words);
  AddClientFlags(command, flags.client);
  return log;
}

std::optional<daemon::Config> ReadDaemonConfig(const std::string& path, Context& context) {
  const absl::StatusOr<std::string> toml = log::ReadWholeFile(path);
  if (!toml.ok()) {
    Fail(context, kUsage, "--config: " + Message(toml.status()));
    return std::nullopt;
  }
  std::vector<std::string> errors;
  std::optional<daemon::Config> config = daemon::ParseConfig(path, *toml, errors);
  if (!config) Fail(context, kBadPolicy, absl::StrJoin(errors, "\n"));
  return config;
}

bool TakeSettings(const std::vector<std::string>& settings, log::KafkaLogOptions& options,
                  Context& context) {
  for (const std::string& each : settings) {
    const size_t equals = each.find('=');
    if (equals == std::string::npos || equals == 0) {
      Fail(context, kUsage, "--set: expected name=value, found a word without a name and a \"=\"");
      return false;
    }
    options.settings[each.substr(0, equals)] = each.substr(equals + 1);
  }
  return true;
}

std::optional<LogAddress> FindLog(const LogFlags& flags, Context& context) {
  std::optional<daemon::Config> config;
  if (!flags.client.config.empty()) {
    config = ReadDaemonConfig(flags.client.config, context);
    if (!config) return std::nullopt;
  }
  if (flags.empty()) {
    Fail(context, kUsage, "--log is missing: name a log, or refundd's configuration by --config");
    return std::nullopt;
  }
  std::optional<LogAddress> found;
  if (log::IsKafkaAddress(flags.log)) {
    found = FindTopics(flags.log, config, flags, context);
  } else {
    found = flags.log.empty() ? AddressIn(*config) : LogAddress(flags.log);
  }
  if (!found || flags.client.settings.empty()) return found;
  if (!found->kafka) {
    Fail(context, kUsage, "--set: expected a log on Kafka, found the directory " + found->name());
    return std::nullopt;
  }
  if (!TakeSettings(flags.client.settings, *found->kafka, context)) return std::nullopt;
  return found;
}

}  // namespace refund::tools
