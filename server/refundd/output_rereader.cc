#include "server/refundd/output_rereader.h"

#include <utility>

#include "engine/base/status.h"
#include "server/refundd/journal.h"
#include "server/refundd/sleep.h"

namespace refund::daemon {

OutputRereader::OutputRereader(LogOpener open_log, std::vector<const PartitionRunner*> runners,
                               std::chrono::milliseconds interval)
    : open_log_(std::move(open_log)), runners_(std::move(runners)), interval_(interval) {}

void OutputRereader::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void OutputRereader::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void OutputRereader::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    for (const SteadyTime next = SteadyClock::now() + interval_;
         SteadyClock::now() < next && !stop.stop_requested();) {
      SleepUntil(next, stop);
    }
    for (const PartitionRunner* each : runners_) {
      if (stop.stop_requested()) return;
      const absl::Status looked = LookAt(*each);
      if (looked.ok()) continue;
      // Nothing is lost by it: what is expected waits.
      Note(LogLevel::kWarning, "outputs not read back",
           {{"partition", each->standing().partition}, {"error", Message(looked)}});
      readings_.clear();
      log_.reset();
      break;
    }
  }
}

absl::Status OutputRereader::LookAt(const PartitionRunner& runner) {
  std::shared_ptr<OutputCheck> check = runner.output_check();
  Reading& reading = readings_[&runner];
  if (reading.check != check) reading = {std::move(check), nullptr};
  if (reading.check == nullptr || !reading.check->HasMore()) return absl::OkStatus();
  if (log_ == nullptr) {
    ASSIGN_OR_RETURN(log_, open_log_());
  }
  if (reading.reader == nullptr) {
    ASSIGN_OR_RETURN(reading.reader, log_->FollowOutputs(runner.standing().partition));
  }
  return reading.check->Look(*reading.reader);
}

}  // namespace refund::daemon
