// What follows from a row in the same step: another row that it asked for, a case that is ready,
// legs that may be sent, a case whose legs are done.
#pragma once

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Of the case at hand, until nothing is left to do.
void FollowThrough(Turn& turn);
// Of every case: something about the order has changed what they may do.
void FollowAll(Turn& turn);

}  // namespace refund::arbiter
