#include "projections/views/view_keys.h"

#include <algorithm>
#include <limits>

#include "engine/base/check.h"
#include "projections/state/keys.h"

namespace refund::projections {
namespace {

constexpr uint64_t kNoDue = std::numeric_limits<uint64_t>::max();

void AppendName(std::string& key, const DeadlineName& name) {
  AppendBe32(key, name.case_number);
  key += static_cast<char>(name.timer);
  key += static_cast<char>(name.role);
  AppendBe32(key, name.generation);
}

// From an index row: behind so many bytes the order key, 0x00, and the rest of the row's own key.
std::string RowNamedBy(ByteView index, size_t before_order, OrderRow kind) {
  const ByteView rest = index.substr(std::min(before_order, index.size()));
  const ByteView order = rest.substr(0, rest.find('\0'));
  return OrderRowPrefix(order, kind).append(rest.substr(std::min(order.size() + 1, rest.size())));
}

bool IsLive(Overlay overlay) {
  return overlay != Overlay::kNone && overlay != Overlay::kWithdrawn && overlay != Overlay::kFinal;
}

}  // namespace

std::span<const Table> ViewTables() {
  static constexpr Table kTables[] = {
      Table::kOfOrder,    Table::kCaseId,       Table::kCaseByDue,     Table::kTimeline,
      Table::kQuarantine, Table::kUnsettledLeg, Table::kDeadlineByDue, Table::kQueue,
      Table::kVoucher,    Table::kTally,        Table::kParked,
  };
  return kTables;
}

bool IsOf(OrderRow kind, ByteView key) {
  const size_t at = key.find('\0');
  return at != ByteView::npos && at + 1 < key.size() && OrderRow(key[at + 1]) == kind;
}

RowName NameRow(ByteView key) {
  const Table table{static_cast<uint8_t>(key.front())};
  const bool is_whole_table = key.size() == 1;
  if (table != Table::kOfOrder || is_whole_table) {
    return {std::string(NameOf(table)), DescribeRest(key)};
  }
  std::string_view view = "orders";
  if (IsOf(OrderRow::kCase, key)) view = "cases";
  if (IsOf(OrderRow::kDeadline, key)) view = "deadlines";
  if (IsOf(OrderRow::kLeg, key)) view = "legs";
  std::string without_kind(key);
  without_kind.erase(std::min(key.find('\0'), key.size() - 1) + 1, 1);
  return {std::string(view), DescribeRest(without_kind)};
}

std::string OrderRowPrefix(std::string_view order, OrderRow kind) {
  return OrderPrefix(Table::kOfOrder, order) + static_cast<char>(kind);
}

std::string OrderEntryKey(std::string_view order) {
  return OrderRowPrefix(order, OrderRow::kOrder);
}

std::string CaseKey(std::string_view order, uint32_t number) {
  std::string key = OrderRowPrefix(order, OrderRow::kCase);
  AppendBe32(key, number);
  return key;
}

std::string DeadlineKey(std::string_view order, const DeadlineName& name) {
  std::string key = OrderRowPrefix(order, OrderRow::kDeadline);
  AppendName(key, name);
  return key;
}

std::string LegKey(std::string_view order, const Id& leg) {
  return OrderRowPrefix(order, OrderRow::kLeg).append(leg.view());
}

std::string PositionKey() { return TablePrefix(Table::kPosition); }

std::string CaseIdKey(const Id& id) { return TablePrefix(Table::kCaseId).append(id.view()); }

std::string CaseByDueKey(std::optional<Instant> due, const Id& id) {
  CHECK(!due || due->ms >= 0);
  std::string key = TablePrefix(Table::kCaseByDue);
  AppendBe64(key, due ? static_cast<uint64_t>(due->ms) : kNoDue);
  key += id.view();
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

std::string UnsettledLegPrefix(LegState state) {
  return TablePrefix(Table::kUnsettledLeg) + static_cast<char>(state);
}

std::string UnsettledLegKey(const LegEntry& entry) {
  std::string key = UnsettledLegPrefix(entry.leg.state);
  AppendBe64(key, static_cast<uint64_t>(entry.since.ms));
  return key + entry.key + '\0' + std::string(entry.leg.id.view());
}

std::string DeadlineByDueKey(const DeadlineEntry& entry) {
  std::string key = TablePrefix(Table::kDeadlineByDue);
  AppendBe64(key, static_cast<uint64_t>(entry.due.ms));
  key.append(entry.key).push_back('\0');
  AppendName(key, entry.name);
  return key;
}

std::string QueueKey(const CaseSummary& summary) {
  std::string key = TablePrefix(Table::kQueue);
  key += static_cast<char>(IsLive(summary.overlay) ? 0 : 1);
  AppendBe64(key, summary.next_due ? static_cast<uint64_t>(summary.next_due->ms) : kNoDue);
  AppendBe64(key, ~static_cast<uint64_t>(summary.ask.units));
  return key.append(summary.id.view());
}

std::string VoucherPrefix(std::string_view order) { return OrderPrefix(Table::kVoucher, order); }

std::string VoucherKey(std::string_view order, const Id& voucher) {
  return VoucherPrefix(order).append(voucher.view());
}

std::string TallyKey(const TallyName& name) {
  std::string key = TablePrefix(Table::kTally);
  AppendBe32(key, static_cast<uint32_t>(name.day));
  key += static_cast<char>(name.platform);
  key += static_cast<char>(name.currency);
  return key + name.what;
}

std::string ParkedKey(std::string_view order) { return TablePrefix(Table::kParked).append(order); }

std::string CaseNamed(std::string_view order, uint32_t number) {
  std::string value(order);
  value += '\0';
  AppendBe32(value, number);
  return value;
}

std::string LegKeyOf(ByteView unsettled_leg_key) {
  constexpr size_t kBeforeOrder = 1 + 1 + 8;
  return RowNamedBy(unsettled_leg_key, kBeforeOrder, OrderRow::kLeg);
}

std::string DeadlineKeyOf(ByteView deadline_by_due_key) {
  constexpr size_t kBeforeOrder = 1 + 8;
  return RowNamedBy(deadline_by_due_key, kBeforeOrder, OrderRow::kDeadline);
}

ByteView OrderIn(ByteView key) {
  const ByteView rest = AfterTable(key);
  return rest.substr(0, rest.find('\0'));
}

std::string CaseKeyOf(ByteView value) { return RowNamedBy(value, 0, OrderRow::kCase); }

bool ParseQueueKey(ByteView key, Id& case_id) {
  constexpr size_t kBeforeId = 1 + 1 + 8 + 8;
  return key.size() > kBeforeId && Id::FromBytes(key.substr(kBeforeId), case_id);
}

bool ParseCaseByDueKey(ByteView key, Id& case_id) {
  constexpr size_t kBeforeId = 1 + 8;
  return key.size() > kBeforeId && Id::FromBytes(key.substr(kBeforeId), case_id);
}

}  // namespace refund::projections
