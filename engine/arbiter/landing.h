// Where a decision leaves a case (case-model.md §3.2, landing table): every remedy and every place
// where the units can be has exactly one line.
#pragma once

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

enum class Line : uint8_t { kL1, kL2, kL3, kL4, kL5, kL6, kL7b, kL7, kL8, kL9 };

// What is decided by the row being looked at: by the event at hand where it decides, else by the
// decision that stands.
struct Decided {
  Remedy remedy = Remedy::kUnspecified;
  RulingOutcome outcome = RulingOutcome::kUnspecified;
};
Decided DecidedAtHand(const Turn& turn);

Line LandingOf(const Turn& turn);

// The address to which goods are to be sent back; empty where none is usable.
std::string UsableAddress(const Turn& turn);

// G=RETURN_DUE, and T3 runs, or T14 where no address is usable.
void AskForReturn(Turn& turn);
// T5 from now: of a parcel on its way, or of one that has arrived.
void ArmInspection(Turn& turn, bool arrived);
// T7 likewise.
void ArmConfirmation(Turn& turn, bool arrived);

}  // namespace refund::arbiter
