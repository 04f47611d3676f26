#include "projections/views/view_sink.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/status.h"
#include "projections/state/keys.h"
#include "projections/state/rocks.h"
#include "projections/views/case_list.h"
#include "projections/views/deadlines.h"
#include "projections/views/generations.h"
#include "projections/views/order_ledger.h"
#include "projections/views/parked.h"
#include "projections/views/position.h"
#include "projections/views/quarantine.h"
#include "projections/views/tallies.h"
#include "projections/views/timeline.h"
#include "projections/views/view_keys.h"
#include "projections/views/vouchers.h"

namespace refund::projections {
namespace {

class BatchRows final : public ViewRows {
 public:
  BatchRows(Database& db, size_t expected_bytes) : db_(db), batch_(expected_bytes) {}
  absl::StatusOr<std::optional<std::string>> Get(ByteView key) override { return GetRow(db_, key); }
  void Put(ByteView key, std::string value) override { PutRow(db_, batch_, key, std::move(value)); }
  void Delete(ByteView key) override { DeleteRow(batch_, key); }
  rocksdb::WriteBatch& batch() { return batch_; }

 private:
  Database& db_;
  rocksdb::WriteBatch batch_;
};

}  // namespace

struct ViewSink::Inner {
  std::shared_ptr<RocksMemory> memory;
  std::unique_ptr<Database> db;
  CaseList cases;
  Timeline timeline;
  Quarantine quarantine;
  OrderLedger ledger;
  Deadlines deadlines;
  Vouchers vouchers;
  Tallies tallies;
  Parked parked;
  Position position;
  Instant newest;       // of the steps taken
  bool took = false;    // anything since the last flush
  size_t bytes = 0;     // of the steps taken since
  absl::Status broken;  // of the first write that failed; there is no second try

  std::array<View*, 8> views() {
    return {&cases, &timeline, &quarantine, &ledger, &deadlines, &vouchers, &tallies, &parked};
  }
  absl::Status Write(const Position& reached);
};

absl::Status ViewSink::Inner::Write(const Position& reached) {
  BatchRows rows(*db, bytes / 2);
  for (View* each : views()) RETURN_IF_ERROR(each->Write(rows));
  rows.Put(PositionKey(), EncodePosition(reached));
  return WriteRows(*db, rows.batch(), /*sync=*/true);
}

ViewSink::ViewSink(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
ViewSink::~ViewSink() = default;

absl::StatusOr<std::unique_ptr<ViewSink>> ViewSink::Open(const std::string& directory,
                                                         const ViewSinkOptions& options) {
  auto inner = std::make_unique<Inner>();
  inner->memory = options.memory;
  if (inner->memory == nullptr) inner->memory = std::make_shared<RocksMemory>(kDefaultRocksBytes);
  ASSIGN_OR_RETURN(const std::string serving, ServingOrFirstViews(directory));
  ASSIGN_OR_RETURN(inner->db, OpenWriter(serving, Contents::kViews, *inner->memory));
  ASSIGN_OR_RETURN(inner->position, ReadPosition(*inner->db));
  if (inner->position.version > kViewsVersion) {
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "%s: views of version %d, which is newer than %d, the newest that this program "
                  "knows",
                  directory, inner->position.version, kViewsVersion);
  }
  if (inner->position.version != kViewsVersion) {
    return Errorf(absl::StatusCode::kOutOfRange,
                  "%s: views of version %d, this program folds version %d; they must be folded "
                  "again",
                  directory, inner->position.version, kViewsVersion);
  }
  return std::unique_ptr<ViewSink>(new ViewSink(std::move(inner)));
}

int64_t ViewSink::next() const { return inner_->position.next; }

void ViewSink::Take(const Step& step, ByteView bytes) {
  inner_->took = true;
  inner_->newest = std::max(inner_->newest, step.at);
  inner_->bytes += bytes.size();
  for (View* each : inner_->views()) each->Take(step, bytes);
}

void ViewSink::Take(const Quarantined& record) {
  inner_->took = true;
  for (View* each : inner_->views()) each->Take(record);
}

absl::Status ViewSink::Flush(int64_t next) {
  RETURN_IF_ERROR(inner_->broken);
  CHECK(next >= inner_->position.next);
  if (next == inner_->position.next && !inner_->took) return absl::OkStatus();
  const Position reached{next, std::max(inner_->position.newest, inner_->newest), kViewsVersion};
  inner_->broken = inner_->Write(reached);
  RETURN_IF_ERROR(inner_->broken);
  inner_->position = reached;
  inner_->took = false;
  inner_->bytes = 0;
  return absl::OkStatus();
}

absl::Status ViewSink::Close() {
  const absl::Status closed = CloseWriter(std::move(inner_->db));
  return inner_->broken.ok() ? closed : inner_->broken;
}

}  // namespace refund::projections
