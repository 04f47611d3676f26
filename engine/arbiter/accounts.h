// What an event comes to on a key that is no order's: accounts (limits that span orders, G-85),
// merchants and conversations.
#pragma once

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// An account: a Draw is granted or refused by its limit, within the Beijing month of the step
// (window_days 0) or the last days, and the answer goes to the order's key. A Draw that gives back
// frees what it had. A leg that draws again gets the same answer again.
void ApplyToAccount(Turn& turn);

// A merchant or a conversation: settings and services are kept on the key, all else is on record.
void ApplyToOther(Turn& turn);

}  // namespace refund::arbiter
