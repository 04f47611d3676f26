// What checkpoints and outputs hold: an order, a step, a summary, a payout, a quarantined record.
// The first byte says which. What is read back is what was written, to the byte, or it is refused.
#include "absl/status/status.h"
#include "engine/base/check.h"
#include "engine/codec/order_codec.h"
#include "engine/codec/step_codec.h"
#include "tests/fuzz/harness.h"

namespace refund::fuzz {

const char kReached[] = "a value that was read";

void Prepare() {}

namespace {

template <class T>
bool Try(ByteView bytes, absl::StatusOr<T> (*decode)(ByteView), std::string (*encode)(const T&),
         std::string (*to_json)(const T&)) {
  const absl::StatusOr<T> value = decode(bytes);
  if (!value.ok()) {
    CHECK(absl::IsDataLoss(value.status()));
    return false;
  }
  CHECK(encode(*value) == bytes);
  CHECK(!to_json(*value).empty());
  return true;
}

bool TryOrder(ByteView bytes) {
  if (!Try(bytes, codec::DecodeOrder, codec::EncodeOrder, codec::OrderToJson)) return false;
  const Order order = *codec::DecodeOrder(bytes);
  for (const Case& each : order.cases) CHECK(!codec::CaseToJson(order, each).empty());
  PlantedBug(order.clock.ms % 8 == 5);  // the corpus' clocks are whole seconds, or 1 ms later
  return true;
}

}  // namespace

bool Run(ByteView input) {
  if (input.empty()) return false;
  const ByteView bytes = input.substr(1);
  switch (input[0]) {
    case 'o':
      return TryOrder(bytes);
    case 's':
      return Try(bytes, codec::DecodeStep, codec::EncodeStep, codec::StepToJson);
    case 'c':
      return Try(bytes, codec::DecodeSummary, codec::EncodeSummary, codec::SummaryToJson);
    case 'p':
      return Try(bytes, codec::DecodePayout, codec::EncodePayout, codec::PayoutToJson);
    case 'q':
      return Try(bytes, codec::DecodeQuarantined, codec::EncodeQuarantined,
                 codec::QuarantinedToJson);
    default:
      return false;
  }
}

}  // namespace refund::fuzz
