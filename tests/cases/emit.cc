#include "tests/cases/emit.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "engine/base/bytes.h"
#include "engine/base/check.h"
#include "engine/base/status.h"
#include "tests/cases/run_script.h"

namespace refund::cases {

Instant RecordedAt(const codec::LineResult& line) {
  if (const auto* raw = std::get_if<codec::RawLine>(&line)) return raw->recorded_at;
  return *std::get<codec::ClaimLine>(line).recorded_at;
}

std::string LineToJson(const codec::LineResult& line) {
  if (const auto* claim = std::get_if<codec::ClaimLine>(&line)) {
    return codec::ClaimToJson(claim->claim, claim->recorded_at);
  }
  const auto& raw = std::get<codec::RawLine>(line);
  return "{\"raw\":\"" + ToBase64(raw.bytes) + "\",\"partition\":0,\"recorded_at\":\"" +
         FormatInstant(raw.recorded_at) + "\"}";
}

namespace {

bool IsOfKind(const Recorded& each, bool (*wanted)(EventKind)) {
  const auto* claim = std::get_if<codec::ClaimLine>(&each.line);
  return claim != nullptr && wanted(claim->claim.kind());
}

bool IsTick(EventKind kind) { return kind == EventKind::kTick; }
bool IsAMessage(EventKind kind) { return IsMessage(kind); }

}  // namespace

std::vector<Recorded> Merge(const std::vector<std::vector<Recorded>>& scripts) {
  std::vector<Recorded> all;
  for (const auto& lines : scripts) all.insert(all.end(), lines.begin(), lines.end());
  std::stable_sort(all.begin(), all.end(), [](const Recorded& a, const Recorded& b) {
    return RecordedAt(a.line) < RecordedAt(b.line);
  });
  std::set<Instant> ticks;
  std::erase_if(all, [&](const Recorded& each) {
    return IsOfKind(each, IsTick) && !ticks.insert(RecordedAt(each.line)).second;
  });
  return all;
}

absl::StatusOr<std::string> EmitJsonLines(const std::vector<Script>& scripts) {
  std::vector<std::vector<Recorded>> lines;
  for (const Script& script : scripts) {
    ASSIGN_OR_RETURN(const ScriptRun run, RunScript(script));
    lines.push_back(run.Lines());
  }
  std::string text;
  for (const Recorded& each : Merge(lines)) {
    if (!IsOfKind(each, IsAMessage)) text += LineToJson(each.line) + "\n";
  }
  return text;
}

}  // namespace refund::cases
