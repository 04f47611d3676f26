// What other teams and systems send, before intake has taken it: topics of messages in any
// partitioning, read at least once. Not part of the log. kafka_inbox.h implements it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace refund::log {

struct InboxMessage {
  std::string topic;
  uint32_t partition = 0;
  int64_t offset = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> value;
};
std::string PlaceOf(const InboxMessage& message);  // "refund.inbox/3@17"

// A message that intake does not take, and why.
struct Returned {
  InboxMessage message;
  std::string why;
};

// One thread. Errors: kNotFound (no such topic), kDataLoss (retention has removed what was not
// taken yet), kUnavailable.
class Inbox {
 public:
  virtual ~Inbox() = default;
  // What has come since, in the order of each partition, without waiting.
  virtual absl::StatusOr<std::vector<InboxMessage>> Poll() = 0;
  // Puts them where their senders find them, durably.
  virtual absl::Status Return(const std::vector<Returned>& returned) = 0;
  // All that Poll() has handed out is in the log, or returned: after a crash it does not come
  // again. What was handed out and not done does.
  virtual absl::Status Done() = 0;
};

}  // namespace refund::log
