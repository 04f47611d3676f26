// Intake's part of the daemon: carries the engine's messages back into the log, and lets time pass.
// One process carries and ticks for a log: a second would do no harm, as everything is absorbed by
// its id, but no good either, and is refused. One thread drives it; standing() may be asked by any.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "engine/log/log.h"
#include "server/intake/door.h"
#include "server/intake/messages.h"
#include "server/refundd/open_log.h"
#include "server/refundd/process_lock.h"
#include "server/refundd/standing.h"

namespace refund::daemon {

struct IntakeOptions {
  std::string lock;                     // a file or directory; empty: none
  std::string message_cursor;           // a file, made when first needed; unused with an inbox
  InboxOpener inbox;                    // null: messages are carried, and nothing else comes in
  log::ClockOpener clock;               // that must not be behind this machine's; may be null
  intake::PrincipalByTopic principals;  // of the inbox's topics
  std::string principal;                // of Ticks
  std::chrono::milliseconds tick_interval{60'000};
  // Whether deadlines are due that the last Tick left over: then the next one comes soon.
  std::function<bool()> has_backlog;
};

class IntakeWorker {
 public:
  IntakeWorker(IntakeOptions options, LogOpener open_log);

  // kFailedPrecondition if another process is the log's intake.
  absl::Status Claim();
  // Returns when it wants to be called again.
  SteadyTime Turn(SteadyTime now);
  void Finish();

  IntakeStanding standing() const;

 private:
  absl::Status Open();
  absl::Status Work(SteadyTime now);
  absl::Status OpenInbox();
  absl::Status HoldClock(SteadyTime now);
  absl::Status Carry(SteadyTime now);
  // True if anything came.
  absl::StatusOr<bool> TakeIn();
  void AddCarried(int64_t messages);
  absl::Status LetTimePass();
  void Fail(const absl::Status& status, SteadyTime now);
  void Publish();

  const IntakeOptions options_;
  const LogOpener open_log_;
  std::unique_ptr<ProcessLock> lock_;
  // Absent after a failure.
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<log::Reader> reader_;
  std::unique_ptr<log::LogClock> clock_;
  std::unique_ptr<intake::MessageCarrier> carrier_;  // or:
  std::unique_ptr<log::Inbox> inbox_;
  std::unique_ptr<intake::Door> door_;

  SteadyTime turn_at_;
  SteadyTime saved_at_;
  SteadyTime ticked_at_;
  SteadyTime clock_held_at_;
  bool clock_is_wrong_ = false;
  std::chrono::milliseconds back_off_;
  IntakeStanding now_;  // the driving thread's own

  mutable std::mutex mutex_;
  IntakeStanding published_;
};

}  // namespace refund::daemon
