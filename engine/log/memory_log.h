// A log in memory, for tests: the same contract as the embedded one, with fencing as a broker does
// it (a newer committer makes the older one fail) and faults that a test asks for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "engine/log/log.h"

namespace refund::log {

// Called at the start of each AppendSession::Sync ("sync") and Committer::Commit ("commit"); an
// error that it returns is what the call returns, with nothing kept.
using Fault = std::function<absl::Status(const char* operation)>;

std::unique_ptr<Log> MakeMemoryLog(uint32_t partitions, Fault fault = {});

}  // namespace refund::log
