// Inputs that are records one after the other, each with its length before it (u32, big-endian).
#pragma once

#include <string>
#include <vector>

#include "engine/base/bytes.h"

namespace refund::fuzz {

// Whatever the bytes are, they can be split: a length that is too large means what is left.
inline std::vector<std::string> SplitRecords(ByteView input) {
  std::vector<std::string> records;
  while (input.size() >= 4) {
    const size_t length = ReadBe32(input.data());
    records.emplace_back(input.substr(4, length));
    input.remove_prefix(4 + records.back().size());
  }
  return records;
}

inline std::string JoinRecords(const std::vector<std::string>& records) {
  std::string bytes;
  for (const std::string& record : records) AppendSized(bytes, record);
  return bytes;
}

}  // namespace refund::fuzz
