// How fast librdkafka alone takes a topic's records off a broker: what no engine over it can pass.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace refund::peer {

struct Drained {
  int64_t records = 0;
  int64_t bytes = 0;
  double seconds = 0;  // from the first record to the end of the last partition
};

// From the first record to the end as it is now, every partition, check.crcs on. Says "begun" on
// stdout at the first record.
absl::StatusOr<Drained> Drain(const std::string& brokers, const std::string& topic);

}  // namespace refund::peer
