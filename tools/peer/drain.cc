#include "tools/peer/drain.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "engine/base/status.h"

namespace refund::peer {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTimeoutMs = 30'000;
constexpr size_t kAtOnce = 4096;

template <auto kFree>
struct Freeing {
  template <class T>
  void operator()(T* it) const {
    kFree(it);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Freeing<kFree>>;
using Consumer = Owned<rd_kafka_t, rd_kafka_destroy>;
using List = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;

// As the lanes read (engine/log/kafka_names.cc), and as large a queue as the prototype's consumer
// had: a smaller one makes librdkafka 2.0.2 stall for a second at a time.
constexpr std::array<std::pair<const char*, const char*>, 9> kSettings = {{
    {"group.id", "peer-drain"},
    {"isolation.level", "read_committed"},
    {"check.crcs", "true"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"enable.partition.eof", "true"},
    {"fetch.wait.max.ms", "50"},
    {"queued.min.messages", "500000"},
    {"queued.max.messages.kbytes", "262144"},
}};

absl::Status Failed(const std::string& what, const char* why) {
  return absl::UnavailableError(Abs(what + ": " + why));
}

absl::StatusOr<Consumer> OpenConsumer(const std::string& brokers) {
  std::array<char, 512> error{};
  Owned<rd_kafka_conf_t, rd_kafka_conf_destroy> conf(rd_kafka_conf_new());
  std::vector<std::pair<const char*, const char*>> all(kSettings.begin(), kSettings.end());
  all.emplace_back("bootstrap.servers", brokers.c_str());
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(conf.get(), name, value, error.data(), error.size()) !=
        RD_KAFKA_CONF_OK) {
      return Failed(name, error.data());
    }
  }
  Consumer consumer(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), error.data(), error.size()));
  if (consumer == nullptr) return Failed(brokers, error.data());
  (void)conf.release();  // it is the consumer's now
  rd_kafka_poll_set_consumer(consumer.get());
  return consumer;
}

absl::StatusOr<int> PartitionsOf(rd_kafka_t* consumer, const std::string& topic) {
  rd_kafka_topic_t* const named = rd_kafka_topic_new(consumer, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(consumer, /*all_topics=*/0, named, &metadata, kTimeoutMs);
  rd_kafka_topic_destroy(named);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Failed(topic, rd_kafka_err2str(error));
  const int count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(metadata);
  return count;
}

absl::Status AssignAll(rd_kafka_t* consumer, const std::string& topic, int partitions) {
  const List list(rd_kafka_topic_partition_list_new(partitions));
  for (int p = 0; p < partitions; ++p) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  const rd_kafka_resp_err_t error = rd_kafka_assign(consumer, list.get());
  return error == RD_KAFKA_RESP_ERR_NO_ERROR ? absl::OkStatus()
                                             : Failed(topic, rd_kafka_err2str(error));
}

// What came of one message; `open` counts the partitions that have not ended.
absl::Status Count(const rd_kafka_message_t& message, Drained& drained, int& open) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    --open;
    return absl::OkStatus();
  }
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Failed("reading", rd_kafka_message_errstr(&message));
  }
  if (drained.records++ == 0) {
    std::printf("begun\n");
    std::fflush(stdout);
  }
  drained.bytes += static_cast<int64_t>(message.len);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Drained> Drain(const std::string& brokers, const std::string& topic) {
  ASSIGN_OR_RETURN(const Consumer consumer, OpenConsumer(brokers));
  ASSIGN_OR_RETURN(int open, PartitionsOf(consumer.get(), topic));
  RETURN_IF_ERROR(AssignAll(consumer.get(), topic, open));
  const Queue queue(rd_kafka_queue_get_consumer(consumer.get()));
  std::vector<rd_kafka_message_t*> found(kAtOnce);
  Drained drained;
  absl::Status status;
  Clock::time_point begun = Clock::now();
  while (open > 0 && status.ok()) {
    const ssize_t count = rd_kafka_consume_batch_queue(queue.get(), 5, found.data(), found.size());
    if (drained.records == 0) begun = Clock::now();
    for (ssize_t i = 0; i < count; ++i) {
      rd_kafka_message_t* const each = found[static_cast<size_t>(i)];
      if (status.ok()) status = Count(*each, drained, open);
      rd_kafka_message_destroy(each);
    }
  }
  if (!status.ok()) return status;
  drained.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  return drained;
}

}  // namespace refund::peer
