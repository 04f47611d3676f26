#include "projections/state/keys.h"

#include <algorithm>

#include "engine/base/check.h"

namespace refund::projections {
namespace {

bool IsPrintable(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char each) { return each > ' ' && each <= '~'; });
}

std::string Readable(ByteView bytes) {
  return IsPrintable(bytes) ? std::string(bytes) : ToHex(bytes);
}

}  // namespace

std::string_view NameOf(Table table) {
  switch (table) {
    case Table::kMeta:
      return "meta";
    case Table::kOrder:
      return "orders";
    case Table::kDue:
      return "due rows";
    case Table::kPack:
      return "packs";
    case Table::kSeen:
      return "seen claims";
    case Table::kPosition:
      return "position";
    case Table::kCaseByDue:
      return "cases by due";
    case Table::kTimeline:
      return "timelines";
    case Table::kQuarantine:
      return "quarantine";
    case Table::kUnsettledLeg:
      return "legs by state";
    case Table::kDeadlineByDue:
      return "deadlines by due";
    case Table::kQueue:
      return "work queue";
    case Table::kVoucher:
      return "vouchers";
    case Table::kTally:
      return "tallies";
    case Table::kParked:
      return "parked facts";
    case Table::kOfOrder:
      return "rows of orders";
    case Table::kCaseId:
      return "cases by id";
    case Table::kValuesEnd:
      return "end of values";
  }
  return "unknown table";
}

std::string DescribeRest(ByteView key) {
  const ByteView rest = AfterTable(key);
  const size_t zero = rest.find('\0');
  const ByteView order = rest.substr(0, zero);
  if (zero == ByteView::npos || zero == 0 || !IsPrintable(order)) return Readable(rest);
  const ByteView more = rest.substr(zero + 1);
  return std::string(order) + (more.empty() ? "" : " " + Readable(more));
}

std::string DescribeKey(ByteView key) {
  if (key.empty()) return "empty key";
  const std::string name(NameOf(static_cast<Table>(key[0])));
  const std::string rest = DescribeRest(key);
  return rest.empty() ? name : name + " " + rest;
}

bool LiesInValueFile(ByteView key) { return !key.empty() && Table(key.front()) == kValueFileTable; }

std::string TablePrefix(Table table) { return std::string(1, static_cast<char>(table)); }

std::string OrderPrefix(Table table, std::string_view order) {
  std::string key = TablePrefix(table);
  key += order;
  key += '\0';
  return key;
}

std::string MetaKey() { return TablePrefix(Table::kMeta); }

std::string ValuesEndKey() { return TablePrefix(Table::kValuesEnd); }

std::string OrderKey(std::string_view order) {
  std::string key = TablePrefix(Table::kOrder);
  key += order;
  return key;
}

std::string DueKey(Instant due, std::string_view order) {
  CHECK(due.ms >= 0);  // else byte order were not number order
  std::string key = TablePrefix(Table::kDue);
  AppendBe64(key, static_cast<uint64_t>(due.ms));
  key += order;
  return key;
}

std::string PackKey(const Digest& digest) {
  std::string key = TablePrefix(Table::kPack);
  key += digest.view();
  return key;
}

std::string SeenKey(std::string_view order, std::string_view claim_id) {
  std::string key = OrderPrefix(Table::kSeen, order);
  key += claim_id;
  return key;
}

ByteView AfterTable(ByteView key) { return key.substr(1); }

bool ParseDueKey(ByteView key, Instant& due, std::string& order) {
  if (key.size() <= 9 || key[0] != static_cast<char>(Table::kDue)) return false;
  due.ms = static_cast<int64_t>(ReadBe64(key.data() + 1));
  order = key.substr(9);
  return true;
}

}  // namespace refund::projections
