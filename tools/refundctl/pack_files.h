// Packs for init and policy: read, compiled and linted together.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/packc/packc.h"
#include "tools/refundctl/bundled_packs.h"
#include "tools/refundctl/context.h"

namespace refund::tools {

// Every *.toml below the directory, sorted. kNotFound if it is not there or holds none.
absl::StatusOr<std::vector<PackSource>> ReadPackDirectory(const std::string& directory);
absl::StatusOr<std::vector<PackSource>> ReadPackFiles(const std::vector<std::string>& files);

// Each named by its file, or by its name if it comes with the binary ("taobao/2024-08-09").
absl::StatusOr<std::vector<PackSource>> FindPacks(const std::vector<std::string>& names);

// To stderr; with --json to stdout, one object a line.
void PrintDiagnostics(const std::vector<packc::Diagnostic>& errors, const Context& context);

struct CompiledPacks {
  std::vector<packc::Compiled> packs;  // in order of effective_from, so that they are published so
  std::vector<packc::Diagnostic> errors;
};
CompiledPacks CompileAll(const std::vector<PackSource>& sources);

}  // namespace refund::tools
