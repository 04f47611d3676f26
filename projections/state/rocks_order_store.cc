#include "projections/state/rocks_order_store.h"

#include <algorithm>
#include <list>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "engine/base/check.h"
#include "engine/base/sha256.h"
#include "engine/base/status.h"
#include "engine/codec/order_codec.h"
#include "projections/state/keys.h"
#include "projections/state/meta.h"
#include "projections/state/rocks.h"
#include "projections/state/stored_state.h"

namespace refund::projections {
namespace {

// What an order in memory takes besides twice its stored bytes, and what a step adds to it: guesses
// that need only grow with the truth.
constexpr size_t kOrderOverhead = 1024;
constexpr size_t kStepBytes = 512;

struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return absl::Hash<std::string_view>{}(text); }
};

struct Resident {
  Order order;
  std::optional<Instant> due_row;  // as it stands in the newest checkpoint
  size_t bytes = kOrderOverhead;
  bool changed = false;
  bool is_stored = false;
};

using Residents = std::list<Resident>;

}  // namespace

struct RocksOrderStore::Inner {
  OrderStoreOptions options;
  std::unique_ptr<Database> db;
  // Those that were asked for last come first. They stay where they are: the lane holds pointers.
  Residents residents;
  // By key. Never iterated.
  absl::flat_hash_map<std::string, Residents::iterator, StringHash, std::equal_to<>> places;
  std::vector<Resident*> changed;
  size_t changed_bytes = 0;
  size_t resident_bytes = 0;
  std::set<Digest> packs;
  absl::Status broken;  // of the first write that failed; there is no second try

  absl::Status FindPacks();
  absl::StatusOr<Resident> ReadResident(std::string_view key);
  void PutOrders(rocksdb::WriteBatch& batch);
  absl::Status PutPacks(rocksdb::WriteBatch& batch, const replay::PartitionMeta& meta);
  void Settle(const replay::PartitionMeta& meta);
};

std::optional<Instant> EarliestDue(const Order& order) {
  std::optional<Instant> earliest;
  for (const Deadline& each : order.deadlines) {
    if (!each.paused && (!earliest || each.due < *earliest)) earliest = each.due;
  }
  return earliest;
}

// Which packs lie there already, so that a checkpoint writes only new ones.
absl::Status RocksOrderStore::Inner::FindPacks() {
  return ScanRows(*db, TablePrefix(Table::kPack),
                  [this](ByteView key, ByteView) -> absl::StatusOr<bool> {
                    Digest digest;
                    if (!Digest::FromBytes(AfterTable(key), digest)) {
                      return absl::DataLossError("packs: a key is not a digest");
                    }
                    packs.insert(digest);
                    return true;
                  });
}

// The due row is a function of the stored order, so it need not be read.
absl::StatusOr<Resident> RocksOrderStore::Inner::ReadResident(std::string_view key) {
  Resident resident;
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, GetRow(*db, OrderKey(key)));
  if (!stored) {
    resident.order.key = key;
    return resident;
  }
  ASSIGN_OR_RETURN(resident.order, DecodeStoredOrder(key, *stored));
  resident.is_stored = true;
  resident.due_row = EarliestDue(resident.order);
  resident.bytes = kOrderOverhead + 2 * stored->size();
  return resident;
}

void RocksOrderStore::Inner::PutOrders(rocksdb::WriteBatch& batch) {
  // Sorted: cheaper to insert, and the files come out the same however the changes came.
  std::sort(changed.begin(), changed.end(),
            [](const Resident* a, const Resident* b) { return a->order.key < b->order.key; });
  for (Resident* each : changed) {
    const std::string& key = each->order.key;
    for (const auto& [claim_id, seen] : std::exchange(each->order.seen, {})) {
      PutRow(*db, batch, SeenKey(key, claim_id), EncodeSeen(seen));
    }
    std::string bytes = codec::EncodeOrder(each->order);
    resident_bytes -= each->bytes;
    each->bytes = kOrderOverhead + 2 * bytes.size();
    resident_bytes += each->bytes;
    PutRow(*db, batch, OrderKey(key), std::move(bytes));
    const std::optional<Instant> due = EarliestDue(each->order);
    if (due == each->due_row) continue;
    if (each->due_row) DeleteRow(batch, DueKey(*each->due_row, key));
    if (due) PutRow(*db, batch, DueKey(*due, key), {});
  }
}

absl::Status RocksOrderStore::Inner::PutPacks(rocksdb::WriteBatch& batch,
                                              const replay::PartitionMeta& meta) {
  for (const replay::StoredPack& pack : meta.packs) {
    if (packs.contains(pack.digest)) continue;
    // Its bytes are read back by this name; from then on nobody could say which of the two was
    // wrong.
    if (Sha256(pack.bytes) != pack.digest) {
      return Errorf(absl::StatusCode::kInternal, "pack %s: its bytes have another digest",
                    pack.digest.hex());
    }
    PutRow(*db, batch, PackKey(pack.digest), pack.bytes);
  }
  return absl::OkStatus();
}

// After the write: what is in memory is what is stored.
void RocksOrderStore::Inner::Settle(const replay::PartitionMeta& meta) {
  for (Resident* each : changed) {
    each->changed = false;
    each->is_stored = true;
    each->due_row = EarliestDue(each->order);
  }
  changed.clear();
  changed_bytes = 0;
  for (const replay::StoredPack& pack : meta.packs) packs.insert(pack.digest);
  // What has not been asked for the longest goes. Let all go at once, and those at work would be
  // read and decoded again after every checkpoint.
  while (resident_bytes > options.resident_bytes && !residents.empty()) {
    resident_bytes -= residents.back().bytes;
    places.erase(std::string_view(residents.back().order.key));
    residents.pop_back();
  }
}

RocksOrderStore::RocksOrderStore(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
RocksOrderStore::~RocksOrderStore() = default;

absl::StatusOr<std::unique_ptr<RocksOrderStore>> RocksOrderStore::Open(
    const std::string& directory, const OrderStoreOptions& options) {
  auto inner = std::make_unique<Inner>();
  inner->options = options;
  if (inner->options.memory == nullptr) {
    inner->options.memory = std::make_shared<RocksMemory>(kDefaultRocksBytes);
  }
  ASSIGN_OR_RETURN(inner->db, OpenWriter(directory, Contents::kState, *inner->options.memory));
  RETURN_IF_ERROR(inner->FindPacks());
  return std::unique_ptr<RocksOrderStore>(new RocksOrderStore(std::move(inner)));
}

absl::StatusOr<std::optional<replay::PartitionMeta>> RocksOrderStore::ReadMeta() {
  return ReadStoredMeta(*inner_->db);
}

absl::StatusOr<Order*> RocksOrderStore::Load(std::string_view key) {
  Residents& residents = inner_->residents;
  if (const auto found = inner_->places.find(key); found != inner_->places.end()) {
    residents.splice(residents.begin(), residents, found->second);
    return &residents.front().order;
  }
  ASSIGN_OR_RETURN(Resident resident, inner_->ReadResident(key));
  inner_->resident_bytes += resident.bytes;
  residents.push_front(std::move(resident));
  inner_->places.emplace(key, residents.begin());
  return &residents.front().order;
}

absl::Status RocksOrderStore::RecallClaim(Order& order, const std::string& claim_id) {
  const auto resident = inner_->places.find(std::string_view(order.key));
  CHECK(resident != inner_->places.end());
  if (!resident->second->is_stored || order.seen.contains(claim_id)) return absl::OkStatus();
  const std::string key = SeenKey(order.key, claim_id);
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, GetRow(*inner_->db, key));
  if (!stored) return absl::OkStatus();
  ASSIGN_OR_RETURN(const SeenClaim seen, DecodeSeen(key, *stored));
  // Of an order that has not changed all that was recalled is stored.
  if (!resident->second->changed) order.seen.clear();
  order.seen.emplace(claim_id, seen);
  return absl::OkStatus();
}

void RocksOrderStore::MarkChanged(const Order& order) {
  const auto found = inner_->places.find(std::string_view(order.key));
  CHECK(found != inner_->places.end());
  Resident& resident = *found->second;
  CHECK(&resident.order == &order);
  if (!resident.changed) {
    resident.changed = true;
    inner_->changed.push_back(&resident);
    inner_->changed_bytes += resident.bytes;
  }
  resident.bytes += kStepBytes;
  inner_->changed_bytes += kStepBytes;
  inner_->resident_bytes += kStepBytes;
}

absl::StatusOr<std::vector<replay::DueOrder>> RocksOrderStore::ReadDue() {
  return ReadStoredDue(*inner_->db);
}

size_t RocksOrderStore::ChangedBytes() const { return inner_->changed_bytes; }

absl::Status RocksOrderStore::Checkpoint(const replay::PartitionMeta& meta) {
  RETURN_IF_ERROR(inner_->broken);
  // Orders are reckoned at twice what they come to.
  rocksdb::WriteBatch batch(inner_->changed_bytes / 2);
  RETURN_IF_ERROR(inner_->PutPacks(batch, meta));
  inner_->PutOrders(batch);
  PutRow(*inner_->db, batch, MetaKey(), EncodeMeta(meta));
  inner_->broken = WriteRows(*inner_->db, batch, /*sync=*/false);
  RETURN_IF_ERROR(inner_->broken);
  inner_->Settle(meta);
  return absl::OkStatus();
}

absl::StatusOr<Digest> RocksOrderStore::StateDigest() { return DigestOf(*inner_->db); }

absl::Status RocksOrderStore::Close() {
  inner_->places.clear();
  inner_->residents.clear();
  inner_->changed.clear();
  const absl::Status closed = CloseWriter(std::move(inner_->db));
  return inner_->broken.ok() ? closed : inner_->broken;
}

}  // namespace refund::projections
