// Between the state of an order and the bytes that a checkpoint keeps (schemas/order.capnp). Bytes
// are canonical: equal orders are equal bytes, whatever order their deadlines have in memory.
// Nothing here throws, and no Cap'n Proto type is seen outside. All functions may be called from
// any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/domain/order.h"

namespace refund::codec {

std::string EncodeOrder(const Order& order);

// The exact inverse. kDataLoss, naming the order where its key can still be read, for anything that
// EncodeOrder did not write.
absl::StatusOr<Order> DecodeOrder(ByteView bytes);

// For people and scripts: one object on one line, without a newline.
std::string OrderToJson(const Order& order);
// A case and what its order knows of it: key, platform, currency, clock, its legs and its
// deadlines.
std::string CaseToJson(const Order& order, const Case& of_it);

}  // namespace refund::codec
