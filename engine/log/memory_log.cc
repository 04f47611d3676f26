#include "engine/log/memory_log.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/status.h"
#include "engine/log/contract.h"

namespace refund::log {
namespace {

struct Partition {
  std::vector<Record> records;
  std::vector<Output> outputs;
  std::optional<Cursor> cursor;
  // Counts committers. Only the newest may do anything.
  uint64_t generation = 0;
};

// Shared by the log and all that was opened on it, each of which may outlive the others.
struct State {
  State(uint32_t count, Fault fault_in) : fault(std::move(fault_in)), partitions(count) {}

  absl::Status Ask(const char* operation) const {
    return fault ? fault(operation) : absl::OkStatus();
  }

  // Called without the mutex, so that it may use the log: open a second committer, say.
  const Fault fault;
  std::mutex mutex;
  std::condition_variable session_ended;
  bool in_session = false;
  Instant highest = kMinInstant;
  std::vector<Partition> partitions;

  uint32_t count() const { return static_cast<uint32_t>(partitions.size()); }
};

class MemoryReader : public Reader {
 public:
  explicit MemoryReader(std::shared_ptr<State> state) : state_(std::move(state)) {}

  uint32_t partitions() const override { return state_->count(); }

  absl::StatusOr<int64_t> End(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, partitions()));
    std::lock_guard lock(state_->mutex);
    return static_cast<int64_t>(state_->partitions[partition].records.size());
  }

  absl::StatusOr<std::vector<Record>> Read(uint32_t partition, int64_t offset,
                                           const BatchLimit& limit) override {
    RETURN_IF_ERROR(CheckPartition(partition, partitions()));
    std::lock_guard lock(state_->mutex);
    const std::vector<Record>& records = state_->partitions[partition].records;
    RETURN_IF_ERROR(CheckReadFrom(offset, static_cast<int64_t>(records.size())));
    Batch batch(limit);
    for (auto at = static_cast<size_t>(offset); at < records.size(); ++at) {
      if (!batch.Take(records[at].at, records[at].recorded_at, records[at].bytes)) break;
    }
    return batch.Finish();
  }

 private:
  std::shared_ptr<State> state_;
};

class MemorySession : public AppendSession {
 public:
  explicit MemorySession(std::shared_ptr<State> state)
      : state_(std::move(state)), highest_(state_->highest), ends_(state_->count()) {
    for (size_t i = 0; i < ends_.size(); ++i) {
      ends_[i] = static_cast<int64_t>(state_->partitions[i].records.size());
    }
  }

  ~MemorySession() override {
    std::lock_guard lock(state_->mutex);
    state_->in_session = false;
    state_->session_ended.notify_one();
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
    if (outcome_.ok()) outcome_ = state_->Ask("sync");
    if (!outcome_.ok()) return outcome_;
    std::lock_guard lock(state_->mutex);
    for (Record& record : pending_) {
      state_->partitions[record.at.partition].records.push_back(std::move(record));
    }
    pending_.clear();
    state_->highest = highest_;
    return absl::OkStatus();
  }

 private:
  std::shared_ptr<State> state_;
  Instant highest_;
  std::vector<int64_t> ends_;
  std::vector<Record> pending_;
  absl::Status outcome_;
};

class MemoryAppender : public Appender {
 public:
  explicit MemoryAppender(std::shared_ptr<State> state) : state_(std::move(state)) {}

  uint32_t partitions() const override { return state_->count(); }

  absl::StatusOr<std::unique_ptr<AppendSession>> Begin() override {
    std::unique_lock lock(state_->mutex);
    state_->session_ended.wait(lock, [this] { return !state_->in_session; });
    state_->in_session = true;
    return std::make_unique<MemorySession>(state_);
  }

 private:
  std::shared_ptr<State> state_;
};

class MemoryCommitter : public Committer {
 public:
  MemoryCommitter(std::shared_ptr<State> state, uint32_t partition)
      : state_(std::move(state)), partition_(partition) {
    std::lock_guard lock(state_->mutex);
    generation_ = ++at().generation;
  }

  absl::StatusOr<std::optional<Cursor>> ReadCursor() override {
    std::lock_guard lock(state_->mutex);
    RETURN_IF_ERROR(CheckNotFenced());
    return at().cursor;
  }

  absl::Status Commit(const std::vector<Output>& outputs, const Cursor& cursor) override {
    RETURN_IF_ERROR(state_->Ask("commit"));
    std::lock_guard lock(state_->mutex);
    RETURN_IF_ERROR(CheckNotFenced());
    RETURN_IF_ERROR(CheckCommit(outputs, cursor, at().cursor));
    at().outputs.insert(at().outputs.end(), outputs.begin(), outputs.end());
    at().cursor = cursor;
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Output>> ReadOutputs(int64_t from_offset) override {
    std::lock_guard lock(state_->mutex);
    RETURN_IF_ERROR(CheckNotFenced());
    const std::vector<Output>& all = at().outputs;
    const auto first = std::find_if(all.begin(), all.end(), [from_offset](const Output& output) {
      return output.cause_offset >= from_offset;
    });
    return std::vector<Output>(first, all.end());
  }

 private:
  Partition& at() { return state_->partitions[partition_]; }

  absl::Status CheckNotFenced() {
    if (at().generation == generation_) return absl::OkStatus();
    return Errorf(absl::StatusCode::kAborted,
                  "fenced: committer %d of partition %d has been followed by committer %d",
                  generation_, partition_, at().generation);
  }

  std::shared_ptr<State> state_;
  uint32_t partition_;
  uint64_t generation_ = 0;
};

class MemoryOutputs : public OutputReader {
 public:
  MemoryOutputs(std::shared_ptr<State> state, uint32_t partition)
      : state_(std::move(state)), partition_(partition) {}

  absl::StatusOr<Committed> Read(int64_t from_offset, const BatchLimit&) override {
    std::lock_guard lock(state_->mutex);
    const Partition& at = state_->partitions[partition_];
    Committed committed;
    committed.next = at.cursor ? at.cursor->next : 0;
    for (const Output& output : at.outputs) {
      if (output.cause_offset >= from_offset) committed.outputs.push_back(output);
    }
    return committed;
  }

 private:
  std::shared_ptr<State> state_;
  uint32_t partition_;
};

class MemoryLog : public Log {
 public:
  explicit MemoryLog(std::shared_ptr<State> state) : state_(std::move(state)) {}

  absl::StatusOr<std::unique_ptr<Reader>> OpenReader() override {
    return std::make_unique<MemoryReader>(state_);
  }

  absl::StatusOr<std::unique_ptr<Appender>> OpenAppender() override {
    return std::make_unique<MemoryAppender>(state_);
  }

  absl::StatusOr<std::unique_ptr<Committer>> OpenCommitter(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, state_->count()));
    return std::make_unique<MemoryCommitter>(state_, partition);
  }

  absl::StatusOr<std::unique_ptr<OutputReader>> FollowOutputs(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, state_->count()));
    return std::make_unique<MemoryOutputs>(state_, partition);
  }

 private:
  std::shared_ptr<State> state_;
};

}  // namespace

std::unique_ptr<Log> MakeMemoryLog(uint32_t partitions, Fault fault) {
  return std::make_unique<MemoryLog>(std::make_shared<State>(partitions, std::move(fault)));
}

}  // namespace refund::log
