// Preloaded, it shifts the wall clock of a process by as many milliseconds as the file says that
// REFUND_CLOCK_SHIFT names. Other clocks are left alone. For tests of what a wrong clock does.
#include <dlfcn.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>

namespace {

long long ShiftMs() {
  const char* path = std::getenv("REFUND_CLOCK_SHIFT");
  std::FILE* const file = path == nullptr ? nullptr : std::fopen(path, "r");
  if (file == nullptr) return 0;
  long long ms = 0;
  if (std::fscanf(file, "%lld", &ms) != 1) ms = 0;
  std::fclose(file);
  return ms;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* at) noexcept {
  using Real = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, at);
  if (result != 0 || clock != CLOCK_REALTIME) return result;
  const long long ms = ShiftMs();
  at->tv_sec += ms / 1000;
  at->tv_nsec += ms % 1000 * 1'000'000;
  if (at->tv_nsec >= 1'000'000'000) {
    at->tv_nsec -= 1'000'000'000;
    ++at->tv_sec;
  }
  return result;
}
