// CASE on a command line: an id, a unique prefix of one, or an order key with one case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/domain/step.h"
#include "projections/views/read.h"

namespace refund::tools {

struct FoundCase {
  CaseSummary summary;
  std::vector<projections::ViewAsOf> as_of;
};

// kInvalidArgument, in a message for the user, if `found` is not exactly one: no such case, or the
// candidates.
absl::StatusOr<FoundCase> OnlyCase(std::string_view text, projections::Listing<CaseSummary> found);

absl::StatusOr<FoundCase> FindCase(projections::ViewReader& views, std::string_view text);

}  // namespace refund::tools
