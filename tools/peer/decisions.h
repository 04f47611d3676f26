// What an engine put out, as one number that does not depend on the order in which it did.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace refund::peer {

// Of the steps up to each order's last record: what an engine that hears of Ticks fires after that,
// one that hears only of records does not.
struct Decided {
  int64_t all_steps = 0;  // also those after an order's last record
  int64_t orders = 0;
  int64_t steps = 0;
  int64_t by_record = 0;
  int64_t decisions = 0;
  int64_t twice_or_missing = 0;  // steps of an order are numbered from 1 without a gap
  // Of the SHA-256 of the steps' bytes, each word modulo 2^64.
  using Sum = std::array<uint64_t, 4>;
  Sum hash{};
};

// Everything committed on a topic of steps.
absl::StatusOr<Decided> ReadDecisions(const std::string& brokers, const std::string& topic);

}  // namespace refund::peer
