#include "projections/state/rocks_memory.h"

#include "projections/state/rocks.h"

namespace refund::projections {

// The buffers are charged to the cache, so that `bytes` is the sum.
RocksMemory::RocksMemory(size_t bytes) : inner_(std::make_unique<Inner>()) {
  inner_->cache = rocksdb::NewLRUCache(bytes);
  inner_->buffers = std::make_shared<rocksdb::WriteBufferManager>(bytes / 2, inner_->cache);
}

RocksMemory::~RocksMemory() = default;

}  // namespace refund::projections
