// What refundd counts, for Prometheus. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/refundd/standing.h"

namespace refund::daemon {

class Metrics {
 public:
  explicit Metrics(const std::vector<uint32_t>& partitions);
  ~Metrics();

  void ObserveCommit(uint32_t partition, double seconds);
  // Everything else is read off where it stands, when it is asked for.
  std::string Text(const DaemonStanding& standing);

 private:
  struct Inner;
  const std::unique_ptr<Inner> inner_;
};

}  // namespace refund::daemon
