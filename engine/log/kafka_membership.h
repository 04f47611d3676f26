// Membership as a consumer group of Kafka's, <app>-lanes on the events topic: cooperative-sticky,
// so that partitions which stay do not stop.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/log/kafka_log.h"
#include "engine/log/membership.h"

namespace refund::log {

// A member that says nothing for so long is dead to the others.
absl::StatusOr<std::unique_ptr<Membership>> JoinKafkaGroup(const KafkaLogOptions& options,
                                                           int session_timeout_ms,
                                                           Membership::OnChange on_change);

}  // namespace refund::log
