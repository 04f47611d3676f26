#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/status.h"
#include "engine/log/kafka_format.h"
#include "engine/log/kafka_parts.h"

namespace refund::log {
namespace {

// An appender that knows nothing yet looks at so many last records of each partition for the
// highest stamp: others may have appended out of order, but not by that much.
constexpr int64_t kTailRecords = 64;

// What an appender and its session share.
struct Appending {
  std::shared_ptr<KafkaShared> shared;
  std::unique_ptr<Reader> reader;
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
    KafkaShared& shared = *appending_->shared;
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
    const KafkaShared& shared = *appending_->shared;
    RETURN_IF_ERROR(CheckSizes(shared.options.record_bytes_max));
    if (appending_->producer == nullptr) RETURN_IF_ERROR(OpenProducer());
    std::vector<KafkaRecord> records;
    for (const Record& each : pending_) {
      records.push_back(
          {shared.Events(each.at.partition), each.bytes, EventHeaders(each.recorded_at)});
    }
    const auto offsets = appending_->producer->Send(records);
    if (!offsets.ok()) {
      appending_->producer.reset();
      return offsets.status();
    }
    Settle(*offsets);
    return absl::OkStatus();
  }

  absl::Status OpenProducer() {
    const KafkaShared& shared = *appending_->shared;
    ASSIGN_OR_RETURN(auto producer,
                     KafkaProducer::Open(AppenderSettings(shared.client, shared.options)));
    RETURN_IF_ERROR(producer->Locate({EventsTopic(shared.options)}, shared.options.timeout_ms));
    appending_->producer = std::move(producer);
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
      // Sent twice by the client, after an answer that was lost: it is there, and nobody says
      // where.
      if (offsets[i] < 0) {
        alone[announced.partition] = false;
        continue;
      }
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
    KafkaShared& shared = *appending_->shared;
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

}  // namespace

absl::StatusOr<std::unique_ptr<Appender>> OpenKafkaAppender(
    const std::shared_ptr<KafkaShared>& shared) {
  auto appending = std::make_shared<Appending>();
  appending->shared = shared;
  appending->known.resize(shared->partitions);
  ASSIGN_OR_RETURN(appending->reader, OpenKafkaReader(shared));
  return std::make_unique<KafkaAppender>(std::move(appending));
}

}  // namespace refund::log
