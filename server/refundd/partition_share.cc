#include "server/refundd/partition_share.h"

#include <chrono>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "server/refundd/journal.h"
#include "server/refundd/sleep.h"

namespace refund::daemon {
namespace {

constexpr int kPollMs = 100;  // the longest that a stop waits
constexpr std::chrono::seconds kAgain{1};
constexpr std::chrono::seconds kQuiet{30};  // after which a member's trouble has passed

std::string ListOf(const std::vector<uint32_t>& partitions) {
  std::string text;
  for (const uint32_t each : partitions) text += (text.empty() ? "" : " ") + std::to_string(each);
  return text;
}

// The topics were there when this process began: a broker that has just started does not know all
// of its own yet.
bool JoinsAgain(const absl::Status& status) {
  return MayRecover(status) || absl::IsNotFound(status);
}

}  // namespace

PartitionShare::PartitionShare(log::MembershipOpener join, LanePool& lanes,
                               std::vector<PartitionRunner*> runners)
    : join_(std::move(join)), lanes_(lanes), runners_(std::move(runners)) {}

void PartitionShare::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void PartitionShare::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void PartitionShare::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const absl::Status done = Work(stop);
    // A member that is gone has not always given back what it had: after a fatal error, or with an
    // answer still in its queue, librdkafka leaves without a word. The next one is dealt it anew.
    lanes_.TakeBack(runners_);
    if (done.ok()) return;
    Fail(done);
    if (!JoinsAgain(done)) return;
    SleepUntil(SteadyClock::now() + kAgain, stop);
  }
}

// A member until it is to stop, or fails for good.
absl::Status PartitionShare::Work(const std::stop_token& stop) {
  ASSIGN_OR_RETURN(const auto member,
                   join_([this](const log::ShareChange& change) { Change(change); }));
  SteadyTime troubled;
  while (!stop.stop_requested()) {
    const absl::Status polled = member->Poll(kPollMs);
    const SteadyTime now = SteadyClock::now();
    if (absl::IsUnavailable(polled)) {
      // What it has it keeps: if the brokers think otherwise, they say so when they are back.
      SetTrouble(Message(polled));
      troubled = now;
    } else {
      RETURN_IF_ERROR(polled);
      if (standing().joined && now - troubled > kQuiet) SetTrouble("");
    }
  }
  return absl::OkStatus();
}

// It is met again and again until it has passed: said once.
void PartitionShare::SetTrouble(const std::string& error) {
  {
    std::lock_guard lock(mutex_);
    if (standing_.error == error) return;
    standing_.error = error;
  }
  if (!error.empty()) Note(LogLevel::kWarning, "group in trouble", {{"error", error}});
}

void PartitionShare::Change(const log::ShareChange& change) {
  std::vector<PartitionRunner*> taken;
  for (const uint32_t each : change.taken) taken.push_back(runners_[each]);
  lanes_.TakeBack(taken);
  for (const uint32_t each : change.given) {
    runners_[each]->Begin();
    lanes_.Give(*runners_[each]);
  }
  Note(LogLevel::kInfo, "partitions shared",
       {{"given", ListOf(change.given)},
        {"taken", ListOf(change.taken)},
        {"lost", change.lost ? "yes" : "no"}});
  std::lock_guard lock(mutex_);
  standing_ = {};
  standing_.joined = !change.lost;
}

void PartitionShare::Fail(const absl::Status& status) {
  Note(LogLevel::kError, "group failed",
       {{"again", JoinsAgain(status) ? "yes" : "no"},
        {"code", absl::StatusCodeToString(status.code())},
        {"error", Message(status)}});
  std::lock_guard lock(mutex_);
  standing_ = {.joined = false,
               .again = JoinsAgain(status),
               .error = Message(status),
               .exit = absl::IsInvalidArgument(status) ? kExitBadPolicy : ExitCodeOf(status)};
}

ShareStanding PartitionShare::standing() const {
  std::lock_guard lock(mutex_);
  return standing_;
}

}  // namespace refund::daemon
