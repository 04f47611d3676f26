// One partition, opened: its state, its views and the lane over them. Replay and daemon open it the
// same way. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/log/log.h"
#include "engine/replay/lane.h"
#include "projections/state/rocks_order_store.h"
#include "projections/state/state_dir.h"
#include "projections/views/view_sink.h"
#include "server/lanes/memory.h"

namespace refund::lanes {

// Whose log it is, by record 0 of partition 0.
absl::StatusOr<projections::StateDirInfo> ReadOpening(log::Reader& reader);

// What a partition is opened with. None of it is owned.
struct Place {
  uint32_t partition = 0;
  std::string state;  // the state directory, made by projections::CreateStateDir
  log::Reader* reader = nullptr;
  log::Committer* committer = nullptr;        // null: nothing is committed
  std::shared_ptr<const Memory> memory = {};  // absent: one of its own
  std::function<void(std::vector<log::Output> outputs, int64_t next)> on_published =
      {};  // LaneParts
};

class Partition {
 public:
  // A state whose views lag behind it (a power cut between two directories), or whose format is
  // older, is a cache gone stale: both are removed, and come back from the log. Other errors: as
  // Lane::Start and the stores say.
  static absl::StatusOr<std::unique_ptr<Partition>> Open(const Place& place,
                                                         const replay::LaneOptions& options);

  // Why what was there had to be removed; OK if it was not.
  const absl::Status& why_removed() const { return why_removed_; }
  replay::Lane& lane() { return *lane_; }
  projections::RocksOrderStore& store() { return *store_; }

  // A clean end: what was checkpointed is on disk. Destroyed without it, it is as after a crash.
  absl::Status Close();

 private:
  Partition() = default;
  absl::Status Start(const Place& place, const replay::LaneOptions& options);

  std::unique_ptr<projections::RocksOrderStore> store_;
  std::unique_ptr<projections::ViewSink> views_;
  std::unique_ptr<replay::Lane> lane_;
  absl::Status why_removed_;
};

}  // namespace refund::lanes
