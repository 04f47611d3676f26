// Case scripts: any text, and where it is a script the whole engine in memory, as its test runs it.
#include "tests/cases/run_script.h"
#include "tests/cases/script.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/mutators.h"

namespace refund::fuzz {

const char kCorpus[] = REFUND_CORPORA "/case_scripts";
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
    // What happens in the corpus happens within two minutes of whole ten.
    const int64_t minute = step.at.ms / kMinuteMs % 10;
    PlantedBug(applied && minute > 2 && minute < 8);
  }
  return applied;
}

std::string Mutate(ByteView input, size_t most, unsigned seed) {
  return MutatedText(input, most, seed);
}

}  // namespace refund::fuzz
