// A log by its address: a directory, or kafka://host:port/prefix. A new one gets LogOpened in every
// partition, and the packs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/log/log.h"
#include "tools/packc/packc.h"

namespace refund::tools {

// kNotFound if there is no log; over Kafka, no topics, or none that InitLog has seen.
absl::StatusOr<std::unique_ptr<log::Log>> OpenLogAt(const std::string& address);

// Asked before anything is stamped by this machine's clock: kFailedPrecondition if it is ahead of
// the brokers', over Kafka.
absl::Status CheckClockAt(const std::string& address);

// Returns how many partitions it has. A directory is made beside and renamed, so that a crash
// leaves no half-made log: kFailedPrecondition if it is there and not empty. Topics must be there,
// with as many partitions as they like, and no record: kNotFound, kFailedPrecondition.
absl::StatusOr<uint32_t> InitLog(const std::string& address, uint32_t partitions, Instant at,
                                 const std::vector<packc::Compiled>& packs);

}  // namespace refund::tools
