// The one registry of tables. A table is a first byte of a key; bytes are assigned once, for ever,
// over both kinds of database, so that a row can never be taken for one of another table. Keys sort
// as their parts do: numbers are big-endian, texts stand last or end with 0x00, which no order key
// contains.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/base/sha256.h"

namespace refund::projections {

enum class Table : uint8_t {
  // <partition>/state
  kMeta = 0x01,   // one row: EncodeMeta()
  kOrder = 0x02,  // order key -> EncodeOrder()
  kDue = 0x03,    // be64 earliest running due, order key -> nothing
  kPack = 0x04,   // digest -> bytes of the pack
  kSeen = 0x05,   // order key, 0x00, claim id -> EncodeSeen()
  // <partition>/views
  kPosition = 0x41,   // one row: be64 next
  kCaseByDue = 0x43,  // be64 next due (all ones: none), case id -> nothing
  kTimeline = 0x45,  // order key, 0x00, be64 first sequence -> sized EncodeStep()s; in a value file
  kQuarantine = 0x46,     // be64 offset -> EncodeQuarantined()
  kUnsettledLeg = 0x48,   // state, be64 since, order key, 0x00, leg id -> nothing
  kDeadlineByDue = 0x4b,  // be64 due, order key, 0x00, its name -> nothing
  kQueue = 0x4c,          // rank, due, value, case id -> nothing
  kVoucher = 0x4d,        // order key, 0x00, voucher id -> VoucherEntry
  kTally = 0x4e,          // be32 day, platform, currency, what -> TallyEntry
  kParked = 0x4f,         // order key -> ParkedEntry
  kValuesEnd = 0x50,      // one row: be64 end of the value file
  kOfOrder = 0x51,        // order key, 0x00, OrderRow, its name -> an entry (view_keys.h)
  kCaseId = 0x52,         // case id -> order key, 0x00, be32 case number
  // Given away once: 0x42, 0x44, 0x47, 0x49, 0x4a, up to version 3 of the views.
};

// "orders", "due rows", …: as errors name it.
std::string_view NameOf(Table table);
// The table and the rest of a key, for people: "orders o/TAOBAO/1"; what is not printable as hex.
std::string DescribeKey(ByteView key);
// Without the table: the order, where a key begins with one, and what follows it.
std::string DescribeRest(ByteView key);

// The table whose rows are written once and never change: their values lie in a value file.
inline constexpr Table kValueFileTable = Table::kTimeline;
bool LiesInValueFile(ByteView key);

// Every key of the table starts with this.
std::string TablePrefix(Table table);
// Every key of the table that is of this order and of more. Order keys are printable, so 0x00 ends
// one before any other goes on.
std::string OrderPrefix(Table table, std::string_view order);

std::string MetaKey();
std::string ValuesEndKey();
std::string OrderKey(std::string_view order);
std::string DueKey(Instant due, std::string_view order);
std::string PackKey(const Digest& digest);
std::string SeenKey(std::string_view order, std::string_view claim_id);

// What stands behind the table's byte.
ByteView AfterTable(ByteView key);
// False unless it is the key of a due row.
bool ParseDueKey(ByteView key, Instant& due, std::string& order);

}  // namespace refund::projections
