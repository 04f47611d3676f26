// The log on a real Kafka, put to the conformance suite.
#include "tests/log/kafka_testing.h"
#include "tests/log/log_conformance.h"

namespace refund::log {
namespace {

Kind Kafka() {
  const auto make = [](const auto&) -> std::unique_ptr<Log> {
    if (!Broker::Instance().IsThere()) return nullptr;
    return Get(OpenKafkaLog(NewTopics(kPartitions)));
  };
  return {"Kafka", make, /*exclusive=*/false};
}

INSTANTIATE_TEST_SUITE_P(Logs, LogConformanceTest, testing::Values(Kafka()), NameOfKind);

}  // namespace
}  // namespace refund::log
