// Records of the log as bytes nobody checked: the codec, then the arbiter on a real order.
#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/codec/event_codec.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/judge.h"
#include "tests/fuzz/records.h"

namespace refund::fuzz {

const char kReached[] = "an applied event";

void Prepare() { BundledPacks(); }

bool Run(ByteView input) {
  Judge judge;
  for (const std::string& record : SplitRecords(input)) judge.Take(record);
  return judge.applied() > 0;
}

namespace {

// Changes one record, or leaves it out, says it again, or swaps it with the one before: lengths
// stay right, so that the other records are read.
std::string MutatedRecords(ByteView input, size_t most, unsigned seed) {
  std::vector<std::string> records = SplitRecords(input);
  if (records.empty()) return Mutated(std::string(input), most);
  const size_t at = seed % records.size();
  const unsigned how = seed / 1024 % 8;
  if (how == 0) {
    records.erase(records.begin() + static_cast<ptrdiff_t>(at));
  } else if (how == 1) {
    records.push_back(records[at]);
  } else if (how == 2 && at > 0) {
    records[at].swap(records[at - 1]);
  } else {
    const size_t room = most > input.size() ? most - input.size() : 0;
    records[at] = Mutated(records[at], records[at].size() + room);
  }
  return JoinRecords(records);
}

}  // namespace
}  // namespace refund::fuzz

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  const std::string bytes =
      refund::fuzz::MutatedRecords({reinterpret_cast<const char*>(data), size}, most, seed);
  const size_t kept = std::min(bytes.size(), most);
  std::memcpy(data, bytes.data(), kept);
  return kept;
}
