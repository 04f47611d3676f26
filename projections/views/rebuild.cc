#include "projections/views/rebuild.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/status.h"
#include "projections/state/keys.h"
#include "projections/state/rocks.h"
#include "projections/views/generations.h"
#include "projections/views/position.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

// A timeline is cut into rows wherever the views were flushed, so it is compared whole; of any
// other table each row.
absl::StatusOr<std::optional<std::string>> LogicalValue(Database& db, Table table,
                                                        const std::string& key) {
  if (table != Table::kTimeline) return GetRow(db, key);
  std::optional<std::string> whole;
  RETURN_IF_ERROR(ScanRows(db, key, [&](ByteView, ByteView value) -> absl::StatusOr<bool> {
    if (!whole) whole.emplace();
    whole->append(value);
    return true;
  }));
  return whole;
}

absl::StatusOr<bool> Exists(Database& db, Table table, const std::string& key) {
  bool exists = false;
  RETURN_IF_ERROR(ScanKeys(db, key, [&](ByteView found) -> absl::StatusOr<bool> {
    exists = table == Table::kTimeline || found == key;
    return false;
  }));
  return exists;
}

std::string LogicalKey(Table table, ByteView key) {
  return table == Table::kTimeline ? TimelinePrefix(OrderIn(key)) : std::string(key);
}

// Visits the logical keys of a table once each, in order.
template <class F>
absl::Status ForEachKey(Database& db, Table table, const F& visit) {
  std::string newest;
  return ScanKeys(db, TablePrefix(table), [&](ByteView key) -> absl::StatusOr<bool> {
    std::string logical = LogicalKey(table, key);
    if (logical == newest) return true;
    newest = std::move(logical);
    return visit(newest);
  });
}

class Comparison {
 public:
  Comparison(Database& old_db, Database& new_db, size_t most)
      : old_(old_db), new_(new_db), most_(most) {}

  absl::Status CompareTable(Table table) {
    RETURN_IF_ERROR(
        ForEachKey(new_, table, [&](const std::string& key) { return CompareRow(table, key); }));
    const absl::Status scanned =
        ForEachKey(old_, table, [&](const std::string& key) -> absl::StatusOr<bool> {
          ASSIGN_OR_RETURN(const bool is_new, Exists(new_, table, key));
          if (!is_new) Add(key, "the old have it, the log gives none");
          return !Full();
        });
    if (!absl::IsDataLoss(scanned)) return scanned;
    Add(TablePrefix(table), "the old cannot be read: " + Message(scanned));
    return absl::OkStatus();
  }
  bool Full() const { return found_.size() >= most_; }
  std::vector<ViewDifference> Done() { return std::move(found_); }

 private:
  absl::StatusOr<bool> CompareRow(Table table, const std::string& key) {
    ASSIGN_OR_RETURN(const auto in_new, LogicalValue(new_, table, key));
    const auto in_old = LogicalValue(old_, table, key);
    if (!in_old.ok() && !absl::IsDataLoss(in_old.status())) return in_old.status();
    if (!in_old.ok()) {
      Add(key, "the old cannot be read");
    } else if (!*in_old) {
      Add(key, "the old lack it");
    } else if (*in_old != in_new) {
      Add(key, "the old have another value");
    }
    return !Full();
  }
  void Add(const std::string& key, std::string what) {
    if (Full()) return;
    auto [view, row] = NameRow(key);
    found_.push_back({std::move(view), std::move(row), std::move(what)});
  }

  Database& old_;
  Database& new_;
  const size_t most_;
  std::vector<ViewDifference> found_;
};

}  // namespace

struct ViewRebuild::Inner {
  std::string link;
  std::string directory;  // of the new
  RocksMemory memory{kDefaultRocksBytes};
  std::unique_ptr<Database> old_db;  // held open: no other process writes them meanwhile
  bool old_is_in_place = false;      // a directory where the link is to be
  std::optional<int64_t> old_next;
  std::string why_not;
  std::unique_ptr<ViewSink> sink;
  bool serves = false;

  absl::Status OpenOld(const std::string& serving);
};

// Damage is what a rebuild is for: then there is nothing to compare with.
absl::Status ViewRebuild::Inner::OpenOld(const std::string& serving) {
  absl::StatusOr<std::unique_ptr<Database>> opened = OpenWriter(serving, Contents::kViews, memory);
  if (!opened.ok()) {
    if (!absl::IsDataLoss(opened.status())) return opened.status();
    why_not = "the old cannot be read: " + Message(opened.status());
    return absl::OkStatus();
  }
  old_db = *std::move(opened);
  const absl::StatusOr<Position> position = ReadPosition(*old_db);
  if (!position.ok()) {
    why_not = "the old cannot be read: " + Message(position.status());
  } else if (position->version != kViewsVersion) {
    why_not = absl::StrFormat("the old are of version %d, the new of %d", position->version,
                              kViewsVersion);
  } else {
    old_next = position->next;
  }
  return absl::OkStatus();
}

ViewRebuild::ViewRebuild(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}

ViewRebuild::~ViewRebuild() {
  if (inner_->serves) return;
  inner_->sink = nullptr;
  std::error_code error;
  std::filesystem::remove_all(inner_->directory, error);
}

absl::StatusOr<std::unique_ptr<ViewRebuild>> ViewRebuild::Start(const std::string& link) {
  auto inner = std::make_unique<Inner>();
  inner->link = link;
  ASSIGN_OR_RETURN(const std::string serving, ServingOrFirstViews(link));
  inner->old_is_in_place = serving == link;
  RETURN_IF_ERROR(inner->OpenOld(serving));
  // Not before the old are ours: what lies beside them may be another rebuild at work.
  ASSIGN_OR_RETURN(inner->directory, NextViews(link));
  ASSIGN_OR_RETURN(inner->sink, ViewSink::Open(inner->directory, {}));
  return std::unique_ptr<ViewRebuild>(new ViewRebuild(std::move(inner)));
}

std::optional<int64_t> ViewRebuild::old_next() const { return inner_->old_next; }
const std::string& ViewRebuild::why_not() const { return inner_->why_not; }
ViewSink& ViewRebuild::sink() { return *inner_->sink; }

absl::StatusOr<std::vector<ViewDifference>> ViewRebuild::Compare(size_t most) {
  CHECK(inner_->old_next.has_value());
  CHECK(inner_->sink->next() == *inner_->old_next);
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> made,
                   OpenReader(inner_->directory, Contents::kViews));
  Comparison comparison(*inner_->old_db, *made, most);
  for (const Table table : ViewTables()) {
    if (comparison.Full()) break;
    RETURN_IF_ERROR(comparison.CompareTable(table));
  }
  return comparison.Done();
}

absl::Status ViewRebuild::Swap() {
  RETURN_IF_ERROR(inner_->sink->Close());
  inner_->sink = nullptr;
  // Served first and closed then: nobody else can write the old in between. But a database that
  // lies in the link's own place would tidy up under that name when it is closed, in the new.
  if (inner_->old_is_in_place) inner_->old_db = nullptr;
  inner_->serves = true;
  const absl::Status served = ServeViews(inner_->link, inner_->directory);
  inner_->old_db = nullptr;
  return served;
}

}  // namespace refund::projections
