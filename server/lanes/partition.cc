#include "server/lanes/partition.h"

#include <filesystem>
#include <system_error>
#include <variant>
#include <vector>

#include "engine/base/status.h"
#include "engine/codec/event_codec.h"

namespace refund::lanes {
namespace {

std::string Aside(const std::string& path) { return path + ".removed"; }

// Under another name first: a crash leaves a directory that is whole, or none.
absl::Status Remove(const std::string& path) {
  std::error_code error;
  std::filesystem::rename(path, Aside(path), error);
  if (error && error != std::errc::no_such_file_or_directory) {
    return Errorf(absl::StatusCode::kPermissionDenied, "%s cannot be removed: %s", path,
                  error.message());
  }
  std::filesystem::remove_all(Aside(path), error);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<projections::StateDirInfo> ReadOpening(log::Reader& reader) {
  ASSIGN_OR_RETURN(const std::vector<log::Record> first, reader.Read(0, 0, {1, 1}));
  if (first.empty()) {
    return absl::NotFoundError("record 0/0: expected LogOpened, the log is empty: refundctl init");
  }
  const auto read = codec::DecodeRecord(first.front().bytes, codec::kSemantic);
  const auto* event = std::get_if<Event>(&read);
  const auto* opened = event != nullptr ? std::get_if<LogOpened>(&event->claim.body) : nullptr;
  if (opened == nullptr)
    return absl::DataLossError("record 0/0: expected LogOpened, found another record");
  if (opened->partitions != reader.partitions()) {
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "record 0/0 says that the log has %d partitions, found %d: a key would be looked "
                  "for where it is not, as it goes by their number. Make a new log with as many",
                  opened->partitions, reader.partitions());
  }
  return projections::StateDirInfo{opened->log_id, reader.partitions()};
}

absl::StatusOr<std::unique_ptr<Partition>> Partition::Open(const Place& place,
                                                           const replay::LaneOptions& options) {
  const std::string state = projections::StateDbPath(place.state, place.partition);
  std::error_code ignored;
  std::filesystem::remove_all(Aside(state), ignored);  // of a crash
  std::unique_ptr<Partition> partition(new Partition);
  const absl::Status started = partition->Start(place, options);
  if (started.ok()) return partition;
  if (!absl::IsOutOfRange(started)) return started;
  partition.reset(new Partition);
  RETURN_IF_ERROR(Remove(state));
  RETURN_IF_ERROR(Remove(projections::ViewsDbPath(place.state, place.partition)));
  RETURN_IF_ERROR(partition->Start(place, options));
  partition->why_removed_ = started;
  return partition;
}

absl::Status Partition::Start(const Place& place, const replay::LaneOptions& options) {
  const Memory memory = place.memory != nullptr ? *place.memory : Memory(kDefaultMemoryBytes, 1);
  ASSIGN_OR_RETURN(store_,
                   projections::RocksOrderStore::Open(
                       projections::StateDbPath(place.state, place.partition), memory.OfStore()));
  ASSIGN_OR_RETURN(
      views_, projections::ViewSink::Open(projections::ViewsDbPath(place.state, place.partition),
                                          memory.OfViews()));
  const replay::LaneParts parts{place.partition, place.reader,   place.committer,
                                store_.get(),    {views_.get()}, place.on_published};
  ASSIGN_OR_RETURN(lane_, replay::Lane::Start(parts, options));
  return absl::OkStatus();
}

absl::Status Partition::Close() {
  lane_.reset();
  absl::Status closed = views_->Close();
  closed.Update(store_->Close());
  return closed;
}

}  // namespace refund::lanes
