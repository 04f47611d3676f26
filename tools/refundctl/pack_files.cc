#include "tools/refundctl/pack_files.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/status.h"
#include "engine/log/whole_file.h"

namespace refund::tools {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<PackSource>> ReadPackFiles(const std::vector<std::string>& files) {
  std::vector<PackSource> sources;
  for (const std::string& file : files) {
    absl::StatusOr<std::string> text = log::ReadWholeFile(file);
    if (!text.ok()) return absl::InvalidArgumentError(text.status().message());
    sources.push_back({file, *std::move(text)});
  }
  return sources;
}

absl::StatusOr<std::vector<PackSource>> ReadPackDirectory(const std::string& directory) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".toml") files.push_back(it->path().string());
  }
  if (error || files.empty()) {
    return Errorf(absl::StatusCode::kInvalidArgument,
                  "--packs %s: expected a directory with *.toml files", directory);
  }
  std::sort(files.begin(), files.end());
  return ReadPackFiles(files);
}

absl::StatusOr<std::vector<PackSource>> FindPacks(const std::vector<std::string>& names) {
  const std::vector<PackSource> bundled = BundledPacks();
  std::vector<PackSource> found;
  for (const std::string& name : names) {
    const auto same = std::find_if(bundled.begin(), bundled.end(), [&](const PackSource& pack) {
      return pack.file == name || pack.file == "policies/" + name + ".toml";
    });
    // A file of that path is what the person sees: it comes before the one in the binary.
    if (same != bundled.end() && !fs::exists(name)) {
      found.push_back(*same);
      continue;
    }
    auto read = ReadPackFiles({name});
    if (!read.ok()) return read.status();
    found.push_back(std::move(read->front()));
  }
  return found;
}

void PrintDiagnostics(const std::vector<packc::Diagnostic>& errors, const Context& context) {
  for (const packc::Diagnostic& error : errors) {
    if (context.json) {
      std::printf("{\"error\":%s}\n", Quoted(error.Text()).c_str());
    } else {
      std::fprintf(stderr, "%s\n", error.Text().c_str());
    }
  }
}

CompiledPacks CompileAll(const std::vector<PackSource>& sources) {
  CompiledPacks result;
  for (const PackSource& source : sources) {
    result.packs.push_back(packc::CompilePack(source.toml, source.file));
    const auto& errors = result.packs.back().errors;
    result.errors.insert(result.errors.end(), errors.begin(), errors.end());
  }
  const auto together = packc::LintTogether(result.packs);
  result.errors.insert(result.errors.end(), together.begin(), together.end());
  std::stable_sort(result.packs.begin(), result.packs.end(), [](const auto& a, const auto& b) {
    return a.pack && b.pack && a.pack->effective_from < b.pack->effective_from;
  });
  return result;
}

}  // namespace refund::tools
