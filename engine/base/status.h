// absl::Status is how the machinery fails (disk, broker, corrupt bytes). What a request or a record
// did wrong is never a Status: that is an outcome (a refusal, a quarantine).
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "engine/base/bytes.h"

namespace refund {

template <class... A>
absl::Status Errorf(absl::StatusCode code, const absl::FormatSpec<A...>& format, const A&... args) {
  return absl::Status(code, absl::StrFormat(format, args...));
}

inline std::string Message(const absl::Status& status) {
  return std::string(Std(status.message()));
}

// The same status with "where: " before its message.
inline absl::Status Annotate(const absl::Status& status, std::string_view where) {
  return absl::Status(status.code(), Abs(std::string(where) + ": " + Message(status)));
}

}  // namespace refund

#define REFUND_CONCAT_INNER(a, b) a##b
#define REFUND_CONCAT(a, b) REFUND_CONCAT_INNER(a, b)

#define RETURN_IF_ERROR(expression)                                                           \
  do {                                                                                        \
    if (absl::Status refund_status = (expression); !refund_status.ok()) return refund_status; \
  } while (false)

#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_IMPL(REFUND_CONCAT(status_or_, __LINE__), target, expression)
#define ASSIGN_OR_RETURN_IMPL(holder, target, expression) \
  auto holder = (expression);                             \
  if (!holder.ok()) return std::move(holder).status();    \
  target = *std::move(holder)
