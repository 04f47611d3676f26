// The repository's packs, compiled from their TOML, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tools/packc/packc.h"

namespace refund::testing {

inline std::string ReadSourceFile(const std::string& path) {
  std::ifstream file(std::string(REFUND_SOURCE_DIR) + "/" + path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// `path` is from the root of the sources: "policies/taobao/2024-08-09.toml".
inline packc::Compiled CompileFile(const std::string& path) {
  return packc::CompilePack(ReadSourceFile(path), path);
}

inline policy::Pack PackOf(const std::string& path) {
  packc::Compiled compiled = CompileFile(path);
  for (const auto& error : compiled.errors) ADD_FAILURE() << error.Text();
  return compiled.pack.value_or(policy::Pack{});
}

// Every .toml below the folder, sorted.
inline std::vector<std::string> PackFilesBelow(const std::string& folder) {
  const std::filesystem::path root(REFUND_SOURCE_DIR);
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    if (entry.path().extension() != ".toml") continue;
    paths.push_back(entry.path().lexically_relative(root).generic_string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

inline constexpr std::string_view kTaobao2023 = "policies/taobao/2023-12-31.toml";
inline constexpr std::string_view kTaobao2024 = "policies/taobao/2024-08-09.toml";
inline constexpr std::string_view kPinduoduo = "policies/pinduoduo/2015-09-01.toml";
inline constexpr std::string_view kDouyinTest = "tests/policy/packs/douyin-test.toml";
inline constexpr std::string_view kKuaishouTest = "tests/policy/packs/kuaishou-test.toml";

}  // namespace refund::testing
