#include "tools/refundctl/whatif/what_if.h"

#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "engine/replay/lane.h"
#include "engine/replay/memory_order_store.h"
#include "server/intake/messages.h"

namespace refund::tools {
namespace {

class Keeping final : public replay::OutputSink {
 public:
  explicit Keeping(std::vector<Step>& steps) : steps_(steps) {}

  int64_t next() const override { return next_; }
  void Take(const Step& step, ByteView) override { steps_.push_back(step); }
  void Take(const Quarantined&) override {}
  absl::Status Flush(int64_t next) override {
    next_ = next;
    return absl::OkStatus();
  }

 private:
  std::vector<Step>& steps_;
  int64_t next_ = 0;
};

struct Partition {
  explicit Partition(std::vector<Step>& steps) : sink(steps) {}

  replay::MemoryOrderStore store;
  Keeping sink;
  std::unique_ptr<log::Committer> committer;
  std::unique_ptr<replay::Lane> lane;
};

class Deciding {
 public:
  explicit Deciding(std::unique_ptr<log::Log> copy) : log_(std::move(copy)) {}

  absl::Status Start(const replay::LaneOptions& options) {
    ASSIGN_OR_RETURN(reader_, log_->OpenReader());
    steps_.resize(reader_->partitions());
    for (uint32_t p = 0; p < reader_->partitions(); ++p) {
      auto partition = std::make_unique<Partition>(steps_[p]);
      ASSIGN_OR_RETURN(partition->committer, log_->OpenCommitter(p));
      const replay::LaneParts parts{
          p, reader_.get(), partition->committer.get(), &partition->store, {&partition->sink}};
      ASSIGN_OR_RETURN(partition->lane, replay::Lane::Start(parts, options));
      partitions_.push_back(std::move(partition));
    }
    ASSIGN_OR_RETURN(carrier_, intake::MessageCarrier::Open(*log_, /*cursor_path=*/""));
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Step>> Run() {
    for (int64_t carried = 1; carried > 0;) {
      for (const auto& each : partitions_) RETURN_IF_ERROR(each->lane->Run());
      ASSIGN_OR_RETURN(carried, carrier_->Carry());  // back through intake, as a replay does
    }
    std::vector<Step> all;
    for (std::vector<Step>& each : steps_) {
      all.insert(all.end(), std::make_move_iterator(each.begin()),
                 std::make_move_iterator(each.end()));
    }
    return all;
  }

 private:
  const std::unique_ptr<log::Log> log_;
  std::unique_ptr<log::Reader> reader_;
  std::unique_ptr<intake::MessageCarrier> carrier_;
  std::vector<std::vector<Step>> steps_;  // by partition; before the lanes, which write to it
  std::vector<std::unique_ptr<Partition>> partitions_;
};

}  // namespace

absl::StatusOr<std::vector<Step>> DecideAgain(const RecordedLog& log,
                                              std::optional<policy::PackOverlay> what_if) {
  ASSIGN_OR_RETURN(std::unique_ptr<log::Log> copy, CopyInMemory(log));
  replay::LaneOptions options;
  options.most_fired = std::numeric_limits<int>::max();  // so that nothing due is left unfired
  options.what_if = std::move(what_if);
  Deciding deciding(std::move(copy));
  RETURN_IF_ERROR(deciding.Start(options));
  return deciding.Run();
}

}  // namespace refund::tools
