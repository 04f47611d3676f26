// How RocksDB is set, for state and for views. Internal to projections.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/options.h>

#include <memory>

#include "projections/state/marker.h"

namespace refund::projections {

// Every option that a default of another version could change is written out.
rocksdb::Options PinnedOptions(Contents contents, const std::shared_ptr<rocksdb::Cache>& cache);

}  // namespace refund::projections
