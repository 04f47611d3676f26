// What state and views have in common over RocksDB: a database opened, rows with a checksum of
// their own, and RocksDB's statuses as ours. Internal to projections.
//
// A stored value is the logical value and the CRC-32C of key and value (be32), so that a row is
// found out even where it was damaged before RocksDB put its own checksum on it, or stands under a
// wrong key. Of a table whose rows never change (LiesInValueFile) it is the place of the value in a
// file beside the database; nobody but the functions below sees that.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "projections/state/marker.h"
#include "projections/state/rocks_memory.h"
#include "projections/state/value_file.h"

namespace refund::projections {

struct RocksMemory::Inner {
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::WriteBufferManager> buffers;
};

// An open database, by its one writer or by a reader.
struct Database {
  std::unique_ptr<rocksdb::DB> rocks;
  std::unique_ptr<ValueFile> values;
  bool is_reader = false;
};

inline rocksdb::Slice Piece(ByteView bytes) { return {bytes.data(), bytes.size()}; }
inline ByteView Bytes(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// Corruption, and a file that is gone, are kDataLoss; a full disk kResourceExhausted; the rest
// kInternal.
absl::Status FromRocks(const rocksdb::Status& status, std::string_view where);

// The one writer of a directory, which is made if it is missing or empty. kFailedPrecondition, and
// nothing is touched, if it is in use, holds something else, or has a newer format; kOutOfRange if
// it has an older one. kDataLoss where files are damaged or missing.
absl::StatusOr<std::unique_ptr<Database>> OpenWriter(const std::string& directory,
                                                     Contents contents, const RocksMemory& memory);

// A reader beside at most one writer, of this process or another: RocksDB's secondary. It writes
// nothing, and sees what was written when it was opened or last caught up. kNotFound where there is
// no database yet.
absl::StatusOr<std::unique_ptr<Database>> OpenReader(const std::string& directory,
                                                     Contents contents);
absl::Status CatchUp(Database& db);

// One atomic write with its own checksum for each row in it; what lies in the value file is on disk
// before it. After an error the database is of no use.
absl::Status WriteRows(Database& db, rocksdb::WriteBatch& batch, bool sync);
// WAL to disk, then closed; an error of either.
absl::Status CloseWriter(std::unique_ptr<Database> db);

// Into the batch, and a value that lies in the value file into that: what no row comes to name is
// cut off when the database is opened next.
void PutRow(Database& db, rocksdb::WriteBatch& batch, ByteView key, std::string value);
void DeleteRow(rocksdb::WriteBatch& batch, ByteView key);

// The logical value. kDataLoss naming table and key if it is not the one that was written.
absl::StatusOr<std::optional<std::string>> GetRow(Database& db, ByteView key);

// Reads every block of every table file, and every value of the value file, and checks it.
// kDataLoss names the file.
absl::Status VerifyChecksums(Database& db);

// Rows whose key starts with `prefix`, in order of their keys, every block's checksum verified,
// until `visit` returns false or a status. The views live as long as the call of `visit`.
using VisitRow = std::function<absl::StatusOr<bool>(ByteView key, ByteView value)>;
absl::Status ScanRows(Database& db, ByteView prefix, const VisitRow& visit);
// Their keys alone; no value is looked at.
using VisitKey = std::function<absl::StatusOr<bool>(ByteView key)>;
absl::Status ScanKeys(Database& db, ByteView prefix, const VisitKey& visit);

}  // namespace refund::projections
