#include "engine/log/kafka_topics.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/log/frame.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_names.h"

namespace refund::log {
namespace {

// A setting that every topic must have, and why.
struct Wanted {
  std::string key;
  std::string value;
  bool at_least = false;  // a number that may be greater
  std::string why;
  bool grave = true;
};

std::vector<Wanted> WantedOf(const TopicsOptions& options) {
  return {
      {"cleanup.policy", "delete", false, "compaction removes records that have a successor"},
      {"retention.ms", "-1", false,
       "the log is kept for ever; the default removes it after 7 days"},
      {"retention.bytes", "-1", false, "the log is kept for ever"},
      {"message.timestamp.type", "LogAppendTime", false,
       "records of the past would be taken for old ones, and removed"},
      {"max.message.bytes", std::to_string(BatchBytesMax(options.log)), true,
       "what intake accepts, the broker must accept"},
      {"min.insync.replicas", std::to_string(std::min(2, options.replication)), true,
       "what was acknowledged must survive the loss of a broker", false},
      {"unclean.leader.election.enable", "false", false,
       "a copy that lags may not become the log: it rewrites offsets"},
  };
}

KafkaSettings ClockSettings() {
  return {{"cleanup.policy", "delete"},
          {"retention.ms", std::to_string(3600 * 1000)},
          {"message.timestamp.type", "LogAppendTime"}};
}

// What was taken, or returned, need not stay; what was not taken must outlast any outage of intake.
KafkaSettings InboxSettings(const TopicsOptions& options) {
  constexpr int64_t kThirtyDaysMs = int64_t{30} * 24 * 3600 * 1000;
  return {{"cleanup.policy", "delete"},
          {"retention.ms", std::to_string(kThirtyDaysMs)},
          {"message.timestamp.type", "LogAppendTime"},
          {"max.message.bytes", std::to_string(BatchBytesMax(options.log))}};
}

bool IsAsWanted(const Wanted& wanted, const std::string& found) {
  if (!wanted.at_least) return found == wanted.value;
  int64_t least = 0;
  int64_t value = 0;
  return absl::SimpleAtoi(wanted.value, &least) && absl::SimpleAtoi(found, &value) &&
         value >= least;
}

class Checking {
 public:
  Checking(const TopicsOptions& options, KafkaAsker& asker, KafkaAdmin& admin)
      : options_(options), asker_(asker), admin_(admin), partitions_(options.partitions) {}

  absl::StatusOr<std::vector<TopicFinding>> Run() {
    for (const std::string& topic : KafkaTopics(options_.log)) RETURN_IF_ERROR(Check(topic));
    for (const std::string& topic : InboxTopics(options_.log)) RETURN_IF_ERROR(CheckIsThere(topic));
    RETURN_IF_ERROR(CheckIsThere(ClockTopic(options_.log)));
    return std::move(findings_);
  }

 private:
  // Beside the log: whether it is needed, only who would use it knows.
  absl::Status CheckIsThere(const std::string& topic) {
    const auto described = asker_.Describe(topic, options_.log.timeout_ms);
    if (!absl::IsNotFound(described.status())) return described.status();
    findings_.push_back({topic, "topic", "one", "none", "run refundctl topics create", false});
    return absl::OkStatus();
  }

  absl::Status Check(const std::string& topic) {
    const auto described = asker_.Describe(topic, options_.log.timeout_ms);
    if (absl::IsNotFound(described.status())) {
      findings_.push_back({topic, "topic", "one", "none", "run refundctl topics create"});
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(described.status());
    CheckCounts(topic, *described);
    ASSIGN_OR_RETURN(KafkaSettings settings, admin_.ReadSettings(topic, options_.log.timeout_ms));
    for (const Wanted& wanted : WantedOf(options_)) {
      const std::string& found = settings[wanted.key];
      if (IsAsWanted(wanted, found)) continue;
      findings_.push_back(
          {topic, wanted.key, (wanted.at_least ? "at least " : "") + wanted.value, found,
           absl::StrFormat("%s: kafka-configs.sh --alter --topic %s --add-config %s=%s", wanted.why,
                           topic, wanted.key, wanted.value),
           wanted.grave});
    }
    return absl::OkStatus();
  }

  void CheckCounts(const std::string& topic, const KafkaAsker::Topic& described) {
    if (partitions_ == 0) partitions_ = described.partitions;
    if (described.partitions != partitions_) {
      findings_.push_back({topic, "partitions", std::to_string(partitions_),
                           std::to_string(described.partitions),
                           "outputs go to their cause's partition number, and adding partitions "
                           "moves keys: make the topics anew, under another prefix"});
    }
    if (described.replicas < static_cast<uint32_t>(options_.replication)) {
      findings_.push_back({topic, "replication", "at least " + std::to_string(options_.replication),
                           std::to_string(described.replicas),
                           "a lost disk is a lost log: kafka-reassign-partitions.sh adds copies; "
                           "or say --replication for what you mean to have",
                           false});
    }
  }

  const TopicsOptions& options_;
  KafkaAsker& asker_;
  KafkaAdmin& admin_;
  uint32_t partitions_;
  std::vector<TopicFinding> findings_;
};

// The controller has made it before every broker knows of it, with its settings; one under load
// takes its time.
absl::Status WaitFor(const std::string& topic, const TopicsOptions& options, KafkaAsker& asker,
                     KafkaAdmin& admin) {
  constexpr int kLeastPatienceMs = 60'000;
  const int patience_ms = std::max(options.log.timeout_ms, kLeastPatienceMs);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  for (;;) {
    const auto found = asker.Describe(topic, options.log.timeout_ms);
    const bool whole = found.ok() && found->partitions == options.partitions;
    absl::Status status = found.status();
    if (whole) status = admin.ReadSettings(topic, options.log.timeout_ms).status();
    const bool known = whole && status.ok();
    if (known || std::chrono::steady_clock::now() > deadline) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace

std::string ToString(const TopicFinding& finding) {
  return absl::StrFormat("%s: %s: expected %s, found %s; %s", finding.topic, finding.key,
                         finding.expected, finding.found, finding.advice);
}

absl::StatusOr<std::vector<std::string>> CreateTopics(const TopicsOptions& options) {
  if (options.partitions == 0 || options.partitions > kPartitionsMax) {
    return Errorf(absl::StatusCode::kInvalidArgument, "partitions: expected 1 to %d, found %d",
                  kPartitionsMax, options.partitions);
  }
  ASSIGN_OR_RETURN(const KafkaSettings client, ClientSettings(options.log));
  ASSIGN_OR_RETURN(const auto admin, KafkaAdmin::Open(client));
  KafkaSettings settings;
  for (const Wanted& wanted : WantedOf(options)) settings[wanted.key] = wanted.value;
  std::vector<std::pair<std::string, KafkaSettings>> wanted;
  for (std::string& each : KafkaTopics(options.log)) wanted.emplace_back(std::move(each), settings);
  for (std::string& each : InboxTopics(options.log)) {
    wanted.emplace_back(std::move(each), InboxSettings(options));
  }
  wanted.emplace_back(ClockTopic(options.log), ClockSettings());
  std::vector<std::string> made;
  for (const auto& [topic, its] : wanted) {
    const absl::Status created = admin->CreateTopic(topic, options.partitions, options.replication,
                                                    its, options.log.timeout_ms);
    if (absl::IsAlreadyExists(created)) continue;
    RETURN_IF_ERROR(created);
    made.push_back(topic);
  }
  ASSIGN_OR_RETURN(const auto asker, KafkaAsker::Open(client));
  for (const std::string& topic : made) RETURN_IF_ERROR(WaitFor(topic, options, *asker, *admin));
  return made;
}

absl::StatusOr<std::vector<TopicFinding>> CheckTopics(const TopicsOptions& options) {
  ASSIGN_OR_RETURN(const KafkaSettings client, ClientSettings(options.log));
  ASSIGN_OR_RETURN(const auto asker, KafkaAsker::Open(client));
  ASSIGN_OR_RETURN(const auto admin, KafkaAdmin::Open(client));
  return Checking(options, *asker, *admin).Run();
}

}  // namespace refund::log
