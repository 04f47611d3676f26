#include "engine/base/bytes.h"

#include "absl/strings/escaping.h"
#include "engine/base/check.h"

namespace refund {
namespace {

template <class T>
void AppendBe(std::string& out, T value) {
  char bytes[sizeof(T)];
  for (size_t i = 0; i < sizeof(T); ++i) {
    bytes[i] = static_cast<char>(value >> (8 * (sizeof(T) - 1 - i)));
  }
  out.append(bytes, sizeof(T));
}

template <class T>
T ReadBe(const char* at) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | static_cast<uint8_t>(at[i]));
  }
  return value;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void AppendBe16(std::string& out, uint16_t value) { AppendBe(out, value); }
void AppendBe32(std::string& out, uint32_t value) { AppendBe(out, value); }
void AppendBe64(std::string& out, uint64_t value) { AppendBe(out, value); }
uint16_t ReadBe16(const char* at) { return ReadBe<uint16_t>(at); }
uint32_t ReadBe32(const char* at) { return ReadBe<uint32_t>(at); }
uint64_t ReadBe64(const char* at) { return ReadBe<uint64_t>(at); }

void AppendSized(std::string& out, ByteView bytes) {
  CHECK(bytes.size() <= UINT32_MAX);
  AppendBe32(out, static_cast<uint32_t>(bytes.size()));
  out.append(bytes);
}

std::string ToHex(ByteView bytes) { return absl::BytesToHexString(Abs(bytes)); }

bool FromHex(std::string_view hex, std::string& out) {
  out.clear();
  if (hex.size() % 2 != 0) return false;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = HexDigit(hex[i]);
    const int low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) return false;
    out.push_back(static_cast<char>(high << 4 | low));
  }
  return true;
}

std::string ToBase64(ByteView bytes) { return absl::Base64Escape(Abs(bytes)); }

bool FromBase64(std::string_view text, std::string& out) {
  // absl forgives white space and missing padding; a round trip tells.
  return absl::Base64Unescape(Abs(text), &out) && ToBase64(out) == text;
}

}  // namespace refund
