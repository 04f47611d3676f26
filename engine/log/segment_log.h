// The embedded log: a directory of append-only segment files. The default; one machine, several
// processes. The frame format is that of an exported file (docs/formats/log.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/log.h"

namespace refund::log {

// Makes `directory` a log of that many partitions, each without a record, by writing beside it and
// renaming: a crash leaves no half-made log. kFailedPrecondition if the directory is there and not
// empty. 1 <= partitions <= 1024.
absl::Status CreateSegmentLog(const std::string& directory, uint32_t partitions);

struct SegmentLogOptions {
  uint64_t segment_bytes =
      64ull << 20;  // a segment that has grown past this is followed by a new one
};

// kNotFound if there is no log, kDataLoss if its meta file is corrupt or of a newer format.
absl::StatusOr<std::unique_ptr<Log>> OpenSegmentLog(const std::string& directory,
                                                    const SegmentLogOptions& options = {});

}  // namespace refund::log
