// Case scripts: any text, and where it is a script the whole engine in memory, as its test runs it.
#include "tests/cases/run_script.h"
#include "tests/cases/script.h"
#include "tests/fuzz/harness.h"

namespace refund::fuzz {

const char kReached[] = "an applied event";

// A script is run up to three times, each on a log of its own.
constexpr size_t kMostEntries = 40;

void Prepare() {}

bool Run(ByteView input) {
  const auto script = cases::ParseScript("fuzz", input);
  if (!script.ok() || script->entries.size() > kMostEntries) return false;
  const auto run = cases::RunScript(*script);
  if (!run.ok()) return false;
  run->Failures(*script);
  cases::Render(*script, run->Answers());
  bool applied = false;
  for (const Step& step : run->steps) {
    applied = applied || step.result == StepResult::kApplied;
    // Every script of the corpus keeps to whole ten minutes, or to 1 ms after one.
    PlantedBug(applied && step.at.ms / kMinuteMs % 10 > 2);
  }
  return applied;
}

}  // namespace refund::fuzz
