#include "server/refundd/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <optional>
#include <stop_token>
#include <utility>

#include "engine/base/status.h"
#include "projections/state/state_dir.h"
#include "server/lanes/partition.h"
#include "server/refundd/journal.h"
#include "server/refundd/kafka_start.h"
#include "server/refundd/sleep.h"

namespace refund::daemon {
namespace {

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
  if (started_) Stop();
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
    return Refuse(refusal, ExitAtStart(opening.status()), log_key, Message(opening.status()),
                  WhatToDoAboutLog(opening.status()));
  }
  if (config_.has_lanes()) {
    const absl::Status its_state = projections::CheckStateDir(config_.state_directory, *opening);
    if (!its_state.ok() && !absl::IsNotFound(its_state)) {
      return Refuse(refusal, ExitAtStart(its_state), state_key, Message(its_state),
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
  if (!MakeRunners(opening->partitions, refusal) || !ClaimPartitions(refusal) ||
      !ClaimIntake(refusal)) {
    return false;
  }
  if (!config_.has_lanes()) return true;
  absl::Status made = projections::CreateStateDir(config_.state_directory, *opening);
  // Another process, with other partitions, may have made it at the same moment.
  if (!made.ok()) made = projections::CreateStateDir(config_.state_directory, *opening);
  if (made.ok()) return true;
  // What no status has a word for is the directory's affair, not a bug of ours.
  const ExitCode exit = absl::IsInternal(made) ? kExitBadPolicy : ExitAtStart(made);
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

bool Daemon::MakeRunners(uint32_t partitions, Refusal& refusal) {
  std::vector<uint32_t> chosen;
  if (config_.has_lanes() && !ChoosePartitions(partitions, chosen, refusal)) return false;
  metrics_ = std::make_unique<Metrics>(chosen);
  memory_ = std::make_shared<lanes::Memory>(static_cast<size_t>(config_.memory_bytes),
                                            static_cast<uint32_t>(chosen.size()));
  for (const uint32_t each : chosen) {
    runners_.push_back(std::make_unique<PartitionRunner>(OptionsOf(each), log_));
  }
  return true;
}

RunnerOptions Daemon::OptionsOf(uint32_t partition) {
  RunnerOptions options;
  options.partition = partition;
  options.state = config_.state_directory;
  options.lane.batch.records = static_cast<size_t>(config_.batch_records);
  options.lane.checkpoint_bytes = static_cast<size_t>(config_.checkpoint_bytes);
  options.memory = memory_;
  options.commit_interval = std::chrono::milliseconds(config_.commit_interval_ms);
  options.checkpoint_interval = std::chrono::milliseconds(config_.checkpoint_interval_ms);
  options.on_commit = [this, partition](double seconds) {
    metrics_->ObserveCommit(partition, seconds);
  };
  options.reads_back = config_.kafka.has_value();
  // By then the group has missed whoever was fenced, if it is another's.
  if (config_.assign == Assign::kGroup)
    options.fenced_again = std::chrono::milliseconds(2 * config_.session_timeout_ms);
  return options;
}

// A group deals them out later.
bool Daemon::ClaimPartitions(Refusal& refusal) {
  if (config_.assign == Assign::kGroup) return true;
  for (const auto& each : runners_) {
    const absl::Status claimed = each->Claim();
    if (claimed.ok()) continue;
    return Refuse(
        refusal, ExitAtStart(claimed), config_.log_key(),
        absl::StrFormat("partition %d belongs to another process (%s)", each->standing().partition,
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
  options.clock = ClockOf(config_);
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
  return Refuse(refusal, ExitAtStart(claimed), Named("role", std::string(NameOf(config_.role))),
                "intake of this log cannot be had (" + Message(claimed) + ")",
                "stop the other refundd, or give this one role = \"lanes\"");
}

void Daemon::StartLanes() {
  if (runners_.empty()) return;
  const size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const size_t wanted = config_.threads > 0 ? static_cast<size_t>(config_.threads) : cores;
  lanes_.Start(std::min(wanted, runners_.size()));
  std::vector<PartitionRunner*> runners;
  for (const auto& each : runners_) runners.push_back(each.get());
  if (config_.kafka) {
    rereader_ = std::make_unique<OutputRereader>(
        log_, std::vector<const PartitionRunner*>(runners.begin(), runners.end()),
        std::chrono::milliseconds(config_.read_back_interval_ms));
    rereader_->Start();
  }
  if (config_.assign == Assign::kGroup) {
    share_ = std::make_unique<PartitionShare>(MembershipOf(config_), lanes_, std::move(runners));
    return share_->Start();
  }
  for (PartitionRunner* each : runners) lanes_.Give(*each);
}

void Daemon::Start() {
  started_ = true;
  Note(LogLevel::kInfo, "started",
       {{"role", NameOf(config_.role)},
        {"partitions", static_cast<int64_t>(runners_.size())},
        {"address", config_.http_address},
        {"port", http_->port()}});
  StartLanes();
  http_->Start([this](const std::string& path) { return Answer(path); });
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

std::vector<PartitionStanding> Daemon::Held() const {
  std::vector<PartitionStanding> standings = Standings();
  std::erase_if(standings, [](const PartitionStanding& each) {
    return each.state == PartitionState::kElsewhere;
  });
  return standings;
}

bool Daemon::IsOver() const {
  if (share_ != nullptr && !share_->standing().again) return true;
  size_t stopped = 0;
  const std::vector<PartitionStanding> held = Held();
  for (const PartitionStanding& each : held) {
    if (each.state == PartitionState::kFenced && share_ == nullptr) return true;
    if (each.state == PartitionState::kStopped) ++stopped;
  }
  if (!runners_.empty()) return !held.empty() && stopped == held.size();
  const IntakeStanding intake = intake_->standing();
  return intake.exit != kExitOk && !intake.running && !intake.again;
}

ExitCode Daemon::Stop() {
  // Intake first: it lets no more time pass that nobody would take in.
  intake_thread_.request_stop();
  if (intake_thread_.joinable()) intake_thread_.join();
  if (rereader_ != nullptr) rereader_->Stop();
  ExitCode exit = kExitOk;
  // The lanes finish before the group gives their partitions to others.
  lanes_.Stop();
  for (const PartitionStanding& each : Standings()) exit = Worse(exit, each.exit);
  if (share_ != nullptr) {
    share_->Stop();
    exit = Worse(exit, share_->standing().exit);
  }
  if (intake_ != nullptr) exit = Worse(exit, intake_->standing().exit);
  Note(LogLevel::kInfo, "stopped", {{"exit", exit}});
  started_ = false;
  return exit;
}

HttpAnswer Daemon::Answer(const std::string& path) {
  if (path == "/healthz") return {200, "text/plain; charset=utf-8", "ok\n"};
  DaemonStanding standing;
  if (intake_ != nullptr) standing.intake = intake_->standing();
  if (share_ != nullptr) standing.share = share_->standing();
  if (path == "/metrics") {
    standing.partitions = Standings();
    return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_->Text(standing)};
  }
  if (path == "/readyz") {
    standing.partitions = Held();
    const SteadyTime now = SteadyClock::now();
    return {IsReady(standing, now) ? 200U : 503U, "application/json", ReadyJson(standing, now)};
  }
  return {404, "text/plain; charset=utf-8", "there is /healthz, /readyz and /metrics\n"};
}

}  // namespace refund::daemon
