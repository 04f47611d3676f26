#include "server/refundd/intake_worker.h"

#include <algorithm>
#include <utility>

#include "engine/base/status.h"
#include "server/intake/clock.h"
#include "server/intake/intake.h"
#include "server/refundd/journal.h"

namespace refund::daemon {
namespace {

using std::chrono::milliseconds;

// How often it looks whether lanes have put out messages.
constexpr milliseconds kPoll{20};
constexpr milliseconds kInboxPoll{2};  // what has come is here already: the client prefetches
// How often the cursor is written when nothing was carried. What it does not say is read again.
constexpr milliseconds kSaveInterval{5'000};
constexpr milliseconds kBacklogTick{1'000};
constexpr milliseconds kHoldClock{5'000};  // how often it is held against the brokers'
constexpr milliseconds kFirstBackOff{100};
constexpr milliseconds kLongestBackOff{30'000};

}  // namespace

IntakeWorker::IntakeWorker(IntakeOptions options, LogOpener open_log)
    : options_(std::move(options)), open_log_(std::move(open_log)), back_off_(kFirstBackOff) {}

absl::Status IntakeWorker::Claim() {
  if (options_.lock.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(lock_, ProcessLock::Take(options_.lock));
  return absl::OkStatus();
}

absl::Status IntakeWorker::Open() {
  ASSIGN_OR_RETURN(log_, open_log_());
  ASSIGN_OR_RETURN(reader_, log_->OpenReader());
  if (options_.clock) {
    ASSIGN_OR_RETURN(clock_, options_.clock());
  }
  clock_held_at_ = {};
  RETURN_IF_ERROR(HoldClock(SteadyClock::now()));
  if (options_.inbox) {
    RETURN_IF_ERROR(OpenInbox());
  } else {
    ASSIGN_OR_RETURN(carrier_, intake::MessageCarrier::Open(*log_, options_.message_cursor));
  }
  ASSIGN_OR_RETURN(now_.last_tick, intake::LastTick(*reader_));
  // As if this process had ticked then.
  const milliseconds age(std::max<int64_t>(0, WallClock() - now_.last_tick));
  ticked_at_ = SteadyClock::now() - std::min(age, options_.tick_interval);
  now_.running = true;
  Note(LogLevel::kInfo, "intake opened", {{"last_tick", FormatInstant(now_.last_tick)}});
  return absl::OkStatus();
}

absl::Status IntakeWorker::HoldClock(SteadyTime now) {
  if (clock_ == nullptr || now - clock_held_at_ < kHoldClock) return absl::OkStatus();
  clock_held_at_ = now;
  const absl::Status held = intake::CheckClock(*clock_, WallClock());
  clock_is_wrong_ = absl::IsFailedPrecondition(held);
  return held;
}

absl::Status IntakeWorker::OpenInbox() {
  door_ = std::make_unique<intake::Door>(*log_, options_.principals);
  RETURN_IF_ERROR(door_->Open());
  ASSIGN_OR_RETURN(inbox_, options_.inbox());
  return absl::OkStatus();
}

// In this order nothing is lost: into the log, back to the sender, off the inbox.
absl::StatusOr<bool> IntakeWorker::TakeIn() {
  ASSIGN_OR_RETURN(const std::vector<log::InboxMessage> messages, inbox_->Poll());
  if (messages.empty()) return false;
  ASSIGN_OR_RETURN(const intake::DoorResult result, door_->Take(messages, WallClock()));
  RETURN_IF_ERROR(inbox_->Return(result.returned));
  RETURN_IF_ERROR(inbox_->Done());
  now_.taken += result.taken;
  AddCarried(result.carried);
  now_.returned += static_cast<int64_t>(result.returned.size());
  for (const log::Returned& each : result.returned) {
    Note(LogLevel::kWarning, "message returned", {{"from", PlaceOf(each.message)}});
  }
  return true;
}

SteadyTime IntakeWorker::Turn(SteadyTime now) {
  if (now < turn_at_) return turn_at_;
  absl::Status done = now_.running ? absl::OkStatus() : Open();
  if (done.ok()) done = Work(now);
  if (!done.ok()) Fail(done, now);
  Publish();
  return turn_at_;
}

absl::Status IntakeWorker::Work(SteadyTime now) {
  RETURN_IF_ERROR(HoldClock(now));
  bool busy = false;
  if (inbox_ != nullptr) {
    ASSIGN_OR_RETURN(busy, TakeIn());
  } else {
    RETURN_IF_ERROR(Carry(now));
  }
  const bool left_over =
      now - ticked_at_ >= kBacklogTick && options_.has_backlog && options_.has_backlog();
  if (now - ticked_at_ >= options_.tick_interval || left_over) {
    RETURN_IF_ERROR(LetTimePass());
    ticked_at_ = now;
  }
  turn_at_ = busy ? now : now + (inbox_ != nullptr ? kInboxPoll : kPoll);
  back_off_ = kFirstBackOff;
  now_.error.clear();
  now_.exit = kExitOk;
  return absl::OkStatus();
}

absl::Status IntakeWorker::Carry(SteadyTime now) {
  ASSIGN_OR_RETURN(const int64_t carried, carrier_->Carry());
  if (carried == 0 && now - saved_at_ < kSaveInterval) return absl::OkStatus();
  AddCarried(carried);
  saved_at_ = now;
  return carrier_->Save();
}

void IntakeWorker::AddCarried(int64_t messages) {
  if (messages == 0) return;
  now_.messages += messages;
  Note(LogLevel::kDebug, "messages carried", {{"messages", messages}});
}

absl::Status IntakeWorker::LetTimePass() {
  // Somebody else may have let time pass while this process was kept from it.
  if (WallClock() - now_.last_tick > intake::kOutageMs) {
    ASSIGN_OR_RETURN(now_.last_tick, intake::LastTick(*reader_));
  }
  const Instant last = now_.last_tick;
  ASSIGN_OR_RETURN(const intake::Ticked ticked,
                   intake::TickNow(*log_, last, WallClock(), options_.principal));
  now_.last_tick = ticked.at;
  ++now_.ticks;
  if (!ticked.outage) return absl::OkStatus();
  ++now_.outages;
  Note(LogLevel::kWarning, "outage declared",
       {{"from", FormatInstant(last)}, {"to", FormatInstant(ticked.at)}});
  return absl::OkStatus();
}

void IntakeWorker::Fail(const absl::Status& status, SteadyTime now) {
  carrier_.reset();
  inbox_.reset();
  door_.reset();
  clock_.reset();
  reader_.reset();
  log_.reset();
  now_.running = false;
  now_.error = Message(status);
  now_.exit = absl::IsInvalidArgument(status) ? kExitInternal : ExitCodeOf(status);
  // Somebody will set it right; or the inboxes' broker, which has just started, does not know its
  // topics yet: they were there when the process began.
  const bool unknown = options_.inbox && absl::IsNotFound(status);
  const bool again = MayRecover(status) || clock_is_wrong_ || unknown;
  now_.again = again;
  turn_at_ = again ? now + back_off_ : SteadyTime::max();
  back_off_ = std::min(back_off_ * 2, clock_is_wrong_ ? kHoldClock : kLongestBackOff);
  Note(again ? LogLevel::kWarning : LogLevel::kError, "intake failed",
       {{"again", again ? "yes" : "no"},
        {"code", absl::StatusCodeToString(status.code())},
        {"error", now_.error}});
}

void IntakeWorker::Finish() {
  if (carrier_ != nullptr) {
    const absl::Status saved = carrier_->Save();
    if (!saved.ok()) Fail(saved, SteadyClock::now());
  }
  now_.running = false;
  Publish();
  Note(LogLevel::kInfo, "intake closed", {{"messages", now_.messages}, {"ticks", now_.ticks}});
}

void IntakeWorker::Publish() {
  now_.due = turn_at_;
  std::lock_guard lock(mutex_);
  published_ = now_;
}

IntakeStanding IntakeWorker::standing() const {
  std::lock_guard lock(mutex_);
  return published_;
}

}  // namespace refund::daemon
