// A payment provider's settlement file: CSV by RFC 4180, with a header line. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/domain/money.h"
#include "engine/domain/vocabulary.h"

namespace refund {

// What the provider says has become of a payment.
#define REFUND_SETTLEMENTS(X) \
  X(Unspecified, "UNSPECIFIED") X(Settled, "SETTLED") X(Failed, "FAILED") X(Reversed, "REVERSED")
REFUND_ENUM(Settlement, REFUND_SETTLEMENTS)

}  // namespace refund

namespace refund::tools {

struct SettlementRow {
  int64_t line = 0;  // of the file, from 1
  Id leg;
  Money amount;
  Settlement status = Settlement::kUnspecified;
  std::string reference;
  std::optional<Instant> settled_at;
};

struct BadLine {
  int64_t line = 0;
  std::string why;  // "amount: expected …, found …"
};

struct SettlementFile {
  std::vector<SettlementRow> rows;
  std::vector<BadLine> bad;  // then nothing may be made of the rows
};

// Columns by name, in any order: leg, amount, currency, status, reference, and perhaps settled_at;
// no others. Every line that is not as it must be is told.
SettlementFile ParseSettlementFile(std::string_view text);

}  // namespace refund::tools
