// Case summaries: what a step says of each case that it touched, for lists and tables.
#pragma once

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Fills in turn.step.cases: the touched ones, and the case that a refused request was about.
void SummarizeCases(Turn& turn);

}  // namespace refund::arbiter
