#include "tests/fuzz/harness.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
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
  for (const auto& entry : std::filesystem::directory_iterator(REFUND_FUZZ_CORPUS)) {
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

void PlantedBug([[maybe_unused]] bool here) {
#ifdef REFUND_PLANT_BUG
  const std::string buffer(64, 'x');
  const volatile size_t at = buffer.size() + (here ? 64 : 0);
  if (buffer.data()[at] == 'y') std::abort();
#endif
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
