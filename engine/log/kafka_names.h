// What the Kafka log's parts agree on: names of topics, settings of clients. Internal to
// engine/log.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_log.h"

namespace refund::log {

inline constexpr std::array kOutputTopics = {Topic::kDecisions, Topic::kPayouts, Topic::kMessages,
                                             Topic::kQuarantined};

std::string EventsTopic(const KafkaLogOptions& options);
std::string OutputTopic(const KafkaLogOptions& options, Topic topic);
// Of all five, events first.
std::vector<std::string> KafkaTopics(const KafkaLogOptions& options);

// Where intake puts what it does not take.
std::string ReturnedTopic(const KafkaLogOptions& options);

// What others write to and read from beside the log, by their usual names: the inbox, the payout
// systems' answers, and what intake has returned.
std::vector<std::string> InboxTopics(const KafkaLogOptions& options);

// Where intake asks the brokers for the time.
std::string ClockTopic(const KafkaLogOptions& options);

// The largest batch that a producer makes, which topics must take.
size_t BatchBytesMax(const KafkaLogOptions& options);

// What every client has. kInvalidArgument if the caller's settings touch what is pinned.
absl::StatusOr<KafkaSettings> ClientSettings(const KafkaLogOptions& options);

// And of each kind besides; what is pinned, and why, stands in kafka_names.cc.
KafkaSettings AppenderSettings(const KafkaSettings& client, const KafkaLogOptions& options);
KafkaSettings CommitterSettings(const KafkaSettings& client, const KafkaLogOptions& options,
                                uint32_t partition);
KafkaSettings ReaderSettings(const KafkaSettings& client, const KafkaLogOptions& options);
KafkaSettings MemberSettings(const KafkaSettings& client, const KafkaLogOptions& options,
                             int session_timeout_ms);
KafkaSettings AskerSettings(const KafkaSettings& client, const KafkaLogOptions& options,
                            const char* isolation);

}  // namespace refund::log
