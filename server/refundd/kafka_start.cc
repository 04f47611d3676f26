#include "server/refundd/kafka_start.h"

#include <vector>

#include "engine/base/status.h"
#include "engine/log/kafka_topics.h"
#include "server/refundd/journal.h"
#include "server/refundd/open_log.h"

namespace refund::daemon {
namespace {

ExitCode ExitOf(const absl::Status& status) {
  const bool is_configuration = absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status);
  return is_configuration ? kExitBadPolicy : ExitCodeOf(status);
}

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

// Whether the topic is one that this process needs.
bool IsNeeded(const log::TopicFinding& finding, const Config& config) {
  if (finding.key != "topic") return true;
  const bool is_returned = finding.topic == config.kafka->prefix + ".returned";
  return config.has_intake() && (is_returned || config.inboxes.contains(finding.topic));
}

std::optional<Lack> FindInTopics(const Config& config) {
  log::TopicsOptions options;
  options.log = *config.kafka;
  options.replication = 1;  // how many copies there are to be is the operator's affair
  const auto findings = log::CheckTopics(options);
  if (!findings.ok()) {
    Note(LogLevel::kWarning, "topics not checked", {{"error", Message(findings.status())}});
    return std::nullopt;
  }
  for (const log::TopicFinding& each : *findings) {
    if (!IsNeeded(each, config)) continue;
    return Lack{each.key == "topic" ? kExitLogUnreachable : kExitRefusedForSafety,
                "kafka.prefix = \"" + config.kafka->prefix + "\": topic " + each.topic,
                each.key + ": expected " + each.expected + ", found " + each.found, each.advice};
  }
  return std::nullopt;
}

std::optional<Lack> FindInInboxes(const Config& config) {
  const absl::Status opened = InboxOf(config)().status();
  if (opened.ok()) return std::nullopt;
  return Lack{ExitOf(opened), "kafka.inboxes", Message(opened),
              absl::IsNotFound(opened) ? "name topics that are there, or make it"
                                       : "nothing has been changed"};
}

}  // namespace

Lack LackOfKafka(const Config& config, const absl::Status& status) {
  const bool in_settings = absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status);
  const std::string key = in_settings ? "kafka.settings, " : "";
  return {ExitOf(status), key + config.log_key(), Message(status), ToDo(status)};
}

std::optional<Lack> FindLackOfKafka(const Config& config) {
  if (std::optional<Lack> lack = FindInTopics(config)) return lack;
  return config.has_intake() ? FindInInboxes(config) : std::nullopt;
}

}  // namespace refund::daemon
