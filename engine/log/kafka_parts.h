// What the Kafka log is made of. Internal to engine/log.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_log.h"
#include "engine/log/kafka_names.h"
#include "engine/log/log.h"

namespace refund::log {

// Records that are asked for at once: what one call holds in memory twice.
inline constexpr size_t kFetchRecords = 256;

// Shared by the log and all that was opened on it, each of which may outlive the others.
struct KafkaShared {
  KafkaLogOptions options;
  KafkaSettings client;
  uint32_t partitions = 0;
  std::unique_ptr<KafkaAsker> committed;    // sees what is committed: up to an open transaction
  std::unique_ptr<KafkaAsker> uncommitted;  // sees all

  // One session at a time of this Log object. Of other processes' it knows nothing.
  std::mutex mutex;
  std::condition_variable session_ended;
  bool in_session = false;

  KafkaPlace Events(uint32_t partition) const { return {EventsTopic(options), partition}; }
  KafkaPlace Outputs(Topic topic, uint32_t partition) const {
    return {OutputTopic(options, topic), partition};
  }
  std::chrono::steady_clock::time_point Deadline() const {
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(options.timeout_ms);
  }
  absl::StatusOr<std::unique_ptr<KafkaFetcher>> OpenFetcher() const {
    return KafkaFetcher::Open(ReaderSettings(client, options));
  }
  absl::StatusOr<KafkaAsker::Ends> AskEnds(const KafkaPlace& place) const {
    return committed->AskEnds(place, options.timeout_ms);
  }
};

absl::StatusOr<std::unique_ptr<Reader>> OpenKafkaReader(const std::shared_ptr<KafkaShared>& shared);

absl::StatusOr<std::unique_ptr<Appender>> OpenKafkaAppender(
    const std::shared_ptr<KafkaShared>& shared);

// What was committed of a partition: C, and the outputs. Fences nobody.
class KafkaOutputs : public Outputs {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaOutputs>> Open(
      const std::shared_ptr<KafkaShared>& shared, uint32_t partition);
  absl::StatusOr<std::optional<Cursor>> ReadCursor() override;
  absl::StatusOr<std::vector<Output>> ReadOutputs(int64_t from_offset) override;
  // Who committed last; empty before anybody has.
  absl::StatusOr<std::string> ReadOwner();

 private:
  KafkaOutputs(std::shared_ptr<KafkaShared> shared, uint32_t partition,
               std::unique_ptr<KafkaFetcher> fetcher);
  absl::StatusOr<std::optional<Cursor>> CursorFromTails();

  const std::shared_ptr<KafkaShared> shared_;
  const uint32_t partition_;
  const std::unique_ptr<KafkaFetcher> fetcher_;
};

// What has been committed since: asked of the broker at every call.
absl::StatusOr<std::unique_ptr<OutputReader>> OpenKafkaFollower(
    const std::shared_ptr<KafkaShared>& shared, uint32_t partition);

// Fences whoever has the partition.
absl::StatusOr<std::unique_ptr<Committer>> OpenKafkaCommitter(
    const std::shared_ptr<KafkaShared>& shared, uint32_t partition);

}  // namespace refund::log
