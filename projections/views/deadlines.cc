#include "projections/views/deadlines.h"

#include <algorithm>

#include "engine/base/status.h"
#include "projections/views/load.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

DeadlineName NameOfIt(const DeadlineChange& change) {
  return {change.case_number, change.timer, change.role, change.generation};
}

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

// Of the row by which it is found while it runs.
std::optional<std::string> DueKey(const std::optional<DeadlineEntry>& entry) {
  if (!entry || entry->paused) return std::nullopt;
  return DeadlineByDueKey(*entry);
}

}  // namespace

void Deadlines::Take(const Step& step, ByteView) {
  if (step.deadlines.empty()) return;
  std::vector<Change>& changes = orders_.At(step.key).first;
  for (const DeadlineChange& each : step.deadlines) changes.push_back({each, step.at});
}

absl::Status Deadlines::WriteOne(const std::string& key, Changes changes, ViewRows& rows) {
  const DeadlineName name = NameOfIt(changes.front().change);
  const std::string row = DeadlineKey(key, name);
  ASSIGN_OR_RETURN(std::optional<DeadlineEntry> entry, Load<DeadlineEntry>(rows, row));
  const bool was_there = entry.has_value();
  const std::optional<std::string> due_before = DueKey(entry);
  for (const Change& each : changes) Apply(each.change, each.at, entry);
  if (entry) {
    entry->key = key;
    entry->name = name;
    rows.Put(row, Encode(*entry));
  } else if (was_there) {
    rows.Delete(row);
  }
  MoveIndex(rows, due_before, DueKey(entry));
  return absl::OkStatus();
}

absl::Status Deadlines::Write(ViewRows& rows) {
  return orders_.WriteAll([&](const std::string& key, std::vector<Change>& changes) {
    const auto before = [](const Change& a, const Change& b) {
      return NameOfIt(a.change) < NameOfIt(b.change);
    };
    std::stable_sort(changes.begin(), changes.end(), before);
    for (auto first = changes.begin(); first != changes.end();) {
      const auto last = std::upper_bound(first, changes.end(), *first, before);
      RETURN_IF_ERROR(WriteOne(key, {first, last}, rows));
      first = last;
    }
    return absl::OkStatus();
  });
}

}  // namespace refund::projections
