// Between a pack's bytes and its plain value. A pack's id is the SHA-256 of its bytes, so a value
// has exactly one form: canonical Cap'n Proto (schemas/pack.capnp), one segment without a segment
// table. Nothing here throws. All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/policy/pack.h"

namespace refund::codec {

inline constexpr size_t kMaxPackBytes = 1 << 20;

// The canonical bytes. What DecodePack would refuse is encoded all the same.
std::string EncodePack(const policy::Pack& pack);

// Reads untrusted bytes. InvalidArgument unless they are what EncodePack gives for a pack that the
// engine can run on (engine/policy/fault.h). Sets the pack's digest. The message depends on the
// bytes alone.
absl::StatusOr<policy::Pack> DecodePack(ByteView bytes);

// One object on one line, keys in schema order, for people and auditors. Empty for what DecodePack
// refuses.
std::string PackToJson(ByteView bytes);

}  // namespace refund::codec
