#include "engine/log/kafka_names.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"

namespace refund::log {

std::string EventsTopic(const KafkaLogOptions& options) { return options.prefix + ".events"; }

std::string OutputTopic(const KafkaLogOptions& options, Topic topic) {
  switch (topic) {
    case Topic::kDecisions:
      return options.prefix + ".decisions";
    case Topic::kPayouts:
      return options.prefix + ".payouts";
    case Topic::kMessages:
      return options.prefix + ".messages";
    case Topic::kQuarantined:
      break;
  }
  return options.prefix + ".quarantined";
}

std::vector<std::string> KafkaTopics(const KafkaLogOptions& options) {
  std::vector<std::string> topics = {EventsTopic(options)};
  for (const Topic topic : kOutputTopics) topics.push_back(OutputTopic(options, topic));
  return topics;
}

std::string ReturnedTopic(const KafkaLogOptions& options) { return options.prefix + ".returned"; }

std::vector<std::string> InboxTopics(const KafkaLogOptions& options) {
  return {options.prefix + ".inbox", options.prefix + ".payout-results", ReturnedTopic(options)};
}

std::string ClockTopic(const KafkaLogOptions& options) { return options.prefix + ".clock"; }

std::vector<std::string> OwnTopics(const KafkaLogOptions& options) {
  std::vector<std::string> topics = KafkaTopics(options);
  topics.push_back(ReturnedTopic(options));
  topics.push_back(ClockTopic(options));
  return topics;
}

// A record has headers, and a batch a head of its own.
size_t BatchBytesMax(const KafkaLogOptions& options) {
  return options.record_bytes_max + (64 << 10);
}

absl::StatusOr<KafkaSettings> ClientSettings(const KafkaLogOptions& options) {
  static constexpr std::array<std::string_view, 6> kFree = {
      "security.protocol", "sasl.", "ssl.", "socket.", "client.", "broker.address."};
  KafkaSettings settings = {{"bootstrap.servers", options.brokers},
                            {"client.id", "refund"},
                            // The default, 10 s, outlasts a broker's restart by as much.
                            {"reconnect.backoff.max.ms", "1000"},
                            {"socket.keepalive.enable", "true"}};
  for (const auto& [name, value] : options.settings) {
    const bool free = std::any_of(kFree.begin(), kFree.end(), [&](std::string_view prefix) {
      return name.compare(0, prefix.size(), prefix) == 0;
    });
    if (!free) {
      return Errorf(absl::StatusCode::kInvalidArgument,
                    "kafka setting %s: expected one of security.protocol, sasl.*, ssl.*, socket.*, "
                    "client.*, broker.address.*; the others are pinned by the log",
                    name);
    }
    settings[name] = value;
  }
  return settings;
}

// ---- Settings: every default that is dangerous is pinned, and nobody may set it otherwise ----

namespace {

KafkaSettings With(KafkaSettings settings, const KafkaSettings& more) {
  for (const auto& [name, value] : more) settings[name] = value;
  return settings;
}

}  // namespace

// Of intake. Never transactional: control records would make gaps in the events.
KafkaSettings AppenderSettings(const KafkaSettings& client, const KafkaLogOptions& options) {
  return With(client, {{"enable.idempotence", "true"},
                       {"acks", "all"},
                       {"linger.ms", "1"},
                       {"compression.codec", "lz4"},
                       {"message.max.bytes", std::to_string(BatchBytesMax(options))},
                       {"message.timeout.ms", std::to_string(options.timeout_ms)}});
}

KafkaSettings CommitterSettings(const KafkaSettings& client, const KafkaLogOptions& options,
                                uint32_t partition) {
  const std::string id = absl::StrFormat("%s/%s/%d", options.app, options.prefix, partition);
  const std::string time = std::to_string(options.transaction_timeout_ms);
  return With(client, {{"transactional.id", id},
                       {"enable.idempotence", "true"},
                       {"acks", "all"},
                       {"linger.ms", "1"},
                       {"compression.codec", "lz4"},
                       {"message.max.bytes", std::to_string(BatchBytesMax(options))},
                       {"transaction.timeout.ms", time},
                       {"message.timeout.ms", time},
                       // Sleeps in every short transaction otherwise (CONCURRENT_TRANSACTIONS).
                       {"retry.backoff.ms", "10"}});
}

KafkaSettings ReaderSettings(const KafkaSettings& client, const KafkaLogOptions& options) {
  return With(client, {{"group.id", options.app},
                       {"isolation.level", "read_committed"},
                       {"check.crcs", "true"},
                       {"auto.offset.reset", "error"},
                       {"enable.auto.commit", "false"},
                       {"enable.auto.offset.store", "false"},
                       {"allow.auto.create.topics", "false"},
                       {"enable.partition.eof", "true"},
                       // How long another offset waits for the answer to the one before.
                       {"fetch.wait.max.ms", "50"},
                       {"fetch.error.backoff.ms", "50"},
                       {"queued.min.messages", "500000"},
                       {"queued.max.messages.kbytes", std::to_string(options.fetch_queue_kbytes)},
                       {"message.max.bytes", std::to_string(BatchBytesMax(options))}});
}

// A group of its own: that of C has no members, so whoever has a partition can move C, and nobody
// else's coming or going can keep it from that. What fences is the transactional id.
KafkaSettings MemberSettings(const KafkaSettings& client, const KafkaLogOptions& options,
                             int session_timeout_ms) {
  return With(client, {{"group.id", options.app + "-lanes"},
                       {"partition.assignment.strategy", "cooperative-sticky"},
                       {"session.timeout.ms", std::to_string(session_timeout_ms)},
                       {"heartbeat.interval.ms", std::to_string(session_timeout_ms / 5)},
                       {"auto.offset.reset", "error"},
                       {"enable.auto.commit", "false"},
                       {"enable.auto.offset.store", "false"},
                       {"allow.auto.create.topics", "false"}});
}

KafkaSettings AskerSettings(const KafkaSettings& client, const KafkaLogOptions& options,
                            const char* isolation) {
  // A question outlasts its own time-out, by two retries: so these must come to it together.
  const int socket_ms = std::max(1000, options.timeout_ms / 3);
  return With(client, {{"group.id", options.app},
                       {"isolation.level", isolation},
                       {"socket.timeout.ms", std::to_string(socket_ms)},
                       {"auto.offset.reset", "error"},
                       {"enable.auto.commit", "false"},
                       {"enable.auto.offset.store", "false"},
                       {"allow.auto.create.topics", "false"}});
}

}  // namespace refund::log
