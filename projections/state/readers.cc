#include "projections/state/readers.h"

#include <utility>

#include "engine/base/status.h"

namespace refund::projections {

Readers::Readers(std::string root, Contents contents, const StateDirInfo& info)
    : root_(std::move(root)), contents_(contents), info_(info), open_(info.partitions) {}

absl::StatusOr<Database*> Readers::At(uint32_t partition) {
  if (partition >= info_.partitions) {
    return Errorf(absl::StatusCode::kInvalidArgument, "expected a partition below %d, found %d",
                  info_.partitions, partition);
  }
  std::unique_ptr<Database>& db = open_[partition];
  if (db != nullptr) return db.get();
  const std::string path =
      contents_ == Contents::kState ? StateDbPath(root_, partition) : ViewsDbPath(root_, partition);
  absl::StatusOr<std::unique_ptr<Database>> opened = OpenReader(path, contents_);
  if (absl::IsNotFound(opened.status())) return nullptr;
  if (!opened.ok()) return opened.status();
  db = *std::move(opened);
  return db.get();
}

absl::Status Readers::Refresh() {
  for (const std::unique_ptr<Database>& each : open_) {
    if (each != nullptr) RETURN_IF_ERROR(CatchUp(*each));
  }
  return absl::OkStatus();
}

}  // namespace refund::projections
