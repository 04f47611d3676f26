#include "engine/arbiter/row.h"

namespace refund::arbiter {

std::string Trigger::Name() const {
  if (code_ < kTimers) return std::string(NameOf(event()));
  if (code_ < kDerived) return std::string(NameOf(static_cast<Timer>(code_ - kTimers))) + " passed";
  constexpr std::array<std::string_view, 9> kNames = {
      "ready",          "direct ruling", "a row asks for help", "REVIEW entered", "legs done",
      "case withdrawn", "decided",       "may be sent",         "not needed"};
  const size_t n = code_ - kDerived;
  return n < kNames.size() ? std::string(kNames[n]) : "?";
}

}  // namespace refund::arbiter
