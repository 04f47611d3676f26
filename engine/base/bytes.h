// Bytes and text as std types. Debian's absl::string_view is a type of its own that does not
// convert to or from std::string_view; our interfaces speak std, and these two functions stand at
// the border.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace refund {

// A view of bytes; whoever hands it out keeps them alive.
using ByteView = std::string_view;

inline absl::string_view Abs(std::string_view s) { return {s.data(), s.size()}; }
inline std::string_view Std(absl::string_view s) { return {s.data(), s.size()}; }

// Big-endian, so that byte order is number order in RocksDB keys and hashes.
void AppendBe16(std::string& out, uint16_t value);
void AppendBe32(std::string& out, uint32_t value);
void AppendBe64(std::string& out, uint64_t value);
// `at` must hold 2, 4, 8 bytes.
uint16_t ReadBe16(const char* at);
uint32_t ReadBe32(const char* at);
uint64_t ReadBe64(const char* at);

// u32 length, then the bytes: two fields never run into each other in a hash.
void AppendSized(std::string& out, ByteView bytes);

std::string ToHex(ByteView bytes);
// False if `hex` is not an even number of lower- or upper-case hex digits.
bool FromHex(std::string_view hex, std::string& out);
std::string ToBase64(ByteView bytes);
// False if `text` is not padded standard base64.
bool FromBase64(std::string_view text, std::string& out);

}  // namespace refund
