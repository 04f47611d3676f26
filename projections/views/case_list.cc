#include "projections/views/case_list.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/status.h"
#include "projections/views/load.h"
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

std::optional<std::string> DueKey(const std::optional<CaseEntry>& entry) {
  if (!entry) return std::nullopt;
  return CaseByDueKey(entry->summary.next_due, entry->summary.id);
}

// A closed case is not worked at; its priority is kept with it, should it be reopened.
std::optional<std::string> PlaceInQueue(const std::optional<CaseEntry>& entry) {
  if (!entry || entry->summary.phase == Phase::kClosed) return std::nullopt;
  return QueueKey(entry->summary);
}

}  // namespace

void CaseList::Take(const Step& step, ByteView) {
  for (const CaseSummary& each : step.cases) {
    Moves& moves = moved_.At(CaseKey(each.key, each.number)).first;
    moves.now = each;
    moves.reviews_passed += ReviewsPassed(step, each.number);
  }
}

absl::Status CaseList::Write(ViewRows& rows) {
  return moved_.WriteAll([&](const std::string& key, Moves& moves) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<CaseEntry> before, Load<CaseEntry>(rows, key));
    const uint32_t priority = (before ? before->priority : 0) + moves.reviews_passed;
    const std::optional<CaseEntry> now = CaseEntry{std::move(moves.now), priority};
    const CaseSummary& summary = now->summary;
    rows.Put(key, Encode(*now));
    if (!before) rows.Put(CaseIdKey(summary.id), CaseNamed(summary.key, summary.number));
    MoveIndex(rows, DueKey(before), DueKey(now));
    MoveIndex(rows, PlaceInQueue(before), PlaceInQueue(now));
    return absl::OkStatus();
  });
}

}  // namespace refund::projections
