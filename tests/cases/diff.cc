#include "tests/cases/diff.h"

#include <algorithm>
#include <fstream>
#include <string_view>

#include "absl/strings/str_split.h"
#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "tests/cases/run_script.h"
#include "tests/cases/script.h"

namespace refund::cases {
namespace {

using Lines = std::vector<std::string>;

// length[i][j]: of the longest common subsequence of a from i on and b from j on.
std::vector<std::vector<size_t>> CommonLengths(const Lines& a, const Lines& b) {
  std::vector<std::vector<size_t>> length(a.size() + 1, std::vector<size_t>(b.size() + 1, 0));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      length[i][j] =
          a[i] == b[j] ? length[i + 1][j + 1] + 1 : std::max(length[i + 1][j], length[i][j + 1]);
    }
  }
  return length;
}

}  // namespace

std::string DiffOf(const std::string& before, const std::string& after) {
  if (before == after) return "";
  const Lines a = absl::StrSplit(before, '\n');
  const Lines b = absl::StrSplit(after, '\n');
  const auto length = CommonLengths(a, b);
  std::string text;
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      if (!a[i].starts_with(' ')) text += "  " + a[i] + "\n";
      ++i;
      ++j;
    } else if (j == b.size() || (i < a.size() && length[i + 1][j] >= length[i][j + 1])) {
      text += "- " + a[i++] + "\n";
    } else {
      text += "+ " + b[j++] + "\n";
    }
  }
  return text;
}

absl::StatusOr<Verdict> Judge(const std::string& path, bool update) {
  ASSIGN_OR_RETURN(const Script script, LoadScript(path));
  ASSIGN_OR_RETURN(const std::string before, ReadWholeFile(path));
  ASSIGN_OR_RETURN(const ScriptRun run, RunScript(script));
  Verdict verdict;
  verdict.failures = run.Failures(script);
  const std::string after = Render(script, run.Answers());
  if (before == after) return verdict;
  if (!update) {
    verdict.difference = DiffOf(before, after);
    return verdict;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << after;
  if (!file.flush().good()) return Errorf(absl::StatusCode::kInternal, "%s: not written", path);
  return verdict;
}

}  // namespace refund::cases
