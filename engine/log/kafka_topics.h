// The Kafka log's topics, made and checked: `refundctl topics`. A topic with the broker's defaults
// loses a log of the past within a minute, so what is found is said in words, with what to do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/kafka_log.h"

namespace refund::log {

struct TopicsOptions {
  KafkaLogOptions log;
  uint32_t partitions = 0;  // 0, to check: as many as the events topic has
  int replication = 3;      // copies of each partition; 1 for a trial on one broker
};

struct TopicFinding {
  std::string topic;
  std::string key;  // of the topic's settings, or "topic", "partitions", "replication"
  std::string expected;
  std::string found;
  std::string advice;
  // Records are or will be lost, or cannot be written: nothing may run on it. Else it is unwise.
  bool grave = true;
};
// One line.
std::string ToString(const TopicFinding& finding);

// Makes those of the log, and those beside it (inboxes, returned, clock), that are not there, with
// the settings that the log needs, and leaves the others as they are. Returns the names of those it
// made. kUnavailable if no broker answers, kInvalidArgument if the cluster has fewer brokers than
// copies are asked for.
absl::StatusOr<std::vector<std::string>> CreateTopics(const TopicsOptions& options);

// Empty if all is as it must be. The one judgment of topics: refundd does not start on what is
// grave, doctor and `topics check` say all of it.
absl::StatusOr<std::vector<TopicFinding>> CheckTopics(const TopicsOptions& options);

}  // namespace refund::log
