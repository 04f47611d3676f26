#include "projections/state/read.h"

#include <utility>

#include "engine/base/status.h"
#include "engine/domain/key.h"
#include "projections/state/keys.h"
#include "projections/state/meta.h"
#include "projections/state/readers.h"
#include "projections/state/rocks.h"
#include "projections/state/stored_state.h"

namespace refund::projections {

struct StateReader::Inner {
  Readers readers;

  absl::StatusOr<AsOf> Position(Database* db, uint32_t partition);
};

// Without the packs' bytes: a position is asked for with every answer.
absl::StatusOr<AsOf> StateReader::Inner::Position(Database* db, uint32_t partition) {
  AsOf as_of{partition, 0};
  if (db == nullptr) return as_of;
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, GetRow(*db, MetaKey()));
  if (!stored) return as_of;
  ASSIGN_OR_RETURN(const replay::PartitionMeta meta, DecodeMeta(*stored));
  as_of.offset = meta.next;
  return as_of;
}

StateReader::StateReader(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
StateReader::~StateReader() = default;

absl::StatusOr<std::unique_ptr<StateReader>> StateReader::Open(const std::string& root) {
  ASSIGN_OR_RETURN(const StateDirInfo info, OpenStateDir(root));
  auto inner = std::make_unique<Inner>(Inner{Readers(root, Contents::kState, info)});
  return std::unique_ptr<StateReader>(new StateReader(std::move(inner)));
}

const StateDirInfo& StateReader::info() const { return inner_->readers.info(); }

absl::Status StateReader::Refresh() { return inner_->readers.Refresh(); }

absl::StatusOr<Found<Order>> StateReader::ReadOrder(std::string_view key) {
  const uint32_t partition = PartitionOf(key, info().partitions);
  ASSIGN_OR_RETURN(Database* const db, inner_->readers.At(partition));
  Found<Order> found;
  ASSIGN_OR_RETURN(found.as_of, inner_->Position(db, partition));
  if (db == nullptr) return found;
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, GetRow(*db, OrderKey(key)));
  if (!stored) return found;
  ASSIGN_OR_RETURN(found.value, ReadWholeOrder(*db, key, *stored));
  return found;
}

absl::StatusOr<Found<replay::PartitionMeta>> StateReader::ReadMeta(uint32_t partition) {
  ASSIGN_OR_RETURN(Database* const db, inner_->readers.At(partition));
  Found<replay::PartitionMeta> found{std::nullopt, {partition, 0}};
  if (db == nullptr) return found;
  ASSIGN_OR_RETURN(found.value, ReadStoredMeta(*db));
  if (found.value) found.as_of.offset = found.value->next;
  return found;
}

absl::StatusOr<Found<std::string>> StateReader::ReadPack(const Digest& digest) {
  Found<std::string> found;
  for (uint32_t i = 0; i < info().partitions && !found.value; ++i) {
    ASSIGN_OR_RETURN(Database* const db, inner_->readers.At(i));
    ASSIGN_OR_RETURN(found.as_of, inner_->Position(db, i));
    if (db == nullptr) continue;
    ASSIGN_OR_RETURN(found.value, GetRow(*db, PackKey(digest)));
  }
  if (found.value && Sha256(*found.value) != digest) {
    return Errorf(absl::StatusCode::kDataLoss, "%s: its bytes have another digest",
                  DescribeKey(PackKey(digest)));
  }
  return found;
}

absl::Status StateReader::ForEachOrder(const VisitOrder& visit) {
  bool more = true;
  for (uint32_t i = 0; i < info().partitions && more; ++i) {
    ASSIGN_OR_RETURN(Database* const db, inner_->readers.At(i));
    if (db == nullptr) continue;
    ASSIGN_OR_RETURN(const AsOf as_of, inner_->Position(db, i));
    RETURN_IF_ERROR(ScanRows(
        *db, TablePrefix(Table::kOrder), [&](ByteView key, ByteView value) -> absl::StatusOr<bool> {
          ASSIGN_OR_RETURN(const Order order, ReadWholeOrder(*db, AfterTable(key), value));
          more = visit(order, as_of);
          return more;
        }));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<replay::DueOrder>> StateReader::ReadDue(uint32_t partition) {
  ASSIGN_OR_RETURN(Database* const db, inner_->readers.At(partition));
  if (db == nullptr) return std::vector<replay::DueOrder>{};
  return ReadStoredDue(*db);
}

absl::Status StateReader::VerifyFiles(uint32_t partition) {
  ASSIGN_OR_RETURN(Database* const db, inner_->readers.At(partition));
  return db == nullptr ? absl::OkStatus() : VerifyChecksums(*db);
}

absl::StatusOr<Found<Digest>> StateReader::ReadDigest(uint32_t partition) {
  ASSIGN_OR_RETURN(Database* const db, inner_->readers.At(partition));
  Found<Digest> found;
  ASSIGN_OR_RETURN(found.as_of, inner_->Position(db, partition));
  if (db == nullptr) return found;
  ASSIGN_OR_RETURN(found.value, DigestOf(*db));
  return found;
}

}  // namespace refund::projections
