// What a case is made of: a request, a complaint, an offer without a case, a platform's own word,
// an issue card, or a fact that opens one (rows 0, 1b, 1d, 1e, 1h).
#pragma once

#include <optional>
#include <string>

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

struct Filing {
  CaseKind kind = CaseKind::kUnspecified;
  std::string line;
  uint32_t quantity = 0;
  int64_t ask = 0;  // 0: made without an ask
  int64_t extra = 0;
  ClaimReason reason = ClaimReason::kUnspecified;
};

// Of the event at hand; empty where it files nothing.
std::optional<Filing> FilingOf(const Turn& turn);

}  // namespace refund::arbiter
