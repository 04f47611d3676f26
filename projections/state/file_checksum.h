// The checksum of a whole file as RocksDB's manifest keeps it, under RocksDB's own name and with
// its value, so that either can check what the other wrote. Debian's RocksDB is built for any x86
// and takes it with tables: at two bytes a nanosecond or less that was a twentieth of a replay's
// CPU. Internal to projections/state.
#pragma once

#include <rocksdb/file_checksum.h>

#include <memory>

namespace refund::projections {

std::shared_ptr<rocksdb::FileChecksumGenFactory> FileChecksums();

}  // namespace refund::projections
