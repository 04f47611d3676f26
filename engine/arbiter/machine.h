// How rows are found and taken, and what every move of a machine entails whatever the row.
#pragma once

#include "engine/arbiter/row.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Why no row was taken: of all rows that stand at this state and trigger, what the one failed at
// that came closest; between two that came as far, the failure that comes first in the precedence
// of Refusal.
struct NotTaken {
  Refusal refusal = Refusal::kNotExpectedNow;
  std::string guard;
  std::string detail;
  size_t guards_held = 0;
};

// Takes the first row of the table that fits the case at hand. On false, `why` (which may be null)
// keeps the failure to tell of, over several tables if it is handed on.
bool TakePhaseRow(Turn& turn, Trigger on, NotTaken* why);
bool TakeOverlayRow(Turn& turn, Trigger on, NotTaken* why);
bool TakeFactRow(Turn& turn, Trigger on, NotTaken* why);

// True if some row of the phase or of the overlay starts there on that, and lets this actor's role.
bool IsLookedFor(const Turn& turn, Phase phase, Overlay overlay, Trigger on);

// Moves the case, and with it what belongs to the state that is left: its deadlines end (T1 is
// paused while an offer stands), an open offer lapses, and closing remembers from where.
void MovePhase(Turn& turn, Phase to, CloseReason reason = CloseReason::kNone);
// Moves the overlay: the deadlines of the state that is left end. Becoming live pauses the phase's;
// WITHDRAWN gives them back; FINAL ends them.
void MoveOverlay(Turn& turn, Overlay to);

// The case is changed by this step: once a step, its version goes up and the time since the last is
// put down to whose move it was.
void Touch(Turn& turn);
// The same of another case of the order.
void TouchCase(Turn& turn, uint32_t number);

}  // namespace refund::arbiter
