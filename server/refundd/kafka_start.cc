#include "server/refundd/kafka_start.h"

#include <vector>

#include "engine/base/status.h"
#include "engine/log/kafka_topics.h"
#include "server/refundd/journal.h"
#include "server/refundd/open_log.h"
#include "server/refundd/standing.h"

namespace refund::daemon {
namespace {

std::string ToDo(const absl::Status& status) {
  if (absl::IsNotFound(status)) {
    return "correct kafka.prefix or kafka.brokers, or make them: refundctl topics create, then "
           "refundctl init";
  }
  if (absl::IsInvalidArgument(status)) return "correct or remove it";
  if (absl::IsPermissionDenied(status)) {
    return "correct security.protocol, sasl.mechanism, sasl.username and sasl.password there";
  }
  if (absl::IsFailedPrecondition(status)) {
    return "name the prefix of a log that is whole, or let this user in";
  }
  if (absl::IsUnavailable(status)) return "correct the addresses, or start the brokers";
  return "nothing has been changed; docs/formats/topics.md says what must be there";
}

// Whether it is a topic beside the log that this process needs and does not find.
bool IsMissed(const log::TopicFinding& finding, const Config& config) {
  if (finding.key != "topic" || !config.has_intake()) return false;
  const std::string& prefix = config.kafka->prefix;
  return finding.topic == prefix + ".returned" || finding.topic == prefix + ".clock" ||
         config.inboxes.contains(finding.topic);
}

std::optional<Lack> FindInTopics(const Config& config) {
  log::TopicsOptions options;
  options.log = *config.kafka;
  const auto findings = log::CheckTopics(options);
  if (!findings.ok()) {
    Note(LogLevel::kWarning, "topics not checked", {{"error", Message(findings.status())}});
    return std::nullopt;
  }
  for (const log::TopicFinding& each : *findings) {
    if (!each.grave && !IsMissed(each, config)) continue;
    return Lack{each.key == "topic" ? kExitLogUnreachable : kExitRefusedForSafety,
                "kafka.prefix = \"" + config.kafka->prefix + "\": topic " + each.topic,
                each.key + ": expected " + each.expected + ", found " + each.found, each.advice};
  }
  return std::nullopt;
}

std::optional<Lack> FindInInboxes(const Config& config) {
  const absl::Status opened = InboxOf(config)().status();
  if (opened.ok()) return std::nullopt;
  return Lack{ExitAtStart(opened), "kafka.inboxes", Message(opened),
              absl::IsNotFound(opened) ? "name topics that are there, or make it"
                                       : "nothing has been changed"};
}

}  // namespace

Lack LackOfKafka(const Config& config, const absl::Status& status) {
  const bool in_settings = absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status);
  const std::string key = in_settings ? "kafka.settings, " : "";
  return {ExitAtStart(status), key + config.log_key(), Message(status), ToDo(status)};
}

std::optional<Lack> FindLackOfKafka(const Config& config) {
  if (std::optional<Lack> lack = FindInTopics(config)) return lack;
  return config.has_intake() ? FindInInboxes(config) : std::nullopt;
}

}  // namespace refund::daemon
