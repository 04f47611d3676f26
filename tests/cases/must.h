// The `must:` lines of a script: what the catalogue asks of the run up to there, written by hand
// and never by the runner. README.md lists the words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/instant.h"
#include "engine/domain/order.h"
#include "engine/domain/step.h"

namespace refund::cases {

// The run of one order so far.
struct Seen {
  const Order& order;
  std::vector<const Step*> steps;      // of that order
  std::vector<const Payout*> payouts;  // of that order
  int64_t duplicates = 0;              // of all orders
  int64_t quarantined = 0;
};

// A sentence for each word that does not hold, or that nobody knows.
std::vector<std::string> CheckMust(const std::string& text, Instant start, const Seen& seen);

// The order that the line is about, if it names one with key=.
std::string KeyOfMust(const std::string& text);

}  // namespace refund::cases
