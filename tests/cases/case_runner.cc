// case_runner [--update] FILE…      runs scripts; fails where an answer or a must: line differs
// case_runner --emit-jsonl FILE…    prints them as one log in as-recorded JSON Lines
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "tests/cases/diff.h"
#include "tests/cases/emit.h"
#include "tests/cases/run_script.h"
#include "tests/cases/script.h"

namespace refund::cases {
namespace {

int Fail(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return 1;
}

int RunOne(const std::string& path, bool update) {
  const absl::StatusOr<Verdict> verdict = Judge(path, update);
  if (!verdict.ok()) return Fail(std::string(verdict.status().message()));
  if (verdict->failures.empty() && verdict->difference.empty()) return 0;
  std::printf("%s:\n%s", path.c_str(), verdict->difference.c_str());
  for (const std::string& each : verdict->failures) std::printf("%s\n", each.c_str());
  return 1;
}

int Emit(const std::vector<std::string>& paths) {
  std::vector<Script> scripts;
  for (const std::string& path : paths) {
    absl::StatusOr<Script> script = LoadScript(path);
    if (!script.ok()) return Fail(std::string(script.status().message()));
    scripts.push_back(*std::move(script));
  }
  const absl::StatusOr<std::string> text = EmitJsonLines(scripts);
  if (!text.ok()) return Fail(std::string(text.status().message()));
  std::fwrite(text->data(), 1, text->size(), stdout);
  return 0;
}

int Main(const std::vector<std::string_view>& arguments) {
  bool update = false;
  bool emit = false;
  std::vector<std::string> paths;
  for (const std::string_view each : arguments) {
    if (each == "--update") {
      update = true;
    } else if (each == "--emit-jsonl") {
      emit = true;
    } else {
      paths.emplace_back(each);
    }
  }
  if (paths.empty()) return Fail("usage: case_runner [--update | --emit-jsonl] FILE…");
  if (emit) return Emit(paths);
  int failed = 0;
  for (const std::string& path : paths) failed += RunOne(path, update);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace refund::cases

int main(int argc, char** argv) {
  return refund::cases::Main(std::vector<std::string_view>(argv + 1, argv + argc));
}
