// The bytes of a partition's meta row. Written by hand: it is a dozen numbers, and engine/codec may
// not know engine/replay, whose struct this is.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/replay/order_store.h"

namespace refund::projections {

// Of its packs only digest and instant; their bytes are rows of their own.
std::string EncodeMeta(const replay::PartitionMeta& meta);

// Of it the part that says what is held by brakes and what is still to be done: it is no matter of
// addresses or counts, and belongs to the state's digest.
std::string EncodePending(const replay::PartitionMeta& meta);

// The exact inverse of EncodeMeta; each pack's bytes are empty. kDataLoss for anything else.
absl::StatusOr<replay::PartitionMeta> DecodeMeta(ByteView bytes);

}  // namespace refund::projections
