// The log on Apache Kafka: five topics of N partitions each, the first written by intake alone, the
// others by the committers of its partitions (docs/formats/topics.md). Only here, and beside it in
// kafka_topics and kafka_client, does anything know of Kafka.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/log.h"

namespace refund::log {

struct KafkaLogOptions {
  std::string brokers;            // host:port, host:port…
  std::string prefix = "refund";  // of the topics' names
  std::string app = "refund";  // the consumer group of C, and the first part of transactional ids
  // security.protocol, sasl.*, ssl.*, socket.*, client.*: as librdkafka names them. What the log
  // depends on is pinned, and cannot be set: kInvalidArgument.
  std::map<std::string, std::string> settings;
  size_t record_bytes_max = 8 << 20;  // of an event or an output, before its headers
  // Of each partition that is read, prefetched: more than a second of reading, or the client stalls
  // for a second at a time.
  int fetch_queue_kbytes = 64 << 10;
  int timeout_ms = 30'000;              // the most that a call waits for a broker's answer
  int transaction_timeout_ms = 60'000;  // the most that a commit may take
  bool operator==(const KafkaLogOptions&) const = default;
};

// kUnavailable if no broker answers in time, kNotFound if a topic is not there, kFailedPrecondition
// if they do not have equally many partitions or access is forbidden.
//
// Its appenders are not exclusive() over Log objects. Its readers stop with kDataLoss where an
// offset is missing or retention has removed what is asked for.
absl::StatusOr<std::unique_ptr<Log>> OpenKafkaLog(const KafkaLogOptions& options);

// Those that nobody but this engine writes to: the log's, what intake has returned, and the clock.
std::vector<std::string> OwnTopics(const KafkaLogOptions& options);

// "kafka://host:port,host:port/prefix"; the prefix may be left out. False if it does not begin so.
bool IsKafkaAddress(const std::string& address);
absl::StatusOr<KafkaLogOptions> ParseKafkaAddress(const std::string& address);

}  // namespace refund::log
