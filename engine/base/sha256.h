// SHA-256 (OpenSSL), so that an auditor checks with `sha256sum`.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"

namespace refund {

struct Digest {
  std::array<uint8_t, 32> bytes{};

  auto operator<=>(const Digest&) const = default;
  ByteView view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  std::string hex() const { return ToHex(view()); }
  bool IsZero() const { return *this == Digest{}; }
  // False, and `out` untouched, unless `bytes` are 32.
  static bool FromBytes(ByteView bytes, Digest& out);
};

Digest Sha256(ByteView bytes);

// Several pieces, hashed as one. Not thread-safe; reusable after Finish().
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Add(ByteView bytes);
  Digest Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace refund
