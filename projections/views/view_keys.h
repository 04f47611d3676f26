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

// Tables of projections/state/keys.h, the one registry of their bytes.
inline constexpr Table kLegTable{0x47};            // order key, 0x00, leg id -> LegEntry
inline constexpr Table kUnsettledLegTable{0x48};   // state, be64 since, order key, 0x00, leg id
inline constexpr Table kOrderEntryTable{0x49};     // order key -> OrderEntry
inline constexpr Table kDeadlineTable{0x4a};       // order key, 0x00, its name -> DeadlineEntry
inline constexpr Table kDeadlineByDueTable{0x4b};  // be64 due, order key, 0x00, its name -> nothing
inline constexpr Table kQueueTable{0x4c};          // rank, due, value, case id -> be32 priority
inline constexpr Table kVoucherTable{0x4d};        // order key, 0x00, voucher id -> VoucherEntry
inline constexpr Table kTallyTable{0x4e};   // be32 day, platform, currency, what -> TallyEntry
inline constexpr Table kParkedTable{0x4f};  // order key -> ParkedEntry

// Every table of views but the position, and its name for people.
struct NamedTable {
  Table table;
  std::string_view name;
};
std::span<const NamedTable> ViewTables();

std::string PositionKey();
std::string CaseKey(const Id& id);
// Cases without a deadline stand last.
std::string CaseByDueKey(std::optional<Instant> due, const Id& id);
// All cases of the order, and one of them.
std::string CasesOfOrderPrefix(std::string_view order);
std::string CaseByOrderKey(std::string_view order, uint32_t number);
// All chunks of the order's timeline, and one of them.
std::string TimelinePrefix(std::string_view order);
std::string TimelineKey(std::string_view order, uint64_t first_sequence);
std::string QuarantineKey(int64_t offset);

std::string LegPrefix(std::string_view order);
std::string LegKey(std::string_view order, const Id& leg);
std::string UnsettledLegPrefix(LegState state);
std::string UnsettledLegKey(const LegEntry& entry);
std::string OrderEntryKey(std::string_view order);
std::string DeadlineKey(std::string_view order, const DeadlineName& name);
std::string DeadlineByDueKey(const DeadlineEntry& entry);
// What a case's place in the work queue depends on.
struct QueuePlace {
  Id id;
  Phase phase = Phase::kNone;
  Overlay overlay = Overlay::kNone;
  std::optional<Instant> next_due;
  int64_t ask = 0;
};
QueuePlace PlaceOf(const CaseSummary& summary);
// Live arbitrations first, then by due, then the dearer ask, then by id.
std::string QueueKey(const QueuePlace& place);
std::string VoucherPrefix(std::string_view order);
std::string VoucherKey(std::string_view order, const Id& voucher);
std::string TallyKey(const TallyName& name);
std::string ParkedKey(std::string_view order);

// The key of the row that this index row names.
std::string LegKeyOf(ByteView unsettled_leg_key);
std::string DeadlineKeyOf(ByteView deadline_by_due_key);
// The order whose row this is; its keys end in 0x00.
ByteView OrderIn(ByteView key);
// False unless it is a QueueKey. Those of closed cases stand last.
bool ParseQueueKey(ByteView key, Id& case_id, bool& is_open);

// The case of a CaseByDueKey.
bool ParseCaseByDueKey(ByteView key, Id& id);

}  // namespace refund::projections
