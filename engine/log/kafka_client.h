// librdkafka as plain values: the five kinds of handles that the Kafka log needs, each with the few
// calls that it makes. Internal to engine/log; kafka_client.cc alone includes rdkafka.h. What the
// calls mean together stands in kafka_format.h, every setting that is pinned in kafka_names.cc.
//
// Errors: kAborted (fenced: another producer has the transactional id), kNotFound (no such topic),
// kFailedPrecondition (access is forbidden), kPermissionDenied (credentials are wrong),
// kInvalidArgument (too large, or a setting that librdkafka does not know), kDataLoss (a checksum),
// kUnavailable (the rest, time-outs included).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/log/membership.h"

namespace refund::log {

using KafkaSettings = std::map<std::string, std::string>;
using KafkaHeaders = std::vector<std::pair<std::string, std::string>>;

// One partition of a topic.
struct KafkaPlace {
  std::string topic;
  uint32_t partition = 0;
  auto operator<=>(const KafkaPlace&) const = default;
};
std::string ToString(const KafkaPlace& place);  // "refund.events partition 3"

struct KafkaRecord {
  KafkaPlace place;
  ByteView bytes;  // whoever made the record keeps them alive
  KafkaHeaders headers;
};

class KafkaHandle;     // an rd_kafka_t
struct KafkaDelivery;  // where the report of one record goes

// Of a group, to move with a transaction.
struct KafkaOffset {
  std::string group;
  KafkaPlace place;
  int64_t next = 0;
  std::string metadata;
};

// Writes. One thread.
class KafkaProducer {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaProducer>> Open(const KafkaSettings& settings);
  ~KafkaProducer();

  // Asks where they lie. A topic's first record waits for that otherwise, and librdkafka looks
  // whether it has come once a second.
  absl::Status Locate(const std::vector<std::string>& topics, int timeout_ms);

  // Waits until all are delivered: their offsets, in order. After an error any part may be there,
  // and the producer is of no further use.
  absl::StatusOr<std::vector<int64_t>> Send(const std::vector<KafkaRecord>& records);

  // Sends one, and says when the broker appended it, by its own clock, in milliseconds. Absent
  // where the topic has the stamps of producers.
  absl::StatusOr<std::optional<int64_t>> SendStamped(const KafkaRecord& record);

  // The rest for producers with a transactional.id. After an error of any of them the producer is
  // of no further use, and its transaction is ended by the next one's InitTransactions: nothing is
  // ever aborted on a handle (librdkafka 4849).
  absl::Status InitTransactions(int timeout_ms);
  absl::Status BeginTransaction();
  // As Send; the offset is asked for while the records are on their way.
  absl::Status SendWithOffset(const std::vector<KafkaRecord>& records, const KafkaOffset& offset);
  absl::Status CommitTransaction();

 private:
  explicit KafkaProducer(std::unique_ptr<KafkaHandle> handle);
  absl::Status Enqueue(const KafkaRecord& record, KafkaDelivery* delivery);
  absl::Status Deliver(const std::vector<KafkaRecord>& records,
                       std::vector<KafkaDelivery>& deliveries,
                       const std::function<absl::Status()>& meanwhile = {});
  absl::Status MoveOffset(const KafkaOffset& offset);
  std::unique_ptr<KafkaHandle> handle_;
};

struct KafkaMessage {
  int64_t offset = 0;
  std::string bytes;
  KafkaHeaders headers;
  // The first header of that name; null if there is none.
  const std::string* Header(std::string_view name) const;
};

struct KafkaFetched {
  std::vector<KafkaMessage> messages;
  // The partition ended there when it was asked last, all messages before it having been returned.
  std::optional<int64_t> end;
  // What was asked for lies before the first offset, or past the end.
  bool out_of_range = false;
};

// Reads partitions from explicit offsets on. It belongs to no group and commits nothing. One
// thread.
class KafkaFetcher {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaFetcher>> Open(const KafkaSettings& settings);
  ~KafkaFetcher();

  // Again is allowed: what was fetched from another offset is dropped.
  absl::Status Start(const KafkaPlace& place, int64_t offset);
  void Stop(const KafkaPlace& place);
  // Up to `most` messages of a started partition; waits for so many, or until the time is over.
  absl::StatusOr<KafkaFetched> Fetch(const KafkaPlace& place, size_t most, int timeout_ms);
  // What the client complained of last, for messages about time-outs.
  std::string LastError() const;

 private:
  explicit KafkaFetcher(std::unique_ptr<KafkaHandle> handle);
  std::unique_ptr<KafkaHandle> handle_;
  std::map<KafkaPlace, bool> started_;
};

// Asks brokers and the group's coordinator. Never fetches: a question on a connection that a fetch
// waits on is answered when the fetch is. Any thread.
class KafkaAsker {
 public:
  // With a group.id if Committed() is to be asked.
  static absl::StatusOr<std::unique_ptr<KafkaAsker>> Open(const KafkaSettings& settings);
  ~KafkaAsker();

  struct Topic {
    uint32_t partitions = 0;
    uint32_t replicas = 0;  // of the partition that has the fewest
  };
  absl::StatusOr<Topic> Describe(const std::string& topic, int timeout_ms);

  struct Ends {
    int64_t low = 0;   // the first offset that retention has left
    int64_t high = 0;  // the next one; under read_committed, of the first open transaction
  };
  absl::StatusOr<Ends> AskEnds(const KafkaPlace& place, int timeout_ms);

  struct Committed {
    int64_t next = 0;
    std::string metadata;
  };
  absl::StatusOr<std::optional<Committed>> AskCommitted(const KafkaPlace& place, int timeout_ms);
  // For a group without members; waits for the answer. Never for C, which moves in transactions.
  absl::Status Commit(const std::map<KafkaPlace, int64_t>& next);

 private:
  explicit KafkaAsker(std::unique_ptr<KafkaHandle> handle);
  absl::StatusOr<int64_t> AskOffset(const KafkaPlace& place, int64_t which, int timeout_ms);
  std::unique_ptr<KafkaHandle> handle_;
};

// A member of a group that shares the partitions of a topic out among its members, and nothing
// more: it reads no record and commits no offset. One thread.
class KafkaMember : public Membership {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaMember>> Open(const KafkaSettings& settings,
                                                           const std::string& topic,
                                                           OnChange on_change);
  ~KafkaMember() override;
  absl::Status Poll(int timeout_ms) override;

 private:
  KafkaMember(std::unique_ptr<KafkaHandle> handle, OnChange on_change);
  void Rebalance(int code, void* partitions);
  std::unique_ptr<KafkaHandle> handle_;
  const OnChange on_change_;
  absl::Status failed_;  // to answer to a change
};

// Makes topics and reads their settings. One thread.
class KafkaAdmin {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaAdmin>> Open(const KafkaSettings& settings);
  ~KafkaAdmin();

  // kAlreadyExists if it is there.
  absl::Status CreateTopic(const std::string& topic, uint32_t partitions, int replicas,
                           const KafkaSettings& settings, int timeout_ms);
  absl::StatusOr<KafkaSettings> ReadSettings(const std::string& topic, int timeout_ms);

 private:
  explicit KafkaAdmin(std::unique_ptr<KafkaHandle> handle);
  std::unique_ptr<KafkaHandle> handle_;
};

}  // namespace refund::log
