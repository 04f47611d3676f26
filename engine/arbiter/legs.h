// The leg machine (case-model.md §3.6): each movement of money is a small machine of its own.
#pragma once

#include "engine/arbiter/row.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Takes the leg row for `on`, if there is one, for the leg at hand. False if no row fits.
bool TakeLegRow(Turn& turn, Leg& leg, Trigger on);

// m4: a leg of that decision, RESERVED. Returns its id.
Id ReserveLeg(Turn& turn, const Decision& decision, const BearerShare& share);
// m8, m8b: what the case has reserved and not sent, and what has failed or is owed: nothing of it
// may be tried again once a new decision stands.
void VoidReplacedLegs(Turn& turn);
// m7: every reserved leg of the case, if its phase allows it. True if one was sent.
bool SubmitLegs(Turn& turn);

}  // namespace refund::arbiter
