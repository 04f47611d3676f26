#include "engine/domain/key.h"

#include <algorithm>

#include "engine/base/check.h"

namespace refund {
namespace {

bool IsLocalChar(char c, KeyType type) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == ':' || c == '-' || (c == '/' && type == KeyType::kAccount);
}

KeyType TypeOf(char c) {
  switch (c) {
    case 'o':
      return KeyType::kOrder;
    case 'm':
      return KeyType::kMerchant;
    case 'c':
      return KeyType::kConversation;
    case 'a':
      return KeyType::kAccount;
    default:
      return KeyType::kBroadcast;
  }
}

uint32_t ReadLe32(const char* at) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(at[i]);
  return value;
}

}  // namespace

bool ParseKey(std::string_view text, KeyParts& out, std::string& error) {
  out = {};
  if (text.empty()) return true;
  const auto fail = [&](std::string_view why) {
    error = "expected a key such as o/TAOBAO/123, found \"" + std::string(text.substr(0, 160)) +
            "\": " + std::string(why);
    return false;
  };
  if (text.size() > kMaxKeyBytes) return fail("longer than 128 bytes");
  if (text.size() < 2 || text[1] != '/') return fail("no type before the first slash");
  out.type = TypeOf(text[0]);
  if (out.type == KeyType::kBroadcast) return fail("the type is none of o, m, c, a");
  const size_t slash = text.find('/', 2);
  if (slash == std::string_view::npos) return fail("no slash after the platform");
  const auto platform = ParseName<Platform>(text.substr(2, slash - 2));
  if (!platform || *platform == Platform::kUnspecified) return fail("unknown platform");
  out.platform = *platform;
  out.local = text.substr(slash + 1);
  if (out.local.empty() || out.local.size() > 64)
    return fail("the last part has 1 to 64 characters");
  if (!std::all_of(out.local.begin(), out.local.end(),
                   [&](char c) { return IsLocalChar(c, out.type); })) {
    return fail("the last part holds a character that is none of A-Z a-z 0-9 . _ : -");
  }
  return true;
}

uint32_t Murmur2(std::string_view bytes) {
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  uint32_t hash = 0x9747b28c ^ static_cast<uint32_t>(bytes.size());
  size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    uint32_t word = ReadLe32(bytes.data() + at) * kMultiplier;
    word ^= word >> 24;
    hash = (hash * kMultiplier) ^ (word * kMultiplier);
  }
  const size_t left = bytes.size() - at;
  if (left >= 3) hash ^= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + 2])) << 16;
  if (left >= 2) hash ^= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + 1])) << 8;
  if (left >= 1) {
    hash ^= static_cast<uint8_t>(bytes[at]);
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  return hash ^ (hash >> 15);
}

uint32_t PartitionOf(std::string_view key, uint32_t partitions) {
  CHECK(partitions > 0);
  return (Murmur2(key) & 0x7fffffff) % partitions;
}

}  // namespace refund
