#include "projections/views/read.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "engine/domain/key.h"
#include "projections/state/keys.h"
#include "projections/state/readers.h"
#include "projections/views/position.h"
#include "projections/views/timeline.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

constexpr size_t kIdDigits = 32;

absl::StatusOr<CaseSummary> ReadCase(Database& db, const Id& id) {
  const std::string key = CaseKey(id);
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, GetRow(db, key));
  if (!stored) {
    return Errorf(absl::StatusCode::kDataLoss, "%s: an index names it, and there is no such row",
                  DescribeKey(key));
  }
  absl::StatusOr<CaseSummary> summary = codec::DecodeSummary(*stored);
  if (!summary.ok()) return Annotate(summary.status(), DescribeKey(key));
  return summary;
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
                    ASSIGN_OR_RETURN(CaseSummary summary, ReadCase(db, id));
                    if (query.wanted && !query.wanted(summary)) return true;
                    rows.push_back(std::move(summary));
                    return ++added < query.limit;
                  });
}

absl::Status AddCasesOfOrder(Database& db, std::string_view order, std::vector<CaseSummary>& rows) {
  return ScanRows(db, CasesOfOrderPrefix(order),
                  [&](ByteView key, ByteView value) -> absl::StatusOr<bool> {
                    Id id;
                    if (!Id::FromBytes(value, id)) return BadIndex(key);
                    ASSIGN_OR_RETURN(CaseSummary summary, ReadCase(db, id));
                    rows.push_back(std::move(summary));
                    return true;
                  });
}

// The bytes that whole pairs of digits give; an odd last digit is compared by itself.
absl::Status AddCasesByPrefix(Database& db, const std::string& digits,
                              std::vector<CaseSummary>& rows) {
  std::string prefix = TablePrefix(Table::kCase);
  std::string whole;
  FromHex(digits.substr(0, digits.size() / 2 * 2), whole);
  return ScanRows(db, prefix + whole, [&](ByteView key, ByteView value) -> absl::StatusOr<bool> {
    if (ToHex(AfterTable(key)).compare(0, digits.size(), digits) != 0) return true;
    absl::StatusOr<CaseSummary> summary = codec::DecodeSummary(value);
    if (!summary.ok()) return Annotate(summary.status(), DescribeKey(key));
    rows.push_back(*std::move(summary));
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

}  // namespace

struct ViewReader::Inner {
  Readers readers;

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
  AsOf& as_of = listing.as_of.emplace_back(AsOf{partition, 0});
  if (db == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(as_of.offset, ReadPosition(*db));
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
  auto inner = std::make_unique<Inner>(Inner{Readers(root, Contents::kViews, info)});
  return std::unique_ptr<ViewReader>(new ViewReader(std::move(inner)));
}

const StateDirInfo& ViewReader::info() const { return inner_->readers.info(); }

absl::Status ViewReader::Refresh() { return inner_->readers.Refresh(); }

absl::Status ViewReader::VerifyFiles(uint32_t partition) {
  ASSIGN_OR_RETURN(Database* const db, inner_->readers.At(partition));
  return db == nullptr ? absl::OkStatus() : VerifyChecksums(*db);
}

absl::StatusOr<Listing<CaseSummary>> ViewReader::ListCases(const CaseQuery& query) {
  Listing<CaseSummary> listing;
  RETURN_IF_ERROR(inner_->AskAll(listing, [&](Database& db, std::vector<CaseSummary>& rows) {
    return AddCasesByDue(db, query, rows);
  }));
  std::sort(listing.rows.begin(), listing.rows.end(), DueBefore);
  if (listing.rows.size() > query.limit) listing.rows.resize(query.limit);
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

}  // namespace refund::projections
