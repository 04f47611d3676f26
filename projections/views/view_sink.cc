#include "projections/views/view_sink.h"

#include <array>
#include <optional>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/status.h"
#include "projections/state/keys.h"
#include "projections/state/rocks.h"
#include "projections/views/case_list.h"
#include "projections/views/position.h"
#include "projections/views/quarantine.h"
#include "projections/views/timeline.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

class BatchRows final : public ViewRows {
 public:
  explicit BatchRows(Database& db) : db_(db) {}
  absl::StatusOr<std::optional<std::string>> Get(ByteView key) override { return GetRow(db_, key); }
  void Put(ByteView key, std::string value) override { PutRow(batch_, key, std::move(value)); }
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
  int64_t next = 0;
  bool took = false;    // anything since the last flush
  absl::Status broken;  // of the first write that failed; there is no second try

  std::array<View*, 3> views() { return {&cases, &timeline, &quarantine}; }
  absl::Status Write(int64_t position);
};

absl::Status ViewSink::Inner::Write(int64_t position) {
  BatchRows rows(*db);
  for (View* each : views()) RETURN_IF_ERROR(each->Write(rows));
  rows.Put(PositionKey(), EncodePosition(position));
  return WriteRows(*db, rows.batch(), /*sync=*/true);
}

ViewSink::ViewSink(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
ViewSink::~ViewSink() = default;

absl::StatusOr<std::unique_ptr<ViewSink>> ViewSink::Open(const std::string& directory,
                                                         const ViewSinkOptions& options) {
  auto inner = std::make_unique<Inner>();
  inner->memory = options.memory;
  if (inner->memory == nullptr) inner->memory = std::make_shared<RocksMemory>(kDefaultRocksBytes);
  ASSIGN_OR_RETURN(inner->db, OpenWriter(directory, Contents::kViews, *inner->memory));
  ASSIGN_OR_RETURN(inner->next, ReadPosition(*inner->db));
  return std::unique_ptr<ViewSink>(new ViewSink(std::move(inner)));
}

int64_t ViewSink::next() const { return inner_->next; }

void ViewSink::Take(const Step& step, ByteView bytes) {
  inner_->took = true;
  for (View* each : inner_->views()) each->Take(step, bytes);
}

void ViewSink::Take(const Quarantined& record) {
  inner_->took = true;
  for (View* each : inner_->views()) each->Take(record);
}

absl::Status ViewSink::Flush(int64_t next) {
  RETURN_IF_ERROR(inner_->broken);
  CHECK(next >= inner_->next);
  if (next == inner_->next && !inner_->took) return absl::OkStatus();
  inner_->broken = inner_->Write(next);
  RETURN_IF_ERROR(inner_->broken);
  inner_->next = next;
  inner_->took = false;
  return absl::OkStatus();
}

absl::Status ViewSink::Close() {
  const absl::Status closed = CloseWriter(std::move(inner_->db));
  return inner_->broken.ok() ? closed : inner_->broken;
}

}  // namespace refund::projections
