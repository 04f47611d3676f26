// A new log: its directory, LogOpened in every partition, and the packs. Made beside and renamed,
// so that a crash leaves no half-made log.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/instant.h"
#include "tools/packc/packc.h"

namespace refund::tools {

// kFailedPrecondition if the directory is there and not empty.
absl::Status InitLog(const std::string& directory, uint32_t partitions, Instant at,
                     const std::vector<packc::Compiled>& packs);

}  // namespace refund::tools
