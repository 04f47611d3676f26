// The bytes of rows that views make of several steps: numbers big-endian, texts sized. Written by
// hand, since each is a handful of numbers that nobody outside reads; what the engine itself stores
// is engine/codec's affair.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/instant.h"
#include "engine/domain/vocabulary.h"

namespace refund::projections {

class RowWriter {
 public:
  RowWriter& U8(uint8_t value);
  RowWriter& U32(uint32_t value);
  RowWriter& I64(int64_t value);
  RowWriter& Text(ByteView text);
  RowWriter& Of(const Id& id);
  RowWriter& At(Instant at) { return I64(at.ms); }
  // An absent one is the number that no instant is.
  RowWriter& MaybeAt(std::optional<Instant> at);
  template <class E>
  RowWriter& Word(E value) {
    return U8(static_cast<uint8_t>(value));
  }
  std::string Done() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what RowWriter wrote. After the first thing that does not fit all is zero, and ok() false.
class RowReader {
 public:
  explicit RowReader(ByteView bytes) : rest_(bytes) {}
  uint8_t U8();
  uint32_t U32();
  int64_t I64();
  std::string Text();
  Id OfId();
  Instant At() { return {I64()}; }
  std::optional<Instant> MaybeAt();
  template <class E>
  E Word() {
    const uint8_t value = U8();
    ok_ = ok_ && value < CountOf<E>();
    return ok_ ? static_cast<E>(value) : E{};
  }
  // Everything fitted, and nothing is left.
  bool Finished() const { return ok_ && rest_.empty(); }

 private:
  ByteView Take(size_t size);
  ByteView rest_;
  bool ok_ = true;
};

}  // namespace refund::projections
