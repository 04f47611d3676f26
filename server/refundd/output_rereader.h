// The thread that reads back what the partitions of this process put out (output_check.h).
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "engine/log/log.h"
#include "server/refundd/open_log.h"
#include "server/refundd/output_check.h"
#include "server/refundd/partition_runner.h"

namespace refund::daemon {

class OutputRereader {
 public:
  OutputRereader(LogOpener open_log, std::vector<const PartitionRunner*> runners,
                 std::chrono::milliseconds interval);
  void Start();
  void Stop();

 private:
  // Of a partition, since it was opened.
  struct Reading {
    std::shared_ptr<OutputCheck> check;
    std::unique_ptr<log::OutputReader> reader;
  };

  void Run(const std::stop_token& stop);
  absl::Status LookAt(const PartitionRunner& runner);

  const LogOpener open_log_;
  const std::vector<const PartitionRunner*> runners_;
  const std::chrono::milliseconds interval_;
  std::unique_ptr<log::Log> log_;  // absent after a failure
  std::map<const PartitionRunner*, Reading> readings_;
  std::jthread thread_;
};

}  // namespace refund::daemon
