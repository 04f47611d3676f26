#include "tests/fuzz/harness.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "engine/base/check.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

namespace refund::fuzz {
namespace {

// The seeds go the whole way, or the fuzzer would only prove that the first check refuses noise.
void TryCorpus() {
  int inputs = 0;
  int reached = 0;
  for (const std::string& seed : Seeds()) {
    ++inputs;
    if (Run(seed)) ++reached;
  }
  std::fprintf(stderr, "corpus: %d inputs, %d reached %s\n", inputs, reached, kReached);
  CHECK(reached > 0);
}

}  // namespace

std::vector<std::string> Seeds() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());  // the same seed gives the same mutations everywhere
  std::vector<std::string> seeds;
  for (const std::filesystem::path& path : paths) seeds.push_back(ReadWhole(path));
  return seeds;
}

namespace {

ByteView SomeSeed(unsigned n) {
  static const std::vector<std::string> seeds = Seeds();
  return seeds[n % seeds.size()];
}

}  // namespace

std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Mutated(std::string bytes, size_t most) {
  const size_t size = bytes.size();
  bytes.resize(std::max(size, most));
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(bytes.data()), size, bytes.size()));
  return bytes;
}

}  // namespace refund::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  refund::fuzz::Prepare();
  refund::fuzz::TryCorpus();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  refund::fuzz::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  // What reaches something new is mostly broken; one time in four begin again with what goes the
  // whole way.
  const refund::ByteView input = seed / 7 % 4 == 0
                                     ? refund::fuzz::SomeSeed(seed / 28)
                                     : refund::ByteView(reinterpret_cast<const char*>(data), size);
  const std::string bytes = refund::fuzz::Mutate(input, most, seed);
  const size_t kept = std::min(bytes.size(), most);
  std::memcpy(data, bytes.data(), kept);
  return kept;
}
