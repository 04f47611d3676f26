#include "server/refundd/partition_runner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "projections/state/state_dir.h"
#include "server/refundd/journal.h"

namespace refund::daemon {
namespace {

using std::chrono::milliseconds;

// How often an idle partition looks whether the log has grown.
constexpr milliseconds kPoll{20};
constexpr milliseconds kFirstBackOff{100};
constexpr milliseconds kLongestBackOff{30'000};

// Tells how long each commit took.
class TimedCommitter final : public log::Committer {
 public:
  TimedCommitter(std::unique_ptr<log::Committer> inner, std::function<void(double)> tell)
      : inner_(std::move(inner)), tell_(std::move(tell)) {}

  absl::StatusOr<std::optional<log::Cursor>> ReadCursor() override { return inner_->ReadCursor(); }
  absl::StatusOr<std::vector<log::Output>> ReadOutputs(int64_t from_offset) override {
    return inner_->ReadOutputs(from_offset);
  }
  absl::Status Commit(const std::vector<log::Output>& outputs, const log::Cursor& cursor) override {
    const SteadyTime start = SteadyClock::now();
    absl::Status committed = inner_->Commit(outputs, cursor);
    const std::chrono::duration<double> took = SteadyClock::now() - start;
    if (tell_) tell_(took.count());
    return committed;
  }
  absl::Status Repeat(const std::vector<log::Output>& outputs) override {
    return inner_->Repeat(outputs);
  }

 private:
  const std::unique_ptr<log::Committer> inner_;
  const std::function<void(double)> tell_;
};

// What was counted since `before`. Never less than it was: a restart goes back to the newest
// checkpoint, and what is applied again is not counted again.
void Raise(int64_t& counted, int64_t now, int64_t before) {
  counted = std::max(counted, now - before);
}

replay::Counts Less(replay::Counts now, const replay::Counts& mine) {
  for (const auto count : replay::kCounts) now.*count -= mine.*count;
  return now;
}

void Raise(replay::Counts& counted, const replay::Counts& now, const replay::Counts& before) {
  for (const auto count : replay::kCounts) Raise(counted.*count, now.*count, before.*count);
}

}  // namespace

PartitionRunner::PartitionRunner(RunnerOptions options, LogOpener open_log)
    : options_(std::move(options)), open_log_(std::move(open_log)), back_off_(kFirstBackOff) {
  now_.partition = options_.partition;
  if (options_.fenced_again) now_.state = PartitionState::kElsewhere;
  published_ = now_;
}

absl::Status PartitionRunner::Claim() {
  const absl::Status opened = OpenLogAndCommitter();
  if (absl::IsFailedPrecondition(opened)) return opened;
  if (!opened.ok()) Fail(opened, SteadyClock::now());
  Publish();
  return absl::OkStatus();
}

void PartitionRunner::Begin() {
  turn_at_ = {};
  back_off_ = kFirstBackOff;
  was_mine_ = false;
  in_use_since_.reset();
  first_.reset();
  now_.state = PartitionState::kOpening;
  Publish();
}

void PartitionRunner::GiveUp() {
  Finish();
  now_.state = PartitionState::kElsewhere;
  now_.error.clear();
  now_.exit = kExitOk;
  now_.end = now_.next;
  now_.backlog = false;
  now_.pending_bytes = 0;
  Publish();
}

absl::Status PartitionRunner::OpenLogAndCommitter() {
  ASSIGN_OR_RETURN(log_, open_log_());
  ASSIGN_OR_RETURN(reader_, log_->OpenReader());
  if (was_mine_) RETURN_IF_ERROR(log_->IsStillMine(options_.partition));
  absl::StatusOr<std::unique_ptr<log::Committer>> committer =
      log_->OpenCommitter(options_.partition);
  // The log is there, so its outputs are; gone, they are lost.
  if (absl::IsNotFound(committer.status()) && !WillBeFound(committer.status())) {
    return absl::DataLossError(committer.status().message());
  }
  RETURN_IF_ERROR(committer.status());
  was_mine_ = true;
  committer_ = std::make_unique<TimedCommitter>(*std::move(committer), options_.on_commit);
  ASSIGN_OR_RETURN(now_.end, reader_->End(options_.partition));
  if (!first_) now_.target = now_.end;
  return absl::OkStatus();
}

absl::Status PartitionRunner::OpenPartition() {
  if (committer_ == nullptr) {
    const absl::Status opened = OpenLogAndCommitter();
    // Between dropping it and now, another process has taken it.
    if (absl::IsFailedPrecondition(opened)) return absl::AbortedError(opened.message());
    RETURN_IF_ERROR(opened);
  }
  lanes::Place place{options_.partition, options_.state, reader_.get(), committer_.get()};
  place.memory = options_.memory;
  if (options_.reads_back) {
    place.on_published = [this](std::vector<log::Output> outputs, int64_t next) {
      check_->Expect(std::move(outputs), next);
    };
  }
  ASSIGN_OR_RETURN(opened_, lanes::Partition::Open(place, options_.lane));
  in_use_since_.reset();
  if (const absl::Status& why = opened_->why_removed(); !why.ok()) {
    Note(LogLevel::kWarning, "state removed",
         {{"partition", options_.partition}, {"why", Message(why)}});
  }
  const replay::PartitionMeta& meta = opened_->lane().meta();
  if (options_.reads_back) {
    SetCheck(std::make_shared<OutputCheck>(options_.partition, meta.next));
  }
  if (!first_) {
    first_ = meta.next - now_.records;  // of when it was ours before
    counted_before_ = Less(meta.counts, now_.counts);
  }
  now_.state = PartitionState::kRunning;
  Note(LogLevel::kInfo, "partition opened",
       {{"partition", options_.partition}, {"next", meta.next}, {"end", now_.end}});
  return absl::OkStatus();
}

SteadyTime PartitionRunner::Turn(SteadyTime now) {
  if (now < turn_at_) return turn_at_;
  absl::Status done = opened_ != nullptr ? absl::OkStatus() : OpenPartition();
  if (done.ok()) done = Work(now);
  if (!done.ok()) Fail(done, now);
  Publish();
  return turn_at_;
}

absl::Status PartitionRunner::Work(SteadyTime now) {
  replay::Lane& lane = opened_->lane();
  RETURN_IF_ERROR(HeedCheck());
  ASSIGN_OR_RETURN(const int64_t taken, lane.Take());
  const int64_t next = lane.meta().next;
  now_.end = next;
  if (taken > 0) {
    ASSIGN_OR_RETURN(now_.end, reader_->End(options_.partition));
    if (!now_.unsaved_since) now_.unsaved_since = now;
  }
  const bool due = taken == 0 || now - checkpointed_at_ >= options_.checkpoint_interval;
  if (now_.unsaved_since && due) {
    RETURN_IF_ERROR(lane.Checkpoint());
    checkpointed_at_ = now;
    now_.unsaved_since.reset();
  }
  const auto batch = static_cast<int64_t>(options_.lane.batch.records);
  const bool behind = next < now_.target || now_.end - next >= batch;
  turn_at_ = taken == 0 ? now + kPoll : behind ? now : now + options_.commit_interval;
  back_off_ = kFirstBackOff;
  now_.error.clear();
  return absl::OkStatus();
}

// What was found where this partition's outputs are read back.
absl::Status PartitionRunner::HeedCheck() {
  if (check_ == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(check_->Found());
  now_.read_back += check_->TakeCompared();
  const std::vector<log::Output> missing = check_->TakeMissing();
  if (missing.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(committer_->Repeat(missing));
  now_.put_out_again += static_cast<int64_t>(missing.size());
  for (const log::Output& each : missing) {
    Note(LogLevel::kError, "output was missing, and is put out again",
         {{"partition", options_.partition},
          {"record", each.cause_offset},
          {"output", each.k},
          {"id", each.id}});
  }
  return absl::OkStatus();
}

void PartitionRunner::SetCheck(std::shared_ptr<OutputCheck> check) {
  std::lock_guard lock(mutex_);
  check_ = std::move(check);
}

std::shared_ptr<OutputCheck> PartitionRunner::output_check() const {
  std::lock_guard lock(mutex_);
  return check_;
}

void PartitionRunner::Fail(const absl::Status& status, SteadyTime now) {
  DropMemory();
  now_.error = Message(status);
  turn_at_ = SteadyTime::max();
  if (MayRecover(status) || WillBeLeft(status, now) || WillBeFound(status)) {
    now_.state = PartitionState::kWaiting;
    now_.exit = ExitCodeOf(status);
    ++now_.restarts;
    turn_at_ = now + back_off_;
    back_off_ = std::min(back_off_ * 2, kLongestBackOff);
  } else if (absl::IsAborted(status)) {
    now_.state = PartitionState::kFenced;
    now_.exit = options_.fenced_again ? kExitOk : kExitRefusedForSafety;
    was_mine_ = false;
    if (options_.fenced_again) turn_at_ = now + *options_.fenced_again;
  } else {
    now_.state = PartitionState::kStopped;
    now_.exit = absl::IsInvalidArgument(status) ? kExitInternal : ExitCodeOf(status);
  }
  Note(now_.state == PartitionState::kWaiting ? LogLevel::kWarning : LogLevel::kError,
       "partition failed",
       {{"partition", options_.partition},
        {"state", NameOf(now_.state)},
        {"code", absl::StatusCodeToString(status.code())},
        {"error", now_.error}});
}

// Over Kafka whoever had the partition has been fenced by now, and leaves its state when it
// notices.
bool PartitionRunner::WillBeLeft(const absl::Status& status, SteadyTime now) {
  constexpr std::chrono::seconds kNotices{60};
  if (!options_.reads_back || !projections::IsInUse(status)) return false;
  if (!in_use_since_) in_use_since_ = now;
  return now - *in_use_since_ < kNotices;
}

// Over Kafka the topics were there when the process began, and a broker that has just started does
// not know all of its own yet. What is gone for good is said as long as it is.
bool PartitionRunner::WillBeFound(const absl::Status& status) const {
  return options_.reads_back && absl::IsNotFound(status);
}

void PartitionRunner::DropMemory() {
  SetCheck(nullptr);
  opened_.reset();
  committer_.reset();
  reader_.reset();
  log_.reset();
  now_.unsaved_since.reset();
}

void PartitionRunner::Finish() {
  if (opened_ != nullptr) {
    absl::Status closed = opened_->lane().Checkpoint();
    now_.unsaved_since.reset();
    Publish();
    if (closed.ok()) closed = opened_->Close();
    opened_.reset();
    if (!closed.ok()) Fail(closed, SteadyClock::now());
  }
  if (now_.state == PartitionState::kRunning || now_.state == PartitionState::kOpening) {
    now_.state = PartitionState::kClosed;
  }
  DropMemory();
  Publish();
  Note(LogLevel::kInfo, "partition closed",
       {{"partition", options_.partition}, {"next", now_.next}, {"state", NameOf(now_.state)}});
}

void PartitionRunner::Publish() {
  if (now_.state == PartitionState::kRunning) now_.exit = kExitOk;
  now_.due = turn_at_;
  if (opened_ != nullptr) {
    const replay::PartitionMeta& meta = opened_->lane().meta();
    now_.next = meta.next;
    now_.last_tick = meta.last_tick;
    now_.backlog = opened_->lane().HasBacklog();
    now_.pending_bytes = static_cast<int64_t>(opened_->store().ChangedBytes());
    Raise(now_.records, meta.next, *first_);
    Raise(now_.counts, meta.counts, counted_before_);
  }
  std::lock_guard lock(mutex_);
  published_ = now_;
}

PartitionStanding PartitionRunner::standing() const {
  std::lock_guard lock(mutex_);
  return published_;
}

}  // namespace refund::daemon
