// Replay of a whole log into a state directory: opens what each partition needs and runs its lane,
// several at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/log.h"
#include "engine/replay/lane.h"
#include "server/lanes/memory.h"
#include "tools/refundctl/log_init.h"

namespace refund::tools {

// A log directory, or an exported file; `log` is null for the latter.
struct Source {
  // The outputs of one partition. The log is there, so they are: gone, they are kDataLoss.
  absl::StatusOr<std::unique_ptr<log::Committer>> OpenCommitter(uint32_t partition);
  // The same, for whoever only reads them.
  absl::StatusOr<std::unique_ptr<log::Outputs>> OpenOutputs(uint32_t partition);

  std::string directory;  // of the log; empty for an exported file, and over Kafka
  std::unique_ptr<log::Log> log;
  std::unique_ptr<log::Reader> reader;
};
// Exactly one of the two is not empty.
absl::StatusOr<Source> OpenSource(const LogAddress& log, const std::string& file);

struct PartitionResult {
  uint32_t partition = 0;
  int64_t next = 0;
  Digest output;
  Digest state;
};

struct ReplayResult {
  int64_t read = 0;      // by this run
  int64_t messages = 0;  // carried from key to key by this run
  replay::Counts counts;
  int64_t due_unfired = 0;
  std::vector<PartitionResult> partitions;
  Digest digest;  // SHA-256 over output and state digest, partition by partition
};

struct ReplayOptions {
  replay::LaneOptions lane;
  size_t memory_bytes = lanes::kDefaultMemoryBytes;
  // Records of all partitions. Called by one thread at a time.
  std::function<void(int64_t done, int64_t total)> progress;
};

// Into `state`, which goes on from where it stands. With a log, outputs and cursor are committed
// beside it, and when the end is reached, messages to other keys that were put out are appended and
// the lanes go on, until there are none; an exported file is only read. A partition that fails does
// not stop the others; the first failure is returned.
absl::StatusOr<ReplayResult> Replay(Source& source, const std::string& state,
                                    const ReplayOptions& options);

}  // namespace refund::tools
