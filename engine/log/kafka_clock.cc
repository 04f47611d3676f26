#include "engine/log/kafka_clock.h"

#include <string>
#include <utility>

#include "engine/base/status.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_names.h"

namespace refund::log {
namespace {

class KafkaClock : public LogClock {
 public:
  KafkaClock(std::string topic, std::unique_ptr<KafkaProducer> producer)
      : topic_(std::move(topic)), producer_(std::move(producer)) {}

  absl::StatusOr<Instant> Ask() override {
    const auto stamped = producer_->SendStamped({{topic_, 0}, "?", {}});
    RETURN_IF_ERROR(stamped.status());
    if (*stamped) return Instant{**stamped};
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "topic %s: message.timestamp.type: expected LogAppendTime, found CreateTime: "
                  "kafka-configs.sh --alter --topic %s --add-config "
                  "message.timestamp.type=LogAppendTime",
                  topic_, topic_);
  }

 private:
  const std::string topic_;
  const std::unique_ptr<KafkaProducer> producer_;
};

// A producer would wait for it to come, and then say that nobody answered.
absl::Status CheckIsThere(const std::string& topic, const KafkaSettings& client,
                          const KafkaLogOptions& options) {
  ASSIGN_OR_RETURN(const auto asker,
                   KafkaAsker::Open(AskerSettings(client, options, "read_committed")));
  const absl::Status described = asker->Describe(topic, options.timeout_ms).status();
  if (!absl::IsNotFound(described)) return described;
  return Errorf(absl::StatusCode::kNotFound,
                "topic %s: expected it, to ask the brokers for the time, found none; refundctl "
                "topics create makes it",
                topic);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogClock>> OpenKafkaClock(const KafkaLogOptions& options) {
  ASSIGN_OR_RETURN(const KafkaSettings client, ClientSettings(options));
  RETURN_IF_ERROR(CheckIsThere(ClockTopic(options), client, options));
  ASSIGN_OR_RETURN(auto producer, KafkaProducer::Open(AppenderSettings(client, options)));
  RETURN_IF_ERROR(producer->Locate({ClockTopic(options)}, options.timeout_ms));
  return std::make_unique<KafkaClock>(ClockTopic(options), std::move(producer));
}

}  // namespace refund::log
