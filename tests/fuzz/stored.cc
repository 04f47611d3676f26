// What checkpoints and outputs hold: an order, a step, a summary, a payout, a quarantined record.
// The first byte says which. What is read back is what was written, to the byte, or it is refused.
#include "absl/status/status.h"
#include "engine/base/check.h"
#include "engine/codec/order_codec.h"
#include "engine/codec/step_codec.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/mutators.h"

namespace refund::fuzz {

const char kCorpus[] = REFUND_CORPORA "/stored";
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
  const int64_t residue = order.clock.ms % 8;
  PlantedBug(residue > 1 && residue < 7);  // the corpus' clocks are whole seconds, or 1 ms beside
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

// What kind it is, changes seldom.
std::string Mutate(ByteView input, size_t most, unsigned seed) {
  if (input.empty() || seed % 64 == 0) return Mutated(std::string(input), most);
  return input[0] + MutatedMessage(input.substr(1), most - 1, seed);
}

}  // namespace refund::fuzz
