#include "projections/views/case_list.h"

#include <optional>
#include <string>

#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "projections/state/keys.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

// The index row that the newest one replaces, read from the case's own row: one read for each case
// and flush, however many steps it had.
absl::Status DeleteOldIndex(ViewRows& rows, const CaseSummary& now) {
  const std::string key = CaseKey(now.id);
  ASSIGN_OR_RETURN(const std::optional<std::string> stored, rows.Get(key));
  if (!stored) return absl::OkStatus();
  const absl::StatusOr<CaseSummary> before = codec::DecodeSummary(*stored);
  if (!before.ok()) return Annotate(before.status(), DescribeKey(key));
  if (before->next_due != now.next_due) rows.Delete(CaseByDueKey(before->next_due, now.id));
  return absl::OkStatus();
}

}  // namespace

void CaseList::Take(const Step& step, ByteView) {
  for (const CaseSummary& each : step.cases) newest_.At(each.id).first = each;
}

absl::Status CaseList::Write(ViewRows& rows) {
  return newest_.WriteAll([&](const Id& id, const CaseSummary& summary) {
    RETURN_IF_ERROR(DeleteOldIndex(rows, summary));
    rows.Put(CaseKey(id), codec::EncodeSummary(summary));
    rows.Put(CaseByDueKey(summary.next_due, id), {});
    rows.Put(CaseByOrderKey(summary.key, summary.number), std::string(id.view()));
    return absl::OkStatus();
  });
}

}  // namespace refund::projections
