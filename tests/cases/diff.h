// Whether a script's answers are those that stand in its file.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace refund::cases {

struct Verdict {
  std::string difference;             // of the answers, line by line; empty if there is none
  std::vector<std::string> failures;  // of must: lines
};

// Runs the script at that path. With `update` its file gets the new answers, and no difference is
// left; must: lines fail all the same.
absl::StatusOr<Verdict> Judge(const std::string& path, bool update);

// "-" lines of `before` and "+" lines of `after` around what both have.
std::string DiffOf(const std::string& before, const std::string& after);

}  // namespace refund::cases
