// A whole log in one file: what `refundctl export` writes, and an auditor replays without a broker.
// Frames as in the embedded log, then a trailer with records and digest per partition. Without a
// trailer, or with anything after it, the file is corrupt; so is one with any byte changed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/log.h"

namespace refund::log {

// Copies every record that `reader` has now into `file` (written beside it, fsynced, renamed).
// `progress(done, total)` in records may be empty. Returns the number of records.
absl::StatusOr<int64_t> ExportLog(Reader& reader, const std::string& file,
                                  void (*progress)(int64_t done, int64_t total) = nullptr);

// Checks the whole file (every CRC, the trailer's counts and digests) before it returns. kDataLoss
// names the byte position and what was expected.
absl::StatusOr<std::unique_ptr<Reader>> OpenFileLog(const std::string& file);

}  // namespace refund::log
