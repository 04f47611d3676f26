// What refundd is told: one TOML file. Every error is named with file, line, column and key, all of
// them at once, and nothing is opened before the file is right.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/log/kafka_log.h"
#include "server/intake/door.h"
#include "server/lanes/memory.h"

namespace refund::daemon {

enum class Role : uint8_t { kBoth, kIntake, kLanes };
// How a process comes to its partitions.
enum class Assign : uint8_t { kStatic, kGroup };
enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };

// The defaults are those of DefaultConfigFile().
struct Config {
  Role role = Role::kBoth;

  std::string log_directory = "/var/lib/refund/log";
  // Brokers named: the log is Kafka's, and the directory is not used.
  std::optional<log::KafkaLogOptions> kafka;
  int64_t read_back_interval_ms = 1000;
  intake::PrincipalByTopic inboxes;  // of Kafka; that of the engine's own messages included

  std::string state_directory = "/var/lib/refund/state";

  Assign assign = Assign::kStatic;
  int64_t session_timeout_ms = 10'000;              // of a group
  std::optional<std::vector<uint32_t>> partitions;  // sorted; absent: all
  int64_t threads = 0;                              // 0: as many as there are cores
  int64_t commit_interval_ms = 100;
  int64_t batch_records = 4096;
  int64_t checkpoint_interval_ms = 1000;
  int64_t checkpoint_bytes = 64 << 20;
  int64_t memory_bytes = lanes::kDefaultMemoryBytes;

  int64_t tick_interval_ms = 60'000;
  std::string ticker_principal = "platform:refundd";

  std::string http_address = "127.0.0.1";
  uint16_t http_port = 7480;

  LogLevel log_level = LogLevel::kInfo;

  bool has_intake() const { return role != Role::kLanes; }
  bool has_lanes() const { return role != Role::kIntake; }
  std::string listen() const;  // "127.0.0.1:7480"
  // "log.directory = …" or "kafka.brokers = …": what messages about the log name.
  std::string log_key() const;
  bool operator==(const Config&) const = default;
};

// "both", "intake", "lanes".
std::string_view NameOf(Role role);

// Absent when there is an error; `errors` then holds a line for each, "file:line:column: error: …".
std::optional<Config> ParseConfig(std::string_view file, std::string_view toml,
                                  std::vector<std::string>& errors);

// A whole file with every key, its default and what it means.
std::string_view DefaultConfigFile();

}  // namespace refund::daemon
