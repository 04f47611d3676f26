#include "server/refundd/open_log.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/calendar.h"
#include "engine/base/status.h"
#include "engine/log/kafka_clock.h"
#include "engine/log/kafka_inbox.h"
#include "engine/log/kafka_log.h"
#include "engine/log/kafka_membership.h"
#include "engine/log/segment_log.h"
#include "server/intake/messages.h"

namespace refund::daemon {
namespace {

std::string AsInFile(int64_t ms) {
  if (ms % kSecondMs == 0) return FormatPeriod({ms / kSecondMs, PeriodUnit::kSecond});
  return FormatPeriod({ms, PeriodUnit::kMillisecond});
}

// Says by its key what the brokers do not take, and what to do.
class ConfiguredMember : public log::Membership {
 public:
  ConfiguredMember(std::unique_ptr<log::Membership> member, std::string app, int64_t session_ms)
      : member_(std::move(member)), app_(std::move(app)), session_ms_(session_ms) {}

  absl::Status Poll(int timeout_ms) override {
    const absl::Status polled = member_->Poll(timeout_ms);
    if (absl::IsInvalidArgument(polled)) {
      return Errorf(polled.code(),
                    "lanes.session_timeout = \"%s\": %s: name one from the brokers' "
                    "group.min.session.timeout.ms (6 s by default) to their "
                    "group.max.session.timeout.ms",
                    AsInFile(session_ms_), Message(polled));
    }
    if (absl::IsFailedPrecondition(polled)) {
      return Errorf(polled.code(),
                    "kafka.app = \"%s\": group %s-lanes: %s: let this user and this process into "
                    "that group, or name another app",
                    app_, app_, Message(polled));
    }
    return polled;
  }

 private:
  const std::unique_ptr<log::Membership> member_;
  const std::string app_;
  const int64_t session_ms_;
};

}  // namespace

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

log::ClockOpener ClockOf(const Config& config) {
  if (!config.kafka) return nullptr;
  return [kafka = *config.kafka] { return log::OpenKafkaClock(kafka); };
}

log::MembershipOpener MembershipOf(const Config& config) {
  if (config.assign != Assign::kGroup) return nullptr;
  return
      [kafka = *config.kafka, ms = config.session_timeout_ms](
          log::Membership::OnChange on_change) -> absl::StatusOr<std::unique_ptr<log::Membership>> {
        ASSIGN_OR_RETURN(auto member,
                         log::JoinKafkaGroup(kafka, static_cast<int>(ms), std::move(on_change)));
        return std::make_unique<ConfiguredMember>(std::move(member), kafka.app, ms);
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
