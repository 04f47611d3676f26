// How a partition and the intake stand, as their threads last said: for /readyz, the metrics, the
// ticker and the exit code. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/exit_code.h"
#include "engine/base/instant.h"
#include "engine/replay/order_store.h"

namespace refund::daemon {

using SteadyClock = std::chrono::steady_clock;
using SteadyTime = SteadyClock::time_point;

enum class PartitionState : uint8_t {
  kOpening,  // not open yet
  kRunning,
  kWaiting,  // it failed, and will be opened again
  kStopped,  // for good: what it met needs a person
  kFenced,   // another process has it
  kClosed,
  kElsewhere,  // in a group: another process has it, or nobody yet
};
inline constexpr PartitionState kPartitionStates[] = {
    PartitionState::kOpening,  PartitionState::kRunning, PartitionState::kWaiting,
    PartitionState::kStopped,  PartitionState::kFenced,  PartitionState::kClosed,
    PartitionState::kElsewhere};
std::string_view NameOf(PartitionState state);

// Who runs comes for its turn many times a second. So late, it is kept from it: by a log or a disk
// that does not answer, its own or a neighbour's in the same thread.
inline constexpr std::chrono::seconds kLate{3};

struct PartitionStanding {
  uint32_t partition = 0;
  PartitionState state = PartitionState::kOpening;
  std::string error;        // of the newest failure; empty while running
  ExitCode exit = kExitOk;  // what the process must end with because of it
  int64_t next = 0;         // the first offset that is not applied
  int64_t end = 0;          // of the log, when it was last looked at
  int64_t target = 0;       // the end that it saw first
  int64_t restarts = 0;
  int64_t records = 0;        // applied by this process
  replay::Counts counts;      // of these
  int64_t read_back = 0;      // outputs that were found to be as they must
  int64_t put_out_again = 0;  // outputs that were missing
  int64_t pending_bytes = 0;  // of changed orders, for the next checkpoint
  bool backlog = false;       // deadlines are due that the last record left over
  Instant last_tick;
  std::optional<SteadyTime> unsaved_since;  // the oldest record that is in no checkpoint

  SteadyTime due;  // when it wanted its next turn, while running

  bool is_late(SteadyTime now) const {
    return state == PartitionState::kRunning && now - due > kLate;
  }
  // It runs, and has reached the end that the log had at first.
  bool is_ready(SteadyTime now) const {
    return state == PartitionState::kRunning && next >= target && !is_late(now);
  }
};

// Of this process, in the group that shares the partitions.
struct ShareStanding {
  bool joined = false;  // it has been told what it has
  bool again = true;    // after a failure: it will try again
  std::string error;
  ExitCode exit = kExitOk;  // what the process must end with because of it
};

struct IntakeStanding {
  bool running = false;
  bool again = true;  // after a failure: it will try again
  std::string error;
  ExitCode exit = kExitOk;  // what the process must end with because of it
  int64_t messages = 0;     // carried by this process
  int64_t taken = 0;        // from inboxes, those of strangers
  int64_t returned = 0;     // to their senders
  int64_t ticks = 0;
  int64_t outages = 0;
  Instant last_tick;
  SteadyTime due;  // when it wanted its next turn, while running

  bool is_late(SteadyTime now) const { return running && now - due > kLate; }
};

// What this process has. Absent: it has no intake, or is in no group.
struct DaemonStanding {
  std::vector<PartitionStanding> partitions;
  std::optional<IntakeStanding> intake;
  std::optional<ShareStanding> share;
};

// The clock on the wall: what is stamped with it is stamped by intake alone.
Instant WallClock();

// How the process ends that cannot start because of this.
ExitCode ExitAtStart(const absl::Status& status);

// Whether to open again what failed so: the machinery may recover by itself.
bool MayRecover(const absl::Status& status);

}  // namespace refund::daemon
