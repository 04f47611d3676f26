#include "projections/views/view_keys.h"

#include <limits>

#include "engine/base/check.h"
#include "projections/state/keys.h"

namespace refund::projections {
namespace {

constexpr uint64_t kNoDue = std::numeric_limits<uint64_t>::max();

// Order keys are printable, so 0x00 ends one before any other goes on.
std::string OrderPrefix(Table table, std::string_view order) {
  std::string key = TablePrefix(table);
  key += order;
  key += '\0';
  return key;
}

}  // namespace

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

bool ParseCaseByDueKey(ByteView key, Id& id) {
  constexpr size_t kBeforeId = 1 + 8;
  return key.size() > kBeforeId && Id::FromBytes(key.substr(kBeforeId), id);
}

}  // namespace refund::projections
