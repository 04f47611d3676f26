// Runs a script on the real thing and says what came of each of its lines.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/domain/step.h"
#include "tests/cases/script.h"
#include "tests/cases/world.h"

namespace refund::cases {

struct EntryRun {
  std::vector<std::string> answers;
  std::vector<std::string> failures;  // of a must: line
  std::vector<Recorded> lines;        // what went onto the log; none for a must: line
};

struct ScriptRun {
  std::vector<EntryRun> entries;  // as the script's
  std::vector<Step> steps;
  // By key, at the end: EncodeOrder().
  std::map<std::string, std::string> orders;

  std::vector<std::vector<std::string>> Answers() const;
  // What went onto the log, in order.
  std::vector<Recorded> Lines() const;
  // "file:12: must: close: expected SETTLED, found NONE"
  std::vector<std::string> Failures(const Script& script) const;
};

absl::StatusOr<ScriptRun> RunScript(const Script& script);

}  // namespace refund::cases
