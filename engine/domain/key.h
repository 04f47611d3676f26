// Keys: typed and platform-qualified (shared/design/README.md §1). "o/TAOBAO/123" is an order,
// "m/…" a merchant, "c/…" a conversation, "a/…" an account. A broadcast record has no key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/domain/vocabulary.h"

namespace refund {

enum class KeyType : uint8_t { kBroadcast, kOrder, kMerchant, kConversation, kAccount };

inline constexpr size_t kMaxKeyBytes = 128;

struct KeyParts {
  KeyType type = KeyType::kBroadcast;
  Platform platform = Platform::kUnspecified;
  std::string_view local;  // what the platform itself calls it
};

// Empty text is the broadcast key. False, and `error` says why, for anything that is not a key.
// The local part is 1 to 64 of A-Z a-z 0-9 . _ : - (and, for accounts, /).
bool ParseKey(std::string_view text, KeyParts& out, std::string& error);

// Kafka's murmur2 (seed 0x9747b28c), as the Java client's default partitioner uses it.
uint32_t Murmur2(std::string_view bytes);
// (murmur2(key) & 0x7fffffff) mod n.
uint32_t PartitionOf(std::string_view key, uint32_t partitions);

}  // namespace refund
