#include "server/refundd/sleep.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace refund::daemon {

void SleepUntil(SteadyTime wake, const std::stop_token& stop) {
  constexpr std::chrono::seconds kLongest{1};
  std::mutex mutex;
  std::condition_variable_any told;
  std::unique_lock lock(mutex);
  told.wait_until(lock, stop, std::min(wake, SteadyClock::now() + kLongest), [] { return false; });
}

}  // namespace refund::daemon
