#include "server/refundd/open_log.h"

#include <utility>
#include <vector>

#include "engine/log/kafka_inbox.h"
#include "engine/log/kafka_log.h"
#include "engine/log/kafka_membership.h"
#include "engine/log/segment_log.h"
#include "server/intake/messages.h"

namespace refund::daemon {

absl::StatusOr<std::unique_ptr<log::Log>> OpenLog(const Config& config) {
  if (config.kafka) return log::OpenKafkaLog(*config.kafka);
  return log::OpenSegmentLog(config.log_directory);
}

InboxOpener InboxOf(const Config& config) {
  if (!config.kafka) return nullptr;
  return [kafka = *config.kafka, inboxes = config.inboxes] {
    std::vector<std::string> topics;
    for (const auto& [topic, principal] : inboxes) topics.push_back(topic);
    return log::OpenKafkaInbox(kafka, topics);
  };
}

log::MembershipOpener MembershipOf(const Config& config) {
  if (config.assign != Assign::kGroup) return nullptr;
  return
      [kafka = *config.kafka, ms = config.session_timeout_ms](log::Membership::OnChange on_change) {
        return log::JoinKafkaGroup(kafka, static_cast<int>(ms), std::move(on_change));
      };
}

std::string MessageCursorPath(const Config& config) {
  return config.kafka ? "" : intake::MessageCursorPath(config.log_directory);
}

// Intakes over Kafka do no harm to each other.
std::string IntakeLockPath(const Config& config) {
  return config.kafka ? "" : config.log_directory;
}

}  // namespace refund::daemon
