// Ids of what the engine makes: cases, decisions, legs, offers. An id is a hash of its cause and of
// nothing that a move of the log or another pack would change (shared/design/README.md §7).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"

namespace refund {

struct Id {
  std::array<uint8_t, 16> bytes{};

  auto operator<=>(const Id&) const = default;
  ByteView view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  std::string hex() const { return ToHex(view()); }
  bool IsZero() const { return *this == Id{}; }
  // False, and `out` untouched, unless `bytes` are 16.
  static bool FromBytes(ByteView bytes, Id& out);
};

// The first 128 bits of SHA-256 over (kind, key, case, reopening, cause, k), each sized.
// `cause` is a claim id, or CauseOfTimer() of the deadline that fired; `k` counts within the step.
Id MakeId(std::string_view kind, std::string_view key, const Id& case_id, uint32_t reopening,
          std::string_view cause, uint32_t k);

}  // namespace refund
