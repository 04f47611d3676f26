// Keys of the tables of views (projections/state/keys.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "projections/state/keys.h"
#include "projections/views/entries.h"

namespace refund::projections {

// What lies side by side in Table::kOfOrder, since it is read and written together: whoever changes
// a row reads it first.
enum class OrderRow : uint8_t {
  kOrder,     // -> OrderEntry
  kCase,      // be32 case number -> CaseEntry
  kDeadline,  // its name -> DeadlineEntry
  kLeg,       // leg id -> LegEntry
};

// Every table of views but the position.
std::span<const Table> ViewTables();
// A row for people: of which table, or of kOfOrder of what kind, and the rest of its key. A bare
// prefix is the whole table.
struct RowName {
  std::string view;
  std::string row;
};
RowName NameRow(ByteView key);
// Whether the row is of that kind.
bool IsOf(OrderRow kind, ByteView key);

std::string PositionKey();
// All of the order that are of that kind.
std::string OrderRowPrefix(std::string_view order, OrderRow kind);
std::string OrderEntryKey(std::string_view order);
std::string CaseKey(std::string_view order, uint32_t number);
std::string DeadlineKey(std::string_view order, const DeadlineName& name);
std::string LegKey(std::string_view order, const Id& leg);

std::string CaseIdKey(const Id& id);
// Cases without a deadline stand last.
std::string CaseByDueKey(std::optional<Instant> due, const Id& id);
// All chunks of the order's timeline, and one of them.
std::string TimelinePrefix(std::string_view order);
std::string TimelineKey(std::string_view order, uint64_t first_sequence);
std::string QuarantineKey(int64_t offset);

std::string UnsettledLegPrefix(LegState state);
std::string UnsettledLegKey(const LegEntry& entry);
std::string DeadlineByDueKey(const DeadlineEntry& entry);
// Live arbitrations first, then by due, then the dearer ask, then by id.
std::string QueueKey(const CaseSummary& summary);
std::string VoucherPrefix(std::string_view order);
std::string VoucherKey(std::string_view order, const Id& voucher);
std::string TallyKey(const TallyName& name);
std::string ParkedKey(std::string_view order);

// The key of the row that this index row names.
std::string LegKeyOf(ByteView unsettled_leg_key);
std::string DeadlineKeyOf(ByteView deadline_by_due_key);
// The order whose row this is; its keys end in 0x00.
ByteView OrderIn(ByteView key);
// The value of a row of Table::kCaseId, and the key of the case that it names.
std::string CaseNamed(std::string_view order, uint32_t number);
std::string CaseKeyOf(ByteView value);
// False unless it is a QueueKey.
bool ParseQueueKey(ByteView key, Id& case_id);
// False unless it is a CaseByDueKey.
bool ParseCaseByDueKey(ByteView key, Id& case_id);

}  // namespace refund::projections
