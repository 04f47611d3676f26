// Inboxes on Kafka: any topics, whatever their number of partitions, their compression and the
// partitioners of those who write. How far they are taken is the offset of the group <app>-intake,
// which has no members: several intakes do no harm, since what is taken twice is absorbed by its
// id.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/log/inbox.h"
#include "engine/log/kafka_log.h"

namespace refund::log {

// Of these options: brokers, app, settings, sizes and time-outs; and the prefix for the topic that
// takes what is returned, <prefix>.returned. A topic that was never taken from begins at its first
// message. kNotFound if a topic is not there.
absl::StatusOr<std::unique_ptr<Inbox>> OpenKafkaInbox(const KafkaLogOptions& options,
                                                      const std::vector<std::string>& topics);

}  // namespace refund::log
