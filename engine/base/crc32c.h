// CRC-32C (Castagnoli), the checksum of every frame that we write. Detects accidents, not
// adversaries.
#pragma once

#include <cstdint>

#include "engine/base/bytes.h"

namespace refund {

// The CRC of `bytes`, or of what `crc` is the CRC of followed by `bytes`.
uint32_t Crc32c(ByteView bytes, uint32_t crc = 0);

}  // namespace refund
