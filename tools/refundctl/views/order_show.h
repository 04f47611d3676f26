// Everything of one order: what was paid and what has been given of it, line by line and bucket by
// bucket; its cases, legs, entrance, vouchers, bank disputes, parcels. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/domain/order.h"
#include "projections/views/read.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

// One bucket of one line.
struct LedgerRow {
  std::string line;
  Bucket bucket = Bucket::kCash;
  int64_t captured = 0;    // less what was cancelled
  int64_t given = 0;       // toward the buyer and there, less what came back
  int64_t on_its_way = 0;  // decided, and not there
  int64_t remaining = 0;
};
// By line, then by bucket, those that were paid with or given from. A sum that does not fit is cut
// off at the largest number: it can't be right, and is shown all the same.
std::vector<LedgerRow> LedgerOf(const Order& order);

// As the text names a line, or the whole text.
std::string OrderShowText(const Order& order, std::span<const projections::ViewAsOf> as_of,
                          const terminal::Paper& paper);
// The order as it is stored, its ledger in front.
std::string OrderShowJson(const Order& order, std::span<const projections::ViewAsOf> as_of);

}  // namespace refund::tools
