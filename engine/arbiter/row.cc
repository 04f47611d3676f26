#include "engine/arbiter/row.h"

#include "engine/base/check.h"

namespace refund::arbiter {

std::string Trigger::Name() const {
  if (code_ < kTimers) return std::string(NameOf(event()));
  if (code_ < kDerived) return std::string(NameOf(static_cast<Timer>(code_ - kTimers))) + " passed";
  constexpr auto kNames = std::to_array<std::string_view>(
      {"ready", "direct ruling", "a row asks for help", "REVIEW entered", "legs done",
       "case withdrawn", "decided", "may be sent", "not needed", "paid first", "order voided",
       "freight approved", "freight dropped", "held", "freed", "covered", "owed at once"});
  const size_t n = code_ - kDerived;
  CHECK(n < kNames.size());
  return std::string(kNames[n]);
}

}  // namespace refund::arbiter
