// The rows of a state database as values: for its writer and its readers. Internal to projections.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/sha256.h"
#include "engine/replay/order_store.h"

namespace refund::projections {

struct Database;

// Without what it has seen. kDataLoss unless it is an order, and the one with that key.
absl::StatusOr<Order> DecodeStoredOrder(std::string_view key, ByteView value);
// The same with all that it has seen.
absl::StatusOr<Order> ReadWholeOrder(Database& db, std::string_view key, ByteView value);

// claim hash (32), be64 sequence, and the conflict's hash (32) if there was one.
std::string EncodeSeen(const SeenClaim& seen);
// kDataLoss naming the row's key unless it is one of these.
absl::StatusOr<SeenClaim> DecodeSeen(ByteView key, ByteView value);

// With the bytes of its packs, each checked against its digest. Absent before the first checkpoint.
absl::StatusOr<std::optional<replay::PartitionMeta>> ReadStoredMeta(Database& db);

// Every order that has a running deadline, sorted. Parsed from the due rows.
absl::StatusOr<std::vector<replay::DueOrder>> ReadStoredDue(Database& db);

// SHA-256 over what the partition has come to, whatever RocksDB made of it: the semantic, the
// newest Tick, the packs with their instants, then of every order, and then of every claim that one
// has seen, in order of the keys, the sized key and the sized value. Due rows follow from the
// orders. Offsets, counts and the log's id are left out: the digest says what was decided, so it is
// that of any log with the same effective records (an unacknowledged record that was sent again,
// and absorbed, does not change it).
absl::StatusOr<Digest> DigestOf(Database& db);

}  // namespace refund::projections
