// A lane: the one loop of the engine. It owns a partition: reads its records, applies them to their
// orders, commits what leaves the engine together with how far it is, and from time to time writes
// a checkpoint. Live, audit and what-if are this same loop. One thread.
//
// Start is arithmetic (shared/design/README.md §7): the committer was opened first, which fences;
// then C, the committed cursor, is read; then S, the newest checkpoint. S <= C: apply up to C
// committing nothing, and compare the digests there (or, where a broker lost C and it was made
// again from the outputs' tails, the last outputs). S > C, or unequal digests, or a last record
// that is not the one that the checkpoint saw: kDataLoss, and nothing is written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/arbiter/apply.h"
#include "engine/domain/event.h"
#include "engine/log/log.h"
#include "engine/policy/pack_book.h"
#include "engine/replay/order_store.h"

namespace refund::replay {

struct LaneOptions {
  log::BatchLimit batch;
  size_t checkpoint_bytes = 64 << 20;  // of changed orders; then a checkpoint is due
  int most_fired = 1000;               // deadlines of other orders, after a record
  size_t most_step_bytes = 8 << 20;  // a batch whose steps have come to more is committed in parts
  // A what-if: digests are of another domain, so no cursor of a real run fits it, nor the reverse.
  std::optional<policy::PackOverlay> what_if;
};

// What a lane works with. It owns none of it. Without a committer nothing is committed: the log is
// a file, or the run is an audit.
struct LaneParts {
  uint32_t partition = 0;
  log::Reader* reader = nullptr;
  log::Committer* committer = nullptr;
  OrderStore* store = nullptr;
  std::vector<OutputSink*> sinks;
  // Told, batch by batch, all that must now be found among the committed outputs of records before
  // `next`: what was just committed, and, up to C, what had been before. May be null.
  std::function<void(std::vector<log::Output> outputs, int64_t next)> on_published = {};
};

class Lane {
 public:
  // kDataLoss as said above; kFailedPrecondition for a log of another id, partition or semantic.
  static absl::StatusOr<std::unique_ptr<Lane>> Start(const LaneParts& parts,
                                                     const LaneOptions& options);

  // On an error of these three nothing has been written of what was taken since the last commit;
  // the lane is of no further use, and other partitions are untouched.
  //
  // Takes records until the log ends or `most` are taken, committing batch by batch, and
  // checkpoints. `progress` is told the offset reached.
  absl::Status Run(int64_t most = INT64_MAX,
                   const std::function<void(int64_t next)>& progress = {});

  // Takes one batch of at most so many records, and commits it, in parts if what it comes to is
  // much. Returns how many there were: 0 at the end of the log. Checkpoints only where
  // `checkpoint_bytes` bid it.
  absl::StatusOr<int64_t> Take(int64_t most = INT64_MAX);
  // If anything has been taken since the last one.
  absl::Status Checkpoint();

  const PartitionMeta& meta() const { return meta_; }
  // The first offset that is not in a checkpoint.
  int64_t checkpointed() const { return checkpointed_; }
  int64_t records_read() const { return records_read_; }
  // Orders that have something to do by the newest Tick and have not done it yet: a deadline that
  // is due, a brake that was released, the grace after an outage. A log is finished when this is 0.
  int64_t DueUnfired() const;
  // Whether that is more than 0.
  bool HasBacklog() const { return NextInBacklog() != nullptr || !meta_.graces.empty(); }

 private:
  Lane(const LaneParts& parts, const LaneOptions& options);

  absl::Status Open();
  absl::Status CheckAgainstLog();
  absl::Status TakeBatch(std::vector<log::Record> records);
  absl::Status TakeRecord(const log::Record& record);
  absl::Status TakeFirst(const log::Record& record);
  absl::Status TakeEvent(const log::Record& record, const Event& event);
  absl::Status TakeBroadcast(const log::Record& record, const Event& event);
  absl::Status TakePolicy(const log::Record& record, const PolicyPublished& body);
  void TakeTick(Instant at);
  void TakeOutage(const log::Record& record, const OutageDeclared& body);
  void TakeNews(bool is_news);
  absl::Status TakeOrderEvent(const Event& event);

  std::optional<Instant> NextOf(const Order& order) const;
  absl::Status TakeNext(Order& order);
  absl::Status Advance(Order& order, Instant clock);
  absl::Status Fire(Order& order, const Deadline& deadline);
  absl::Status TakeGrace(Order& order, const PendingGrace& grace);
  absl::Status TakeGracesOf(Order& order);
  absl::Status GiveGraces(int& left);
  const DueOrder* NextInBacklog() const;
  absl::Status FireBacklog();
  void NoteHeld(const Order& order);
  absl::Status Keep(Order& order, arbiter::Outcome outcome);
  void Count(const Step& step);
  void Quarantine(const log::Record& record, std::string why);
  void Emit(log::Topic topic, std::string bytes, const Digest& hash, std::string_view subject,
            std::optional<uint64_t> number = std::nullopt);
  void Reindex(const Order& order, const std::optional<Instant>& before);
  absl::Status Settle();
  absl::Status Publish();
  absl::Status Diverged() const;
  absl::Status CompareAtCursor() const;
  int64_t FirstKept() const;

  const LaneParts parts_;
  const LaneOptions options_;
  PartitionMeta meta_;
  policy::PackBook packs_;
  std::set<DueOrder> due_;                // deadlines
  std::set<DueOrder> wakes_;              // the same as meta_.wakes, by instant
  std::optional<log::Cursor> committed_;  // C
  std::vector<log::Output> tail_;         // if C has no digest: what was published last
  std::vector<log::Output> outputs_;      // of records not committed yet
  size_t step_bytes_ = 0;                 // of the steps since the last commit
  int64_t offset_ = 0;                    // of the record at hand
  Digest record_hash_;                    // of the record at hand
  uint32_t k_ = 0;                        // outputs of the record at hand so far
  int64_t records_read_ = 0;
  int64_t checkpointed_ = 0;
};

}  // namespace refund::replay
