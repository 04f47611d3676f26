#include "projections/views/case_list.h"

#include <optional>
#include <string>

#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "projections/state/keys.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

// As it was last written; absent if it is new.
absl::StatusOr<std::optional<CaseSummary>> ReadBefore(ViewRows& rows, ByteView key) {
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, rows.Get(key));
  if (!stored) return std::nullopt;
  absl::StatusOr<CaseSummary> before = codec::DecodeSummary(*stored);
  if (!before.ok()) return Annotate(before.status(), DescribeKey(key));
  return *std::move(before);
}

}  // namespace

void CaseList::Take(const Step& step, ByteView) {
  for (const CaseSummary& each : step.cases) newest_.At(each.id).first = each;
}

absl::Status CaseList::Write(ViewRows& rows) {
  return newest_.WriteAll([&](const Id& id, const CaseSummary& summary) -> absl::Status {
    const std::string key = CaseKey(id);
    ASSIGN_OR_RETURN(const std::optional<CaseSummary> before, ReadBefore(rows, key));
    rows.Put(key, codec::EncodeSummary(summary));
    if (!before) rows.Put(CaseByOrderKey(summary.key, summary.number), std::string(id.view()));
    if (before && before->next_due == summary.next_due) return absl::OkStatus();
    if (before) rows.Delete(CaseByDueKey(before->next_due, id));
    rows.Put(CaseByDueKey(summary.next_due, id), {});
    return absl::OkStatus();
  });
}

}  // namespace refund::projections
