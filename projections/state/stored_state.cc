#include "projections/state/stored_state.h"

#include <string>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/status.h"
#include "engine/codec/order_codec.h"
#include "projections/state/keys.h"
#include "projections/state/meta.h"
#include "projections/state/rocks.h"

namespace refund::projections {
namespace {

using absl::StatusCode;

constexpr size_t kDigestBytes = sizeof(Digest::bytes);
constexpr size_t kSeenBytes = kDigestBytes + sizeof(uint64_t);

absl::Status ReadPackBytes(Database& db, replay::StoredPack& pack) {
  const std::string key = PackKey(pack.digest);
  ASSIGN_OR_RETURN(std::optional<std::string> bytes, GetRow(db, key));
  if (!bytes) return Errorf(StatusCode::kDataLoss, "%s: the row is missing", DescribeKey(key));
  if (Sha256(*bytes) != pack.digest) {
    return Errorf(StatusCode::kDataLoss, "%s: its bytes have another digest", DescribeKey(key));
  }
  pack.bytes = *std::move(bytes);
  return absl::OkStatus();
}

std::string WhatItCameTo(const replay::PartitionMeta& meta) {
  std::string text;
  AppendBe32(text, meta.semantic);
  AppendBe64(text, static_cast<uint64_t>(meta.last_tick.ms));
  for (const replay::StoredPack& pack : meta.packs) {
    text += pack.digest.view();
    AppendBe64(text, static_cast<uint64_t>(pack.recorded_at.ms));
  }
  return text + EncodePending(meta);
}

}  // namespace

absl::StatusOr<Order> DecodeStoredOrder(std::string_view key, ByteView value) {
  absl::StatusOr<Order> order = codec::DecodeOrder(value);
  if (!order.ok()) return Annotate(order.status(), DescribeKey(OrderKey(key)));
  if (order->key != key) {
    return Errorf(StatusCode::kDataLoss, "%s: the order in it is %s", DescribeKey(OrderKey(key)),
                  order->key);
  }
  if (order->seen.empty()) return order;
  return Errorf(StatusCode::kDataLoss, "%s: expected what it has seen in rows of their own",
                DescribeKey(OrderKey(key)));
}

absl::StatusOr<Order> ReadWholeOrder(Database& db, std::string_view key, ByteView value) {
  ASSIGN_OR_RETURN(Order order, DecodeStoredOrder(key, value));
  const std::string prefix = OrderPrefix(Table::kSeen, key);
  RETURN_IF_ERROR(ScanRows(db, prefix, [&](ByteView row, ByteView stored) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const SeenClaim seen, DecodeSeen(row, stored));
    order.seen.emplace(row.substr(prefix.size()), seen);
    return true;
  }));
  return order;
}

std::string EncodeSeen(const SeenClaim& seen) {
  std::string value(seen.claim_hash.view());
  AppendBe64(value, seen.sequence);
  if (!seen.conflict_hash.IsZero()) value += seen.conflict_hash.view();
  return value;
}

absl::StatusOr<SeenClaim> DecodeSeen(ByteView key, ByteView value) {
  SeenClaim seen;
  const bool has_conflict = value.size() == kSeenBytes + kDigestBytes;
  if (value.size() != kSeenBytes && !has_conflict) {
    return Errorf(StatusCode::kDataLoss, "%s: expected %d or %d bytes, found %d", DescribeKey(key),
                  kSeenBytes, kSeenBytes + kDigestBytes, value.size());
  }
  CHECK(Digest::FromBytes(value.substr(0, kDigestBytes), seen.claim_hash));
  seen.sequence = ReadBe64(value.data() + kDigestBytes);
  if (!has_conflict) return seen;
  CHECK(Digest::FromBytes(value.substr(kSeenBytes), seen.conflict_hash));
  if (!seen.conflict_hash.IsZero()) return seen;
  return Errorf(StatusCode::kDataLoss, "%s: expected the hash of another claim, found none",
                DescribeKey(key));
}

absl::StatusOr<std::optional<replay::PartitionMeta>> ReadStoredMeta(Database& db) {
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, GetRow(db, MetaKey()));
  if (!stored) return std::nullopt;
  ASSIGN_OR_RETURN(replay::PartitionMeta meta, DecodeMeta(*stored));
  for (replay::StoredPack& pack : meta.packs) RETURN_IF_ERROR(ReadPackBytes(db, pack));
  return meta;
}

absl::StatusOr<std::vector<replay::DueOrder>> ReadStoredDue(Database& db) {
  std::vector<replay::DueOrder> due;
  RETURN_IF_ERROR(ScanRows(db, TablePrefix(Table::kDue),
                           [&due](ByteView key, ByteView) -> absl::StatusOr<bool> {
                             replay::DueOrder& row = due.emplace_back();
                             if (ParseDueKey(key, row.due, row.key)) return true;
                             return absl::DataLossError("due rows: a key has no order");
                           }));
  return due;
}

absl::StatusOr<Digest> DigestOf(Database& db) {
  Sha256Stream stream;
  const auto add_sized = [&stream](ByteView bytes) {
    std::string sized;
    AppendSized(sized, bytes);
    stream.Add(sized);
  };
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, GetRow(db, MetaKey()));
  if (stored) {
    ASSIGN_OR_RETURN(const replay::PartitionMeta meta, DecodeMeta(*stored));
    add_sized(WhatItCameTo(meta));
  }
  for (const Table table : {Table::kOrder, Table::kSeen}) {
    RETURN_IF_ERROR(
        ScanRows(db, TablePrefix(table), [&](ByteView key, ByteView value) -> absl::StatusOr<bool> {
          add_sized(AfterTable(key));
          add_sized(value);
          return true;
        }));
  }
  return stream.Finish();
}

}  // namespace refund::projections
