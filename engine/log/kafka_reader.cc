#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

#include "engine/base/status.h"
#include "engine/log/contract.h"
#include "engine/log/kafka_format.h"
#include "engine/log/kafka_parts.h"

namespace refund::log {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFetchMs = 100;

class KafkaReader : public Reader {
 public:
  KafkaReader(std::shared_ptr<KafkaShared> shared, std::unique_ptr<KafkaFetcher> fetcher)
      : shared_(std::move(shared)), fetcher_(std::move(fetcher)), at_(shared_->partitions) {}

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
    if (!FillsABatch(offset, at.ends.high, limit)) RETURN_IF_ERROR(Refresh(partition));
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

  const std::shared_ptr<KafkaShared> shared_;
  const std::unique_ptr<KafkaFetcher> fetcher_;
  std::vector<At> at_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Reader>> OpenKafkaReader(
    const std::shared_ptr<KafkaShared>& shared) {
  ASSIGN_OR_RETURN(auto fetcher, shared->OpenFetcher());
  return std::make_unique<KafkaReader>(shared, std::move(fetcher));
}

}  // namespace refund::log
