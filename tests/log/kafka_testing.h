// A real broker for the tests of one binary (tools/kafka/broker), started when the first test wants
// it and gone with the last; and topics of its own for every log. Without Java or the jars the
// tests are skipped and say so; with CI=1 or REFUND_REQUIRE_KAFKA=1 that is a failure.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "engine/log/kafka_log.h"
#include "engine/log/kafka_topics.h"
#include "tests/log/log_testing.h"

namespace refund::log {

class Broker {
 public:
  static Broker& Instance() {
    static Broker broker;
    return broker;
  }
  ~Broker() { Run("kill"); }

  const std::string& address() const { return address_; }

  // False if there is none: then the test skips, or fails if Kafka is required here.
  bool IsThere() const {
    if (!address_.empty()) return true;
    std::printf("SKIPPED: no Kafka: %s\n", why_not_.c_str());
    const bool required =
        std::getenv("CI") != nullptr || std::getenv("REFUND_REQUIRE_KAFKA") != nullptr;
    EXPECT_FALSE(required) << "Kafka is required here: " << why_not_;
    return false;
  }

  void Stop() { EXPECT_EQ(Run("stop").code, 0); }
  void Kill() { EXPECT_EQ(Run("kill").code, 0); }
  void Start() { EXPECT_EQ(Run("start").code, 0); }

 private:
  struct Result {
    int code = 0;
    std::string out;
  };

  Broker() {
    const Result started = Run("start");
    (started.code == 0 ? address_ : why_not_) = started.out;
  }

  Result Run(const std::string& verb) {
    const std::string command = std::string(REFUND_SOURCE_DIR "/tools/kafka/broker ") + verb +
                                " '" + (directory_ / "k") + "' 2>&1";
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    std::string out;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
    if (!out.empty() && out.back() == '\n') out.pop_back();
    return {::pclose(pipe), out};
  }

  TemporaryDirectory directory_;
  std::string address_;
  std::string why_not_;
};

inline KafkaLogOptions OptionsFor(const std::string& prefix) {
  KafkaLogOptions options;
  options.brokers = Broker::Instance().address();
  options.prefix = prefix;
  return options;
}

// A prefix that no other test uses.
inline std::string NewPrefix() {
  static int count = 0;
  return "t" + std::to_string(++count);
}

inline TopicsOptions TopicsFor(const KafkaLogOptions& options, uint32_t partitions) {
  return {.log = options, .partitions = partitions, .replication = 1};
}

// Topics with that many partitions: what to open them by.
inline KafkaLogOptions NewTopics(uint32_t partitions) {
  KafkaLogOptions options = OptionsFor(NewPrefix());
  EXPECT_THAT(CreateTopics(TopicsFor(options, partitions)), IsOk());
  return options;
}

}  // namespace refund::log
