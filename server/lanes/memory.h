// What the partitions of one process share of its memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "projections/state/rocks_memory.h"
#include "projections/state/rocks_order_store.h"
#include "projections/views/view_sink.h"

namespace refund::lanes {

// What all partitions of a process may keep in memory of their databases: half of it blocks and
// memtables, shared, half orders that have not changed since the last checkpoint. What has changed
// comes on top (LaneOptions::checkpoint_bytes), and so do batches. Thread-safe.
class Memory {
 public:
  Memory(size_t bytes, uint32_t partitions)
      : rocks_(std::make_shared<projections::RocksMemory>(bytes / 2)),
        resident_bytes_(bytes / 2 / std::max(1U, partitions)) {}
  projections::OrderStoreOptions OfStore() const { return {resident_bytes_, rocks_}; }
  projections::ViewSinkOptions OfViews() const { return {rocks_}; }

 private:
  std::shared_ptr<projections::RocksMemory> rocks_;
  size_t resident_bytes_;
};
inline constexpr size_t kDefaultMemoryBytes = 512 << 20;

}  // namespace refund::lanes
