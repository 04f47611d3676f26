// Messages between keys, over the embedded log: what lanes put out for other keys goes back in
// through intake, so that there is one loop. At least once: messages are durable in the log before
// the cursor file beside it says so, and one that is appended again is absorbed by its id.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/log.h"

namespace refund::tools {

// A committer that remembers the messages that went through it.
class RememberingCommitter : public log::Committer {
 public:
  explicit RememberingCommitter(std::unique_ptr<log::Committer> inner) : inner_(std::move(inner)) {}

  absl::StatusOr<std::optional<log::Cursor>> ReadCursor() override { return inner_->ReadCursor(); }
  absl::Status Commit(const std::vector<log::Output>& outputs, const log::Cursor& cursor) override;
  absl::StatusOr<std::vector<log::Output>> ReadOutputs(int64_t from_offset) override {
    return inner_->ReadOutputs(from_offset);
  }

  // Remembers too what was committed before, from that offset on. An offset past the end is of
  // other outputs than these: then all of it.
  absl::Status Recall(int64_t from_offset);
  // The first offset whose messages it does not know yet.
  int64_t next() const { return next_; }
  std::vector<std::string> TakeMessages() { return std::exchange(messages_, {}); }

 private:
  void Remember(const std::vector<log::Output>& outputs);

  const std::unique_ptr<log::Committer> inner_;
  std::vector<std::string> messages_;  // bytes of claims
  int64_t next_ = 0;
};

// Takes them in through intake, in the order of their instants. Returns how many.
absl::StatusOr<int64_t> AppendMessages(log::Log& log, std::vector<std::string> messages);

// How far the messages of each partition have been carried, as the file beside the log says;
// zeros without a file that can be read.
std::vector<int64_t> ReadMessageCursor(const std::string& log_directory, uint32_t partitions);

// Appends what the committers remember through intake, then writes the cursor. Returns how many.
absl::StatusOr<int64_t> CarryMessages(
    log::Log& log, const std::string& log_directory,
    const std::vector<std::unique_ptr<RememberingCommitter>>& committers);

}  // namespace refund::tools
