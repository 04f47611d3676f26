// The after-sales entrance of an order (rules.md TB-27 to TB-51, §3.2; case-model.md F12): a table
// of its own. Within the validity of after-sales (the pack's filing window, G-13) nobody needs it;
// after that a case is filed through it alone. The sources say what it does, not in rows; how they
// are read where they are silent:
//
// - The validity is sold with the order, so its pack is that of the instant of payment. The window
// in
//   which the entrance may be opened, and all the rest, is procedure: the pack in force now (G-01,
//   G-05). Both windows are measured by when the sender acted, at most the record's time (G-47).
// - The window (two years) binds opening, not what was opened: an entrance that was opened on the
//   last day stands its 30 days. A card taken inside the window may be agreed to after it.
// - A refund that was paid on a line blocks that line (G-07): a card about it, a case on it, and
//   opening at all once every line is blocked. Where the pack lets no closed refund return (TB-39
//   against TB-41), any case on the line blocks it, but not against an agreement.
// - Opened by agreement (TB-49) counts as an opening and is not bound by their number (no dead
// end).
//   One agreement is good for one opening.
// - T22 finds a case open: the entrance is not idle (G-08), and T22 runs anew.
// - EXPIRED is what a click or T22 finds after the window. It is no end: a pack with a longer
// window
//   may come (G-05).
#pragma once

#include <span>
#include <string>

#include "engine/arbiter/machine.h"
#include "engine/arbiter/row.h"
#include "engine/arbiter/turn.h"
#include "engine/domain/order.h"

namespace refund::arbiter {

using EntranceRow = Row<Entrance>;

std::span<const EntranceRow> EntranceRows();

// Takes the first row that fits the entrance at hand. False, and `why` (which may be null) says so,
// if there is none. SettlementAgreed is for it where there is no case (TB-49).
bool TakeEntranceRow(Turn& turn, Trigger on, NotTaken* why);

// T20, T21 or T22 passed.
void PassEntranceDeadline(Turn& turn);

// For row 0. The order is not too old to file: within the validity, while the entrance is open, or
// while it could still be opened (else OUT_OF_WINDOW) …
bool OrderIsNotTooOld(const Turn& turn, std::string* why);
// … and, past the validity, the entrance is open and the line not blocked (else ENTRANCE_SHUT). It
// implies the other.
bool EntranceLetsFile(const Turn& turn, std::string* why);

// For row 1h: the newest card that was refused, or left unanswered past T21, after the last that
// was agreed to (G-10, G-11). Null if there is none.
const IssueCard* CardForHelp(const Order& order);

}  // namespace refund::arbiter
