#include "engine/log/kafka_log.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/log/contract.h"
#include "engine/log/kafka_format.h"
#include "engine/log/kafka_parts.h"

namespace refund::log {
namespace {

class KafkaLog : public Log {
 public:
  explicit KafkaLog(std::shared_ptr<KafkaShared> shared) : shared_(std::move(shared)) {}

  absl::StatusOr<std::unique_ptr<Reader>> OpenReader() override { return OpenKafkaReader(shared_); }

  absl::StatusOr<std::unique_ptr<Appender>> OpenAppender() override {
    return OpenKafkaAppender(shared_);
  }

  absl::StatusOr<std::unique_ptr<Committer>> OpenCommitter(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, shared_->partitions));
    return OpenKafkaCommitter(shared_, partition);
  }

  absl::StatusOr<std::unique_ptr<Outputs>> OpenOutputs(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, shared_->partitions));
    return KafkaOutputs::Open(shared_, partition);
  }

  absl::Status IsStillMine(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, shared_->partitions));
    ASSIGN_OR_RETURN(auto outputs, KafkaOutputs::Open(shared_, partition));
    ASSIGN_OR_RETURN(const std::string owner, outputs->ReadOwner());
    if (owner.empty() || owner == Owner()) return absl::OkStatus();
    return Errorf(absl::StatusCode::kAborted, "partition %d was taken over by process %s",
                  partition, owner);
  }

  absl::StatusOr<std::unique_ptr<OutputReader>> FollowOutputs(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, shared_->partitions));
    return OpenKafkaFollower(shared_, partition);
  }

 private:
  std::shared_ptr<KafkaShared> shared_;
};

// All topics are there, with equally many partitions: how many.
absl::StatusOr<uint32_t> CountPartitions(const KafkaLogOptions& options, KafkaAsker& asker) {
  uint32_t partitions = 0;
  for (const std::string& topic : KafkaTopics(options)) {
    const auto described = asker.Describe(topic, options.timeout_ms);
    if (absl::IsNotFound(described.status())) {
      return Errorf(absl::StatusCode::kNotFound,
                    "topic %s: expected it at %s, found none; refundctl topics create makes it",
                    topic, options.brokers);
    }
    RETURN_IF_ERROR(described.status());
    if (partitions == 0) partitions = described->partitions;
    if (described->partitions == partitions) continue;
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "topic %s: expected %d partitions, as %s has, found %d", topic, partitions,
                  EventsTopic(options), described->partitions);
  }
  return partitions;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Log>> OpenKafkaLog(const KafkaLogOptions& options) {
  auto shared = std::make_shared<KafkaShared>();
  shared->options = options;
  ASSIGN_OR_RETURN(shared->client, ClientSettings(options));
  ASSIGN_OR_RETURN(shared->committed,
                   KafkaAsker::Open(AskerSettings(shared->client, options, "read_committed")));
  ASSIGN_OR_RETURN(shared->uncommitted,
                   KafkaAsker::Open(AskerSettings(shared->client, options, "read_uncommitted")));
  ASSIGN_OR_RETURN(shared->partitions, CountPartitions(options, *shared->committed));
  return std::make_unique<KafkaLog>(std::move(shared));
}

namespace {
constexpr std::string_view kScheme = "kafka://";
}  // namespace

bool IsKafkaAddress(const std::string& address) {
  return address.compare(0, kScheme.size(), kScheme) == 0;
}

absl::StatusOr<KafkaLogOptions> ParseKafkaAddress(const std::string& address) {
  KafkaLogOptions options;
  const std::string rest = IsKafkaAddress(address) ? address.substr(kScheme.size()) : "";
  const size_t slash = rest.find('/');
  options.brokers = rest.substr(0, slash);
  if (slash != std::string::npos && slash + 1 < rest.size())
    options.prefix = rest.substr(slash + 1);
  const bool plain = options.prefix.find('/') == std::string::npos;
  if (!options.brokers.empty() && plain) return options;
  return Errorf(absl::StatusCode::kInvalidArgument,
                "expected kafka://host:port[,host:port…][/prefix], found %s", address);
}

}  // namespace refund::log
