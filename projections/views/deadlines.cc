#include "projections/views/deadlines.h"

#include "engine/base/status.h"
#include "projections/views/load.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

// What a change makes of a deadline; absent once it has passed or ended.
void Apply(const DeadlineChange& change, Instant at, std::optional<DeadlineEntry>& entry) {
  switch (change.act) {
    case DeadlineAct::kPassed:
    case DeadlineAct::kEnded:
      entry.reset();
      return;
    case DeadlineAct::kArmed:
      entry.emplace();
      entry->armed_at = at;
      entry->due = change.due;
      // One that is extended while it is paused is armed anew, and stays paused.
      entry->remaining_ms = change.remaining_ms;
      entry->paused = change.remaining_ms > 0;
      return;
    case DeadlineAct::kPaused:
    case DeadlineAct::kResumed:
      if (!entry) return;
      entry->due = change.due;
      entry->paused = change.act == DeadlineAct::kPaused;
      entry->remaining_ms = entry->paused ? change.remaining_ms : 0;
      return;
  }
}

}  // namespace

void Deadlines::Take(const Step& step, ByteView) {
  for (const DeadlineChange& each : step.deadlines) {
    const DeadlineName name{each.case_number, each.timer, each.role, each.generation};
    changes_[{step.key, name}].push_back({each, step.at});
  }
}

absl::Status Deadlines::Write(ViewRows& rows) {
  for (const auto& [name, changes] : changes_) {
    const std::string row = DeadlineKey(name.first, name.second);
    ASSIGN_OR_RETURN(std::optional<DeadlineEntry> entry, Load<DeadlineEntry>(rows, row));
    if (entry) {
      rows.Delete(row);
      if (!entry->paused) rows.Delete(DeadlineByDueKey(*entry));
    }
    for (const Change& each : changes) Apply(each.change, each.at, entry);
    if (!entry) continue;
    entry->key = name.first;
    entry->name = name.second;
    rows.Put(row, Encode(*entry));
    if (!entry->paused) rows.Put(DeadlineByDueKey(*entry), {});
  }
  changes_.clear();
  return absl::OkStatus();
}

}  // namespace refund::projections
