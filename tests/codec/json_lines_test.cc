#include "engine/codec/json_lines.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/codec/event_codec.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/projections/every_field.h"

namespace refund::codec {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kHead =
    R"({"id":"c-1","type":"RefundRequested","key":"o/TAOBAO/1","occurred_at":"2024-03-01T10:00:00+08:00","actor":{"role":"BUYER","id":"b-81"},)";
constexpr std::string_view kBody =
    R"("body":{"kind":"REFUND_ONLY","units":{"line":"1","quantity":1},"ask":{"units":5990,"currency":"CNY"},"reason":"TASTE"}})";

const std::string kGood = std::string(kHead) + std::string(kBody);

// The good line with `from` replaced by `to`, once.
std::string Edited(std::string_view from, std::string_view to, std::string line = kGood) {
  const size_t at = line.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return line.replace(at, from.size(), to);
}

// What is wrong with a line; "" if nothing.
std::string Why(std::string_view line, bool as_recorded = false) {
  const LineResult result = ParseLine(line, as_recorded);
  const auto* error = std::get_if<LineError>(&result);
  return error == nullptr ? "" : error->Text();
}

std::string WhyEdited(std::string_view from, std::string_view to) { return Why(Edited(from, to)); }

ClaimLine Good(const std::string& line, bool as_recorded = false) {
  LineResult result = ParseExportedLine(line, as_recorded);
  if (const auto* error = std::get_if<LineError>(&result)) {
    ADD_FAILURE() << line << "\n" << error->Text();
    return {};
  }
  return std::get<ClaimLine>(std::move(result));
}

// ---- There and back ----

TEST(JsonLines, EveryExampleGoesThereAndBack) {
  for (const std::string& type : EventTypeNames()) {
    const ClaimLine first = Good(ExampleLine(type));
    const std::string json = ClaimToJson(first.claim, std::nullopt);
    const ClaimLine second = Good(json);
    EXPECT_EQ(second.claim_bytes, first.claim_bytes) << json;
    EXPECT_EQ(ClaimToJson(second.claim, std::nullopt), json);
    EXPECT_EQ(ClaimBytesToJson(first.claim_bytes, std::nullopt), json);
    EXPECT_EQ(EncodeClaim(first.claim), first.claim_bytes);
    EXPECT_EQ(NameOf(first.claim.kind()), type);
  }
}

template <class... Bodies>
void ExpectEveryFieldThereAndBack(std::variant<Bodies...>) {
  const auto expect = [](EventBody body) {
    Claim claim = Good(ExampleLine(NameOf(static_cast<EventKind>(body.index())))).claim;
    claim.body = std::move(body);
    const std::string json = ClaimToJson(claim, std::nullopt);
    const ClaimLine back = Good(json);
    EXPECT_EQ(back.claim_bytes, EncodeClaim(claim)) << json;
    EXPECT_EQ(ClaimToJson(back.claim, std::nullopt), json);
  };
  (expect(refund::testing::Full<Bodies>()), ...);
}

TEST(JsonLines, EveryFieldOfEveryKindGoesThereAndBack) {
  ExpectEveryFieldThereAndBack(EventBody());
}

TEST(JsonLines, EveryExampleThatMayBeAppendedIs) {
  for (const std::string& type : EventTypeNames()) {
    const bool not_by_a_line =
        type == "LogOpened" || type == "PolicyPublished" || IsMessage(*ParseName<EventKind>(type));
    EXPECT_EQ(Why(ExampleLine(type)).empty(), !not_by_a_line) << Why(ExampleLine(type));
  }
}

TEST(JsonLines, KeysComeInTheirOrder) {
  const std::string json =
      R"({"id":"c \"1\"","type":"RefundAmended","key":"o/TAOBAO/1","occurred_at":"2024-03-01T10:00:00.000+08:00",)"
      R"("actor":{"role":"BUYER","id":"b-81"},"case":"00112233445566778899aabbccddeeff","expected_version":0,)"
      R"("recorded_at":"2024-03-01T10:00:01.002+08:00","body":{"kind":"EXCHANGE","ask":{"units":-9007199254740992,)"
      R"("currency":"JPY"},"evidence":[{"hash":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",)"
      R"("kind":"PHOTO","slot":"photo","uri":"s3://图/1","shared":true}]}})";
  const std::string fits = Edited("-9007199254740992", "-1000000000000000", json);
  const ClaimLine line = Good(fits, true);
  EXPECT_EQ(ClaimToJson(line.claim, line.recorded_at), fits);
  EXPECT_EQ(ClaimBytesToJson(line.claim_bytes, line.recorded_at), fits);
}

TEST(JsonLines, OrderOfKeysSpacesAndDefaultsDoNotMatter) {
  const std::string a = Good(kGood).claim_bytes;
  EXPECT_EQ(Good(R"( {"body":{"reason":"TASTE","kind":"REFUND_ONLY","evidence":[],)"
                 R"("units":{"quantity":1,"line":"1"},"ask":{"currency":"CNY","units":"5990"}},)"
                 R"("key":"o/TAOBAO/1","type":"RefundRequested","id":"c-1",)"
                 R"("actor":{"id":"b-81","role":"BUYER"},"occurred_at":"2024-03-01T02:00:00Z"} )")
                .claim_bytes,
            a);
}

TEST(JsonLines, LargeIntegersAreTexts) {
  const std::string line = ExampleLine("ProductRatingSnapshot");
  const std::string largest = Edited("6999", "\"18446744073709551615\"", line);
  const ClaimLine parsed = Good(largest);
  EXPECT_EQ(std::get<ProductRatingSnapshot>(parsed.claim.body).good, UINT64_MAX);
  EXPECT_THAT(ClaimToJson(parsed.claim, std::nullopt),
              HasSubstr(R"("good":"18446744073709551615")"));
  const ClaimLine edge = Good(Edited("6999", "9007199254740992", line));
  EXPECT_THAT(ClaimToJson(edge.claim, std::nullopt), HasSubstr(R"("good":9007199254740992)"));
  EXPECT_EQ(Why(Edited("6999", "9007199254740993", line)),
            "/body/good: expected an integer beyond 2^53 as a text, such as \"9007199254740993\", "
            "found 9007199254740993");
  EXPECT_EQ(Why(Edited("6999", "18446744073709551616", line)),
            "/body/good: expected an integer from 0 to 18446744073709551615, found "
            "18446744073709551616");
  EXPECT_EQ(Why(Edited("6999", "-1", line)),
            "/body/good: expected an integer from 0 to 18446744073709551615, found -1");
}

// ---- The line as a whole ----

TEST(JsonLines, LinesThatAreNoObject) {
  EXPECT_EQ(Why(""), "expected one JSON object, found an empty line");
  EXPECT_EQ(Why(" \t\r"), "expected one JSON object, found an empty line");
  EXPECT_EQ(Why("[1]"), "expected one JSON object, found an array");
  EXPECT_EQ(Why("null"), "expected one JSON object, found null");
  EXPECT_EQ(Why("{"), "expected one JSON object, found a line that ends inside it");
  EXPECT_EQ(Why("{}{}"), "expected one JSON object, found more after it, at byte 2");
  EXPECT_EQ(Why("{\"a\":tru}"), "expected one JSON object, found syntax error at byte 5");
  EXPECT_EQ(Why("{\"a\":1,}"), "expected one JSON object, found syntax error at byte 7");
  EXPECT_EQ(Why("{\"a\xff\":1}"), "expected UTF-8, found byte 0xff at 3");
  EXPECT_EQ(Why(std::string(kMaxLineBytes + 1, ' ')),
            "expected at most 4194304 bytes, found 4194305");
  std::string deep = "{\"a\":";
  for (int i = 0; i < 16; ++i) deep += '[';
  EXPECT_EQ(Why(deep), "expected at most 16 levels, found more");
  std::string many = "{\"a\":[0";
  for (int i = 0; i < 70000; ++i) many += ",0";
  EXPECT_EQ(Why(many + "]}"), "expected at most 65536 values, found more");
}

TEST(JsonLines, Keys) {
  EXPECT_EQ(WhyEdited("{\"id\":\"c-1\",", "{\"id\":\"c-1\",\"id\":\"c-1\","),
            "/id: expected each key once, found it twice");
  EXPECT_EQ(WhyEdited("\"units\":5990", "\"units\":1,\"units\":5990"),
            "/body/ask/units: expected each key once, found it twice");
  EXPECT_EQ(WhyEdited("{\"id\"", "{\"a~/b\":1,\"a~/b\":2,\"id\""),
            "/a~0~1b: expected each key once, found it twice");
  EXPECT_EQ(WhyEdited("\"id\":\"c-1\"", "\"idd\":\"c-1\""),
            "/idd: expected one of the keys id, type, key, occurred_at, actor, case, "
            "expected_version, recorded_at, body, found \"idd\" (did you mean id?)");
  EXPECT_EQ(WhyEdited("\"reason\"", "\"reasons\""),
            "/body/reasons: expected one of the keys kind, units, ask, reason, evidence, extra, "
            "found \"reasons\" (did you mean reason?)");
  EXPECT_EQ(Why(Edited("\"body\":{}", "\"body\":{\"x\":1}", ExampleLine("OrderCompleted"))),
            "/body/x: expected no keys, found \"x\"");
  EXPECT_EQ(
      WhyEdited(",\"reason\":\"TASTE\"", ""),
      "/body/reason: expected one of DAMAGED, WRONG_ITEM, MISSING_ITEM, LATE_SHIPMENT, "
      "FALSE_SHIPPING, QUALITY, NOT_AS_DESCRIBED, FALSE_MARKETING, INVOICE, GIFT, ADDRESS, "
      "PRICE_RISE, NO_PRICE_PROTECTION, FALSE_LOWEST_PRICE, SIZE, COLOUR, TASTE, STALLED, "
      "TRACK, NOT_TO_DOOR, NOT_TO_VILLAGE, ATTITUDE, SHIRKING, READ_NO_REPLY, SARCASM, HARASS, "
      "BLOCK, NOT_RECEIVED, SPOILED, DANGEROUS, COUNTERFEIT, OTHER, found nothing");
}

TEST(JsonLines, MissingKeysOfTheEnvelope) {
  EXPECT_EQ(WhyEdited("\"id\":\"c-1\",", ""),
            "/id: expected a text of 1 to 128 bytes, found nothing");
  EXPECT_EQ(WhyEdited("\"type\":\"RefundRequested\",", ""),
            "/type: expected the name of an event, found nothing");
  EXPECT_EQ(WhyEdited("\"key\":\"o/TAOBAO/1\",", ""),
            "/key: expected the key of an order such as o/TAOBAO/123, found nothing");
  EXPECT_EQ(WhyEdited("\"occurred_at\":\"2024-03-01T10:00:00+08:00\",", ""),
            "/occurred_at: expected a time as RFC 3339 with offset "
            "(2024-03-01T10:00:00.000+08:00), found nothing");
  EXPECT_EQ(WhyEdited("\"actor\":{\"role\":\"BUYER\",\"id\":\"b-81\"},", ""),
            "/actor: expected an object, found nothing");
  EXPECT_EQ(Why(std::string(kHead.substr(0, kHead.size() - 1)) + "}"),
            "/body: expected an object, found nothing");
}

// ---- Types of events ----

TEST(JsonLines, NamesThatCannotBeAppended) {
  const auto why = [](std::string_view name) { return WhyEdited("RefundRequested", name); };
  const std::string head = "/type: expected an event that a line can append, found ";
  for (const std::string name :
       {"RefundClosed",    "RulingIssued",     "RefundInstructed",   "EvidenceWindowClosed",
        "DeadlineArmed",   "DeadlinePassed",   "CommandRefused",     "FactParked",
        "FactStale",       "FactConflict",     "PayoutQueried",      "ViolationRecorded",
        "VoucherGranted",  "DoublePaid",       "ProgressNotice",     "PolicyClauseEffective",
        "TrackAnomaly",    "EntranceOpened",   "EntranceAutoClosed", "GuidedToSeller",
        "VoucherExpired",  "VoucherRevoked",   "FundDrawn",          "FundRecovered",
        "MerchantDebited", "FreightClaimPaid", "PenaltyApplied",     "LabelGranted",
        "LabelRevoked"}) {
    EXPECT_EQ(why(name), head + name + ", which is derived by the engine and cannot be appended");
  }
  for (size_t i = 1; i < CountOf<DerivedKind>(); ++i) {
    const std::string name(NameOf(static_cast<DerivedKind>(i)));
    EXPECT_EQ(why(name), head + name + ", which is derived by the engine and cannot be appended");
  }
  for (const std::string name :
       {"Draw", "DrawGranted", "DrawRefused", "DayTotals", "MerchantRolledUp"}) {
    EXPECT_EQ(why(name), head + name +
                             ", which is a message between keys, made by the engine, and cannot be "
                             "appended");
  }
  EXPECT_EQ(why("LogOpened"),
            head + "LogOpened, which is written by `refundctl init` and cannot be appended");
  EXPECT_EQ(why("PolicyPublished"),
            head +
                "PolicyPublished, which is written by `refundctl policy publish` and only as "
                "recorded can be appended");
  EXPECT_EQ(why("RefundRequest"),
            "/type: expected the name of an event (`refundctl schema` lists them), found "
            "\"RefundRequest\" (did you mean RefundRequested?)");
  EXPECT_EQ(WhyEdited("\"RefundRequested\"", "7"), "/type: expected the name of an event, found 7");
}

TEST(JsonLines, ALogOfThePastBringsItsPacksAlong) {
  const std::string line = ExampleLine("PolicyPublished");
  const std::string recorded = ClaimToJson(Good(line).claim, Instant{1719763200000});
  EXPECT_EQ(Why(recorded, /*as_recorded=*/true), "");
  EXPECT_NE(Why(line), "");
}

// The same words for a message that a line of an export may be, and for one that is new.
TEST(JsonLines, AMessageIsReadFromAnExportOnly) {
  const std::string line = ExampleLine("DrawGranted");
  EXPECT_EQ(Why(line),
            "/type: expected an event that a line can append, found DrawGranted, which is a "
            "message between keys, made by the engine, and cannot be appended");
  EXPECT_EQ(Good(line).claim.kind(), EventKind::kDrawGranted);
}

TEST(JsonLines, EachEventOfTheRulesIsKnownOnce) {
  for (const std::string& name : EventTypeNames()) {
    const auto described = DescribeType(name, false);
    EXPECT_TRUE(described.ok());
    EXPECT_FALSE(ParseName<DerivedKind>(name).has_value()) << name;
  }
  EXPECT_EQ(DescribeType("RefundClosed", false).status().message(),
            "RefundClosed is derived by the engine and cannot be appended");
  EXPECT_EQ(DescribeType("Tik", false).status().message(),
            "expected the name of an event, found \"Tik\" (did you mean Tick?)");
  EXPECT_EQ(DescribeType("Tik", false).status().code(), absl::StatusCode::kNotFound);
}

// ---- The envelope ----

TEST(JsonLines, IdKeyCaseVersion) {
  EXPECT_EQ(WhyEdited("\"c-1\"", "\"\""), "/id: expected a text of 1 to 128 bytes, found 0 bytes");
  EXPECT_EQ(WhyEdited("\"c-1\"", "\"" + std::string(129, 'x') + "\""),
            "/id: expected a text of 1 to 128 bytes, found 129 bytes");
  EXPECT_EQ(WhyEdited("\"c-1\"", "\"é\""),
            "/id: expected 1 to 128 bytes of printable ASCII, found \"é\"");
  EXPECT_EQ(WhyEdited("\"c-1\"", "5"), "/id: expected a text of 1 to 128 bytes, found 5");
  EXPECT_EQ(
      WhyEdited("o/TAOBAO/1", "TAOBAO/1"),
      "/key: expected a key such as o/TAOBAO/123, found \"TAOBAO/1\": no type before the first "
      "slash");
  EXPECT_EQ(WhyEdited("o/TAOBAO/1", "m/TAOBAO/1"),
            "/key: expected the key of an order such as o/TAOBAO/123, found \"m/TAOBAO/1\"");
  EXPECT_EQ(WhyEdited("o/TAOBAO/1", ""),
            "/key: expected the key of an order such as o/TAOBAO/123, found \"\"");
  EXPECT_EQ(Why(Edited("\"type\"", "\"key\":\"o/JD/1\",\"type\"", ExampleLine("Tick"))),
            "/key: expected no key: Tick goes to every partition, found \"o/JD/1\"");
  const auto with = [](const std::string& extra) {
    return Why(std::string(kHead) + extra + std::string(kBody));
  };
  EXPECT_EQ(with("\"case\":\"00\","), "/case: expected 16 bytes in hex, found 1 bytes");
  EXPECT_EQ(with("\"case\":\"\","), "/case: expected 16 bytes in hex, found 0 bytes");
  EXPECT_EQ(with("\"case\":\"xyz\","), "/case: expected 16 bytes in hex, found \"xyz\"");
  EXPECT_EQ(with("\"expected_version\":-1,"),
            "/expected_version: expected an integer from 0 to 9223372036854775807, found -1");
  EXPECT_EQ(with("\"expected_version\":1.5,"),
            "/expected_version: expected an integer from 0 to 9223372036854775807, found 1.5");
  EXPECT_EQ(with("\"expected_version\":null,"),
            "/expected_version: expected an integer from 0 to 9223372036854775807, found null");
  EXPECT_EQ(
      with("\"recorded_at\":\"2024-03-01T10:00:00Z\","),
      "/recorded_at: expected no such key: intake stamps it, except in as-recorded mode, found "
      "\"2024-03-01T10:00:00Z\"");
}

TEST(JsonLines, AsRecorded) {
  EXPECT_EQ(Why(kGood, true),
            "/recorded_at: expected a time as RFC 3339 with offset "
            "(2024-03-01T10:00:00.000+08:00), found nothing");
  const std::string line =
      std::string(kHead) + R"("recorded_at":"2024-03-01T10:00:00.5Z",)" + std::string(kBody);
  EXPECT_EQ(Good(line, true).recorded_at, Instant{1'709'287'200'500});
  EXPECT_EQ(Good(line, true).claim_bytes, Good(kGood).claim_bytes);
}

TEST(JsonLines, RawLines) {
  const std::string line = R"({"raw":"AAH/","partition":3,"recorded_at":"1970-01-01T00:00:01Z"})";
  const LineResult result = ParseLine(line, true);
  ASSERT_TRUE(std::holds_alternative<RawLine>(result));
  const RawLine& raw = std::get<RawLine>(result);
  EXPECT_EQ(raw.bytes, std::string("\x00\x01\xff", 3));
  EXPECT_EQ(raw.partition, 3u);
  EXPECT_EQ(raw.recorded_at, Instant{1000});
  EXPECT_EQ(Why(line),
            "/raw: expected an event: raw bytes are taken in as-recorded mode only, found "
            "\"AAH/\"");
  EXPECT_EQ(Why(Edited("AAH/", "AAH", line), true),
            "/raw: expected bytes in base64, found \"AAH\"");
  EXPECT_EQ(Why(Edited("3", "-3", line), true),
            "/partition: expected the number of a partition, found -3");
  EXPECT_EQ(Why(Edited("\"partition\":3,", "", line), true),
            "/partition: expected the number of a partition, found nothing");
  EXPECT_EQ(Why(Edited("3", "4294967296", line), true),
            "/partition: expected the number of a partition, found 4294967296");
  EXPECT_EQ(Why(Edited("\"raw\"", "\"id\":1,\"raw\"", line), true),
            "/id: expected one of the keys raw, partition, recorded_at, found \"id\"");
  EXPECT_EQ(Why(Edited("01Z", "01", line), true),
            "/recorded_at: expected RFC 3339 with offset (2024-03-01T10:00:00.000+08:00), found "
            "\"1970-01-01T00:00:01\"");
}

// ---- Values ----

TEST(JsonLines, Money) {
  const std::string head =
      "/body/ask/units: expected an integer of minor units (5990 for 59.90 CNY) from "
      "-1000000000000000 to 1000000000000000, found ";
  EXPECT_EQ(WhyEdited("5990", "59.90"), head + "59.90");
  EXPECT_EQ(WhyEdited("5990", "\"59.90\""), head + "\"59.90\"");
  EXPECT_EQ(WhyEdited("5990", "5.99e3"), head + "5.99e3");
  EXPECT_EQ(WhyEdited("5990", "5990.0"), head + "5990.0");
  EXPECT_EQ(WhyEdited("5990", "1e3"), head + "1e3");
  EXPECT_EQ(WhyEdited("5990", "1000000000000001"), head + "1000000000000001");
  EXPECT_EQ(WhyEdited("5990", "-1000000000000001"), head + "-1000000000000001");
  EXPECT_EQ(WhyEdited("5990", "123456789012345678901234567890"),
            head + "123456789012345678901234567890");
  EXPECT_EQ(WhyEdited("5990", "-0"), head + "-0");
  EXPECT_EQ(WhyEdited("5990", "\"05990\""), head + "\"05990\"");
  EXPECT_EQ(WhyEdited("5990", "\"+5990\""), head + "\"+5990\"");
  EXPECT_EQ(WhyEdited("5990", "true"), head + "true");
  EXPECT_EQ(WhyEdited("{\"units\":5990,\"currency\":\"CNY\"}", "5990"),
            "/body/ask: expected an object, found 5990");
  EXPECT_THAT(WhyEdited("\"CNY\"", "\"CNX\""), HasSubstr("found \"CNX\" (did you mean CNY?)"));
  EXPECT_THAT(WhyEdited("\"CNY\"", "\"UNSPECIFIED\""),
              ::testing::StartsWith("/body/ask/currency: expected one of CNY, USD, EUR,"));
}

TEST(JsonLines, SmallIntegersAreNumbers) {
  const std::string head = "/body/units/quantity: expected an integer from 0 to 4294967295, found ";
  EXPECT_EQ(WhyEdited("\"quantity\":1", "\"quantity\":\"1\""), head + "\"1\"");
  EXPECT_EQ(WhyEdited("\"quantity\":1", "\"quantity\":-1"), head + "-1");
  EXPECT_EQ(WhyEdited("\"quantity\":1", "\"quantity\":4294967296"), head + "4294967296");
  EXPECT_EQ(WhyEdited("\"quantity\":1", "\"quantity\":[1]"), head + "an array");
}

TEST(JsonLines, AnOptionalIdIsNotZero) {
  const std::string offer = ExampleLine("OfferMade");
  const auto why = [&](const std::string& id) {
    return Why(Edited("\"body\":{", "\"body\":{\"supersedes\":\"" + id + "\",", offer));
  };
  EXPECT_EQ(why("00112233445566778899aabbccddeeff"), "");
  EXPECT_EQ(why("00000000000000000000000000000000"),
            "/body/supersedes: expected 16 bytes in hex, not all zero, found "
            "\"00000000000000000000000000000000\"");
  EXPECT_EQ(why(""), "/body/supersedes: expected 16 bytes in hex, found 0 bytes");
}

TEST(JsonLines, AQuantityMayBeLeftOutOrZeroButNotNegative) {
  const std::string accepted = ExampleLine("RefundAccepted");
  const auto edited = [&](const std::string& body) { return Edited("{}", body, accepted); };
  EXPECT_EQ(Good(edited("{\"quantity\":0}")).claim_bytes, Good(accepted).claim_bytes);
  EXPECT_EQ(std::get<RefundAccepted>(Good(edited("{\"quantity\":2}")).claim.body).quantity, 2u);
  EXPECT_EQ(Why(edited("{\"quantity\":-1}")),
            "/body/quantity: expected an integer from 0 to 4294967295, found -1");
}

TEST(JsonLines, TimerZeroIsATimer) {
  const ClaimLine line = Good(Edited("\"T1\"", "\"T0\"", ExampleLine("DeadlineExtended")));
  EXPECT_EQ(std::get<DeadlineExtended>(line.claim.body).timer, Timer::kT0);
  EXPECT_THAT(ClaimToJson(line.claim, std::nullopt), HasSubstr(R"("timer":"T0")"));
}

TEST(JsonLines, KeysOfOtherTypes) {
  const auto why = [](const std::string& type, const std::string& from, const std::string& to) {
    return Why(Edited(from, to, ExampleLine(type)));
  };
  EXPECT_EQ(why("BuyerMessage", "c/TAOBAO/9", "o/TAOBAO/1"), "");
  EXPECT_EQ(why("BuyerMessage", "c/TAOBAO/9", "a/TAOBAO/1"),
            "/key: expected the key of a conversation such as c/TAOBAO/9 or of an order such as "
            "o/TAOBAO/123, found \"a/TAOBAO/1\"");
  EXPECT_EQ(why("FreightServiceSubscribed", "m/TAOBAO/m-7", "o/TAOBAO/1"), "");
  EXPECT_EQ(why("IpComplaintFiled", "a/TAOBAO/voucher-budget", ""),
            "/key: expected the key of an account such as a/TAOBAO/voucher-budget, found \"\"");
}

TEST(JsonLines, Enums) {
  EXPECT_EQ(WhyEdited("REFUND_ONLY", "REFUND_ONYL"),
            "/body/kind: expected one of REFUND_ONLY, RETURN_REFUND, EXCHANGE, REPAIR, RESEND, "
            "VOUCHER, PRICE_PROTECTION, found \"REFUND_ONYL\" (did you mean REFUND_ONLY?)");
  EXPECT_EQ(WhyEdited("\"REFUND_ONLY\"", "\"UNSPECIFIED\""),
            "/body/kind: expected one of REFUND_ONLY, RETURN_REFUND, EXCHANGE, REPAIR, RESEND, "
            "VOUCHER, PRICE_PROTECTION, found \"UNSPECIFIED\"");
  EXPECT_EQ(WhyEdited("\"REFUND_ONLY\"", "1"),
            "/body/kind: expected one of REFUND_ONLY, RETURN_REFUND, EXCHANGE, REPAIR, RESEND, "
            "VOUCHER, PRICE_PROTECTION, found 1");
  EXPECT_THAT(WhyEdited("\"BUYER\"", "\"buyer\""),
              ::testing::StartsWith("/actor/role: expected one of BUYER, SELLER, AGENT,"));
}

TEST(JsonLines, Times) {
  const auto why = [](std::string_view text) {
    return WhyEdited("2024-03-01T10:00:00+08:00", text);
  };
  EXPECT_EQ(why("2024-03-01T10:00:00"),
            "/occurred_at: expected RFC 3339 with offset (2024-03-01T10:00:00.000+08:00), found "
            "\"2024-03-01T10:00:00\"");
  EXPECT_EQ(why("2024-02-30T10:00:00Z"),
            "/occurred_at: expected RFC 3339 with offset (2024-03-01T10:00:00.000+08:00), found "
            "\"2024-02-30T10:00:00Z\"");
  EXPECT_EQ(why("1969-12-31T23:59:59Z"),
            "/occurred_at: expected an instant from 1970 to 9999, found \"1969-12-31T23:59:59Z\"");
  EXPECT_EQ(WhyEdited("\"2024-03-01T10:00:00+08:00\"", "1709258400000"),
            "/occurred_at: expected a time as RFC 3339 with offset "
            "(2024-03-01T10:00:00.000+08:00), found 1709258400000");
}

TEST(JsonLines, TextsListsBytesAndBooleans) {
  EXPECT_EQ(WhyEdited("\"line\":\"1\"", "\"line\":\"" + std::string(65, '1') + "\""),
            "/body/units/line: expected a text of 1 to 64 bytes, found 65 bytes");
  EXPECT_EQ(WhyEdited("\"line\":\"1\"", "\"line\":\"\""),
            "/body/units/line: expected a text of 1 to 64 bytes, found 0 bytes");
  EXPECT_EQ(WhyEdited("\"line\":\"1\"", "\"line\":\"a\\u0000\""),
            "/body/units/line: expected a text without control characters, found control character "
            "U+0000 at byte 1");
  EXPECT_EQ(WhyEdited("\"line\":\"1\"", "\"line\":1"),
            "/body/units/line: expected a text of 1 to 64 bytes, found 1");
  EXPECT_EQ(WhyEdited("\"reason\":\"TASTE\"", "\"reason\":\"TASTE\",\"evidence\":{}"),
            "/body/evidence: expected an array of at most 20 items, found an object");
  const std::string paid = ExampleLine("OrderPaid");
  const size_t open = paid.find('[');
  const std::string item = paid.substr(open + 1, paid.find(']') - open - 1);
  EXPECT_EQ(Why(Edited(item, "", paid)),
            "/body/lines: expected an array of 1 to 100 items, found 0 items");
  std::string hundred_and_one = item;
  for (int i = 0; i < 100; ++i) hundred_and_one += "," + item;
  EXPECT_EQ(Why(Edited(item, hundred_and_one, paid)),
            "/body/lines: expected an array of 1 to 100 items, found 101 items");
  EXPECT_EQ(Why(Edited("true", "\"true\"", paid)),
            "/body/lines/0/perishable: expected true or false, found \"true\"");
  EXPECT_EQ(Why(Edited(item, "7", paid)), "/body/lines/0: expected an object, found 7");
  EXPECT_EQ(Why(Edited("9f86", "9g86", ExampleLine("EvidenceSubmitted"))),
            "/body/evidence/0/hash: expected 32 bytes in hex, found "
            "\"9g86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"");
  const std::string ruling = ExampleLine("RulingProposed");
  EXPECT_EQ(Why(Edited("[\"TASTE\"]", "[\"TASTE\",\"\"]", ruling)),
            "/body/reason_codes/1: expected a text of 1 to 256 bytes, found 0 bytes");
  EXPECT_EQ(Why(Edited("\"text\"", "\"considered\":[\"00\"],\"text\"", ruling)),
            "/body/considered/0: expected 32 bytes in hex, found 1 bytes");
  EXPECT_EQ(Why(Edited("taste is a ground", "two\\nlines", ruling)), "");
}

// ---- The page of all events ----

constexpr char kPage[] = REFUND_SOURCE_DIR "/docs/formats/events.md";

std::string PageOfEvents() {
  std::string page =
      "# Events\n\n"
      "Every event that a record can hold, in the order of the schema, with its class, its key and "
      "one\n"
      "complete line. `refundctl schema TYPE` lists its fields and their limits. This page is made "
      "by\n"
      "tests/codec/json_lines_test.cc from the schema (REFUND_UPDATE_DOCS=1), and a test keeps it "
      "so. What is\n"
      "derived stands in [outputs.md](outputs.md).\n";
  for (const std::string& type : EventTypeNames()) {
    const std::string described = *DescribeType(type, false);
    const std::string head = described.substr(0, described.find("\n\n"));
    const size_t colon = head.find(": ");
    page += "\n## " + head.substr(0, colon) + "\n" + head.substr(colon + 2) + "\n\n```json\n" +
            ExampleLine(type) + "\n```\n";
  }
  return page;
}

TEST(JsonLines, ThePageOfEventsIsTheSchemas) {
  if (std::getenv("REFUND_UPDATE_DOCS") != nullptr) std::ofstream(kPage) << PageOfEvents();
  std::ostringstream text;
  text << std::ifstream(kPage).rdbuf();
  EXPECT_TRUE(text.str() == PageOfEvents())
      << "the schema has changed; run this test with REFUND_UPDATE_DOCS=1 and commit " << kPage;
}

// ---- What `refundctl schema` prints ----

TEST(JsonLines, DescribesForPeople) {
  EXPECT_EQ(*DescribeType("DeliveryScan", false),
            "DeliveryScan: appended, key o/PLATFORM/ORDER\n"
            "\n"
            "body:\n"
            "  parcel             required  a text of 1 to 64 bytes\n"
            "  level              required  one of DOOR, LOCKER, STATION, VILLAGE, TOWN\n"
            "\n"
            "example:\n" +
                ExampleLine("DeliveryScan") + "\n");
  EXPECT_THAT(*DescribeType("MerchantSettingChanged", false),
              ::testing::StartsWith("MerchantSettingChanged: appended, key m/PLATFORM/MERCHANT or "
                                    "o/PLATFORM/ORDER\n\nbody:"));
  EXPECT_THAT(
      *DescribeType("Draw", false),
      ::testing::StartsWith(
          "Draw: message, key a/PLATFORM/ACCOUNT\n"
          "It is a message between keys, made by the engine, and cannot be appended by a line.\n"));
  EXPECT_THAT(
      *DescribeType("PolicyPublished", false),
      ::testing::StartsWith(
          "PolicyPublished: broadcast, no key (every partition)\n"
          "It is written by `refundctl policy publish` and only as recorded can be appended by a "
          "line.\n"));
}

TEST(JsonLines, DescribesForPrograms) {
  EXPECT_THAT(*DescribeType("Draw", true),
              HasSubstr(R"("class":"message","key":"account","appended_by_line":false)"));
  EXPECT_THAT(*DescribeType("SellerReply", true),
              HasSubstr(R"("class":"appended","key":"conversation or order")"));
  EXPECT_THAT(*DescribeType("PayoutHold", true),
              HasSubstr(R"("class":"broadcast","key":null,"appended_by_line":true)"));
  EXPECT_EQ(
      *DescribeType("DeliveryScan", true),
      R"({"type":"DeliveryScan","class":"appended","key":"order","appended_by_line":true,"fields":[)"
      R"({"name":"parcel","type":"text","required":true,"expected":"a text of 1 to 64 bytes","maximum":64},)"
      R"({"name":"level","type":"enum","required":true,"expected":"one of DOOR, LOCKER, STATION, VILLAGE, TOWN",)"
      R"("values":["DOOR","LOCKER","STATION","VILLAGE","TOWN"]}],"example":)" +
          ExampleLine("DeliveryScan") + "}");
}

}  // namespace
}  // namespace refund::codec
