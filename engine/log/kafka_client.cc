#include "engine/log/kafka_client.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"

namespace refund::log {

struct KafkaDelivery {
  size_t* waiting = nullptr;
  bool* failed = nullptr;
  int64_t offset = -1;
  std::optional<int64_t> stamped;  // by the broker
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
};

namespace {

// Frees what librdkafka made.
template <auto kFree>
struct Freeing {
  template <class T>
  void operator()(T* it) const {
    kFree(it);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Freeing<kFree>>;

using OwnedError = Owned<rd_kafka_error_t, rd_kafka_error_destroy>;
using OwnedTopic = Owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using OwnedList = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;

int32_t PartitionId(const KafkaPlace& place) { return static_cast<int32_t>(place.partition); }

absl::StatusCode CodeOf(rd_kafka_resp_err_t error) {
  switch (error) {
    // The second one is also what a transaction that took too long ends in (KIP-588, which this
    // client does not know). Whoever gave up a partition that is still its own only starts again.
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_TRANSACTION_COORDINATOR_FENCED:
      return absl::StatusCode::kAborted;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return absl::StatusCode::kNotFound;
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR__SSL:
      return absl::StatusCode::kPermissionDenied;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    // Of a group that does not let this member in as it is.
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
    case RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED:
      return absl::StatusCode::kFailedPrecondition;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return absl::StatusCode::kAlreadyExists;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
      return absl::StatusCode::kInvalidArgument;
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      return absl::StatusCode::kDataLoss;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

bool IsTooLate(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT ||
         error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || error == RD_KAFKA_RESP_ERR__RESOLVE ||
         error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT || error == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE;
}

rd_kafka_vu_t Value(rd_kafka_vtype_t type) {
  rd_kafka_vu_t value;
  std::memset(&value, 0, sizeof value);
  value.vtype = type;
  return value;
}

rd_kafka_vu_t Bytes(rd_kafka_vtype_t type, ByteView bytes) {
  rd_kafka_vu_t value = Value(type);
  // An empty payload is not a missing one, which would be a tombstone.
  value.u.mem.ptr = const_cast<char*>(bytes.empty() ? "" : bytes.data());
  value.u.mem.size = bytes.size();
  return value;
}

rd_kafka_vu_t Header(const std::string& name, const std::string& text) {
  rd_kafka_vu_t value = Value(RD_KAFKA_VTYPE_HEADER);
  value.u.header.name = name.c_str();
  value.u.header.val = text.data();
  value.u.header.size = static_cast<ssize_t>(text.size());
  return value;
}

void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto* delivery = static_cast<KafkaDelivery*>(message->_private);
  delivery->offset = message->offset;
  delivery->error = message->err;
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t stamp = rd_kafka_message_timestamp(message, &type);
  if (type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME) delivery->stamped = stamp;
  --*delivery->waiting;
  *delivery->failed = *delivery->failed || message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
}

KafkaMessage CopyOf(const rd_kafka_message_t& message) {
  KafkaMessage copy;
  copy.offset = message.offset;
  // One message that is held pins all that were fetched with it.
  if (message.len > 0) copy.bytes.assign(static_cast<const char*>(message.payload), message.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return copy;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    const char* text = value == nullptr ? "" : static_cast<const char*>(value);
    copy.headers.emplace_back(name, std::string(text, value == nullptr ? 0 : size));
  }
  return copy;
}

}  // namespace

std::string ToString(const KafkaPlace& place) {
  return absl::StrFormat("%s partition %d", place.topic, place.partition);
}

const std::string* KafkaMessage::Header(std::string_view name) const {
  for (const auto& [each, value] : headers) {
    if (each == name) return &value;
  }
  return nullptr;
}

class KafkaHandle {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaHandle>> Open(rd_kafka_type_t type,
                                                           const KafkaSettings& settings) {
    Owned<rd_kafka_conf_t, rd_kafka_conf_destroy> conf(rd_kafka_conf_new());
    char why[512] = "";
    for (const auto& [name, value] : settings) {
      if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why, sizeof why) !=
          RD_KAFKA_CONF_OK) {
        return Errorf(absl::StatusCode::kInvalidArgument, "kafka setting %s: %s", name, why);
      }
    }
    std::unique_ptr<KafkaHandle> handle(new KafkaHandle);
    rd_kafka_conf_set_opaque(conf.get(), handle.get());
    rd_kafka_conf_set_error_cb(conf.get(), OnError);
    // What matters is in the statuses; the rest would only mix with what the program prints.
    rd_kafka_conf_set_log_cb(conf.get(), [](const rd_kafka_t*, int, const char*, const char*) {});
    if (type == RD_KAFKA_PRODUCER) {
      rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivery);
    } else {
      rd_kafka_conf_set_rebalance_cb(conf.get(), OnRebalance);
    }
    handle->rk_ = rd_kafka_new(type, conf.get(), why, sizeof why);
    if (handle->rk_ == nullptr) {
      return Errorf(absl::StatusCode::kInvalidArgument, "kafka client: %s", why);
    }
    static_cast<void>(conf.release());  // it is the handle's now
    return handle;
  }

  ~KafkaHandle() {
    topics_.clear();
    if (rk_ == nullptr) return;
    if (rd_kafka_type(rk_) == RD_KAFKA_PRODUCER) Purge();
    rd_kafka_destroy(rk_);
  }

  // What was not delivered yet fails now.
  void Purge() { rd_kafka_purge(rk_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT); }

  bool IsFatal() const {
    return rd_kafka_fatal_error(rk_, nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  rd_kafka_t* get() const { return rk_; }

  // Of a consumer that subscribes, before it does.
  using Rebalance = std::function<void(rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*)>;
  void SetRebalance(Rebalance rebalance) { rebalance_ = std::move(rebalance); }

  // Null, with errno set, if the name is none.
  rd_kafka_topic_t* Topic(const std::string& name) {
    std::lock_guard lock(mutex_);
    OwnedTopic& topic = topics_[name];
    if (topic == nullptr) topic.reset(rd_kafka_topic_new(rk_, name.c_str(), nullptr));
    return topic.get();
  }

  std::string LastError() {
    rd_kafka_poll(rk_, 0);
    std::lock_guard lock(mutex_);
    return last_error_;
  }

  // "<where>: <what librdkafka says>", and what it complained of last where it only says that
  // nobody answered.
  absl::Status Failed(const std::string& where, rd_kafka_resp_err_t error) {
    std::string text = rd_kafka_err2str(error);
    char fatal[512] = "";
    if (const rd_kafka_resp_err_t cause = rd_kafka_fatal_error(rk_, fatal, sizeof fatal);
        cause != RD_KAFKA_RESP_ERR_NO_ERROR) {
      error = cause;
      text = fatal;
    }
    const std::string last = IsTooLate(error) ? LastError() : "";
    // Whoever was not let in hears only that nobody answered.
    if (!last.empty() && CodeOf(last_code_) == absl::StatusCode::kPermissionDenied) {
      error = last_code_;
    }
    return Errorf(CodeOf(error), "%s: %s%s%s", where, text,
                  last.empty() ? "" : "; last heard: ", last);
  }

  // Takes the error over; OK for none.
  absl::Status Failed(const std::string& where, rd_kafka_error_t* error) {
    const OwnedError owned(error);
    if (error == nullptr) return absl::OkStatus();
    const absl::Status failed = Failed(where, rd_kafka_error_code(error));
    const std::string text = rd_kafka_error_string(error);
    if (Message(failed).find(text) != std::string::npos) return failed;
    return Errorf(failed.code(), "%s (%s)", Message(failed), text);
  }

 private:
  KafkaHandle() = default;

  static void OnError(rd_kafka_t*, int error, const char* reason, void* opaque) {
    // That all brokers are down follows why each one is, which is worth more.
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;
    auto* handle = static_cast<KafkaHandle*>(opaque);
    std::lock_guard lock(handle->mutex_);
    handle->last_error_ = reason;
    handle->last_code_ = static_cast<rd_kafka_resp_err_t>(error);
  }

  static void OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t code,
                          rd_kafka_topic_partition_list_t* partitions, void* opaque) {
    static_cast<KafkaHandle*>(opaque)->rebalance_(code, partitions);
  }

  rd_kafka_t* rk_ = nullptr;
  Rebalance rebalance_;
  std::mutex mutex_;
  std::string last_error_;
  std::atomic<rd_kafka_resp_err_t> last_code_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::map<std::string, OwnedTopic> topics_;
};

namespace {

using OwnedMetadata = Owned<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;

absl::StatusOr<OwnedMetadata> AskMetadata(KafkaHandle& handle, const std::string& topic,
                                          int timeout_ms) {
  rd_kafka_topic_t* const named = handle.Topic(topic);
  if (named == nullptr) return handle.Failed(topic, rd_kafka_last_error());
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t asked =
      rd_kafka_metadata(handle.get(), /*all_topics=*/0, named, &metadata, timeout_ms);
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) return handle.Failed(topic, asked);
  return OwnedMetadata(metadata);
}

}  // namespace

// ---- Producer ----

KafkaProducer::KafkaProducer(std::unique_ptr<KafkaHandle> handle) : handle_(std::move(handle)) {}
KafkaProducer::~KafkaProducer() = default;

absl::StatusOr<std::unique_ptr<KafkaProducer>> KafkaProducer::Open(const KafkaSettings& settings) {
  ASSIGN_OR_RETURN(auto handle, KafkaHandle::Open(RD_KAFKA_PRODUCER, settings));
  return std::unique_ptr<KafkaProducer>(new KafkaProducer(std::move(handle)));
}

absl::Status KafkaProducer::Locate(const std::vector<std::string>& topics, int timeout_ms) {
  for (const std::string& each : topics) {
    RETURN_IF_ERROR(AskMetadata(*handle_, each, timeout_ms).status());
  }
  return absl::OkStatus();
}

absl::Status KafkaProducer::Enqueue(const KafkaRecord& record, KafkaDelivery* delivery) {
  std::vector<rd_kafka_vu_t> values;
  values.push_back(Value(RD_KAFKA_VTYPE_TOPIC));
  values.back().u.cstr = record.place.topic.c_str();
  values.push_back(Value(RD_KAFKA_VTYPE_PARTITION));
  values.back().u.i32 = PartitionId(record.place);
  values.push_back(Value(RD_KAFKA_VTYPE_MSGFLAGS));
  values.back().u.i = RD_KAFKA_MSG_F_COPY;
  values.push_back(Bytes(RD_KAFKA_VTYPE_VALUE, record.bytes));
  values.push_back(Value(RD_KAFKA_VTYPE_OPAQUE));
  values.back().u.ptr = delivery;
  for (const auto& [name, text] : record.headers) values.push_back(Header(name, text));
  for (;;) {
    const OwnedError error(rd_kafka_produceva(handle_->get(), values.data(), values.size()));
    if (error == nullptr) return absl::OkStatus();
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
    // Room comes: message.timeout.ms bounds how long a record may wait.
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) return handle_->Failed(ToString(record.place), code);
    rd_kafka_poll(handle_->get(), 100);
  }
}

absl::Status KafkaProducer::Deliver(const std::vector<KafkaRecord>& records,
                                    std::vector<KafkaDelivery>& deliveries,
                                    const std::function<absl::Status()>& meanwhile) {
  size_t waiting = 0;
  bool failed = false;
  deliveries.resize(records.size());
  absl::Status sent;
  size_t count = 0;
  for (; count < records.size() && sent.ok() && !failed; ++count) {
    deliveries[count].waiting = &waiting;
    deliveries[count].failed = &failed;
    ++waiting;
    sent = Enqueue(records[count], &deliveries[count]);
    if (!sent.ok()) --waiting;
  }
  if (sent.ok() && !failed && meanwhile) sent = meanwhile();
  // Reports are written to this frame, so none may come after it: message.timeout.ms bounds them.
  while (waiting > 0) {
    if (!sent.ok() || failed || handle_->IsFatal()) handle_->Purge();
    rd_kafka_flush(handle_->get(), 500);
  }
  RETURN_IF_ERROR(sent);
  for (size_t i = 0; i < records.size(); ++i) {
    if (deliveries[i].error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return handle_->Failed(ToString(records[i].place), deliveries[i].error);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> KafkaProducer::Send(const std::vector<KafkaRecord>& records) {
  std::vector<KafkaDelivery> deliveries;
  RETURN_IF_ERROR(Deliver(records, deliveries));
  std::vector<int64_t> offsets;
  for (const KafkaDelivery& each : deliveries) offsets.push_back(each.offset);
  return offsets;
}

absl::StatusOr<std::optional<int64_t>> KafkaProducer::SendStamped(const KafkaRecord& record) {
  std::vector<KafkaDelivery> deliveries;
  RETURN_IF_ERROR(Deliver({record}, deliveries));
  return deliveries.front().stamped;
}

absl::Status KafkaProducer::InitTransactions(int timeout_ms) {
  return handle_->Failed("init transactions",
                         rd_kafka_init_transactions(handle_->get(), timeout_ms));
}

absl::Status KafkaProducer::BeginTransaction() {
  return handle_->Failed("begin transaction", rd_kafka_begin_transaction(handle_->get()));
}

absl::Status KafkaProducer::SendWithOffset(const std::vector<KafkaRecord>& records,
                                           const KafkaOffset& offset) {
  std::vector<KafkaDelivery> deliveries;
  return Deliver(records, deliveries, [&] { return MoveOffset(offset); });
}

absl::Status KafkaProducer::MoveOffset(const KafkaOffset& offset) {
  const OwnedList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* const at = rd_kafka_topic_partition_list_add(
      list.get(), offset.place.topic.c_str(), PartitionId(offset.place));
  at->offset = offset.next;
  at->metadata = rd_kafka_mem_malloc(handle_->get(), offset.metadata.size());
  std::memcpy(at->metadata, offset.metadata.data(), offset.metadata.size());
  at->metadata_size = offset.metadata.size();
  const Owned<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy> of(
      rd_kafka_consumer_group_metadata_new(offset.group.c_str()));
  // -1: any other time-out risks that client and broker disagree.
  return handle_->Failed(
      "send offset to transaction",
      rd_kafka_send_offsets_to_transaction(handle_->get(), list.get(), of.get(), -1));
}

absl::Status KafkaProducer::CommitTransaction() {
  return handle_->Failed("commit transaction", rd_kafka_commit_transaction(handle_->get(), -1));
}

// ---- Fetcher ----

KafkaFetcher::KafkaFetcher(std::unique_ptr<KafkaHandle> handle) : handle_(std::move(handle)) {}

// librdkafka wants every partition stopped before its handle is destroyed.
KafkaFetcher::~KafkaFetcher() {
  while (!started_.empty()) Stop(KafkaPlace(started_.begin()->first));
}

absl::StatusOr<std::unique_ptr<KafkaFetcher>> KafkaFetcher::Open(const KafkaSettings& settings) {
  ASSIGN_OR_RETURN(auto handle, KafkaHandle::Open(RD_KAFKA_CONSUMER, settings));
  return std::unique_ptr<KafkaFetcher>(new KafkaFetcher(std::move(handle)));
}

absl::Status KafkaFetcher::Start(const KafkaPlace& place, int64_t offset) {
  Stop(place);
  rd_kafka_topic_t* const topic = handle_->Topic(place.topic);
  if (topic == nullptr || rd_kafka_consume_start(topic, PartitionId(place), offset) != 0) {
    return handle_->Failed(ToString(place), rd_kafka_last_error());
  }
  started_[place] = true;
  return absl::OkStatus();
}

void KafkaFetcher::Stop(const KafkaPlace& place) {
  if (started_.erase(place) == 0) return;
  rd_kafka_consume_stop(handle_->Topic(place.topic), PartitionId(place));
}

absl::StatusOr<KafkaFetched> KafkaFetcher::Fetch(const KafkaPlace& place, size_t most,
                                                 int timeout_ms) {
  std::vector<rd_kafka_message_t*> found(most);
  const ssize_t count = rd_kafka_consume_batch(handle_->Topic(place.topic), PartitionId(place),
                                               timeout_ms, found.data(), most);
  if (count < 0) return handle_->Failed(ToString(place), rd_kafka_last_error());
  KafkaFetched fetched;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (ssize_t i = 0; i < count; ++i) {
    const Owned<rd_kafka_message_t, rd_kafka_message_destroy> message(
        found[static_cast<size_t>(i)]);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      fetched.messages.push_back(CopyOf(*message));
    } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      fetched.end = message->offset;
    } else if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
               message->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
      fetched.out_of_range = true;
    } else if (!IsTooLate(message->err)) {
      error = message->err;
    }
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return handle_->Failed(ToString(place), error);
  return fetched;
}

std::string KafkaFetcher::LastError() const { return handle_->LastError(); }

// ---- Asker ----

KafkaAsker::KafkaAsker(std::unique_ptr<KafkaHandle> handle) : handle_(std::move(handle)) {}
KafkaAsker::~KafkaAsker() = default;

absl::StatusOr<std::unique_ptr<KafkaAsker>> KafkaAsker::Open(const KafkaSettings& settings) {
  ASSIGN_OR_RETURN(auto handle, KafkaHandle::Open(RD_KAFKA_CONSUMER, settings));
  return std::unique_ptr<KafkaAsker>(new KafkaAsker(std::move(handle)));
}

absl::StatusOr<KafkaAsker::Topic> KafkaAsker::Describe(const std::string& topic, int timeout_ms) {
  ASSIGN_OR_RETURN(const OwnedMetadata metadata, AskMetadata(*handle_, topic, timeout_ms));
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& found = metadata->topics[i];
    if (topic != found.topic) continue;
    if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) return handle_->Failed(topic, found.err);
    Topic described{static_cast<uint32_t>(found.partition_cnt), UINT32_MAX};
    for (int p = 0; p < found.partition_cnt; ++p) {
      described.replicas =
          std::min(described.replicas, static_cast<uint32_t>(found.partitions[p].replica_cnt));
    }
    return described;
  }
  return handle_->Failed(topic, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC);
}

// Not rd_kafka_query_watermark_offsets: while a broker is away it does not return, whatever the
// time-out (2.0.2 retries its ListOffsets for ever).
absl::StatusOr<int64_t> KafkaAsker::AskOffset(const KafkaPlace& place, int64_t which,
                                              int timeout_ms) {
  const OwnedList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* const at =
      rd_kafka_topic_partition_list_add(list.get(), place.topic.c_str(), PartitionId(place));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  rd_kafka_resp_err_t asked = RD_KAFKA_RESP_ERR_NO_ERROR;
  // A broker that has just started answers before it leads its partitions: it is asked again, as
  // the client's own producer and consumer do.
  for (;;) {
    at->offset = which;
    asked = rd_kafka_offsets_for_times(handle_->get(), list.get(), timeout_ms);
    if (asked == RD_KAFKA_RESP_ERR_NO_ERROR) asked = at->err;
    const bool soon = asked == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
                      asked == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
    if (!soon || std::chrono::steady_clock::now() > deadline) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) return handle_->Failed(ToString(place), asked);
  if (at->offset >= 0) return at->offset;
  return Errorf(absl::StatusCode::kUnavailable, "%s: expected an offset from the broker, found %d",
                ToString(place), at->offset);
}

absl::StatusOr<KafkaAsker::Ends> KafkaAsker::AskEnds(const KafkaPlace& place, int timeout_ms) {
  Ends ends;
  ASSIGN_OR_RETURN(ends.low, AskOffset(place, RD_KAFKA_OFFSET_BEGINNING, timeout_ms));
  ASSIGN_OR_RETURN(ends.high, AskOffset(place, RD_KAFKA_OFFSET_END, timeout_ms));
  return ends;
}

absl::Status KafkaAsker::Commit(const std::map<KafkaPlace, int64_t>& next) {
  const OwnedList list(rd_kafka_topic_partition_list_new(static_cast<int>(next.size())));
  for (const auto& [place, offset] : next) {
    rd_kafka_topic_partition_list_add(list.get(), place.topic.c_str(), PartitionId(place))->offset =
        offset;
  }
  const rd_kafka_resp_err_t error = rd_kafka_commit(handle_->get(), list.get(), /*async=*/0);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return handle_->Failed("commit of offsets", error);
}

namespace {

// A broker that has just started does not know yet which groups are its own.
bool MovesBetweenBrokers(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR_FOR_GROUP ||
         error == RD_KAFKA_RESP_ERR_GROUP_COORDINATOR_NOT_AVAILABLE ||
         error == RD_KAFKA_RESP_ERR_GROUP_LOAD_IN_PROGRESS;
}

// librdkafka waits for a group's coordinator to be found, but does not look again for one that says
// it is none.
rd_kafka_resp_err_t AskUntilItIsKnown(rd_kafka_t* client, rd_kafka_topic_partition_list_t* list,
                                      int timeout_ms) {
  using Clock = std::chrono::steady_clock;
  for (const auto until = Clock::now() + std::chrono::milliseconds(timeout_ms);;) {
    rd_kafka_resp_err_t error = rd_kafka_committed(client, list, timeout_ms);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = list->elems[0].err;
    if (!MovesBetweenBrokers(error) || Clock::now() >= until) return error;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace

absl::StatusOr<std::optional<KafkaAsker::Committed>> KafkaAsker::AskCommitted(
    const KafkaPlace& place, int timeout_ms) {
  const OwnedList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), place.topic.c_str(), PartitionId(place));
  const rd_kafka_resp_err_t asked = AskUntilItIsKnown(handle_->get(), list.get(), timeout_ms);
  const rd_kafka_topic_partition_t& found = list->elems[0];
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return handle_->Failed("committed offset of " + ToString(place), asked);
  }
  if (found.offset < 0) return std::nullopt;
  Committed committed{found.offset, ""};
  if (found.metadata != nullptr) {
    committed.metadata.assign(static_cast<const char*>(found.metadata), found.metadata_size);
  }
  return committed;
}

// ---- Member ----

KafkaMember::KafkaMember(std::unique_ptr<KafkaHandle> handle, OnChange on_change)
    : handle_(std::move(handle)), on_change_(std::move(on_change)) {}

KafkaMember::~KafkaMember() { rd_kafka_consumer_close(handle_->get()); }

absl::StatusOr<std::unique_ptr<KafkaMember>> KafkaMember::Open(const KafkaSettings& settings,
                                                               const std::string& topic,
                                                               OnChange on_change) {
  ASSIGN_OR_RETURN(auto handle, KafkaHandle::Open(RD_KAFKA_CONSUMER, settings));
  std::unique_ptr<KafkaMember> member(new KafkaMember(std::move(handle), std::move(on_change)));
  KafkaHandle& own = *member->handle_;
  own.SetRebalance(
      [raw = member.get()](rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions) {
        raw->Rebalance(code, partitions);
      });
  rd_kafka_poll_set_consumer(own.get());
  const OwnedList topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(own.get(), topics.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return own.Failed("subscribe to " + topic, error);
  return member;
}

// Incremental calls alone: one that is not, and the group makes no progress (librdkafka 3306).
void KafkaMember::Rebalance(int code, void* partitions) {
  auto* const list = static_cast<rd_kafka_topic_partition_list_t*>(partitions);
  rd_kafka_t* const rk = handle_->get();
  std::vector<uint32_t> numbers;
  for (int i = 0; i < list->cnt; ++i) {
    numbers.push_back(static_cast<uint32_t>(list->elems[i].partition));
    // It must begin somewhere, and reads nothing there: it is paused at once.
    list->elems[i].offset = RD_KAFKA_OFFSET_END;
  }
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    const absl::Status assigned =
        handle_->Failed("take partitions", rd_kafka_incremental_assign(rk, list));
    failed_.Update(assigned);
    if (!assigned.ok()) return;  // it would never be said that they are taken again
    rd_kafka_pause_partitions(rk, list);
    on_change_({std::move(numbers), {}, false});
  } else {
    on_change_({{}, std::move(numbers), rd_kafka_assignment_lost(rk) != 0});
    failed_.Update(handle_->Failed("give partitions", rd_kafka_incremental_unassign(rk, list)));
  }
}

absl::Status KafkaMember::Poll(int timeout_ms) {
  const Owned<rd_kafka_message_t, rd_kafka_message_destroy> message(
      rd_kafka_consumer_poll(handle_->get(), timeout_ms));
  // With this handle it does not pass: another one may be a member again.
  if (!failed_.ok()) return absl::UnknownError(failed_.message());
  if (message == nullptr || message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const absl::Status failed = handle_->Failed("group", message->err);
  return handle_->IsFatal() ? absl::UnknownError(failed.message()) : failed;
}

// ---- Admin ----

namespace {

constexpr size_t kWhyBytes = 512;
using OwnedEvent = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;

class AdminCall {
 public:
  AdminCall(KafkaHandle& handle, rd_kafka_admin_op_t operation, int timeout_ms)
      : handle_(handle),
        queue_(rd_kafka_queue_new(handle.get())),
        options_(rd_kafka_AdminOptions_new(handle.get(), operation)) {
    char why[kWhyBytes];
    rd_kafka_AdminOptions_set_request_timeout(options_.get(), timeout_ms, why, sizeof why);
    // A topic is there once its metadata is.
    if (operation == RD_KAFKA_ADMIN_OP_CREATETOPICS) {
      rd_kafka_AdminOptions_set_operation_timeout(options_.get(), timeout_ms, why, sizeof why);
    }
  }

  rd_kafka_AdminOptions_t* options() const { return options_.get(); }
  rd_kafka_queue_t* queue() const { return queue_.get(); }

  absl::StatusOr<OwnedEvent> Wait(const std::string& where) {
    OwnedEvent event(rd_kafka_queue_poll(queue_.get(), -1));
    const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return handle_.Failed(where, error);
    return event;
  }

 private:
  KafkaHandle& handle_;
  Owned<rd_kafka_queue_t, rd_kafka_queue_destroy> queue_;
  Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy> options_;
};

absl::Status FailedAs(const std::string& where, rd_kafka_resp_err_t error, const char* text) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return Errorf(CodeOf(error), "%s: %s", where, text != nullptr ? text : rd_kafka_err2str(error));
}

}  // namespace

KafkaAdmin::KafkaAdmin(std::unique_ptr<KafkaHandle> handle) : handle_(std::move(handle)) {}
KafkaAdmin::~KafkaAdmin() = default;

absl::StatusOr<std::unique_ptr<KafkaAdmin>> KafkaAdmin::Open(const KafkaSettings& settings) {
  ASSIGN_OR_RETURN(auto handle, KafkaHandle::Open(RD_KAFKA_PRODUCER, settings));
  return std::unique_ptr<KafkaAdmin>(new KafkaAdmin(std::move(handle)));
}

absl::Status KafkaAdmin::CreateTopic(const std::string& topic, uint32_t partitions, int replicas,
                                     const KafkaSettings& settings, int timeout_ms) {
  char why[kWhyBytes] = "";
  const Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy> fresh(rd_kafka_NewTopic_new(
      topic.c_str(), static_cast<int>(partitions), replicas, why, sizeof why));
  if (fresh == nullptr) return Errorf(absl::StatusCode::kInvalidArgument, "%s: %s", topic, why);
  for (const auto& [name, value] : settings) {
    rd_kafka_NewTopic_set_config(fresh.get(), name.c_str(), value.c_str());
  }
  AdminCall call(*handle_, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout_ms);
  rd_kafka_NewTopic_t* each = fresh.get();
  rd_kafka_CreateTopics(handle_->get(), &each, 1, call.options(), call.queue());
  ASSIGN_OR_RETURN(const OwnedEvent event, call.Wait(topic));
  size_t count = 0;
  const rd_kafka_topic_result_t* const* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  if (count != 1) return Errorf(absl::StatusCode::kUnavailable, "%s: no answer", topic);
  return FailedAs(topic, rd_kafka_topic_result_error(results[0]),
                  rd_kafka_topic_result_error_string(results[0]));
}

absl::StatusOr<KafkaSettings> KafkaAdmin::ReadSettings(const std::string& topic, int timeout_ms) {
  const Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  AdminCall call(*handle_, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout_ms);
  rd_kafka_ConfigResource_t* each = resource.get();
  rd_kafka_DescribeConfigs(handle_->get(), &each, 1, call.options(), call.queue());
  ASSIGN_OR_RETURN(const OwnedEvent event, call.Wait(topic));
  size_t count = 0;
  const rd_kafka_ConfigResource_t* const* results = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  if (count != 1) return Errorf(absl::StatusCode::kUnavailable, "%s: no answer", topic);
  RETURN_IF_ERROR(FailedAs(topic, rd_kafka_ConfigResource_error(results[0]),
                           rd_kafka_ConfigResource_error_string(results[0])));
  const rd_kafka_ConfigEntry_t* const* entries =
      rd_kafka_ConfigResource_configs(results[0], &count);
  KafkaSettings settings;
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    settings[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return settings;
}

}  // namespace refund::log
