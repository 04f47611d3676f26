// The packs that come with the binary.
#pragma once

#include <string>
#include <vector>

namespace refund::tools {

struct PackSource {
  std::string file;
  std::string toml;
};

// Sorted by file.
std::vector<PackSource> BundledPacks();
// Those that a generated log brings along, for it alone.
std::vector<PackSource> GeneratorPacks();

}  // namespace refund::tools
