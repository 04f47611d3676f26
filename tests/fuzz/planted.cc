// Compiled twice: every target is linked with a bug and without.
#include <cstdlib>
#include <string>

#include "tests/fuzz/harness.h"

namespace refund::fuzz {

#ifdef REFUND_PLANT_BUG
void PlantedBug(bool here) {
  const std::string buffer(64, 'x');
  const volatile size_t at = here ? 2 * buffer.size() : 0;
  if (buffer.data()[at] == 'y') std::abort();
}
#else
void PlantedBug(bool) {}
#endif

}  // namespace refund::fuzz
