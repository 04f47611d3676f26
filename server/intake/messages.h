// Messages between keys: what lanes put out for other keys goes back in through intake, so that
// there is one loop. At least once: messages are durable in the log before the cursor file says so,
// and one that is appended again is absorbed by its id. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/log.h"

namespace refund::intake {

// Of the embedded log: beside it.
inline std::string MessageCursorPath(const std::string& log_directory) {
  return log_directory + "/messages.cursor";
}

// How far the messages of each partition have been carried, as the file says; zeros without a file
// that can be read.
std::vector<int64_t> ReadMessageCursor(const std::string& path, uint32_t partitions);

class MessageCarrier {
 public:
  // `cursor_path`: the file, which is made when first needed. `log` outlives this.
  static absl::StatusOr<std::unique_ptr<MessageCarrier>> Open(log::Log& log,
                                                              std::string cursor_path);

  // Appends what has been committed since. Returns how many messages. After an error nothing is
  // forgotten: the next call begins where the last one that succeeded ended.
  absl::StatusOr<int64_t> Carry();
  // Writes the cursor, if it has moved. What is not saved is carried again, and absorbed.
  absl::Status Save();

 private:
  MessageCarrier(log::Log& log, std::string cursor_path)
      : log_(log), cursor_path_(std::move(cursor_path)) {}

  absl::Status Gather(uint32_t partition, int64_t& next, std::vector<std::string>& messages);

  log::Log& log_;
  const std::string cursor_path_;
  std::vector<std::unique_ptr<log::OutputReader>> outputs_;  // by partition
  std::vector<int64_t> cursor_;
  std::vector<int64_t> saved_;
};

}  // namespace refund::intake
