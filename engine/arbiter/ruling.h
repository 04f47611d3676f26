// Decide: how an answer becomes a decision on record, with its legs, its bearers and its reasons.
#pragma once

#include <string>
#include <vector>

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// What was decided; the rest of the Decision follows from the case and its pack.
struct Verdict {
  Basis basis = Basis::kUnspecified;
  RulingOutcome outcome = RulingOutcome::kUnspecified;
  Remedy remedy = Remedy::kUnspecified;
  int64_t amount = 0;                   // minor units of the order's currency
  std::vector<policy::Question> asked;  // the questions whose answers led here
  int64_t difference =
      0;  // of a goods remedy: the price difference toward the buyer, due with the goods
  bool as_reserved = false;  // the legs that stand ready are its legs: nobody else bears them now
  std::vector<LiabilityShare> shares;        // who bears it; empty: the pack's payer rule
  Bearer offered_by = Bearer::kUnspecified;  // of a voucher that was offered, not ruled
  std::vector<Digest> considered;
  std::vector<std::string> reason_codes;
  std::vector<Actor> authors;
  std::string text;
};

// Voids the case's unsent legs (m8), reserves the new ones (m4), and puts the decision on record.
// After money has gone, the legs are of the difference (docs/decisions/0009, 12).
void Decide(Turn& turn, const Verdict& verdict);

}  // namespace refund::arbiter
