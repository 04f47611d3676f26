// A settlement file against our legs, both ways. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "engine/domain/event.h"
#include "projections/views/entries.h"
#include "tools/refundctl/reconcile/settlement_file.h"

namespace refund {

#define REFUND_FINDINGS(X)     \
  X(UnknownLeg, "UNKNOWN_LEG") \
  X(NotInFile, "NOT_IN_FILE")  \
  X(Amount, "AMOUNT")          \
  X(Currency, "CURRENCY") X(Status, "STATUS") X(PaidTwice, "PAID_TWICE") X(Reference, "REFERENCE")
REFUND_ENUM(FindingKind, REFUND_FINDINGS)

}  // namespace refund

namespace refund::tools {

// A leg of ours; of `reference` and its currency the order knows, not the view.
struct OurLeg {
  projections::LegEntry entry;
  std::string reference;
};

struct Finding {
  FindingKind kind = FindingKind::kUnknownLeg;
  Id leg;
  std::string key;             // of its order; empty: not ours
  std::vector<int64_t> lines;  // of the file
  std::string ours;
  std::string file;
};

// Between which instants something of ours must stand in the file; both included.
struct Between {
  std::optional<Instant> since;
  std::optional<Instant> until;
  bool Holds(Instant at) const { return (!since || *since <= at) && (!until || at <= *until); }
};

struct Sum {
  int64_t count = 0;
  absl::int128 units = 0;
};
using Sums = std::map<std::pair<Currency, std::string>, Sum>;  // by currency and status

struct Reconciliation {
  std::vector<Finding> findings;  // by leg, then by kind
  Sums file;
  Sums ours;  // of the legs that the file names, and of those that it should
  // What would bring legs up to date that the provider has answered and we have not heard of.
  std::vector<Claim> answers;
};

// From the first to the last settled_at of the file; unbounded where no row has one.
Between RangeOf(const std::vector<SettlementRow>& rows);
// The provider never sees it: vouchers, and what is restored rather than paid.
bool IsOutsideTheFile(const projections::LegEntry& entry);
// It was paid, and the file should say so.
bool BelongsInFile(const projections::LegEntry& entry, const Between& between);

// `legs`: all that the file names and we have, and all that BelongsInFile().
Reconciliation Reconcile(const std::vector<SettlementRow>& rows, const std::map<Id, OurLeg>& legs,
                         const Between& between);

}  // namespace refund::tools
