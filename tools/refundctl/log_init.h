// A log by its address: a directory, or topics. A new one gets LogOpened in every partition, and
// the packs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/log/kafka_log.h"
#include "engine/log/log.h"
#include "tools/packc/packc.h"

namespace refund::tools {

struct LogAddress {
  LogAddress() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a directory is one.
  LogAddress(std::string its_directory) : directory(std::move(its_directory)) {}
  explicit LogAddress(log::KafkaLogOptions its_kafka) : kafka(std::move(its_kafka)) {}

  bool empty() const { return directory.empty() && !kafka; }
  std::string name() const;  // for people: the directory, or kafka://host:port/prefix

  std::string directory;  // empty over Kafka
  std::optional<log::KafkaLogOptions> kafka;
};

// kNotFound if there is no log; over Kafka, no topics, or none that InitLog has seen, and
// kFailedPrecondition if they have other partitions than it saw.
absl::StatusOr<std::unique_ptr<log::Log>> OpenLogAt(const LogAddress& address);

// Asked before anything is stamped by this machine's clock: kFailedPrecondition if it is ahead of
// the brokers', over Kafka.
absl::Status CheckClockAt(const LogAddress& address);

// What to stamp: the time that the flag --at names or, where it is empty, this machine's.
absl::StatusOr<Instant> StampFor(const LogAddress& address, const std::string& at);

// Returns how many partitions it has. A directory is made beside and renamed, so that a crash
// leaves no half-made log: kFailedPrecondition if it is there and not empty. Topics must be there,
// with as many partitions as they like, and no record: kNotFound, kFailedPrecondition.
absl::StatusOr<uint32_t> InitLog(const LogAddress& address, uint32_t partitions, Instant at,
                                 const std::vector<packc::Compiled>& packs);

}  // namespace refund::tools
