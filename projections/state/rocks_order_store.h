// The authoritative state of one partition in RocksDB: a checkpointed cache of the fold of its log
// (shared/design/README.md §6). Orders are changed in memory and written behind, at checkpoints,
// with their due rows and the meta in one atomic write; a checkpoint that is lost with the page
// cache only moves the partition back. One thread, one process: a second opener is refused.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/replay/order_store.h"
#include "projections/state/rocks_memory.h"

namespace refund::projections {

struct OrderStoreOptions {
  // A checkpoint leaves so much of orders in memory: those that were asked for last.
  size_t resident_bytes = 64 << 20;
  // Absent: some of its own.
  std::shared_ptr<RocksMemory> memory;
};

// The earliest due of the deadlines that are not paused.
std::optional<Instant> EarliestDue(const Order& order);

class RocksOrderStore final : public replay::OrderStore {
 public:
  // Makes the directory if it is missing or empty. kFailedPrecondition if it is in use, holds
  // something else or has a newer format; then nothing in it is touched. kOutOfRange if its format
  // is older. kDataLoss where files are damaged.
  static absl::StatusOr<std::unique_ptr<RocksOrderStore>> Open(const std::string& directory,
                                                               const OrderStoreOptions& options);
  // As a crash would: what was not checkpointed is gone, and the last checkpoints may be.
  ~RocksOrderStore() override;

  absl::StatusOr<std::optional<replay::PartitionMeta>> ReadMeta() override;
  absl::StatusOr<Order*> Load(std::string_view key) override;
  absl::Status RecallClaim(Order& order, const std::string& claim_id) override;
  void MarkChanged(const Order& order) override;
  absl::StatusOr<std::vector<replay::DueOrder>> ReadDue() override;
  size_t ChangedBytes() const override;
  absl::Status Checkpoint(const replay::PartitionMeta& meta) override;
  absl::StatusOr<Digest> StateDigest() override;

  // A clean end: the newest checkpoint is on disk. Nothing may be called afterwards.
  absl::Status Close();

 private:
  struct Inner;
  explicit RocksOrderStore(std::unique_ptr<Inner> inner);
  const std::unique_ptr<Inner> inner_;
};

}  // namespace refund::projections
