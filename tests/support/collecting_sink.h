// A sink that keeps all that it is told, for tests to look at. Its position outlives a lane.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/bytes.h"
#include "engine/domain/step.h"
#include "engine/replay/order_store.h"

namespace refund::testing {

class CollectingSink : public replay::OutputSink {
 public:
  int64_t next() const override { return next_; }
  void Take(const Step& step, ByteView) override { steps.push_back(step); }
  void Take(const Quarantined& record) override { quarantined.push_back(record); }
  absl::Status Flush(int64_t next) override {
    next_ = next;
    return absl::OkStatus();
  }

  std::vector<Step> steps;
  std::vector<Quarantined> quarantined;

 private:
  int64_t next_ = 0;
};

}  // namespace refund::testing
