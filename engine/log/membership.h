// How processes share the partitions of a log among themselves, where they are not told by name who
// has which. It only deals them out: that a partition has one owner is the committer's affair,
// which fences. kafka_membership.h implements it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace refund::log {

struct ShareChange {
  std::vector<uint32_t> given;
  std::vector<uint32_t> taken;
  bool lost = false;  // what is taken may have another owner already
};

// One thread. Destroyed, it gives everything back and leaves.
class Membership {
 public:
  // Called by Poll() and the destructor. What is taken goes to another when it returns.
  using OnChange = std::function<void(const ShareChange&)>;

  virtual ~Membership() = default;
  // Waits so long for news. kUnavailable passes by itself. kInvalidArgument: the brokers do not
  // take the session time-out. kFailedPrecondition: the group does not let this process in.
  // kUnknown: this membership is of no further use.
  virtual absl::Status Poll(int timeout_ms) = 0;
};

using MembershipOpener =
    std::function<absl::StatusOr<std::unique_ptr<Membership>>(Membership::OnChange)>;

}  // namespace refund::log
