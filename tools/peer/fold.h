// Our core as a Kafka Streams task uses it: a partition's packs, clock and brakes are here, the
// state of an order is bytes that the caller keeps. What a lane adds (digests, outputs, cursors)
// is left to the caller's log and store, since those are what is compared.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/arbiter/apply.h"
#include "engine/base/bytes.h"
#include "engine/domain/event.h"
#include "engine/domain/order.h"
#include "engine/policy/pack_book.h"

namespace refund::peer {

// What an order's record came to.
struct Stepped {
  std::string state;               // as a checkpoint of ours keeps it
  std::vector<std::string> steps;  // as they lie on <prefix>.decisions; none: nothing has changed
};

class Fold {
 public:
  // Reads a record. The key of its order, whose Step() must follow; or, where it begins with "!",
  // the name under which the caller keeps a broadcast record, to be taken again after a restart;
  // or nothing, for what leaves no trace here.
  absl::StatusOr<std::string> Take(ByteView record);

  // Applies the record just taken: first the deadlines that were due before it. `state` is empty
  // for an order that was never seen. kDataLoss if a step of ours broke an invariant.
  absl::StatusOr<Stepped> Step(ByteView state);

 private:
  absl::StatusOr<std::string> TakeBroadcast();
  absl::StatusOr<std::string> TakePack(const PolicyPublished& published);
  absl::StatusOr<Order> OrderOf(ByteView state) const;
  absl::Status FireDue(Order& order, Instant clock, Stepped& out);
  absl::Status Keep(Order& order, arbiter::Outcome outcome, Stepped& out);

  policy::PackBook packs_;
  Instant tick_;
  Event event_;  // the one just taken
};

}  // namespace refund::peer
