#include "engine/codec/step_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/projections/every_field.h"

namespace refund::codec {
namespace {

using refund::testing::Full;
using refund::testing::Random;
using refund::testing::Same;
using ::testing::HasSubstr;
using ::testing::Not;

// The pairs under test, by type.
std::string Encode(const Step& value) { return EncodeStep(value); }
std::string Encode(const CaseSummary& value) { return EncodeSummary(value); }
std::string Encode(const Payout& value) { return EncodePayout(value); }
std::string Encode(const Quarantined& value) { return EncodeQuarantined(value); }

template <class T>
absl::StatusOr<T> Decode(ByteView bytes);
template <>
absl::StatusOr<Step> Decode(ByteView bytes) {
  return DecodeStep(bytes);
}
template <>
absl::StatusOr<CaseSummary> Decode(ByteView bytes) {
  return DecodeSummary(bytes);
}
template <>
absl::StatusOr<Payout> Decode(ByteView bytes) {
  return DecodePayout(bytes);
}
template <>
absl::StatusOr<Quarantined> Decode(ByteView bytes) {
  return DecodeQuarantined(bytes);
}

template <class T>
class StepCodecTest : public ::testing::Test {};
using Values = ::testing::Types<Step, CaseSummary, Payout, Quarantined>;
TYPED_TEST_SUITE(StepCodecTest, Values);

TYPED_TEST(StepCodecTest, KeepsEveryField) {
  const TypeParam value = Full<TypeParam>();
  const absl::StatusOr<TypeParam> read = Decode<TypeParam>(Encode(value));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(Same(*read, value));
}

TYPED_TEST(StepCodecTest, KeepsWhatIsThereAndWhatIsNot) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const TypeParam value = Random<TypeParam>(seed);
    const std::string bytes = Encode(value);
    const absl::StatusOr<TypeParam> read = Decode<TypeParam>(bytes);
    ASSERT_TRUE(read.ok()) << seed << ": " << read.status();
    EXPECT_TRUE(Same(*read, value)) << seed;
    EXPECT_EQ(Encode(*read), bytes) << seed;
  }
}

TYPED_TEST(StepCodecTest, RefusesBytesThatAreCutOff) {
  const std::string bytes = Encode(Full<TypeParam>());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(Decode<TypeParam>(ByteView(bytes).substr(0, size)).status().code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
}

TYPED_TEST(StepCodecTest, SurvivesFlippedBits) {
  const std::string bytes = Encode(Full<TypeParam>());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const absl::StatusOr<TypeParam> read = Decode<TypeParam>(flipped);
    if (read.ok()) {
      ASSERT_TRUE(Encode(*read) == flipped) << bit;
    } else {
      ASSERT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
    }
  }
}

TEST(StepJsonTest, WritesTheEndsOfATransitionAsWords) {
  Step step;
  step.transitions = {
      {Machine::kPhase,
       "2",
       1,
       static_cast<uint8_t>(Phase::kAwaitSeller),
       static_cast<uint8_t>(Phase::kSellerRefused),
       {}},
      {Machine::kOverlay,
       "a1",
       1,
       static_cast<uint8_t>(Overlay::kNone),
       static_cast<uint8_t>(Overlay::kRequested),
       {}},
      {Machine::kLeg, "m3", 1, static_cast<uint8_t>(LegState::kReserved),
       static_cast<uint8_t>(LegState::kSubmitted), Full<Id>()},
  };
  const std::string json = StepToJson(step);
  EXPECT_THAT(json, HasSubstr("{\"machine\":\"PHASE\",\"row\":\"2\",\"case_number\":1,"
                              "\"from\":\"AWAIT_SELLER\",\"to\":\"SELLER_REFUSED\"}"));
  EXPECT_THAT(json, HasSubstr("\"from\":\"NONE\",\"to\":\"REQUESTED\"}"));
  EXPECT_THAT(json, HasSubstr("\"from\":\"RESERVED\",\"to\":\"SUBMITTED\",\"leg\":\"" +
                              Full<Id>().hex() + "\"}"));
}

TEST(StepJsonTest, WritesTheCauseAsAnEventOrADeadline) {
  Step step;
  step.cause.claim_id = "claim-1";
  step.cause.kind = EventKind::kRefundRequested;
  EXPECT_THAT(StepToJson(step),
              HasSubstr("\"cause\":{\"claim_id\":\"claim-1\",\"kind\":\"RefundRequested\"}"));
  step.cause = Cause{"", EventKind::kTick, Timer::kT1, Role::kSeller, 2};
  EXPECT_THAT(StepToJson(step),
              HasSubstr("\"cause\":{\"timer\":\"T1\",\"role\":\"SELLER\",\"generation\":2}"));
}

TEST(StepJsonTest, OmitsWhatIsAbsent) {
  const std::string json = StepToJson(Step{});
  EXPECT_THAT(json, Not(HasSubstr("refusal")));
  EXPECT_THAT(json, Not(HasSubstr("claim_hash")));
  EXPECT_THAT(SummaryToJson(CaseSummary{}), Not(HasSubstr("next_due")));
}

TEST(StepJsonTest, PrintsTheOthersOnOneLine) {
  for (const std::string& json : {StepToJson(Full<Step>()), DecisionToJson(Full<Decision>()),
                                  SummaryToJson(Full<CaseSummary>()), PayoutToJson(Full<Payout>()),
                                  QuarantinedToJson(Full<Quarantined>())}) {
    EXPECT_EQ(json.front(), '{');
    EXPECT_EQ(json.back(), '}');
    EXPECT_EQ(json.find('\n'), std::string::npos);
  }
  EXPECT_THAT(PayoutToJson(Payout{}), HasSubstr("\"act\":\"INSTRUCT\""));
}

}  // namespace
}  // namespace refund::codec
