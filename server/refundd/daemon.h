// The process: intake and lanes, each in threads of their own, until it is told to stop or nothing
// is left to do. Everything that can be refused is refused by Open(), before a thread is started or
// a file of the state is written.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/exit_code.h"
#include "server/refundd/config.h"
#include "server/refundd/http_server.h"
#include "server/refundd/intake_worker.h"
#include "server/refundd/lane_pool.h"
#include "server/refundd/metrics.h"
#include "server/refundd/open_log.h"
#include "server/refundd/output_rereader.h"
#include "server/refundd/partition_runner.h"
#include "server/refundd/partition_share.h"

namespace refund::daemon {

// Why the daemon does not start: one line, which names the key, its value and what to do.
struct Refusal {
  ExitCode exit = kExitOk;
  std::string message;
};

class Daemon {
 public:
  // `log`: how to open the configured one. Null, and `refusal` says why, if it cannot start.
  static std::unique_ptr<Daemon> Open(const Config& config, LogOpener log, Refusal& refusal);
  ~Daemon();

  void Start();
  // Nothing is left to do: every partition has stopped for good, or one belongs to another process.
  bool IsOver() const;
  // Finishes what is at hand, and returns how the process ends.
  ExitCode Stop();

  uint16_t port() const { return http_->port(); }
  HttpAnswer Answer(const std::string& path);

 private:
  Daemon(const Config& config, LogOpener log) : config_(config), log_(std::move(log)) {}

  bool Prepare(Refusal& refusal);
  bool MakeRunners(uint32_t partitions, Refusal& refusal);
  RunnerOptions OptionsOf(uint32_t partition);
  bool ClaimPartitions(Refusal& refusal);
  bool ClaimIntake(Refusal& refusal);
  bool ChoosePartitions(uint32_t partitions, std::vector<uint32_t>& chosen, Refusal& refusal);
  void StartLanes();
  // Of the partitions that this process has.
  std::vector<PartitionStanding> Held() const;
  std::vector<PartitionStanding> Standings() const;

  const Config config_;
  bool started_ = false;
  const LogOpener log_;
  std::unique_ptr<Metrics> metrics_;
  std::shared_ptr<const lanes::Memory> memory_;
  std::vector<std::unique_ptr<PartitionRunner>> runners_;
  std::unique_ptr<IntakeWorker> intake_;
  LanePool lanes_;
  std::unique_ptr<PartitionShare> share_;     // in a group
  std::unique_ptr<OutputRereader> rereader_;  // over Kafka
  std::jthread intake_thread_;
  std::unique_ptr<HttpServer> http_;  // last: it asks all of the above
};

// ---- What /readyz says ----

// Ready: every partition that it has has reached the end that the log had at start and runs, and so
// does intake, none of them late, and the group has said which they are.
bool IsReady(const DaemonStanding& standing, SteadyTime now);
std::string ReadyJson(const DaemonStanding& standing, SteadyTime now);

}  // namespace refund::daemon
