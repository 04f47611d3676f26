#include "engine/base/crc32c.h"

#include <boost/crc.hpp>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace refund {
namespace {

// Debian has no CRC-32C library with a header. Boost's is right everywhere and takes a table
// look-up a byte; the x86 instruction takes eight bytes at a time. A test holds the two equal.
uint32_t Portable(ByteView bytes, uint32_t crc) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> table(crc ^ 0xFFFFFFFF);
  table.process_bytes(bytes.data(), bytes.size());
  return table.checksum();
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t Hardware(ByteView bytes, uint32_t crc) {
  uint64_t state = crc ^ 0xFFFFFFFF;
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    state = _mm_crc32_u64(state, word);
  }
  for (; left > 0; ++at, --left) {
    state = _mm_crc32_u8(static_cast<uint32_t>(state), static_cast<uint8_t>(*at));
  }
  return static_cast<uint32_t>(state) ^ 0xFFFFFFFF;
}
#endif

}  // namespace

uint32_t Crc32c(ByteView bytes, uint32_t crc) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2");
  if (has_instruction) return Hardware(bytes, crc);
#endif
  return Portable(bytes, crc);
}

}  // namespace refund
