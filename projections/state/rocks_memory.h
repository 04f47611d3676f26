// The memory that all databases of one process share: blocks that were read, and memtables. Made
// once by whoever opens several; thread-safe.
#pragma once

#include <cstddef>
#include <memory>

namespace refund::projections {

class RocksMemory {
 public:
  // `bytes` for everything; memtables may take at most half of them.
  explicit RocksMemory(size_t bytes);
  ~RocksMemory();
  RocksMemory(const RocksMemory&) = delete;
  RocksMemory& operator=(const RocksMemory&) = delete;

  struct Inner;
  const Inner& inner() const { return *inner_; }

 private:
  std::unique_ptr<Inner> inner_;
};

// What one database takes where nobody shares.
inline constexpr size_t kDefaultRocksBytes = 64 << 20;

}  // namespace refund::projections
