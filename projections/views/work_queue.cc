#include "projections/views/work_queue.h"

#include <algorithm>
#include <string>

#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "projections/state/keys.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

uint32_t ReviewsPassed(const Step& step, uint32_t case_number) {
  return static_cast<uint32_t>(
      std::count_if(step.deadlines.begin(), step.deadlines.end(), [&](const DeadlineChange& each) {
        return each.act == DeadlineAct::kPassed && each.timer == Timer::kT13 &&
               each.case_number == case_number;
      }));
}

}  // namespace

void WorkQueue::Take(const Step& step, ByteView) {
  for (const CaseSummary& each : step.cases) {
    Moves& moves = cases_.At(each.id).first;
    moves.now = PlaceOf(each);
    moves.reviews_passed += ReviewsPassed(step, each.number);
  }
}

absl::StatusOr<uint32_t> WorkQueue::ReadPriority(ByteView key, ByteView value) {
  if (value.size() == 4) return ReadBe32(value.data());
  return Errorf(absl::StatusCode::kDataLoss, "%s: expected 4 bytes, found %d", DescribeKey(key),
                value.size());
}

absl::Status WorkQueue::Write(ViewRows& rows) {
  return cases_.WriteAll([&](const Id& id, const Moves& moves) -> absl::Status {
    uint32_t priority = moves.reviews_passed;
    const std::string row = QueueKey(moves.now);
    ASSIGN_OR_RETURN(const std::optional<std::string> stored, rows.Get(CaseKey(id)));
    if (stored) {
      const absl::StatusOr<CaseSummary> before = codec::DecodeSummary(*stored);
      if (!before.ok()) return Annotate(before.status(), DescribeKey(CaseKey(id)));
      const std::string old_key = QueueKey(PlaceOf(*before));
      ASSIGN_OR_RETURN(const std::optional<std::string> old, rows.Get(old_key));
      if (old) {
        ASSIGN_OR_RETURN(const uint32_t was, ReadPriority(old_key, *old));
        if (old_key == row && priority == 0) return absl::OkStatus();  // it is as it was
        priority += was;
        rows.Delete(old_key);
      }
    }
    // A closed case has a row only so that its priority is not forgotten, should it be reopened.
    if (moves.now.phase == Phase::kClosed && priority == 0) return absl::OkStatus();
    std::string value;
    AppendBe32(value, priority);
    rows.Put(row, std::move(value));
    return absl::OkStatus();
  });
}

}  // namespace refund::projections
