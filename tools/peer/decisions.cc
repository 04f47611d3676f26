#include "tools/peer/decisions.h"

#include <cstring>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/base/sha256.h"
#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "engine/log/kafka_client.h"

namespace refund::peer {
namespace {

constexpr int kTimeoutMs = 30'000;
constexpr size_t kAtOnce = 4096;

struct OneStep {
  uint64_t sequence = 0;
  bool by_record = false;
  int64_t decisions = 0;
  Digest hash;
};

// By order, as they lie on the topic.
using Steps = absl::flat_hash_map<std::string, std::vector<OneStep>>;

log::KafkaSettings Settings(const std::string& brokers) {
  return {{"bootstrap.servers", brokers},        {"group.id", "peer-decisions"},
          {"isolation.level", "read_committed"}, {"check.crcs", "true"},
          {"auto.offset.reset", "error"},        {"enable.auto.commit", "false"},
          {"enable.partition.eof", "true"}};
}

absl::Status Add(ByteView bytes, Steps& steps) {
  ASSIGN_OR_RETURN(const Step step, codec::DecodeStep(bytes));
  steps[step.key].push_back({step.sequence, !step.cause.IsDeadline(),
                             static_cast<int64_t>(step.decisions.size()), Sha256(bytes)});
  return absl::OkStatus();
}

absl::Status ReadPartition(log::KafkaFetcher& fetcher, const log::KafkaPlace& place, Steps& steps) {
  RETURN_IF_ERROR(fetcher.Start(place, 0));
  while (true) {
    ASSIGN_OR_RETURN(const log::KafkaFetched fetched, fetcher.Fetch(place, kAtOnce, 100));
    for (const log::KafkaMessage& message : fetched.messages) {
      RETURN_IF_ERROR(Annotate(Add(message.bytes, steps), ToString(place)));
    }
    if (fetched.end) break;
  }
  fetcher.Stop(place);
  return absl::OkStatus();
}

// How many of the order's steps count: those up to its last record.
size_t UpToLastRecord(const std::vector<OneStep>& steps) {
  size_t count = steps.size();
  while (count > 0 && !steps[count - 1].by_record) --count;
  return count;
}

void Add(const Digest& hash, Decided::Sum& to) {
  Decided::Sum words{};
  static_assert(sizeof words == sizeof hash.bytes);
  std::memcpy(words.data(), hash.bytes.data(), sizeof words);
  for (size_t i = 0; i < words.size(); ++i) to[i] += words[i];
}

void Add(const OneStep& step, Decided& to) {
  ++to.steps;
  to.by_record += step.by_record ? 1 : 0;
  to.decisions += step.decisions;
  Add(step.hash, to.hash);
}

Decided Sum(const Steps& all) {
  Decided decided;
  decided.orders = static_cast<int64_t>(all.size());
  for (const auto& [key, steps] : all) {
    decided.all_steps += static_cast<int64_t>(steps.size());
    for (size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].sequence != i + 1) ++decided.twice_or_missing;
    }
    const size_t count = UpToLastRecord(steps);
    for (size_t i = 0; i < count; ++i) Add(steps[i], decided);
  }
  return decided;
}

}  // namespace

absl::StatusOr<Decided> ReadDecisions(const std::string& brokers, const std::string& topic) {
  ASSIGN_OR_RETURN(const auto asker, log::KafkaAsker::Open(Settings(brokers)));
  ASSIGN_OR_RETURN(const log::KafkaAsker::Topic found, asker->Describe(topic, kTimeoutMs));
  ASSIGN_OR_RETURN(const auto fetcher, log::KafkaFetcher::Open(Settings(brokers)));
  Steps steps;
  for (uint32_t p = 0; p < found.partitions; ++p) {
    RETURN_IF_ERROR(ReadPartition(*fetcher, {topic, p}, steps));
  }
  return Sum(steps);
}

}  // namespace refund::peer
