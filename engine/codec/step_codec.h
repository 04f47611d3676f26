// Between what a step came to and its bytes (schemas/step.capnp), which are an output of the engine
// and a row of the views; and the same as JSON. Bytes are canonical. Nothing here throws, and no
// Cap'n Proto type is seen outside. All functions may be called from any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/domain/step.h"

namespace refund::codec {

std::string EncodeStep(const Step& step);
std::string EncodeSummary(const CaseSummary& summary);
std::string EncodePayout(const Payout& payout);
std::string EncodeQuarantined(const Quarantined& record);
// A message is a claim of the engine's own, which intake carries to its key: DecodeClaim reads it.
std::string EncodeMessage(const KeyMessage& message);

// The exact inverses of the first four. kDataLoss for anything that the functions above did not
// write.
absl::StatusOr<Step> DecodeStep(ByteView bytes);
absl::StatusOr<CaseSummary> DecodeSummary(ByteView bytes);
absl::StatusOr<Payout> DecodePayout(ByteView bytes);
absl::StatusOr<Quarantined> DecodeQuarantined(ByteView bytes);

// For people and scripts: one object on one line, without a newline. A step's cause is written as
// an event's {"claim_id", "kind"} or a deadline's {"timer", "role", "generation"}, and the ends of
// its transitions as words:
// {"machine":"PHASE","row":"2","from":"AWAIT_SELLER","to":"SELLER_REFUSED"}; of what is derived,
// the kind is the event's name: {"kind":"VoucherGranted", …}.
std::string StepToJson(const Step& step);
std::string DecisionToJson(const Decision& decision);
std::string SummaryToJson(const CaseSummary& summary);
std::string PayoutToJson(const Payout& payout);
std::string QuarantinedToJson(const Quarantined& record);

}  // namespace refund::codec
