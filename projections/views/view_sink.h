// The views of one partition behind the lane: all are folded in memory, and written together with
// the position by one atomic write at each Flush(), the value file first. Synced, because the
// lane's checkpoint is not: after a power cut the views may be ahead of the state, never behind it.
// One thread, one process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/replay/order_store.h"
#include "projections/state/rocks_memory.h"

namespace refund::projections {

struct ViewSinkOptions {
  // Absent: some of its own.
  std::shared_ptr<RocksMemory> memory;
};

class ViewSink final : public replay::OutputSink {
 public:
  // As RocksOrderStore::Open; `directory` is ViewsDbPath(), a link to the generation that serves.
  // kOutOfRange for views that an older program folded: nothing in them is touched.
  static absl::StatusOr<std::unique_ptr<ViewSink>> Open(const std::string& directory,
                                                        const ViewSinkOptions& options);
  ~ViewSink() override;

  int64_t next() const override;
  void Take(const Step& step, ByteView bytes) override;
  void Take(const Quarantined& record) override;
  absl::Status Flush(int64_t next) override;

  // A clean end. Nothing may be called afterwards.
  absl::Status Close();

 private:
  struct Inner;
  explicit ViewSink(std::unique_ptr<Inner> inner);
  const std::unique_ptr<Inner> inner_;
};

}  // namespace refund::projections
