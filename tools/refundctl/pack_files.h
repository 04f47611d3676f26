// Packs for init and policy: read, compiled and linted together.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/packc/packc.h"
#include "tools/refundctl/bundled_packs.h"

namespace refund::tools {

// Every *.toml below the directory, sorted. kNotFound if it is not there or holds none.
absl::StatusOr<std::vector<PackSource>> ReadPackDirectory(const std::string& directory);
absl::StatusOr<std::vector<PackSource>> ReadPackFiles(const std::vector<std::string>& files);

struct CompiledPacks {
  std::vector<packc::Compiled> packs;  // in order of effective_from, so that they are published so
  std::vector<packc::Diagnostic> errors;
};
CompiledPacks CompileAll(const std::vector<PackSource>& sources);

}  // namespace refund::tools
