#include "projections/views/read.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "engine/domain/key.h"
#include "projections/state/keys.h"
#include "projections/views/order_ledger.h"
#include "projections/views/position.h"
#include "projections/views/timeline.h"
#include "projections/views/view_keys.h"
#include "projections/views/view_readers.h"

namespace refund::projections {
namespace {

constexpr size_t kIdDigits = 32;

// Of a row that an index names.
absl::StatusOr<std::string> ReadNamed(Database& db, const std::string& key) {
  ASSIGN_OR_RETURN(std::optional<std::string> stored, GetRow(db, key));
  if (stored) return *std::move(stored);
  return Errorf(absl::StatusCode::kDataLoss, "%s: an index names it, and there is no such row",
                DescribeKey(key));
}

template <class Entry>
absl::StatusOr<Entry> ReadEntry(Database& db, const std::string& key) {
  ASSIGN_OR_RETURN(const std::string stored, ReadNamed(db, key));
  return Decode<Entry>(key, stored);
}

absl::StatusOr<CaseEntry> ReadCase(Database& db, const Id& id) {
  ASSIGN_OR_RETURN(const std::string named, ReadNamed(db, CaseIdKey(id)));
  return ReadEntry<CaseEntry>(db, CaseKeyOf(named));
}

absl::Status BadIndex(ByteView key) {
  return Errorf(absl::StatusCode::kDataLoss, "%s: it names no case", DescribeKey(key));
}

bool DueBefore(const CaseSummary& a, const CaseSummary& b) {
  constexpr Instant kNever{std::numeric_limits<int64_t>::max()};
  const auto sort_key = [&](const CaseSummary& each) {
    return std::make_tuple(each.next_due.value_or(kNever), each.id);
  };
  return sort_key(a) < sort_key(b);
}

bool IdBefore(const CaseSummary& a, const CaseSummary& b) { return a.id < b.id; }

// The cases of one partition that are wanted, in order of the index, appended to `rows`.
absl::Status AddCasesByDue(Database& db, const CaseQuery& query, std::vector<CaseSummary>& rows) {
  size_t added = 0;
  if (query.limit == 0) return absl::OkStatus();
  return ScanRows(db, TablePrefix(Table::kCaseByDue),
                  [&](ByteView key, ByteView) -> absl::StatusOr<bool> {
                    Id id;
                    if (!ParseCaseByDueKey(key, id)) return BadIndex(key);
                    ASSIGN_OR_RETURN(CaseEntry entry, ReadCase(db, id));
                    if (query.wanted && !query.wanted(entry.summary)) return true;
                    rows.push_back(std::move(entry.summary));
                    return ++added < query.limit;
                  });
}

absl::Status AddCasesOfOrder(Database& db, std::string_view order, std::vector<CaseSummary>& rows) {
  return ScanRows(db, OrderRowPrefix(order, OrderRow::kCase),
                  [&](ByteView key, ByteView value) -> absl::StatusOr<bool> {
                    ASSIGN_OR_RETURN(CaseEntry entry, Decode<CaseEntry>(key, value));
                    rows.push_back(std::move(entry.summary));
                    return true;
                  });
}

// The bytes that whole pairs of digits give; an odd last digit is compared by itself.
absl::Status AddCasesByPrefix(Database& db, const std::string& digits,
                              std::vector<CaseSummary>& rows) {
  std::string prefix = TablePrefix(Table::kCaseId);
  std::string whole;
  FromHex(digits.substr(0, digits.size() / 2 * 2), whole);
  return ScanRows(db, prefix + whole, [&](ByteView key, ByteView value) -> absl::StatusOr<bool> {
    if (ToHex(AfterTable(key)).compare(0, digits.size(), digits) != 0) return true;
    ASSIGN_OR_RETURN(CaseEntry entry, ReadEntry<CaseEntry>(db, CaseKeyOf(value)));
    rows.push_back(std::move(entry.summary));
    return true;
  });
}

// In lower case; absent if it is not the start of an id.
std::optional<std::string> HexDigits(std::string_view text) {
  if (text.empty() || text.size() > kIdDigits) return std::nullopt;
  std::string digits;
  for (char each : text) {
    if (each >= 'A' && each <= 'F') each = static_cast<char>(each - 'A' + 'a');
    if ((each < '0' || each > '9') && (each < 'a' || each > 'f')) return std::nullopt;
    digits += each;
  }
  return digits;
}

bool IsOrderKey(std::string_view text) {
  KeyParts parts;
  std::string error;
  return ParseKey(text, parts, error) && parts.type == KeyType::kOrder;
}

// visit(entry) for each of that kind of all orders, in order of their keys, until it returns false.
template <class Entry, class Visit>
absl::Status ForEachOf(Database& db, OrderRow kind, const Visit& visit) {
  return ScanRows(db, TablePrefix(Table::kOfOrder),
                  [&](ByteView key, ByteView value) -> absl::StatusOr<bool> {
                    if (!IsOf(kind, key)) return true;
                    ASSIGN_OR_RETURN(Entry entry, Decode<Entry>(key, value));
                    return visit(std::move(entry));
                  });
}

// All rows under the prefix, appended.
template <class Entry>
absl::Status AddEntries(Database& db, const std::string& prefix, std::vector<Entry>& rows) {
  return ScanRows(db, prefix, [&](ByteView key, ByteView value) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(Entry entry, Decode<Entry>(key, value));
    rows.push_back(std::move(entry));
    return true;
  });
}

// The currency that the order's steps spoke of: whichever step it was, whenever it was written.
absl::StatusOr<Currency> ReadCurrency(Database& db, const std::string& order) {
  const std::string key = OrderEntryKey(order);
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, GetRow(db, key));
  if (!stored) return Currency::kUnspecified;
  ASSIGN_OR_RETURN(const OrderEntry entry, Decode<OrderEntry>(key, *stored));
  return entry.currency;
}

template <class Entry>
absl::Status FillCurrencies(Database& db, std::vector<Entry>& rows) {
  for (Entry& each : rows) {
    ASSIGN_OR_RETURN(each.currency, ReadCurrency(db, each.key));
  }
  return absl::OkStatus();
}

absl::Status AddLedgers(Database& db, const LedgerQuery& query,
                        std::vector<OrderLedgerRead>& rows) {
  size_t added = 0;
  return ForEachOf<OrderEntry>(db, OrderRow::kOrder, [&](OrderEntry entry) -> absl::StatusOr<bool> {
    if (query.wanted && !query.wanted(entry)) return true;
    OrderLedgerRead read{std::move(entry), {}};
    RETURN_IF_ERROR(AddEntries(db, OrderRowPrefix(read.order.key, OrderRow::kLeg), read.legs));
    rows.push_back(std::move(read));
    return ++added < query.limit;
  });
}

absl::Status AddUnsettledLegs(Database& db, LegState state, const LegQuery& query,
                              std::vector<LegEntry>& rows) {
  size_t added = 0;
  return ScanRows(db, UnsettledLegPrefix(state),
                  [&](ByteView key, ByteView) -> absl::StatusOr<bool> {
                    ASSIGN_OR_RETURN(LegEntry entry, ReadEntry<LegEntry>(db, LegKeyOf(key)));
                    if (query.wanted && !query.wanted(entry)) return true;
                    rows.push_back(std::move(entry));
                    return ++added < query.limit;
                  });
}

template <class T, class F>
void SortAndCut(std::vector<T>& rows, size_t limit, const F& before) {
  std::sort(rows.begin(), rows.end(), before);
  if (rows.size() > limit) rows.resize(limit);
}

bool LegBefore(const LegEntry& a, const LegEntry& b) {
  return std::tie(a.leg.state, a.since, a.key, a.leg.id) <
         std::tie(b.leg.state, b.since, b.key, b.leg.id);
}

// Of a state without an index: what is at its end is looked for among all, and of what is found no
// more than twice the limit is held.
absl::Status AddEndedLegs(Database& db, LegState state, const LegQuery& query,
                          std::vector<LegEntry>& rows) {
  return ForEachOf<LegEntry>(db, OrderRow::kLeg, [&](LegEntry entry) -> absl::StatusOr<bool> {
    const bool is_wanted = !query.wanted || query.wanted(entry);
    if (entry.leg.state == state && is_wanted) rows.push_back(std::move(entry));
    if (rows.size() / 2 > query.limit) SortAndCut(rows, query.limit, LegBefore);
    return true;
  });
}

absl::Status AddLegs(Database& db, const LegQuery& query, std::vector<LegEntry>& rows) {
  for (size_t i = 0; i < CountOf<LegState>(); ++i) {
    const auto state = static_cast<LegState>(i);
    if (query.state ? state != *query.state : IsAtItsEnd(state)) continue;
    std::vector<LegEntry> legs;
    RETURN_IF_ERROR(IsAtItsEnd(state) ? AddEndedLegs(db, state, query, legs)
                                      : AddUnsettledLegs(db, state, query, legs));
    RETURN_IF_ERROR(FillCurrencies(db, legs));
    std::move(legs.begin(), legs.end(), std::back_inserter(rows));
  }
  return absl::OkStatus();
}

absl::Status AddQueue(Database& db, const QueueQuery& query, std::vector<CaseEntry>& rows) {
  size_t added = 0;
  return ScanRows(db, TablePrefix(Table::kQueue),
                  [&](ByteView key, ByteView) -> absl::StatusOr<bool> {
                    Id id;
                    if (!ParseQueueKey(key, id)) return BadIndex(key);
                    ASSIGN_OR_RETURN(CaseEntry entry, ReadCase(db, id));
                    if (query.wanted && !query.wanted(entry)) return true;
                    rows.push_back(std::move(entry));
                    return ++added < query.limit;
                  });
}

bool QueueBefore(const CaseEntry& a, const CaseEntry& b) {
  return QueueKey(a.summary) < QueueKey(b.summary);
}

absl::Status AddDue(Database& db, const DueQuery& query, std::vector<DeadlineEntry>& rows) {
  size_t added = 0;
  return ScanRows(
      db, TablePrefix(Table::kDeadlineByDue), [&](ByteView key, ByteView) -> absl::StatusOr<bool> {
        ASSIGN_OR_RETURN(DeadlineEntry entry, ReadEntry<DeadlineEntry>(db, DeadlineKeyOf(key)));
        if (query.until && entry.due > *query.until) return false;
        rows.push_back(std::move(entry));
        return ++added < query.limit;
      });
}

bool DeadlineBefore(const DeadlineEntry& a, const DeadlineEntry& b) {
  return std::tie(a.due, a.key, a.name) < std::tie(b.due, b.key, b.name);
}

}  // namespace

struct ViewReader::Inner {
  ViewReaders readers;

  // Runs `add` over a partition's database, if it has one, and notes the position.
  template <class T, class F>
  absl::Status Ask(uint32_t partition, Listing<T>& listing, const F& add);
  template <class T, class F>
  absl::Status AskAll(Listing<T>& listing, const F& add);
  absl::StatusOr<Listing<CaseSummary>> FindByPrefix(const std::string& digits);
};

template <class T, class F>
absl::Status ViewReader::Inner::Ask(uint32_t partition, Listing<T>& listing, const F& add) {
  ASSIGN_OR_RETURN(Database* const db, readers.At(partition));
  ViewAsOf& as_of = listing.as_of.emplace_back(ViewAsOf{partition, 0, std::nullopt});
  if (db == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Position position, projections::ReadPosition(*db));
  if (position.version != kViewsVersion) {
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "the views of partition %d are of version %d, this program reads version %d; "
                  "`refundctl rebuild` folds them again",
                  partition, position.version, kViewsVersion);
  }
  as_of.offset = position.next;
  if (position.newest != Instant{}) as_of.at = position.newest;
  return add(*db, listing.rows);
}

template <class T, class F>
absl::Status ViewReader::Inner::AskAll(Listing<T>& listing, const F& add) {
  for (uint32_t i = 0; i < readers.info().partitions; ++i) {
    RETURN_IF_ERROR(Ask(i, listing, add));
  }
  return absl::OkStatus();
}

absl::StatusOr<Listing<CaseSummary>> ViewReader::Inner::FindByPrefix(const std::string& digits) {
  Listing<CaseSummary> found;
  RETURN_IF_ERROR(AskAll(found, [&](Database& db, std::vector<CaseSummary>& rows) {
    return AddCasesByPrefix(db, digits, rows);
  }));
  std::sort(found.rows.begin(), found.rows.end(), IdBefore);
  return found;
}

ViewReader::ViewReader(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
ViewReader::~ViewReader() = default;

absl::StatusOr<std::unique_ptr<ViewReader>> ViewReader::Open(const std::string& root) {
  ASSIGN_OR_RETURN(const StateDirInfo info, OpenStateDir(root));
  auto inner = std::make_unique<Inner>(Inner{ViewReaders(root, info)});
  return std::unique_ptr<ViewReader>(new ViewReader(std::move(inner)));
}

const StateDirInfo& ViewReader::info() const { return inner_->readers.info(); }

absl::Status ViewReader::Refresh() { return inner_->readers.Refresh(); }

absl::StatusOr<ViewAsOf> ViewReader::ReadPosition(uint32_t partition) {
  Listing<ViewAsOf> none;
  RETURN_IF_ERROR(inner_->Ask(partition, none,
                              [](Database&, std::vector<ViewAsOf>&) { return absl::OkStatus(); }));
  return none.as_of.front();
}

absl::Status ViewReader::VerifyFiles(uint32_t partition) {
  RETURN_IF_ERROR(ReadPosition(partition).status());  // of this version
  ASSIGN_OR_RETURN(Database* const db, inner_->readers.At(partition));
  return db == nullptr ? absl::OkStatus() : VerifyChecksums(*db);
}

absl::StatusOr<Listing<CaseSummary>> ViewReader::ListCases(const CaseQuery& query) {
  Listing<CaseSummary> listing;
  RETURN_IF_ERROR(inner_->AskAll(listing, [&](Database& db, std::vector<CaseSummary>& rows) {
    return AddCasesByDue(db, query, rows);
  }));
  SortAndCut(listing.rows, query.limit, DueBefore);
  return listing;
}

absl::StatusOr<Listing<CaseSummary>> ViewReader::FindCases(std::string_view text) {
  if (const std::optional<std::string> digits = HexDigits(text)) {
    return inner_->FindByPrefix(*digits);
  }
  if (!IsOrderKey(text)) {
    return Errorf(absl::StatusCode::kInvalidArgument,
                  "expected a case id in hex, the start of one, or an order key, found \"%s\"",
                  text);
  }
  Listing<CaseSummary> found;
  RETURN_IF_ERROR(inner_->Ask(PartitionOf(text, info().partitions), found,
                              [&](Database& db, std::vector<CaseSummary>& rows) {
                                return AddCasesOfOrder(db, text, rows);
                              }));
  return found;
}

absl::StatusOr<Listing<Step>> ViewReader::ReadTimeline(std::string_view order) {
  Listing<Step> timeline;
  const auto add_steps = [order](Database& db, std::vector<Step>& steps) {
    return ScanRows(db, TimelinePrefix(order),
                    [&steps](ByteView key, ByteView chunk) -> absl::StatusOr<bool> {
                      RETURN_IF_ERROR(Timeline::ReadChunk(key, chunk, steps));
                      return true;
                    });
  };
  const uint32_t partition = PartitionOf(order, info().partitions);
  RETURN_IF_ERROR(inner_->Ask(partition, timeline, add_steps));
  return timeline;
}

absl::StatusOr<Listing<Quarantined>> ViewReader::ListQuarantined() {
  Listing<Quarantined> listing;
  RETURN_IF_ERROR(inner_->AskAll(listing, [](Database& db, std::vector<Quarantined>& rows) {
    return ScanRows(db, TablePrefix(Table::kQuarantine),
                    [&](ByteView key, ByteView value) -> absl::StatusOr<bool> {
                      absl::StatusOr<Quarantined> record = codec::DecodeQuarantined(value);
                      if (!record.ok()) return Annotate(record.status(), DescribeKey(key));
                      rows.push_back(*std::move(record));
                      return true;
                    });
  }));
  return listing;
}

absl::StatusOr<Listing<OrderLedgerRead>> ViewReader::ListLedgers(const LedgerQuery& query) {
  Listing<OrderLedgerRead> listing;
  RETURN_IF_ERROR(inner_->AskAll(listing, [&](Database& db, std::vector<OrderLedgerRead>& rows) {
    return AddLedgers(db, query, rows);
  }));
  SortAndCut(listing.rows, query.limit, [](const OrderLedgerRead& a, const OrderLedgerRead& b) {
    return a.order.key < b.order.key;
  });
  return listing;
}

absl::StatusOr<Listing<LegEntry>> ViewReader::ListLegs(const LegQuery& query) {
  Listing<LegEntry> listing;
  RETURN_IF_ERROR(inner_->AskAll(listing, [&](Database& db, std::vector<LegEntry>& rows) {
    return AddLegs(db, query, rows);
  }));
  SortAndCut(listing.rows, query.limit, LegBefore);
  return listing;
}

absl::StatusOr<Listing<CaseEntry>> ViewReader::ListQueue(const QueueQuery& query) {
  Listing<CaseEntry> listing;
  RETURN_IF_ERROR(inner_->AskAll(listing, [&](Database& db, std::vector<CaseEntry>& rows) {
    return AddQueue(db, query, rows);
  }));
  SortAndCut(listing.rows, query.limit, QueueBefore);
  return listing;
}

absl::StatusOr<Listing<DeadlineEntry>> ViewReader::ListDue(const DueQuery& query) {
  Listing<DeadlineEntry> listing;
  RETURN_IF_ERROR(inner_->AskAll(listing, [&](Database& db, std::vector<DeadlineEntry>& rows) {
    return AddDue(db, query, rows);
  }));
  SortAndCut(listing.rows, query.limit, DeadlineBefore);
  return listing;
}

absl::StatusOr<Listing<VoucherEntry>> ViewReader::ListVouchers(std::string_view order) {
  Listing<VoucherEntry> listing;
  const auto add = [&](Database& db, std::vector<VoucherEntry>& rows) -> absl::Status {
    std::vector<VoucherEntry> vouchers;
    const std::string prefix = order.empty() ? TablePrefix(Table::kVoucher) : VoucherPrefix(order);
    RETURN_IF_ERROR(AddEntries(db, prefix, vouchers));
    RETURN_IF_ERROR(FillCurrencies(db, vouchers));
    std::move(vouchers.begin(), vouchers.end(), std::back_inserter(rows));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(order.empty() ? inner_->AskAll(listing, add)
                                : inner_->Ask(PartitionOf(order, info().partitions), listing, add));
  std::sort(listing.rows.begin(), listing.rows.end(),
            [](const VoucherEntry& a, const VoucherEntry& b) {
              return std::tie(a.granted_at, a.key, a.id) < std::tie(b.granted_at, b.key, b.id);
            });
  return listing;
}

absl::StatusOr<Listing<TallyEntry>> ViewReader::ListTallies() {
  Listing<TallyEntry> parts;
  RETURN_IF_ERROR(inner_->AskAll(parts, [](Database& db, std::vector<TallyEntry>& rows) {
    return AddEntries(db, TablePrefix(Table::kTally), rows);
  }));
  std::map<TallyName, TallyEntry> sums;
  for (const TallyEntry& each : parts.rows) {
    TallyEntry& sum = sums[each.name];
    sum.name = each.name;
    sum.count += each.count;
    sum.sum += each.sum;
  }
  Listing<TallyEntry> listing{{}, std::move(parts.as_of)};
  for (const auto& [name, entry] : sums) listing.rows.push_back(entry);
  return listing;
}

absl::StatusOr<Listing<ParkedEntry>> ViewReader::ListParked() {
  Listing<ParkedEntry> listing;
  RETURN_IF_ERROR(inner_->AskAll(listing, [](Database& db, std::vector<ParkedEntry>& rows) {
    return AddEntries(db, TablePrefix(Table::kParked), rows);
  }));
  std::sort(listing.rows.begin(), listing.rows.end(),
            [](const ParkedEntry& a, const ParkedEntry& b) { return a.key < b.key; });
  return listing;
}

}  // namespace refund::projections
