#include "tests/fuzz/harness.h"

#include <algorithm>
#include <cstdio>
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
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    ++inputs;
    if (Run(ReadWhole(entry.path()))) ++reached;
  }
  std::fprintf(stderr, "corpus: %d inputs, %d reached %s\n", inputs, reached, kReached);
  CHECK(reached > 0);
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
