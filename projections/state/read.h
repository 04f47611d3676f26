// Read-only access to a state, for commands and other processes. Any number of readers may run
// beside the one writer of each partition: each opens RocksDB's secondary, which writes nothing
// into the directory. A reader sees the checkpoints that were there when it was opened or last
// refreshed, so all it says about one partition is of one position, which every answer carries. One
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/replay/order_store.h"
#include "projections/state/state_dir.h"

namespace refund::projections {

// Every record of the partition below `offset` is in the answer, and none from there on.
struct AsOf {
  uint32_t partition = 0;
  int64_t offset = 0;
  bool operator==(const AsOf&) const = default;
};

// An answer out of one partition; absent where there is no such thing.
template <class T>
struct Found {
  std::optional<T> value;
  AsOf as_of;
};

// Return false to stop.
using VisitOrder = std::function<bool(const Order& order, const AsOf& as_of)>;

class StateReader {
 public:
  // kNotFound if there is no state at `root`. A partition without a checkpoint is empty, at offset
  // 0.
  static absl::StatusOr<std::unique_ptr<StateReader>> Open(const std::string& root);
  ~StateReader();

  const StateDirInfo& info() const;
  // To the newest checkpoints.
  absl::Status Refresh();

  absl::StatusOr<Found<Order>> ReadOrder(std::string_view key);
  // With the bytes of its packs.
  absl::StatusOr<Found<replay::PartitionMeta>> ReadMeta(uint32_t partition);
  // From the first partition that knows it.
  absl::StatusOr<Found<std::string>> ReadPack(const Digest& digest);
  // All orders, by partition, then by key.
  absl::Status ForEachOrder(const VisitOrder& visit);
  // All orders with a running deadline, sorted.
  absl::StatusOr<std::vector<replay::DueOrder>> ReadDue(uint32_t partition);
  // Reads every block of every file: kDataLoss names the file where one does not match its
  // checksum.
  absl::Status VerifyFiles(uint32_t partition);
  // What the writer's StateDigest() was at this checkpoint.
  absl::StatusOr<Found<Digest>> ReadDigest(uint32_t partition);

 private:
  struct Inner;
  explicit StateReader(std::unique_ptr<Inner> inner);
  const std::unique_ptr<Inner> inner_;
};

}  // namespace refund::projections
