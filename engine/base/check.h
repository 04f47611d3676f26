// CHECK: on in every build, for what can only be our own bug. Prints the place and the condition,
// and aborts; a supervisor restarts the process, and replay resumes. Debian's abseil has no
// absl/log.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace refund {

[[noreturn]] inline void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace refund

#define CHECK(condition)                                     \
  do {                                                       \
    if (__builtin_expect(!(condition), 0)) {                 \
      ::refund::CheckFailed(__FILE__, __LINE__, #condition); \
    }                                                        \
  } while (false)
