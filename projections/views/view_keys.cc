#include "projections/views/view_keys.h"

#include <algorithm>
#include <limits>

#include "engine/base/check.h"
#include "projections/state/keys.h"

namespace refund::projections {
namespace {

constexpr uint8_t kClosedRank = 2;  // of the work queue: after all that are open
constexpr uint64_t kNoDue = std::numeric_limits<uint64_t>::max();

void AppendName(std::string& key, const DeadlineName& name) {
  AppendBe32(key, name.case_number);
  key += static_cast<char>(name.timer);
  key += static_cast<char>(name.role);
  AppendBe32(key, name.generation);
}

bool IsLive(Overlay overlay) {
  return overlay != Overlay::kNone && overlay != Overlay::kWithdrawn && overlay != Overlay::kFinal;
}

}  // namespace

std::span<const NamedTable> ViewTables() {
  static constexpr NamedTable kTables[] = {
      {Table::kCase, "cases"},
      {Table::kCaseByDue, "cases by due"},
      {Table::kCaseByOrder, "cases by order"},
      {Table::kTimeline, "timelines"},
      {Table::kQuarantine, "quarantine"},
      {kLegTable, "legs"},
      {kUnsettledLegTable, "legs by state"},
      {kOrderEntryTable, "orders"},
      {kDeadlineTable, "deadlines"},
      {kDeadlineByDueTable, "deadlines by due"},
      {kQueueTable, "work queue"},
      {kVoucherTable, "vouchers"},
      {kTallyTable, "tallies"},
      {kParkedTable, "parked facts"},
  };
  return kTables;
}

std::string PositionKey() { return TablePrefix(Table::kPosition); }

std::string CaseKey(const Id& id) {
  std::string key = TablePrefix(Table::kCase);
  key += id.view();
  return key;
}

std::string CaseByDueKey(std::optional<Instant> due, const Id& id) {
  CHECK(!due || due->ms >= 0);
  std::string key = TablePrefix(Table::kCaseByDue);
  AppendBe64(key, due ? static_cast<uint64_t>(due->ms) : kNoDue);
  key += id.view();
  return key;
}

std::string CasesOfOrderPrefix(std::string_view order) {
  return OrderPrefix(Table::kCaseByOrder, order);
}

std::string CaseByOrderKey(std::string_view order, uint32_t number) {
  std::string key = CasesOfOrderPrefix(order);
  AppendBe32(key, number);
  return key;
}

std::string TimelinePrefix(std::string_view order) { return OrderPrefix(Table::kTimeline, order); }

std::string TimelineKey(std::string_view order, uint64_t first_sequence) {
  std::string key = TimelinePrefix(order);
  AppendBe64(key, first_sequence);
  return key;
}

std::string QuarantineKey(int64_t offset) {
  std::string key = TablePrefix(Table::kQuarantine);
  AppendBe64(key, static_cast<uint64_t>(offset));
  return key;
}

std::string LegPrefix(std::string_view order) { return OrderPrefix(kLegTable, order); }

std::string LegKey(std::string_view order, const Id& leg) {
  return LegPrefix(order).append(leg.view());
}

std::string UnsettledLegPrefix(LegState state) {
  return TablePrefix(kUnsettledLegTable) + static_cast<char>(state);
}

std::string UnsettledLegKey(const LegEntry& entry) {
  std::string key = UnsettledLegPrefix(entry.leg.state);
  AppendBe64(key, static_cast<uint64_t>(entry.since.ms));
  return key + entry.key + '\0' + std::string(entry.leg.id.view());
}

std::string OrderEntryKey(std::string_view order) {
  return TablePrefix(kOrderEntryTable).append(order);
}

std::string DeadlineKey(std::string_view order, const DeadlineName& name) {
  std::string key = OrderPrefix(kDeadlineTable, order);
  AppendName(key, name);
  return key;
}

std::string DeadlineByDueKey(const DeadlineEntry& entry) {
  std::string key = TablePrefix(kDeadlineByDueTable);
  AppendBe64(key, static_cast<uint64_t>(entry.due.ms));
  key.append(entry.key).push_back('\0');
  AppendName(key, entry.name);
  return key;
}

QueuePlace PlaceOf(const CaseSummary& summary) {
  return {summary.id, summary.phase, summary.overlay, summary.next_due, summary.ask.units};
}

std::string QueueKey(const QueuePlace& place) {
  std::string key = TablePrefix(kQueueTable);
  key += static_cast<char>(place.phase == Phase::kClosed ? kClosedRank
                           : IsLive(place.overlay)       ? 0
                                                         : 1);
  AppendBe64(key, place.next_due ? static_cast<uint64_t>(place.next_due->ms) : kNoDue);
  AppendBe64(key, ~static_cast<uint64_t>(place.ask));
  return key.append(place.id.view());
}

std::string VoucherPrefix(std::string_view order) { return OrderPrefix(kVoucherTable, order); }

std::string VoucherKey(std::string_view order, const Id& voucher) {
  return VoucherPrefix(order).append(voucher.view());
}

std::string TallyKey(const TallyName& name) {
  std::string key = TablePrefix(kTallyTable);
  AppendBe32(key, static_cast<uint32_t>(name.day));
  key += static_cast<char>(name.platform);
  key += static_cast<char>(name.currency);
  return key + name.what;
}

std::string ParkedKey(std::string_view order) { return TablePrefix(kParkedTable).append(order); }

std::string LegKeyOf(ByteView unsettled_leg_key) {
  constexpr size_t kBeforeOrder = 1 + 1 + 8;
  return TablePrefix(kLegTable).append(
      unsettled_leg_key.substr(std::min(kBeforeOrder, unsettled_leg_key.size())));
}

std::string DeadlineKeyOf(ByteView deadline_by_due_key) {
  constexpr size_t kBeforeOrder = 1 + 8;
  return TablePrefix(kDeadlineTable)
      .append(deadline_by_due_key.substr(std::min(kBeforeOrder, deadline_by_due_key.size())));
}

ByteView OrderIn(ByteView key) {
  const ByteView rest = AfterTable(key);
  return rest.substr(0, rest.find('\0'));
}

bool ParseQueueKey(ByteView key, Id& case_id, bool& is_open) {
  constexpr size_t kBeforeId = 1 + 1 + 8 + 8;
  if (key.size() <= kBeforeId) return false;
  is_open = static_cast<uint8_t>(key[1]) != kClosedRank;
  return Id::FromBytes(key.substr(kBeforeId), case_id);
}

bool ParseCaseByDueKey(ByteView key, Id& id) {
  constexpr size_t kBeforeId = 1 + 8;
  return key.size() > kBeforeId && Id::FromBytes(key.substr(kBeforeId), id);
}

}  // namespace refund::projections
