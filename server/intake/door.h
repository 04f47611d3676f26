// The door for messages of other systems: CloudEvents from inboxes (docs/formats/topics.md), each
// taken in under the principal of the topic that it came by. The broker's access control says who
// may write to which topic; the topic says who somebody is. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/log/inbox.h"
#include "engine/log/log.h"
#include "server/intake/intake.h"

namespace refund::intake {

// The topic of the engine's own messages to other keys has kEnginePrincipal.
using PrincipalByTopic = std::map<std::string, std::string>;

struct DoorResult {
  int64_t taken = 0;                    // of strangers
  int64_t carried = 0;                  // of the engine's own messages
  std::vector<log::Returned> returned;  // with what was expected and found
};

class Door {
 public:
  Door(log::Log& log, PrincipalByTopic principals);

  absl::Status Open();
  // All that may come in is durable in the log when this returns OK; after an error any part may
  // be, and all is to be taken again.
  absl::StatusOr<DoorResult> Take(const std::vector<log::InboxMessage>& messages, Instant now);

 private:
  const std::string& PrincipalOf(const log::InboxMessage& message) const;
  bool IsOurs(const log::InboxMessage& message) const;
  absl::StatusOr<std::string> TakeOne(const log::InboxMessage& message, Instant now);

  const PrincipalByTopic principals_;
  Intake intake_;
};

}  // namespace refund::intake
