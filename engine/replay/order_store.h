// What a lane needs from the place where states are kept. Declared here by its user and implemented
// above (projections/state): the one inversion of the layering. A store belongs to one partition
// and one thread. It is a checkpointed cache of the fold: losing it loses nothing but time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"
#include "engine/domain/order.h"
#include "engine/domain/step.h"
#include "engine/policy/pack_book.h"

namespace refund::replay {

// How many records came to what, since the beginning of the log. Each readable record counts once
// in `events` and once in applied, refused, duplicates or conflicts.
struct Counts {
  int64_t events = 0;
  int64_t applied = 0;
  int64_t refused = 0;
  int64_t duplicates = 0;
  int64_t conflicts = 0;
  int64_t quarantined = 0;
  int64_t fired = 0;  // deadlines that passed: steps of their own, no records
  int64_t decisions = 0;
  bool operator==(const Counts&) const = default;
};
// Each of them, in the order in which they are stored.
inline constexpr std::array kCounts = {
    &Counts::events,    &Counts::applied,     &Counts::refused, &Counts::duplicates,
    &Counts::conflicts, &Counts::quarantined, &Counts::fired,   &Counts::decisions};
static_assert(sizeof(Counts) == kCounts.size() * sizeof(int64_t));

// A pack as it lies on the log.
struct StoredPack {
  Digest digest;
  Instant recorded_at;
  std::string bytes;
};

// An order that has a running deadline, and its earliest.
struct DueOrder {
  Instant due;
  std::string key;
  auto operator<=>(const DueOrder&) const = default;
};

// An OutageDeclared that some orders have still to hear of.
struct PendingGrace {
  Instant from;
  Instant to;
  Instant tick;  // the partition's own clock when it was declared: what was due by then has passed
  std::set<std::string> keys;
};

// What a partition knows besides its orders.
struct PartitionMeta {
  Id log_id;
  uint32_t partition = 0;
  uint32_t partitions = 0;
  uint32_t semantic = 0;  // 0 before LogOpened
  int64_t next = 0;       // S: the first offset that is not applied
  Digest last_record;     // SHA-256 of the record at next - 1; zero when next is 0
  Digest output_digest;   // running, over inputs and outputs
  Instant last_tick;      // the partition's own clock
  Counts counts;
  std::vector<StoredPack> packs;  // in order of publication

  // The brake. Orders with legs that a PayoutHold keeps go on at their next record, or at the first
  // Tick after a release: then they move from `held` to `wakes`, with that Tick's instant.
  std::vector<policy::Brake> brakes;  // in order of their records
  bool released = false;              // since the newest Tick
  std::set<std::string> held;
  std::map<std::string, Instant> wakes;

  Instant outage_from;  // the newest OutageDeclared: sent again it is no news
  Instant outage_to;
  std::vector<PendingGrace> graces;  // in order of their records
};

class OrderStore {
 public:
  virtual ~OrderStore() = default;

  // Absent in a new store.
  virtual absl::StatusOr<std::optional<PartitionMeta>> ReadMeta() = 0;
  // The order, resident from now until the next Checkpoint(); an unknown key gives an empty order
  // with that key (sequence 0), which is not written unless MarkChanged() is called. kDataLoss if
  // its stored bytes cannot be read.
  virtual absl::StatusOr<Order*> Load(std::string_view key) = 0;
  // What is known of this claim is in order.seen afterwards. A store may keep what an order has
  // seen beside it: that only grows, and of it a record asks for one claim.
  virtual absl::Status RecallClaim(Order& order, const std::string& claim_id) = 0;
  // Its resident state differs from the stored one.
  virtual void MarkChanged(const Order& order) = 0;
  // All orders with a running deadline as of the newest checkpoint, sorted.
  virtual absl::StatusOr<std::vector<DueOrder>> ReadDue() = 0;
  // Bytes held by changed orders, roughly: the lane checkpoints when it grows past its budget.
  virtual size_t ChangedBytes() const = 0;
  // One atomic write: changed orders, what they have seen, their due rows, and the meta. Pointers
  // from Load() end here.
  virtual absl::Status Checkpoint(const PartitionMeta& meta) = 0;
  // SHA-256 over the logical content at the newest checkpoint: meta, then every order by key, and
  // what it has seen.
  virtual absl::StatusOr<Digest> StateDigest() = 0;
};

// A follower of a partition's outputs: the views. Fed in the order of the log. It keeps its own
// position, and is told of every record so that it can say how far it is.
class OutputSink {
 public:
  virtual ~OutputSink() = default;
  // The first offset whose outputs it has not folded yet. The lane does not hand it older ones.
  virtual int64_t next() const = 0;
  // `bytes` are the step's record, as it goes out.
  virtual void Take(const Step& step, ByteView bytes) = 0;
  virtual void Take(const Quarantined& record) = 0;
  // Everything of the records below `next` has been handed over: one atomic write, position
  // included. The lane flushes its sinks before it checkpoints, so a sink is never behind its
  // store.
  virtual absl::Status Flush(int64_t next) = 0;
};

}  // namespace refund::replay
