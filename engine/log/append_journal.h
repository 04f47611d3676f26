// The append journal: what makes a session over several partitions all or nothing. Its frames are
// made durable here first, then written to their partitions; a crash in between is made good by the
// next appender. So what a crash leaves of a log is always a beginning of what was added, in order,
// and a sender can go on from its first unacknowledged line. Internal to engine/log.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/log/frame.h"
#include "engine/log/posix_file.h"

namespace refund::log {

// Used under the append lock alone.
class AppendJournal {
 public:
  static absl::StatusOr<AppendJournal> Open(const std::string& directory);

  // Durable when it returns: the sealed frames, one behind the other.
  absl::Status Write(ByteView frames) const;
  // The frames of a session that may not have reached its partitions; none after Clear(), and none
  // where the journal itself was cut off: then no partition was touched.
  struct Entry {
    FrameHeader header;
    FrameBuilder frame;
  };
  absl::StatusOr<std::vector<Entry>> Read() const;
  // The session is whole in its partitions.
  absl::Status Clear() const;

 private:
  explicit AppendJournal(File file) : file_(std::move(file)) {}

  File file_;
};

}  // namespace refund::log
