#include "server/refundd/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <numeric>
#include <optional>
#include <stop_token>
#include <utility>

#include "engine/base/status.h"
#include "projections/state/state_dir.h"
#include "server/lanes/partition.h"
#include "server/refundd/journal.h"
#include "server/refundd/kafka_start.h"

namespace refund::daemon {
namespace {

// Until then, or until the thread is told to stop.
void SleepUntil(SteadyTime wake, const std::stop_token& stop) {
  constexpr std::chrono::seconds kLongest{1};
  std::mutex mutex;
  std::condition_variable_any told;
  std::unique_lock lock(mutex);
  told.wait_until(lock, stop, std::min(wake, SteadyClock::now() + kLongest), [] { return false; });
}

// What a lane does: a turn for each of its partitions, as often as they want one.
void RunLane(const std::stop_token& stop, const std::vector<PartitionRunner*>& partitions) {
  while (!stop.stop_requested()) {
    SteadyTime wake = SteadyTime::max();
    for (PartitionRunner* each : partitions) wake = std::min(wake, each->Turn(SteadyClock::now()));
    SleepUntil(wake, stop);
  }
  for (PartitionRunner* each : partitions) each->Finish();
}

void RunIntake(const std::stop_token& stop, IntakeWorker& intake) {
  while (!stop.stop_requested()) SleepUntil(intake.Turn(SteadyClock::now()), stop);
  intake.Finish();
}

std::string Named(const char* key, const std::string& value) {
  return std::string(key) + " = \"" + value + "\"";
}

// Says no, in one line.
bool Refuse(Refusal& refusal, ExitCode exit, const std::string& what, const std::string& found,
            const std::string& to_do) {
  refusal = {exit, what + ": " + found + ": " + to_do};
  std::replace(refusal.message.begin(), refusal.message.end(), '\n', ' ');
  return false;
}

bool Refuse(Refusal& refusal, const Lack& lack) {
  return Refuse(refusal, lack.exit, lack.what, lack.found, lack.to_do);
}

ExitCode ExitOf(const absl::Status& status) {
  return absl::IsInvalidArgument(status) ? kExitBadPolicy : ExitCodeOf(status);
}

const char* WhatToDoAboutLog(const absl::Status& status) {
  if (absl::IsNotFound(status))
    return "correct the path, or make one with refundctl init --log DIR";
  if (absl::IsDataLoss(status)) return "put the log back from a copy; refundctl doctor says more";
  return "make it readable and writable for this user, then start again";
}

constexpr char kWritable[] = "make it writable for this user, or name another directory";

// As far as can be told before anything is written: of the nearest directory that is there.
std::string WhyNotWritable(const std::string& directory) {
  std::error_code error;
  std::filesystem::path nearest = std::filesystem::absolute(directory, error);
  while (!std::filesystem::exists(nearest, error) && nearest.has_relative_path()) {
    nearest = nearest.parent_path();
  }
  if (::access(nearest.c_str(), W_OK | X_OK) == 0) return "";
  return nearest.string() + ": " + std::strerror(errno);
}

// 5 before 6 before the rest: what is corrupt needs a person first.
ExitCode Worse(ExitCode a, ExitCode b) {
  const auto rank = [](ExitCode code) {
    return code == kExitOk ? 0 : code == kExitCorrupt ? 3 : code == kExitRefusedForSafety ? 2 : 1;
  };
  return rank(b) > rank(a) ? b : a;
}

}  // namespace

std::unique_ptr<Daemon> Daemon::Open(const Config& config, LogOpener log, Refusal& refusal) {
  std::unique_ptr<Daemon> daemon(new Daemon(config, std::move(log)));
  if (!daemon->Prepare(refusal)) return nullptr;
  return daemon;
}

Daemon::~Daemon() {
  if (!lanes_.empty() || intake_thread_.joinable()) Stop();
}

// Asks first, and writes last.
bool Daemon::Prepare(Refusal& refusal) {
  const std::string log_key = config_.log_key();
  const std::string state_key = Named("state.directory", config_.state_directory);
  const auto opening = [&]() -> absl::StatusOr<projections::StateDirInfo> {
    ASSIGN_OR_RETURN(const std::unique_ptr<log::Log> log, log_());
    ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log->OpenReader());
    return lanes::ReadOpening(*reader);
  }();
  if (!opening.ok() && config_.kafka)
    return Refuse(refusal, LackOfKafka(config_, opening.status()));
  if (!opening.ok()) {
    return Refuse(refusal, ExitOf(opening.status()), log_key, Message(opening.status()),
                  WhatToDoAboutLog(opening.status()));
  }
  if (config_.has_lanes()) {
    const absl::Status its_state = projections::CheckStateDir(config_.state_directory, *opening);
    if (!its_state.ok() && !absl::IsNotFound(its_state)) {
      return Refuse(refusal, ExitOf(its_state), state_key, Message(its_state),
                    "name a directory of this log, or one that is not there yet");
    }
  }
  if (config_.kafka) {
    if (const std::optional<Lack> lack = FindLackOfKafka(config_)) return Refuse(refusal, *lack);
  }
  // Before the partitions: over Kafka they are taken from whoever has them.
  absl::StatusOr<std::unique_ptr<HttpServer>> http =
      HttpServer::Listen(config_.http_address, config_.http_port);
  if (!http.ok()) {
    return Refuse(refusal, kExitBadPolicy, Named("http.listen", config_.listen()),
                  Message(http.status()),
                  "name an address of this machine and a port that is free");
  }
  http_ = *std::move(http);
  if (config_.has_lanes()) {
    if (const std::string why = WhyNotWritable(config_.state_directory); !why.empty()) {
      return Refuse(refusal, kExitBadPolicy, state_key, why, kWritable);
    }
  }
  if (!ClaimPartitions(opening->partitions, refusal) || !ClaimIntake(refusal)) return false;
  if (!config_.has_lanes()) return true;
  absl::Status made = projections::CreateStateDir(config_.state_directory, *opening);
  // Another process, with other partitions, may have made it at the same moment.
  if (!made.ok()) made = projections::CreateStateDir(config_.state_directory, *opening);
  if (made.ok()) return true;
  // What no status has a word for is the directory's affair, not a bug of ours.
  const ExitCode exit = absl::IsInternal(made) ? kExitBadPolicy : ExitOf(made);
  return Refuse(refusal, exit, state_key, Message(made), kWritable);
}

bool Daemon::ChoosePartitions(uint32_t partitions, std::vector<uint32_t>& chosen,
                              Refusal& refusal) {
  chosen.resize(partitions);
  std::iota(chosen.begin(), chosen.end(), 0U);
  if (!config_.partitions) return true;
  chosen = *config_.partitions;
  if (chosen.back() < partitions) return true;
  return Refuse(refusal, kExitBadPolicy,
                absl::StrFormat("lanes.partitions holds %d", chosen.back()),
                absl::StrFormat("the log has %d partitions", partitions),
                absl::StrFormat("name numbers from 0 to %d", partitions - 1));
}

bool Daemon::ClaimPartitions(uint32_t partitions, Refusal& refusal) {
  std::vector<uint32_t> chosen;
  if (config_.has_lanes() && !ChoosePartitions(partitions, chosen, refusal)) return false;
  metrics_ = std::make_unique<Metrics>(chosen);
  for (const uint32_t partition : chosen) {
    RunnerOptions options;
    options.partition = partition;
    options.state = config_.state_directory;
    options.lane.batch.records = static_cast<size_t>(config_.batch_records);
    options.lane.checkpoint_bytes = static_cast<size_t>(config_.checkpoint_bytes);
    options.commit_interval = std::chrono::milliseconds(config_.commit_interval_ms);
    options.checkpoint_interval = std::chrono::milliseconds(config_.checkpoint_interval_ms);
    options.on_commit = [this, partition](double seconds) {
      metrics_->ObserveCommit(partition, seconds);
    };
    runners_.push_back(std::make_unique<PartitionRunner>(std::move(options), log_));
    const absl::Status claimed = runners_.back()->Claim();
    if (claimed.ok()) continue;
    return Refuse(
        refusal, ExitOf(claimed), config_.log_key(),
        absl::StrFormat("partition %d belongs to another process (%s)", partition,
                        Message(claimed)),
        "stop that one (refundd or refundctl replay), or name others in lanes.partitions");
  }
  return true;
}

bool Daemon::ClaimIntake(Refusal& refusal) {
  if (!config_.has_intake()) return true;
  IntakeOptions options;
  options.lock = IntakeLockPath(config_);
  options.message_cursor = MessageCursorPath(config_);
  options.inbox = InboxOf(config_);
  options.principals = config_.inboxes;
  options.principal = config_.ticker_principal;
  options.tick_interval = std::chrono::milliseconds(config_.tick_interval_ms);
  options.has_backlog = [this] {
    const auto standings = Standings();
    return std::any_of(standings.begin(), standings.end(),
                       [](const PartitionStanding& each) { return each.backlog; });
  };
  intake_ = std::make_unique<IntakeWorker>(std::move(options), log_);
  const absl::Status claimed = intake_->Claim();
  if (claimed.ok()) return true;
  return Refuse(refusal, ExitOf(claimed), Named("role", std::string(NameOf(config_.role))),
                "intake of this log cannot be had (" + Message(claimed) + ")",
                "stop the other refundd, or give this one role = \"lanes\"");
}

// Partitions are dealt out among the lanes like cards.
void Daemon::StartLanes() {
  const size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const size_t wanted = config_.threads > 0 ? static_cast<size_t>(config_.threads) : cores;
  std::vector<std::vector<PartitionRunner*>> hands(std::min(wanted, runners_.size()));
  for (size_t i = 0; i < runners_.size(); ++i) {
    hands[i % hands.size()].push_back(runners_[i].get());
  }
  for (auto& hand : hands) {
    lanes_.emplace_back(
        [hand = std::move(hand)](const std::stop_token& stop) { RunLane(stop, hand); });
  }
}

void Daemon::Start() {
  Note(LogLevel::kInfo, "started",
       {{"role", NameOf(config_.role)},
        {"partitions", static_cast<int64_t>(runners_.size())},
        {"address", config_.http_address},
        {"port", http_->port()}});
  http_->Start([this](const std::string& path) { return Answer(path); });
  StartLanes();
  if (intake_ != nullptr) {
    intake_thread_ =
        std::jthread([this](const std::stop_token& stop) { RunIntake(stop, *intake_); });
  }
}

std::vector<PartitionStanding> Daemon::Standings() const {
  std::vector<PartitionStanding> standings;
  for (const auto& each : runners_) standings.push_back(each->standing());
  return standings;
}

bool Daemon::IsOver() const {
  size_t stopped = 0;
  for (const PartitionStanding& each : Standings()) {
    if (each.state == PartitionState::kFenced) return true;
    if (each.state == PartitionState::kStopped) ++stopped;
  }
  if (!runners_.empty()) return stopped == runners_.size();
  const IntakeStanding intake = intake_->standing();
  return intake.exit != kExitOk && !intake.running && !intake.again;
}

ExitCode Daemon::Stop() {
  // Intake first: it lets no more time pass that nobody would take in.
  intake_thread_.request_stop();
  if (intake_thread_.joinable()) intake_thread_.join();
  for (std::jthread& each : lanes_) each.request_stop();
  lanes_.clear();  // joins
  ExitCode exit = kExitOk;
  for (const PartitionStanding& each : Standings()) exit = Worse(exit, each.exit);
  if (intake_ != nullptr) exit = Worse(exit, intake_->standing().exit);
  Note(LogLevel::kInfo, "stopped", {{"exit", exit}});
  return exit;
}

HttpAnswer Daemon::Answer(const std::string& path) {
  if (path == "/healthz") return {200, "text/plain; charset=utf-8", "ok\n"};
  const bool asks_for_more = path == "/readyz" || path == "/metrics";
  if (!asks_for_more) {
    return {404, "text/plain; charset=utf-8", "there is /healthz, /readyz and /metrics\n"};
  }
  const std::vector<PartitionStanding> partitions = Standings();
  IntakeStanding standing;
  if (intake_ != nullptr) standing = intake_->standing();
  const IntakeStanding* intake = intake_ != nullptr ? &standing : nullptr;
  if (path == "/metrics") {
    return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_->Text(partitions, intake)};
  }
  const unsigned status = IsReady(partitions, intake) ? 200 : 503;
  return {status, "application/json", ReadyJson(partitions, intake)};
}

}  // namespace refund::daemon
