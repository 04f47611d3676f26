#include "tools/refundctl/times.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/numbers.h"
#include "engine/base/status.h"

namespace refund::tools {

absl::StatusOr<Instant> ParseTime(const std::string& flag, const std::string& text) {
  Instant at;
  std::string error;
  if (ParseInstant(text, at, error)) return at;
  int64_t ms = 0;
  if (!text.empty() &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
      absl::SimpleAtoi(text, &ms) && ms <= kMaxInstant.ms) {
    return Instant{ms};
  }
  return Errorf(absl::StatusCode::kInvalidArgument, "%s: %s, or integer milliseconds", flag, error);
}

Instant Now() {
  using std::chrono::system_clock;
  return {
      std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch())
          .count()};
}

}  // namespace refund::tools
