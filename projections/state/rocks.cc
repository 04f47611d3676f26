#include "projections/state/rocks.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/crc32c.h"
#include "engine/base/status.h"
#include "projections/state/files.h"
#include "projections/state/keys.h"
#include "projections/state/rocks_options.h"
#include "projections/state/state_dir.h"

namespace refund::projections {
namespace {

using absl::StatusCode;

constexpr std::string_view kValuesName = "values";
constexpr size_t kCrcBytes = 4;
constexpr size_t kReaderBytes = 8 << 20;
constexpr int kMostAttempts = 100;
constexpr size_t kLargeBatchBytes = 4 << 20;

// DB::Open hands out a raw pointer up to 9.10 and takes only a unique_ptr from 11.0.
template <class... A>
rocksdb::Status OpenDb(std::unique_ptr<rocksdb::DB>& out, const A&... arguments) {
  if constexpr (requires { rocksdb::DB::Open(arguments..., &out); }) {
    return rocksdb::DB::Open(arguments..., &out);
  } else {
    rocksdb::DB* raw = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(arguments..., &raw);
    out.reset(raw);
    return status;
  }
}

template <class... A>
rocksdb::Status OpenSecondary(std::unique_ptr<rocksdb::DB>& out, const A&... arguments) {
  if constexpr (requires { rocksdb::DB::OpenAsSecondary(arguments..., &out); }) {
    return rocksdb::DB::OpenAsSecondary(arguments..., &out);
  } else {
    rocksdb::DB* raw = nullptr;
    const rocksdb::Status status = rocksdb::DB::OpenAsSecondary(arguments..., &raw);
    out.reset(raw);
    return status;
  }
}

// Changes whenever the writer is done with table files, which is before it deletes the logs that
// they replace: names and sizes of its manifests.
absl::StatusOr<std::string> LookOfManifests(const std::string& directory) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(directory));
  std::string look;
  for (const std::string& name : names) {
    if (!name.starts_with("MANIFEST-")) continue;
    std::error_code gone;
    const uintmax_t size = std::filesystem::file_size(directory + "/" + name, gone);
    look += name + " " + std::to_string(size) + "\n";
  }
  return look;
}

// A secondary reads the manifest, then the logs. If the writer replaces a log by a table file in
// between, neither of the two has been seen, or a file is gone. So: again, until the manifest stood
// still.
template <class F>
absl::Status UntilSettled(const std::string& directory, const F& read) {
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    ASSIGN_OR_RETURN(const std::string before, LookOfManifests(directory));
    const absl::Status status = read();
    ASSIGN_OR_RETURN(const std::string after, LookOfManifests(directory));
    if (before == after) return status;
  }
  return Errorf(StatusCode::kUnavailable, "%s changes faster than it can be read", directory);
}

bool IsLockHeld(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() && (text.find("lock file") != std::string::npos ||
                                text.find("lock hold") != std::string::npos);
}

std::string ValuesPath(const std::string& directory) {
  return directory + "/" + std::string(kValuesName);
}

uint32_t CrcOf(ByteView key, ByteView value) { return Crc32c(value, Crc32c(key)); }

absl::StatusOr<ByteView> Unseal(ByteView key, ByteView stored) {
  if (stored.size() >= kCrcBytes) {
    const ByteView value = stored.substr(0, stored.size() - kCrcBytes);
    if (CrcOf(key, value) == ReadBe32(stored.data() + value.size())) return value;
  }
  return Errorf(StatusCode::kDataLoss, "%s: the stored bytes do not match their checksum",
                DescribeKey(key));
}

// The logical value. `room` holds its bytes where they lie in the value file.
absl::StatusOr<ByteView> ValueOf(Database& db, ByteView key, ByteView stored, std::string& room) {
  ASSIGN_OR_RETURN(const ByteView value, Unseal(key, stored));
  if (!LiesInValueFile(key)) return value;
  absl::StatusOr<ValueFile::Place> place = ValueFile::Place::Decode(value);
  if (!place.ok()) return Annotate(place.status(), DescribeKey(key));
  absl::StatusOr<std::string> read = db.values->Read(*place);
  if (!read.ok()) return Annotate(read.status(), DescribeKey(key));
  room = *std::move(read);
  return ByteView(room);
}

// The first key behind all that start with `prefix`. No table has the byte 0xff.
std::string EndOfPrefix(ByteView prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

// Not DB::Get(), which in a secondary that caught up may find a row of its memtable and not look
// for the newer one in a file. An iterator merges both by sequence.
absl::StatusOr<std::optional<std::string>> SeekRow(Database& db, ByteView key) {
  const std::unique_ptr<rocksdb::Iterator> row(db.rocks->NewIterator(rocksdb::ReadOptions()));
  row->Seek(Piece(key));
  RETURN_IF_ERROR(FromRocks(row->status(), DescribeKey(key)));
  if (!row->Valid() || Bytes(row->key()) != key) return std::nullopt;
  std::string room;
  ASSIGN_OR_RETURN(const ByteView value, ValueOf(db, key, Bytes(row->value()), room));
  return std::string(value);
}

// visit(key, stored value) for each, until it returns false.
template <class Visit>
absl::Status Scan(Database& db, ByteView prefix, const Visit& visit) {
  const std::string end = EndOfPrefix(prefix);
  const rocksdb::Slice upper = Piece(end);
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  options.total_order_seek = true;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> row(db.rocks->NewIterator(options));
  for (row->Seek(Piece(prefix)); row->Valid(); row->Next()) {
    ASSIGN_OR_RETURN(const bool more, visit(Bytes(row->key()), Bytes(row->value())));
    if (!more) break;
  }
  return FromRocks(row->status(), db.rocks->GetName());
}

// Behind the last value that a row names.
absl::StatusOr<uint64_t> EndOfValues(Database& db) {
  const std::string key = ValuesEndKey();
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, GetRow(db, key));
  if (!stored) return 0;
  if (stored->size() == sizeof(uint64_t)) return ReadBe64(stored->data());
  return Errorf(StatusCode::kDataLoss, "%s: expected 8 bytes, found %d", DescribeKey(key),
                stored->size());
}

// On disk before any row names them, and with these rows goes where they end.
absl::Status SyncValues(Database& db, rocksdb::WriteBatch& batch) {
  const uint64_t before = db.values->end();
  RETURN_IF_ERROR(db.values->Sync());
  if (db.values->end() == before) return absl::OkStatus();
  std::string end;
  AppendBe64(end, db.values->end());
  PutRow(db, batch, ValuesEndKey(), std::move(end));
  return absl::OkStatus();
}

}  // namespace

absl::Status FromRocks(const rocksdb::Status& status, std::string_view where) {
  if (status.ok()) return absl::OkStatus();
  StatusCode code = StatusCode::kInternal;
  if (status.IsCorruption() || status.IsPathNotFound()) code = StatusCode::kDataLoss;
  if (status.IsNoSpace()) code = StatusCode::kResourceExhausted;
  return Errorf(code, "%s: %s", where, status.ToString());
}

absl::StatusOr<std::unique_ptr<Database>> OpenWriter(const std::string& directory,
                                                     Contents contents, const RocksMemory& memory) {
  // Who is told that it is older may remove it, so that is said by its only user.
  const absl::Status prepared = PrepareDirectory(directory, contents);
  if (!prepared.ok() && !absl::IsOutOfRange(prepared)) return prepared;
  rocksdb::Options options = PinnedOptions(contents, memory.inner().cache);
  options.create_if_missing = true;
  options.write_buffer_manager = memory.inner().buffers;
  auto db = std::make_unique<Database>();
  const rocksdb::Status status = OpenDb(db->rocks, options, directory);
  if (IsLockHeld(status)) return InUse(directory);
  RETURN_IF_ERROR(FromRocks(status, directory));
  RETURN_IF_ERROR(prepared);
  ASSIGN_OR_RETURN(const uint64_t end, EndOfValues(*db));
  ASSIGN_OR_RETURN(db->values, ValueFile::OpenWriter(ValuesPath(directory), end));
  return db;
}

absl::StatusOr<std::unique_ptr<Database>> OpenReader(const std::string& directory,
                                                     Contents contents) {
  RETURN_IF_ERROR(CheckMade(directory, contents));
  const rocksdb::Options options = PinnedOptions(contents, rocksdb::NewLRUCache(kReaderBytes));
  // The second path is for a log of its own, which the silent logger replaces; it is never made.
  const std::string second_path = directory + "/never-made";
  auto db = std::make_unique<Database>();
  db->is_reader = true;
  RETURN_IF_ERROR(UntilSettled(directory, [&] {
    db->rocks = nullptr;
    return FromRocks(OpenSecondary(db->rocks, options, directory, second_path), directory);
  }));
  ASSIGN_OR_RETURN(const uint64_t end, EndOfValues(*db));
  ASSIGN_OR_RETURN(db->values, ValueFile::OpenReader(ValuesPath(directory), end));
  return db;
}

absl::Status CatchUp(Database& db) {
  const std::string& directory = db.rocks->GetName();
  RETURN_IF_ERROR(UntilSettled(
      directory, [&] { return FromRocks(db.rocks->TryCatchUpWithPrimary(), directory); }));
  ASSIGN_OR_RETURN(const uint64_t end, EndOfValues(db));
  return db.values->CatchUp(end);
}

absl::Status WriteRows(Database& db, rocksdb::WriteBatch& batch, bool sync) {
  RETURN_IF_ERROR(SyncValues(db, batch));
  // What fills a memtable by itself becomes a file at once: through the WAL it would be written
  // twice. The file is synced before Flush() returns, so nothing hangs on a tail without a WAL.
  const bool is_large = batch.GetDataSize() >= kLargeBatchBytes;
  rocksdb::WriteOptions options;
  options.sync = sync && !is_large;
  options.disableWAL = is_large;
  options.protection_bytes_per_key = 8;
  RETURN_IF_ERROR(FromRocks(db.rocks->Write(options, &batch), db.rocks->GetName()));
  if (!is_large) return absl::OkStatus();
  return FromRocks(db.rocks->Flush(rocksdb::FlushOptions()), db.rocks->GetName());
}

absl::Status CloseWriter(std::unique_ptr<Database> db) {
  const std::string directory = db->rocks->GetName();
  const absl::Status synced = FromRocks(db->rocks->SyncWAL(), directory);
  const absl::Status closed = FromRocks(db->rocks->Close(), directory);
  return synced.ok() ? closed : synced;
}

void PutRow(Database& db, rocksdb::WriteBatch& batch, ByteView key, std::string value) {
  if (LiesInValueFile(key)) value = db.values->Append(value).Encode();
  AppendBe32(value, CrcOf(key, value));
  batch.Put(Piece(key), Piece(value));
}

void DeleteRow(rocksdb::WriteBatch& batch, ByteView key) { batch.Delete(Piece(key)); }

absl::StatusOr<std::optional<std::string>> GetRow(Database& db, ByteView key) {
  if (db.is_reader) return SeekRow(db, key);
  std::string stored;
  const rocksdb::Status status = db.rocks->Get(rocksdb::ReadOptions(), Piece(key), &stored);
  if (status.IsNotFound()) return std::nullopt;
  RETURN_IF_ERROR(FromRocks(status, DescribeKey(key)));
  std::string room;
  ASSIGN_OR_RETURN(const ByteView value, ValueOf(db, key, stored, room));
  if (LiesInValueFile(key)) return room;
  stored.resize(value.size());
  return stored;
}

absl::Status ScanRows(Database& db, ByteView prefix, const VisitRow& visit) {
  std::string room;
  return Scan(db, prefix, [&](ByteView key, ByteView stored) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const ByteView value, ValueOf(db, key, stored, room));
    return visit(key, value);
  });
}

absl::Status ScanKeys(Database& db, ByteView prefix, const VisitKey& visit) {
  return Scan(db, prefix, [&](ByteView key, ByteView) { return visit(key); });
}

absl::Status VerifyChecksums(Database& db) {
  RETURN_IF_ERROR(FromRocks(db.rocks->VerifyChecksum(), db.rocks->GetName()));
  const auto read = [](ByteView, ByteView) -> absl::StatusOr<bool> { return true; };
  return ScanRows(db, TablePrefix(kValueFileTable), read);
}

}  // namespace refund::projections
