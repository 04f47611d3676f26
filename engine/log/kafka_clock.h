// The brokers' clock: Kafka tells it nobody, but stamps what it appends. So each question is a
// record of <prefix>.clock, which is soon forgotten.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/log/kafka_log.h"
#include "engine/log/log_clock.h"

namespace refund::log {

// kNotFound if there is no such topic. Errors of Ask(): kFailedPrecondition (it has the stamps of
// producers), kUnavailable.
absl::StatusOr<std::unique_ptr<LogClock>> OpenKafkaClock(const KafkaLogOptions& options);

}  // namespace refund::log
