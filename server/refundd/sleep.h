// A thread's rest that its stop interrupts.
#pragma once

#include <stop_token>

#include "server/refundd/standing.h"

namespace refund::daemon {

// Until then, or until the thread is told to stop; at most a second.
void SleepUntil(SteadyTime wake, const std::stop_token& stop);

}  // namespace refund::daemon
