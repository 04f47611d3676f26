#include "projections/views/view_readers.h"

#include <utility>

#include "engine/base/status.h"
#include "projections/views/generations.h"

namespace refund::projections {
namespace {

// A swap while it is opened: then the new one is. It takes a rebuild to make another.
constexpr int kMostAttempts = 10;

}  // namespace

ViewReaders::ViewReaders(std::string root, const StateDirInfo& info)
    : root_(std::move(root)), info_(info), open_(info.partitions) {}

absl::Status ViewReaders::OpenServing(uint32_t partition, Open& open) const {
  const std::string link = ViewsDbPath(root_, partition);
  absl::Status failed;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    ASSIGN_OR_RETURN(const std::string directory, ServingViews(link));
    absl::StatusOr<std::unique_ptr<Database>> opened = OpenReader(directory, Contents::kViews);
    if (opened.ok()) {
      open = {directory, *std::move(opened)};
      return absl::OkStatus();
    }
    failed = opened.status();
    const absl::StatusOr<std::string> now = ServingViews(link);
    if (now.ok() && *now == directory) break;
  }
  return failed;
}

absl::StatusOr<Database*> ViewReaders::At(uint32_t partition) {
  if (partition >= info_.partitions) {
    return Errorf(absl::StatusCode::kInvalidArgument, "expected a partition below %d, found %d",
                  info_.partitions, partition);
  }
  Open& open = open_[partition];
  if (open.db == nullptr) {
    const absl::Status opened = OpenServing(partition, open);
    if (absl::IsNotFound(opened)) return nullptr;
    RETURN_IF_ERROR(opened);
  }
  return open.db.get();
}

absl::Status ViewReaders::RefreshOne(uint32_t partition, Open& open) {
  const absl::Status caught_up = CatchUp(*open.db);
  // Looked at afterwards: if it still serves, what was caught up with was its own.
  const absl::StatusOr<std::string> serving = ServingViews(ViewsDbPath(root_, partition));
  if (serving.ok() && *serving == open.directory) return caught_up;
  open = Open{};
  const absl::Status opened = OpenServing(partition, open);
  return absl::IsNotFound(opened) ? absl::OkStatus() : opened;
}

absl::Status ViewReaders::Refresh() {
  for (uint32_t i = 0; i < open_.size(); ++i) {
    if (open_[i].db != nullptr) RETURN_IF_ERROR(RefreshOne(i, open_[i]));
  }
  return absl::OkStatus();
}

}  // namespace refund::projections
