// A log to decide on again: every record of it, in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/sha256.h"
#include "engine/log/log.h"

namespace refund::tools {

struct RecordedLog {
  std::string name;  // as people call it: "the bundled disputes"
  uint32_t partitions = 0;
  std::vector<log::Record> records;  // in order of time, and within a partition of offset
};

// kDataLoss if within a partition time goes back.
absl::StatusOr<RecordedLog> ReadLog(log::Reader& reader, std::string name);

// Of lines as `append --as-recorded` takes them, on a log that is opened at the first line's time
// with these packs (canonical bytes). kInvalidArgument names the first line that does not go in.
absl::StatusOr<RecordedLog> LogOfLines(const std::vector<std::string_view>& lines, std::string name,
                                       const std::vector<std::string>& packs);

// A directory of a log, an exported file, or JSON Lines, which need `packs`. kNotFound, or as
// above.
absl::StatusOr<RecordedLog> OpenRecordedLog(const std::string& path,
                                            const std::vector<std::string>& packs);

// The log publishes a pack of that digest.
bool Publishes(const RecordedLog& log, const Digest& pack);

// The same records on a log of its own, which goes with it: what is appended to it is nowhere else.
absl::StatusOr<std::unique_ptr<log::Log>> CopyInMemory(const RecordedLog& log);

}  // namespace refund::tools
