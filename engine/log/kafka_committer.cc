#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/log/contract.h"
#include "engine/log/kafka_format.h"
#include "engine/log/kafka_parts.h"

namespace refund::log {
namespace {

class KafkaCommitter : public Committer {
 public:
  // Fences first, then reads C: a cursor read before could be moved by whoever was fenced.
  static absl::StatusOr<std::unique_ptr<KafkaCommitter>> Open(
      const std::shared_ptr<KafkaShared>& shared, uint32_t partition) {
    ASSIGN_OR_RETURN(auto producer, KafkaProducer::Open(CommitterSettings(
                                        shared->client, shared->options, partition)));
    RETURN_IF_ERROR(producer->InitTransactions(shared->options.timeout_ms));
    RETURN_IF_ERROR(producer->Locate(KafkaTopics(shared->options), shared->options.timeout_ms));
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
    RETURN_IF_ERROR(
        Settle(Transact(outputs, &cursor),
               absl::StrFormat("commit of partition %d up to %d", partition_, cursor.next)));
    cursor_ = cursor;
    return absl::OkStatus();
  }

  absl::Status Repeat(const std::vector<Output>& outputs) override {
    RETURN_IF_ERROR(outcome_);
    return Settle(Transact(outputs, nullptr),
                  absl::StrFormat("repeat of outputs of partition %d", partition_));
  }

 private:
  KafkaCommitter(std::shared_ptr<KafkaShared> shared, uint32_t partition,
                 std::unique_ptr<KafkaProducer> producer, std::unique_ptr<KafkaOutputs> outputs,
                 std::optional<Cursor> cursor)
      : shared_(std::move(shared)),
        partition_(partition),
        producer_(std::move(producer)),
        outputs_(std::move(outputs)),
        cursor_(std::move(cursor)) {}

  // After an error never again on this handle. Whether it happened, the next one's InitTransactions
  // settles.
  absl::Status Settle(const absl::Status& outcome, const std::string& what) {
    if (outcome.ok()) return outcome;
    producer_.reset();
    outcome_ = Annotate(outcome, what + (absl::IsAborted(outcome) ? ", fenced" : ""));
    return outcome_;
  }

  // So that whoever was fenced, and takes its own error for a broker's, finds out (IsStillMine).
  absl::Status SayWhoIAm() {
    if (!cursor_ || !cursor_->has_digest) return absl::OkStatus();
    return Transact({}, &*cursor_);
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

  // Without a cursor: they are put out again.
  absl::Status Transact(const std::vector<Output>& outputs, const Cursor* cursor) {
    RETURN_IF_ERROR(producer_->BeginTransaction());
    std::vector<KafkaRecord> records;
    for (const Output& output : outputs) {
      records.push_back({shared_->Outputs(output.topic, partition_), output.bytes,
                         OutputHeaders(partition_, output, /*again=*/cursor == nullptr)});
    }
    if (cursor == nullptr) {
      RETURN_IF_ERROR(producer_->Send(records).status());
    } else {
      RETURN_IF_ERROR(producer_->SendWithOffset(
          records,
          {shared_->options.app, shared_->Events(partition_), cursor->next, MetadataOf(*cursor)}));
    }
    return producer_->CommitTransaction();
  }

  const std::shared_ptr<KafkaShared> shared_;
  const uint32_t partition_;
  std::unique_ptr<KafkaProducer> producer_;  // absent after an error
  const std::unique_ptr<KafkaOutputs> outputs_;
  std::optional<Cursor> cursor_;
  absl::Status outcome_;  // of the commit that ended this, if one did
};

}  // namespace

absl::StatusOr<std::unique_ptr<Committer>> OpenKafkaCommitter(
    const std::shared_ptr<KafkaShared>& shared, uint32_t partition) {
  return KafkaCommitter::Open(shared, partition);
}

}  // namespace refund::log
