// Answers to legs (F11): those of the payout system and of the buyer's bank account, those that
// come before their leg was sent, and those that come too late.
#pragma once

#include "engine/arbiter/row.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Takes the row that the answer is about, parks the answer, or says why it moves nothing.
void TakeLegAnswer(Turn& turn, Trigger on);
// Keeps an answer whose leg is not known, or not submitted yet.
void Park(Turn& turn);
// Takes early answers whose leg has been submitted since, in the order in which they came, and
// drops those that have waited too long.
void TakeUpParked(Turn& turn);

}  // namespace refund::arbiter
