#include "engine/codec/step_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "engine/codec/event_codec.h"
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

// Found by fuzz_stored: what is read back is also shown, and such an instant has no date.
TEST(StepCodecTest, RefusesAnInstantThatNoEngineWrote) {
  constexpr int64_t kFarthest = (int64_t{1} << 62) - 1;
  for (const int64_t ms : {INT64_MIN, INT64_MIN + 1, -kFarthest - 1, kFarthest + 1, INT64_MAX}) {
    Quarantined record;
    record.recorded_at = {ms};
    const auto read = codec::DecodeQuarantined(codec::EncodeQuarantined(record));
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << ms;
    EXPECT_THAT(read.status().message(), HasSubstr(std::to_string(ms)));
  }
  for (const int64_t ms : {-kFarthest, kFarthest}) {
    Quarantined record;
    record.recorded_at = {ms};
    const auto read = codec::DecodeQuarantined(codec::EncodeQuarantined(record));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_FALSE(codec::QuarantinedToJson(*read).empty());
  }
}

TEST(StepCodecTest, AMessageIsAClaimOfTheEngine) {
  KeyMessage message;
  message.id = "draw/00112233445566778899aabbccddeeff";
  message.key = "a/PINDUODUO/voucher-budget";
  message.at = Instant{1'709'258'400'000};
  Draw draw = Full<Draw>();
  message.body = draw;
  const absl::StatusOr<Claim> claim = DecodeClaim(EncodeMessage(message));
  ASSERT_TRUE(claim.ok()) << claim.status();
  EXPECT_EQ(claim->id, message.id);
  EXPECT_EQ(claim->key, message.key);
  EXPECT_EQ(claim->occurred_at, message.at);
  EXPECT_EQ(claim->actor, (Actor{Role::kEngine, "engine"}));
  EXPECT_FALSE(claim->case_id.has_value());
  EXPECT_FALSE(claim->expected_version.has_value());
  EXPECT_TRUE(Same(claim->body, message.body));
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
      {Machine::kEntrance,
       "e1",
       0,
       static_cast<uint8_t>(Entrance::kShut),
       static_cast<uint8_t>(Entrance::kCardPending),
       {}},
      {Machine::kVoucher,
       "v2",
       0,
       static_cast<uint8_t>(VoucherState::kIssued),
       static_cast<uint8_t>(VoucherState::kRedeemed),
       {}},
      {Machine::kAccount, "k1", 0, 0, 0, {}},
  };
  const std::string json = StepToJson(step);
  EXPECT_THAT(json, HasSubstr("{\"machine\":\"PHASE\",\"row\":\"2\",\"case_number\":1,"
                              "\"from\":\"AWAIT_SELLER\",\"to\":\"SELLER_REFUSED\"}"));
  EXPECT_THAT(json, HasSubstr("\"from\":\"NONE\",\"to\":\"REQUESTED\"}"));
  EXPECT_THAT(json, HasSubstr("\"from\":\"RESERVED\",\"to\":\"SUBMITTED\",\"leg\":\"" +
                              Full<Id>().hex() + "\"}"));
  EXPECT_THAT(json, HasSubstr("\"from\":\"SHUT\",\"to\":\"CARD_PENDING\"}"));
  EXPECT_THAT(json, HasSubstr("\"from\":\"ISSUED\",\"to\":\"REDEEMED\"}"));
  EXPECT_THAT(json, HasSubstr("\"row\":\"k1\",\"case_number\":0,\"from\":\"\",\"to\":\"\"}"));
}

TEST(StepJsonTest, WritesWhatIsDerivedByTheEventsName) {
  Step step;
  step.derived = {{DerivedKind::kViolationRecorded, 1, {}, 0, Role::kSeller, "AFTER_SALES_TIMEOUT"},
                  {DerivedKind::kDoublePaid, 0, {}, 0, Role::kUnspecified, ""}};
  EXPECT_THAT(StepToJson(step),
              HasSubstr("\"derived\":[{\"kind\":\"ViolationRecorded\",\"case_number\":1,"
                        "\"party\":\"SELLER\",\"word\":\"AFTER_SALES_TIMEOUT\"},"
                        "{\"kind\":\"DoublePaid\"}]"));
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

Step With(StepResult result) {
  Step step;
  step.result = result;
  return step;
}

std::string PageOfOutputs() {
  std::ostringstream text;
  text << std::ifstream(REFUND_SOURCE_DIR "/docs/formats/outputs.md").rdbuf();
  return text.str();
}

// The examples of the page are what is printed.
TEST(StepJsonTest, ThePageHasAnExampleOfEachDerivedEvent) {
  const Id id{{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd,
               0xee, 0xff}};
  const std::vector<Derived> derived = {
      {DerivedKind::kPolicyClauseEffective, 0, {}, 0, Role::kUnspecified, "appeal_window"},
      {DerivedKind::kTrackAnomaly, 0, {}, 0, Role::kCarrier, "STALLED"},
      {DerivedKind::kFactStale, 0, id, 0, Role::kUnspecified, "psp-1"},
      {DerivedKind::kEntranceOpened, 0, {}, 0, Role::kUnspecified, "CARD"},
      {DerivedKind::kEntranceAutoClosed, 0, {}, 0, Role::kUnspecified, ""},
      {DerivedKind::kGuidedToSeller, 0, {}, 0, Role::kUnspecified, "ORDER_LIST"},
      {DerivedKind::kRefundClosed, 1, id, 0, Role::kUnspecified, "SETTLED"},
      {DerivedKind::kEvidenceWindowClosed, 1, id, 0, Role::kSeller, "1"},
      {DerivedKind::kRulingIssued, 1, id, 5990, Role::kUnspecified, "BUYER"},
      {DerivedKind::kVoucherGranted, 1, id, 500, Role::kBuyer, "SETTLEMENT"},
      {DerivedKind::kVoucherExpired, 0, id, 500, Role::kBuyer, "LOGISTICS_SUBSIDY"},
      {DerivedKind::kVoucherRevoked, 1, id, 500, Role::kBuyer, "SETTLEMENT"},
      {DerivedKind::kRefundInstructed, 1, id, 5990, Role::kUnspecified, "1"},
      {DerivedKind::kPayoutQueried, 1, id, 5990, Role::kUnspecified, "1"},
      {DerivedKind::kFundDrawn, 1, id, 5990, Role::kUnspecified, "ADVANCE"},
      {DerivedKind::kFundRecovered, 1, id, 5990, Role::kUnspecified, "RECOVERY"},
      {DerivedKind::kMerchantDebited, 1, id, 5990, Role::kUnspecified, "REFUND_ORIGINAL"},
      {DerivedKind::kFreightClaimPaid, 1, id, 1000, Role::kUnspecified, "FREIGHT_RETURN"},
      {DerivedKind::kDoublePaid, 0, {}, 5990, Role::kBuyer, "bank:5990"},
      {DerivedKind::kViolationRecorded, 1, id, 0, Role::kSeller, "AFTER_SALES_TIMEOUT"},
      {DerivedKind::kPenaltyApplied, 0, {}, 0, Role::kSeller, "WARNING"},
      {DerivedKind::kLabelGranted, 0, {}, 0, Role::kSeller, "GOOD_SERVICE"},
      {DerivedKind::kLabelRevoked, 0, {}, 0, Role::kSeller, "GOOD_SERVICE"},
      {DerivedKind::kProgressNotice, 1, {}, 0, Role::kBuyer, ""},
  };
  Step deadline;
  deadline.cause = {"", EventKind::kTick, Timer::kT1, Role::kSeller, 1};
  deadline.deadlines = {
      {DeadlineAct::kArmed, Timer::kT1, Role::kSeller, 1, 1, Instant{1'709'431'200'001}, 0}};
  Step refused;
  refused.result = StepResult::kRefused;
  refused.refusal = Refusal::kOutOfWindow;
  const std::vector<std::tuple<DerivedKind, Step, std::string>> of_their_own = {
      {DerivedKind::kDeadlineArmed, deadline,
       R"("deadlines":[{"act":"ARMED","timer":"T1","role":"SELLER","case_number":1,"generation":1,"due":"2024-03-03T10:00:00.001+08:00"}])"},
      {DerivedKind::kDeadlinePassed, deadline,
       R"("cause":{"timer":"T1","role":"SELLER","generation":1})"},
      {DerivedKind::kCommandRefused, refused, R"("result":"REFUSED","refusal":"OUT_OF_WINDOW")"},
      {DerivedKind::kFactParked, With(StepResult::kParked), R"("result":"PARKED")"},
      {DerivedKind::kFactConflict, With(StepResult::kConflict), R"("result":"CONFLICT")"},
  };
  const std::string page = PageOfOutputs();
  std::set<DerivedKind> told;
  const auto tell = [&](DerivedKind kind, const std::string& example) {
    told.insert(kind);
    EXPECT_THAT(page, HasSubstr("| `" + std::string(NameOf(kind)) + "` | "));
    EXPECT_THAT(page, HasSubstr(" | `" + example + "` |"));
  };
  for (const Derived& each : derived) {
    Step step;
    step.derived = {each};
    const std::string json = StepToJson(step);
    const size_t from = json.find("{\"kind\"", json.find("\"derived\":["));
    tell(each.kind, json.substr(from, json.find('}', from) + 1 - from));
  }
  for (const auto& [kind, step, example] : of_their_own) {
    EXPECT_THAT(StepToJson(step), HasSubstr(example));
    tell(kind, example);
  }
  EXPECT_EQ(told.size(), CountOf<DerivedKind>() - 1);
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
