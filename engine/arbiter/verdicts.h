// Verdicts that several effects draw. Internal to the effects.
#pragma once

#include "engine/arbiter/ruling.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// For the buyer, by the remedy that the case asks for. Of a goods kind no money is decided: what is
// due is seen when the goods are there.
Verdict ForTheBuyer(const Turn& turn, Basis basis, int64_t amount);
// The same by another remedy; a goods remedy's amount is its price difference.
Verdict ByRemedy(const Turn& turn, Basis basis, Remedy remedy, int64_t amount);
// A ruling is decided and put on record as such.
void RuleBy(Turn& turn, const RulingProposed& ruling, Basis basis, std::vector<Actor> authors);

void StoreEvidence(Turn& turn, const std::vector<Evidence>& evidence, uint32_t round, bool late);

}  // namespace refund::arbiter
