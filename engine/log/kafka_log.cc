#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/base/status.h"
#include "engine/log/contract.h"
#include "engine/log/kafka_client.h"
#include "engine/log/kafka_log.h"
#include "engine/log/kafka_names.h"

// What lies in Kafka (docs/formats/topics.md):
//
//   <prefix>.events                        one record an event, without a key, to the partition
//   that
//                                          intake says; header recorded_at: milliseconds, decimal
//   <prefix>.decisions .payouts .messages .quarantined  one record an output, in the partition of
//   its cause;
//                                          header src: "partition,offset,k" of the cause
//   offsets of the group <app> on <prefix>.events: C, with the metadata
//   "refund-cursor/1 <digest> <owner>"
//
// Events are written without transactions, so that their offsets are dense and a gap is a loss.
// Outputs and C are written in one transaction, by the producer <app>/<prefix>/<partition>.

namespace refund::log {

// ---- Settings: every default that is dangerous is pinned, and nobody may set it otherwise ----

namespace {
KafkaSettings With(KafkaSettings settings, const KafkaSettings& more) {
  for (const auto& [name, value] : more) settings[name] = value;
  return settings;
}

}  // namespace

// Of intake. Never transactional: control records would make gaps in the events.
KafkaSettings AppenderSettings(const KafkaSettings& client, const KafkaLogOptions& options) {
  return With(client, {{"enable.idempotence", "true"},
                       {"acks", "all"},
                       {"linger.ms", "1"},
                       {"compression.codec", "lz4"},
                       {"message.max.bytes", std::to_string(BatchBytesMax(options))},
                       {"message.timeout.ms", std::to_string(options.timeout_ms)}});
}

KafkaSettings CommitterSettings(const KafkaSettings& client, const KafkaLogOptions& options,
                                uint32_t partition) {
  const std::string id = absl::StrFormat("%s/%s/%d", options.app, options.prefix, partition);
  const std::string time = std::to_string(options.transaction_timeout_ms);
  return With(client, {{"transactional.id", id},
                       {"enable.idempotence", "true"},
                       {"acks", "all"},
                       {"linger.ms", "1"},
                       {"compression.codec", "lz4"},
                       {"message.max.bytes", std::to_string(BatchBytesMax(options))},
                       {"transaction.timeout.ms", time},
                       {"message.timeout.ms", time},
                       // Sleeps in every short transaction otherwise (CONCURRENT_TRANSACTIONS).
                       {"retry.backoff.ms", "10"}});
}

KafkaSettings ReaderSettings(const KafkaSettings& client, const KafkaLogOptions& options) {
  return With(client, {{"group.id", options.app},
                       {"isolation.level", "read_committed"},
                       {"check.crcs", "true"},
                       {"auto.offset.reset", "error"},
                       {"enable.auto.commit", "false"},
                       {"enable.auto.offset.store", "false"},
                       {"allow.auto.create.topics", "false"},
                       {"enable.partition.eof", "true"},
                       // How long another offset waits for the answer to the one before.
                       {"fetch.wait.max.ms", "50"},
                       {"fetch.error.backoff.ms", "50"},
                       {"queued.min.messages", "500000"},
                       {"queued.max.messages.kbytes", std::to_string(options.fetch_queue_kbytes)},
                       {"message.max.bytes", std::to_string(BatchBytesMax(options))}});
}

// A group of its own: that of C has no members, so whoever has a partition can move C, and nobody
// else's coming or going can keep it from that. What fences is the transactional id.
KafkaSettings MemberSettings(const KafkaSettings& client, const KafkaLogOptions& options,
                             int session_timeout_ms) {
  return With(client, {{"group.id", options.app + "-lanes"},
                       {"partition.assignment.strategy", "cooperative-sticky"},
                       {"session.timeout.ms", std::to_string(session_timeout_ms)},
                       {"heartbeat.interval.ms", std::to_string(session_timeout_ms / 5)},
                       {"auto.offset.reset", "error"},
                       {"enable.auto.commit", "false"},
                       {"enable.auto.offset.store", "false"},
                       {"allow.auto.create.topics", "false"}});
}

KafkaSettings AskerSettings(const KafkaSettings& client, const KafkaLogOptions& options,
                            const char* isolation) {
  // A question outlasts its own time-out, by two retries: so these must come to it together.
  const int socket_ms = std::max(1000, options.timeout_ms / 3);
  return With(client, {{"group.id", options.app},
                       {"isolation.level", isolation},
                       {"socket.timeout.ms", std::to_string(socket_ms)},
                       {"auto.offset.reset", "error"},
                       {"enable.auto.commit", "false"},
                       {"enable.auto.offset.store", "false"},
                       {"allow.auto.create.topics", "false"}});
}

namespace {

using Clock = std::chrono::steady_clock;

constexpr char kRecordedAt[] = "recorded_at";
constexpr char kSource[] = "src";
constexpr std::string_view kCursorFormat = "refund-cursor/1 ";
constexpr size_t kDigestDigits = 64;

// This process, among all that ever were.
const std::string& Owner() {
  static const std::string owner = [] {
    std::random_device random;
    return absl::StrFormat("%08x%08x", random(), random());
  }();
  return owner;
}

std::string MetadataOf(const Cursor& cursor) {
  return std::string(kCursorFormat) + cursor.digest.hex() + " " + Owner();
}
constexpr std::array kOutputTopics = {Topic::kDecisions, Topic::kPayouts, Topic::kMessages,
                                      Topic::kQuarantined};
// Records that are asked for at once: what one call holds in memory twice.
constexpr size_t kFetchRecords = 256;
constexpr int kFetchMs = 100;
// An appender that knows nothing yet looks at so many last records of each partition for the
// highest stamp: others may have appended out of order, but not by that much.
constexpr int64_t kTailRecords = 64;

// Shared by the log and all that was opened on it, each of which may outlive the others.
struct Shared {
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
  Clock::time_point Deadline() const {
    return Clock::now() + std::chrono::milliseconds(options.timeout_ms);
  }
  absl::StatusOr<KafkaAsker::Ends> AskEnds(const KafkaPlace& place) const {
    return committed->AskEnds(place, options.timeout_ms);
  }
};

// ---- Reader ----

// Without a stamp, and then the lane puts the record into quarantine, it is not intake's.
Instant StampOf(const KafkaMessage& message) {
  const std::string* text = message.Header(kRecordedAt);
  int64_t ms = 0;
  const bool readable = text != nullptr && absl::SimpleAtoi(*text, &ms) && ms >= kMinInstant.ms &&
                        ms <= kMaxInstant.ms;
  return readable ? Instant{ms} : kMinInstant;
}

class KafkaReader : public Reader {
 public:
  KafkaReader(std::shared_ptr<Shared> shared, std::unique_ptr<KafkaFetcher> fetcher)
      : shared_(std::move(shared)), fetcher_(std::move(fetcher)), at_(shared_->partitions) {}

  static absl::StatusOr<std::unique_ptr<KafkaReader>> Open(const std::shared_ptr<Shared>& shared) {
    ASSIGN_OR_RETURN(auto fetcher,
                     KafkaFetcher::Open(ReaderSettings(shared->client, shared->options)));
    return std::make_unique<KafkaReader>(shared, std::move(fetcher));
  }

  uint32_t partitions() const override { return shared_->partitions; }

  absl::StatusOr<int64_t> End(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, partitions()));
    RETURN_IF_ERROR(Refresh(partition));
    return at_[partition].ends.high;
  }

  absl::StatusOr<std::vector<Record>> Read(uint32_t partition, int64_t offset,
                                           const BatchLimit& limit) override {
    RETURN_IF_ERROR(CheckPartition(partition, partitions()));
    At& at = at_[partition];
    // What is known to be there needs no look at the end of the log.
    if (offset >= at.ends.high) RETURN_IF_ERROR(Refresh(partition));
    RETURN_IF_ERROR(CheckRange(partition, offset));
    Batch batch(limit);
    absl::Status read = Fill(partition, offset, limit, batch);
    if (!read.ok()) {
      Forget(partition);
      // What lies before a gap is as good as ever; the next call finds the gap again.
      if (batch.records() == 0) return read;
    }
    return batch.Finish();
  }

 private:
  // Where a partition stands.
  struct At {
    KafkaAsker::Ends ends;      // as of the last look
    std::optional<int64_t> to;  // the offset to come next from the broker; absent: not started
    std::deque<Record> ahead;   // came already, and lie right before `to`
    absl::Status broken;        // what comes after them is a gap

    bool StandsAt(int64_t offset) const {
      return to.has_value() && offset == (ahead.empty() ? *to : ahead.front().at.offset);
    }
  };

  absl::Status Refresh(uint32_t partition) {
    ASSIGN_OR_RETURN(at_[partition].ends, shared_->AskEnds(shared_->Events(partition)));
    return absl::OkStatus();
  }

  void Forget(uint32_t partition) {
    fetcher_->Stop(shared_->Events(partition));
    at_[partition] = At();
  }

  absl::Status CheckRange(uint32_t partition, int64_t offset) const {
    const KafkaAsker::Ends& ends = at_[partition].ends;
    RETURN_IF_ERROR(CheckReadFrom(offset, ends.high));
    if (offset >= ends.low) return absl::OkStatus();
    return Errorf(absl::StatusCode::kDataLoss,
                  "%s: expected offset %d, found %d to be the first: retention removed what lies "
                  "before. retention.ms and retention.bytes must be -1",
                  ToString(shared_->Events(partition)), offset, ends.low);
  }

  absl::Status Fill(uint32_t partition, int64_t offset, const BatchLimit& limit, Batch& batch) {
    At& at = at_[partition];
    const int64_t end = at.ends.high;
    if (offset < end && !at.StandsAt(offset)) {
      at.ahead.clear();
      RETURN_IF_ERROR(fetcher_->Start(shared_->Events(partition), offset));
      at.to = offset;
    }
    const size_t most = std::max<size_t>(limit.records, 1);
    while (offset < end && batch.records() < most) {
      if (at.ahead.empty()) {
        const auto left = static_cast<size_t>(end - offset);
        RETURN_IF_ERROR(Fetch(partition, std::min({left, most - batch.records(), kFetchRecords})));
      }
      if (!batch.Take(std::move(at.ahead.front()))) break;
      at.ahead.pop_front();
      ++offset;
    }
    return absl::OkStatus();
  }

  // At least one record, which is known to be there.
  absl::Status Fetch(uint32_t partition, size_t most) {
    At& at = at_[partition];
    const KafkaPlace place = shared_->Events(partition);
    for (const Clock::time_point deadline = shared_->Deadline(); at.ahead.empty();) {
      RETURN_IF_ERROR(at.broken);
      ASSIGN_OR_RETURN(KafkaFetched fetched, fetcher_->Fetch(place, most, kFetchMs));
      for (KafkaMessage& message : fetched.messages) {
        if (message.offset < *at.to) continue;  // librdkafka may repeat itself (trap 8)
        if (message.offset > *at.to) {
          at.broken.Update(Gap(place, *at.to, message.offset, "a record"));
          break;
        }
        const Instant stamp = StampOf(message);
        at.ahead.push_back({{partition, message.offset}, stamp, std::move(message.bytes)});
        ++*at.to;
      }
      if (fetched.end && *fetched.end > *at.to) {
        at.broken.Update(Gap(place, *at.to, *fetched.end, "the end"));
      }
      if (fetched.out_of_range) {
        RETURN_IF_ERROR(Refresh(partition));
        RETURN_IF_ERROR(CheckRange(partition, *at.to));
        return absl::UnavailableError(Abs(ToString(place) + ": the broker finds no such offset"));
      }
      if (at.ahead.empty() && Clock::now() > deadline) return TooLate(place, *at.to);
    }
    return absl::OkStatus();
  }

  static absl::Status Gap(const KafkaPlace& place, int64_t expected, int64_t found,
                          const char* what) {
    return Errorf(absl::StatusCode::kDataLoss,
                  "%s: expected a record at offset %d, found %s at %d: records are lost, or "
                  "something but intake wrote there in a transaction",
                  ToString(place), expected, what, found);
  }

  absl::Status TooLate(const KafkaPlace& place, int64_t offset) const {
    return Errorf(absl::StatusCode::kUnavailable,
                  "%s: the record at offset %d did not come within %d ms; last heard: %s",
                  ToString(place), offset, shared_->options.timeout_ms, fetcher_->LastError());
  }

  const std::shared_ptr<Shared> shared_;
  const std::unique_ptr<KafkaFetcher> fetcher_;
  std::vector<At> at_;
};

// ---- Appender ----

// What an appender and its session share.
struct Appending {
  std::shared_ptr<Shared> shared;
  std::unique_ptr<KafkaReader> reader;
  std::unique_ptr<KafkaProducer> producer;  // absent until it is needed, and after an error
  Instant highest = kMinInstant;            // of all records before `known`
  std::vector<int64_t> known;

  // Takes in what others appended.
  absl::Status CatchUp() {
    for (uint32_t partition = 0; partition < shared->partitions; ++partition) {
      ASSIGN_OR_RETURN(const int64_t end, reader->End(partition));
      for (int64_t at = std::max(known[partition], end - kTailRecords); at < end;) {
        const absl::StatusOr<std::vector<Record>> records = reader->Read(partition, at, {});
        // A gap stops its partition's lane, not the door to all the others.
        if (absl::IsDataLoss(records.status())) {
          ++at;
          continue;
        }
        RETURN_IF_ERROR(records.status());
        if (records->empty()) break;
        for (const Record& each : *records) highest = std::max(highest, each.recorded_at);
        at = records->back().at.offset + 1;
      }
      known[partition] = end;
    }
    return absl::OkStatus();
  }
};

class KafkaSession : public AppendSession {
 public:
  explicit KafkaSession(std::shared_ptr<Appending> appending)
      : appending_(std::move(appending)), highest_(appending_->highest), ends_(appending_->known) {}

  ~KafkaSession() override {
    Shared& shared = *appending_->shared;
    std::lock_guard lock(shared.mutex);
    shared.in_session = false;
    shared.session_ended.notify_one();
  }

  Instant highest() const override { return highest_; }

  int64_t End(uint32_t partition) const override {
    CHECK(partition < ends_.size());
    return ends_[partition];
  }

  Address Add(uint32_t partition, Instant recorded_at, ByteView bytes) override {
    CHECK(recorded_at >= highest_);
    const Address at{partition, End(partition)};
    highest_ = recorded_at;
    ++ends_[partition];
    pending_.push_back({at, recorded_at, std::string(bytes)});
    return at;
  }

  absl::Status Sync() override {
    if (outcome_.ok() && !pending_.empty()) outcome_ = Send();
    return outcome_;
  }

  std::vector<Moved> moved() const override { return moved_; }

 private:
  absl::Status Send() {
    const Shared& shared = *appending_->shared;
    RETURN_IF_ERROR(CheckSizes(shared.options.record_bytes_max));
    if (appending_->producer == nullptr) {
      ASSIGN_OR_RETURN(appending_->producer,
                       KafkaProducer::Open(AppenderSettings(shared.client, shared.options)));
    }
    std::vector<KafkaRecord> records;
    for (const Record& each : pending_) {
      records.push_back({shared.Events(each.at.partition),
                         each.bytes,
                         {{kRecordedAt, std::to_string(each.recorded_at.ms)}}});
    }
    const auto offsets = appending_->producer->Send(records);
    if (!offsets.ok()) {
      appending_->producer.reset();
      return offsets.status();
    }
    Settle(*offsets);
    return absl::OkStatus();
  }

  absl::Status CheckSizes(size_t most) const {
    for (const Record& each : pending_) {
      if (each.bytes.size() <= most) continue;
      return Errorf(absl::StatusCode::kInvalidArgument,
                    "a record for %s: expected at most %d bytes, found %d; nothing was appended",
                    ToString(appending_->shared->Events(each.at.partition)), most,
                    each.bytes.size());
    }
    return absl::OkStatus();
  }

  // Only the delivery reports know where the records are.
  void Settle(const std::vector<int64_t>& offsets) {
    std::vector<bool> alone(ends_.size(), true);
    for (size_t i = 0; i < pending_.size(); ++i) {
      const Address announced = pending_[i].at;
      const Address at{announced.partition, offsets[i]};
      if (at != announced) {
        moved_.push_back({announced, at});
        alone[at.partition] = false;
      }
      ends_[at.partition] = at.offset + 1;
    }
    // Where others were at work too, the next session reads what they wrote.
    for (size_t p = 0; p < ends_.size(); ++p) {
      if (alone[p]) appending_->known[p] = ends_[p];
    }
    appending_->highest = std::max(appending_->highest, highest_);
    pending_.clear();
  }

  std::shared_ptr<Appending> appending_;
  Instant highest_;
  std::vector<int64_t> ends_;
  std::vector<Record> pending_;
  std::vector<Moved> moved_;
  absl::Status outcome_;
};

class KafkaAppender : public Appender {
 public:
  explicit KafkaAppender(std::shared_ptr<Appending> appending) : appending_(std::move(appending)) {}

  uint32_t partitions() const override { return appending_->shared->partitions; }
  bool exclusive() const override { return false; }

  absl::StatusOr<std::unique_ptr<AppendSession>> Begin() override {
    Shared& shared = *appending_->shared;
    {
      std::unique_lock lock(shared.mutex);
      shared.session_ended.wait(lock, [&] { return !shared.in_session; });
      shared.in_session = true;
    }
    absl::Status caught_up = appending_->CatchUp();
    // Destroyed, it lets the next one in.
    auto session = std::make_unique<KafkaSession>(appending_);
    RETURN_IF_ERROR(caught_up);
    return session;
  }

 private:
  std::shared_ptr<Appending> appending_;
};

// ---- Committer ----

std::string SourceOf(uint32_t partition, const Output& output) {
  return absl::StrFormat("%d,%d,%d", partition, output.cause_offset, output.k);
}

absl::StatusOr<Output> OutputOf(const KafkaPlace& place, Topic topic, KafkaMessage message) {
  const std::string* text = message.Header(kSource);
  Output output;
  output.topic = topic;
  int64_t partition = -1;
  int64_t k = -1;
  const size_t first = text == nullptr ? std::string::npos : text->find(',');
  const size_t second = first == std::string::npos ? first : text->find(',', first + 1);
  const bool readable =
      second != std::string::npos && absl::SimpleAtoi(text->substr(0, first), &partition) &&
      absl::SimpleAtoi(text->substr(first + 1, second - first - 1), &output.cause_offset) &&
      absl::SimpleAtoi(text->substr(second + 1), &k);
  if (!readable || partition != place.partition || output.cause_offset < 0 || k < 0 ||
      k > UINT32_MAX) {
    return Errorf(absl::StatusCode::kDataLoss,
                  "%s at offset %d: expected a header src of \"%d,offset,k\", found %s",
                  ToString(place), message.offset, place.partition,
                  text == nullptr ? "none" : "\"" + *text + "\"");
  }
  output.k = static_cast<uint32_t>(k);
  output.bytes = std::move(message.bytes);
  return output;
}

// One partition of an output topic, whose offsets have gaps: control records, and what was aborted.
class TopicReader {
 public:
  TopicReader(const Shared& shared, KafkaFetcher& fetcher, Topic topic, uint32_t partition)
      : shared_(shared),
        fetcher_(fetcher),
        topic_(topic),
        place_(shared.Outputs(topic, partition)) {}
  ~TopicReader() { fetcher_.Stop(place_); }

  // Everything from the first output whose cause is at or past `cause`. Causes never go down, so
  // the place is found by halving.
  absl::StatusOr<std::vector<Output>> ReadFrom(int64_t cause) {
    RETURN_IF_ERROR(Settle());
    int64_t from = ends_.low;
    for (int64_t to = ends_.high; cause > 0 && to - from > kLinear;) {
      const int64_t middle = from + (to - from) / 2;
      ASSIGN_OR_RETURN(const std::vector<Output> found, ReadAt(middle, 1));
      (found.empty() || found.front().cause_offset >= cause ? to : from) = middle;
    }
    ASSIGN_OR_RETURN(std::vector<Output> outputs, ReadAt(from, SIZE_MAX));
    const auto first = std::find_if(outputs.begin(), outputs.end(), [&](const Output& output) {
      return output.cause_offset >= cause;
    });
    outputs.erase(outputs.begin(), first);
    return outputs;
  }

  // The newest; absent if there is none.
  absl::StatusOr<std::optional<Output>> ReadLast() {
    RETURN_IF_ERROR(Settle());
    for (int64_t back = kLinear;; back *= 2) {
      const int64_t from = std::max(ends_.low, ends_.high - back);
      ASSIGN_OR_RETURN(std::vector<Output> outputs, ReadAt(from, SIZE_MAX));
      if (!outputs.empty()) return std::move(outputs.back());
      if (from == ends_.low) return std::nullopt;
    }
  }

 private:
  static constexpr int64_t kLinear = 256;

  // A commit is answered before its marker has reached every partition: until then its outputs are
  // not to be seen. A transaction that hangs (KAFKA-14053) hides all that come after it, for ever.
  absl::Status Settle() {
    for (const Clock::time_point deadline = shared_.Deadline();;) {
      ASSIGN_OR_RETURN(ends_, shared_.committed->AskEnds(place_, shared_.options.timeout_ms));
      ASSIGN_OR_RETURN(const KafkaAsker::Ends all,
                       shared_.uncommitted->AskEnds(place_, shared_.options.timeout_ms));
      if (ends_.high == all.high) return absl::OkStatus();
      if (Clock::now() > deadline) {
        return Errorf(absl::StatusCode::kUnavailable,
                      "%s: expected every transaction to have ended, found one open at offset %d "
                      "of %d for more than %d ms",
                      ToString(place_), ends_.high, all.high, shared_.options.timeout_ms);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  // Up to `most` outputs that lie at or past that offset.
  absl::StatusOr<std::vector<Output>> ReadAt(int64_t offset, size_t most) {
    std::vector<Output> outputs;
    if (offset >= ends_.high) return outputs;
    RETURN_IF_ERROR(fetcher_.Start(place_, offset));
    Clock::time_point deadline = shared_.Deadline();
    for (bool ended = false; !ended && outputs.size() < most;) {
      // One by one near the end: a batch waits until it is full.
      ASSIGN_OR_RETURN(KafkaFetched fetched,
                       fetcher_.Fetch(place_, std::min(most, kFetchRecords), kOutputsMs));
      for (KafkaMessage& message : fetched.messages) {
        ended = ended || message.offset + 1 >= ends_.high;
        ASSIGN_OR_RETURN(outputs.emplace_back(), OutputOf(place_, topic_, std::move(message)));
        deadline = shared_.Deadline();
      }
      ended = ended || (fetched.end && *fetched.end >= ends_.high);
      if (!ended && Clock::now() > deadline) {
        return Errorf(absl::StatusCode::kUnavailable,
                      "%s: the outputs up to offset %d did not come within %d ms; last heard: %s",
                      ToString(place_), ends_.high, shared_.options.timeout_ms,
                      fetcher_.LastError());
      }
    }
    if (outputs.size() > most) outputs.resize(most);
    return outputs;
  }

  static constexpr int kOutputsMs = 20;

  const Shared& shared_;
  KafkaFetcher& fetcher_;
  const Topic topic_;
  const KafkaPlace place_;
  KafkaAsker::Ends ends_;
};

// What was committed of a partition: C, and the outputs. Fences nobody.
class KafkaOutputs : public Outputs {
 public:
  KafkaOutputs(std::shared_ptr<Shared> shared, uint32_t partition,
               std::unique_ptr<KafkaFetcher> fetcher)
      : shared_(std::move(shared)), partition_(partition), fetcher_(std::move(fetcher)) {}

  static absl::StatusOr<std::unique_ptr<KafkaOutputs>> Open(const std::shared_ptr<Shared>& shared,
                                                            uint32_t partition) {
    ASSIGN_OR_RETURN(auto fetcher,
                     KafkaFetcher::Open(ReaderSettings(shared->client, shared->options)));
    return std::make_unique<KafkaOutputs>(shared, partition, std::move(fetcher));
  }

  absl::StatusOr<std::optional<Cursor>> ReadCursor() override {
    const KafkaPlace place = shared_->Events(partition_);
    ASSIGN_OR_RETURN(const auto found,
                     shared_->committed->AskCommitted(place, shared_->options.timeout_ms));
    if (!found) return CursorFromTails();
    Cursor cursor;
    cursor.next = found->next;
    std::string bytes;
    const std::string& text = found->metadata;
    const bool known = text.compare(0, kCursorFormat.size(), kCursorFormat) == 0 &&
                       FromHex(text.substr(kCursorFormat.size(), kDigestDigits), bytes) &&
                       Digest::FromBytes(bytes, cursor.digest);
    if (known) return cursor;
    return Errorf(absl::StatusCode::kDataLoss,
                  "committed offset %d of group %s on %s: expected the metadata \"%s<64 hex "
                  "digits>\", found \"%s\": something but a committer has moved it. Delete it, and "
                  "it is made again from the outputs",
                  found->next, shared_->options.app, ToString(place), std::string(kCursorFormat),
                  text);
  }

  // Who committed last; empty before anybody has.
  absl::StatusOr<std::string> ReadOwner() {
    ASSIGN_OR_RETURN(
        const auto found,
        shared_->committed->AskCommitted(shared_->Events(partition_), shared_->options.timeout_ms));
    const size_t at = kCursorFormat.size() + kDigestDigits + 1;
    return found && found->metadata.size() > at ? found->metadata.substr(at) : "";
  }

  absl::StatusOr<std::vector<Output>> ReadOutputs(int64_t from_offset) override {
    std::vector<Output> all;
    for (const Topic topic : kOutputTopics) {
      TopicReader reader(*shared_, *fetcher_, topic, partition_);
      ASSIGN_OR_RETURN(std::vector<Output> outputs, reader.ReadFrom(from_offset));
      std::move(outputs.begin(), outputs.end(), std::back_inserter(all));
    }
    std::stable_sort(all.begin(), all.end(), [](const Output& a, const Output& b) {
      return std::tie(a.cause_offset, a.k) < std::tie(b.cause_offset, b.k);
    });
    return all;
  }

 private:
  // C is gone, as after offsets.retention.minutes without a commit: never auto.offset.reset. A
  // transaction ends on a record's boundary, and records past the last cause had no outputs.
  absl::StatusOr<std::optional<Cursor>> CursorFromTails() {
    std::optional<Cursor> cursor;
    for (const Topic topic : kOutputTopics) {
      TopicReader reader(*shared_, *fetcher_, topic, partition_);
      ASSIGN_OR_RETURN(const std::optional<Output> last, reader.ReadLast());
      if (!last) continue;
      const int64_t before = cursor ? cursor->next : 0;
      cursor = Cursor{std::max(before, last->cause_offset + 1), {}, /*has_digest=*/false};
    }
    return cursor;
  }

  const std::shared_ptr<Shared> shared_;
  const uint32_t partition_;
  const std::unique_ptr<KafkaFetcher> fetcher_;
};

// What has been committed since: asked of the broker at every call. Not commit by commit: a
// transaction leaves no mark that a reader could tell it by, so the limit is not looked at.
class KafkaFollower : public OutputReader {
 public:
  explicit KafkaFollower(std::unique_ptr<KafkaOutputs> outputs) : outputs_(std::move(outputs)) {}

  absl::StatusOr<Committed> Read(int64_t from_offset, const BatchLimit&) override {
    ASSIGN_OR_RETURN(const std::optional<Cursor> cursor, outputs_->ReadCursor());
    Committed committed;
    if (!cursor) return committed;
    committed.next = cursor->next;
    if (cursor->next <= from_offset) return committed;
    ASSIGN_OR_RETURN(committed.outputs, outputs_->ReadOutputs(from_offset));
    // What was committed after C was read comes with the next call.
    std::erase_if(committed.outputs,
                  [&](const Output& each) { return each.cause_offset >= cursor->next; });
    return committed;
  }

 private:
  const std::unique_ptr<KafkaOutputs> outputs_;
};

class KafkaCommitter : public Committer {
 public:
  // Fences first, then reads C: a cursor read before could be moved by whoever was fenced.
  static absl::StatusOr<std::unique_ptr<KafkaCommitter>> Open(const std::shared_ptr<Shared>& shared,
                                                              uint32_t partition) {
    ASSIGN_OR_RETURN(auto producer, KafkaProducer::Open(CommitterSettings(
                                        shared->client, shared->options, partition)));
    RETURN_IF_ERROR(producer->InitTransactions(shared->options.timeout_ms));
    ASSIGN_OR_RETURN(auto outputs, KafkaOutputs::Open(shared, partition));
    ASSIGN_OR_RETURN(auto cursor, outputs->ReadCursor());
    std::unique_ptr<KafkaCommitter> committer(new KafkaCommitter(
        shared, partition, std::move(producer), std::move(outputs), std::move(cursor)));
    RETURN_IF_ERROR(committer->SayWhoIAm());
    return committer;
  }

  absl::StatusOr<std::optional<Cursor>> ReadCursor() override {
    RETURN_IF_ERROR(outcome_);
    return cursor_;
  }

  absl::StatusOr<std::vector<Output>> ReadOutputs(int64_t from_offset) override {
    RETURN_IF_ERROR(outcome_);
    return outputs_->ReadOutputs(from_offset);
  }

  absl::Status Commit(const std::vector<Output>& outputs, const Cursor& cursor) override {
    RETURN_IF_ERROR(outcome_);
    RETURN_IF_ERROR(CheckCommit(outputs, cursor, cursor_));
    RETURN_IF_ERROR(CheckSizes(outputs));
    outcome_ = Transact(outputs, cursor);
    if (outcome_.ok()) {
      cursor_ = cursor;
      return outcome_;
    }
    // Never again on this handle. Whether it happened, the next one's InitTransactions settles.
    producer_.reset();
    outcome_ = Annotate(
        outcome_, absl::StrFormat("commit of partition %d up to %d%s", partition_, cursor.next,
                                  absl::IsAborted(outcome_) ? ", fenced" : ""));
    return outcome_;
  }

 private:
  KafkaCommitter(std::shared_ptr<Shared> shared, uint32_t partition,
                 std::unique_ptr<KafkaProducer> producer, std::unique_ptr<KafkaOutputs> outputs,
                 std::optional<Cursor> cursor)
      : shared_(std::move(shared)),
        partition_(partition),
        producer_(std::move(producer)),
        outputs_(std::move(outputs)),
        cursor_(std::move(cursor)) {}

  // So that whoever was fenced, and takes its own error for a broker's, finds out (IsStillMine).
  absl::Status SayWhoIAm() {
    if (!cursor_ || !cursor_->has_digest) return absl::OkStatus();
    return Transact({}, *cursor_);
  }

  absl::Status CheckSizes(const std::vector<Output>& outputs) const {
    for (const Output& output : outputs) {
      if (output.bytes.size() <= shared_->options.record_bytes_max) continue;
      return Errorf(absl::StatusCode::kInvalidArgument,
                    "output %s for %s: expected at most %d bytes, found %d; nothing was committed",
                    SourceOf(partition_, output),
                    ToString(shared_->Outputs(output.topic, partition_)),
                    shared_->options.record_bytes_max, output.bytes.size());
    }
    return absl::OkStatus();
  }

  absl::Status Transact(const std::vector<Output>& outputs, const Cursor& cursor) {
    RETURN_IF_ERROR(producer_->BeginTransaction());
    std::vector<KafkaRecord> records;
    for (const Output& output : outputs) {
      records.push_back({shared_->Outputs(output.topic, partition_),
                         output.bytes,
                         {{kSource, SourceOf(partition_, output)}}});
    }
    RETURN_IF_ERROR(producer_->Send(records).status());
    RETURN_IF_ERROR(producer_->SendOffset(shared_->options.app, shared_->Events(partition_),
                                          cursor.next, MetadataOf(cursor)));
    return producer_->CommitTransaction();
  }

  const std::shared_ptr<Shared> shared_;
  const uint32_t partition_;
  std::unique_ptr<KafkaProducer> producer_;  // absent after an error
  const std::unique_ptr<KafkaOutputs> outputs_;
  std::optional<Cursor> cursor_;
  absl::Status outcome_;  // of the commit that ended this, if one did
};

// ---- Log ----

class KafkaLog : public Log {
 public:
  explicit KafkaLog(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  absl::StatusOr<std::unique_ptr<Reader>> OpenReader() override {
    return KafkaReader::Open(shared_);
  }

  absl::StatusOr<std::unique_ptr<Appender>> OpenAppender() override {
    auto appending = std::make_shared<Appending>();
    appending->shared = shared_;
    appending->known.resize(shared_->partitions);
    ASSIGN_OR_RETURN(appending->reader, KafkaReader::Open(shared_));
    return std::make_unique<KafkaAppender>(std::move(appending));
  }

  absl::StatusOr<std::unique_ptr<Committer>> OpenCommitter(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, shared_->partitions));
    return KafkaCommitter::Open(shared_, partition);
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
    ASSIGN_OR_RETURN(auto outputs, KafkaOutputs::Open(shared_, partition));
    return std::make_unique<KafkaFollower>(std::move(outputs));
  }

 private:
  std::shared_ptr<Shared> shared_;
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

std::string EventsTopic(const KafkaLogOptions& options) { return options.prefix + ".events"; }

std::string OutputTopic(const KafkaLogOptions& options, Topic topic) {
  switch (topic) {
    case Topic::kDecisions:
      return options.prefix + ".decisions";
    case Topic::kPayouts:
      return options.prefix + ".payouts";
    case Topic::kMessages:
      return options.prefix + ".messages";
    case Topic::kQuarantined:
      break;
  }
  return options.prefix + ".quarantined";
}

std::vector<std::string> KafkaTopics(const KafkaLogOptions& options) {
  std::vector<std::string> topics = {EventsTopic(options)};
  for (const Topic topic : kOutputTopics) topics.push_back(OutputTopic(options, topic));
  return topics;
}

std::vector<std::string> InboxTopics(const KafkaLogOptions& options) {
  return {options.prefix + ".inbox", options.prefix + ".payout-results",
          options.prefix + ".returned"};
}

// A record has headers, and a batch a head of its own.
size_t BatchBytesMax(const KafkaLogOptions& options) {
  return options.record_bytes_max + (64 << 10);
}

absl::StatusOr<KafkaSettings> ClientSettings(const KafkaLogOptions& options) {
  static constexpr std::array<std::string_view, 6> kFree = {
      "security.protocol", "sasl.", "ssl.", "socket.", "client.", "broker.address."};
  KafkaSettings settings = {{"bootstrap.servers", options.brokers},
                            {"client.id", "refund"},
                            // The default, 10 s, outlasts a broker's restart by as much.
                            {"reconnect.backoff.max.ms", "1000"},
                            {"socket.keepalive.enable", "true"}};
  for (const auto& [name, value] : options.settings) {
    const bool free = std::any_of(kFree.begin(), kFree.end(), [&](std::string_view prefix) {
      return name.compare(0, prefix.size(), prefix) == 0;
    });
    if (!free) {
      return Errorf(absl::StatusCode::kInvalidArgument,
                    "kafka setting %s: expected one of security.protocol, sasl.*, ssl.*, socket.*, "
                    "client.*, broker.address.*; the others are pinned by the log",
                    name);
    }
    settings[name] = value;
  }
  return settings;
}

absl::StatusOr<std::unique_ptr<Log>> OpenKafkaLog(const KafkaLogOptions& options) {
  auto shared = std::make_shared<Shared>();
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
