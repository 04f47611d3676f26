#include "tools/refundctl/views/find_case.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

constexpr size_t kMostCandidates = 10;

std::string CandidateText(const CaseSummary& c) {
  return absl::StrFormat("\n  %s  %s, case %d: %s; %s", c.id.hex(), c.key, c.number, AskText(c),
                         StandText(c));
}

absl::Status Ambiguous(std::string_view text, const std::vector<CaseSummary>& rows) {
  std::string message = absl::StrFormat("%s means %d cases; name one of them:", text, rows.size());
  for (size_t i = 0; i < std::min(rows.size(), kMostCandidates); ++i) {
    message += CandidateText(rows[i]);
  }
  if (rows.size() > kMostCandidates) {
    absl::StrAppendFormat(&message, "\n  … and %d more", rows.size() - kMostCandidates);
  }
  return absl::InvalidArgumentError(message);
}

}  // namespace

absl::StatusOr<FoundCase> OnlyCase(std::string_view text, projections::Listing<CaseSummary> found) {
  if (found.rows.empty()) {
    return Errorf(absl::StatusCode::kInvalidArgument,
                  "no case %s, as of %s; `refundctl case list` shows what there is", text,
                  AsOfText(found.as_of));
  }
  if (found.rows.size() > 1) return Ambiguous(text, found.rows);
  return FoundCase{std::move(found.rows.front()), std::move(found.as_of)};
}

absl::StatusOr<FoundCase> FindCase(projections::ViewReader& views, std::string_view text) {
  ASSIGN_OR_RETURN(projections::Listing<CaseSummary> found, views.FindCases(text));
  return OnlyCase(text, std::move(found));
}

}  // namespace refund::tools
