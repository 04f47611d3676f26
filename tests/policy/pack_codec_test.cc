#include "engine/codec/pack_codec.h"

#include <capnp/schema.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "engine/base/status.h"
#include "engine/codec/json_walker.h"
#include "pack.capnp.h"
#include "tests/policy/pack_files.h"

namespace refund::codec {
namespace {

using policy::Pack;
using ::testing::HasSubstr;

Pack Well() { return testing::PackOf(std::string(testing::kTaobao2024)); }

// Why the bytes of a pack with one edit are refused; empty if they are not.
std::string Refused(const std::function<void(Pack&)>& edit) {
  Pack pack = Well();
  edit(pack);
  const auto decoded = DecodePack(EncodePack(pack));
  return decoded.ok() ? "" : Message(decoded.status());
}

TEST(PackCodecTest, DecodingGivesBackWhatWasEncoded) {
  for (const char* folder : {"policies", "tests/policy/packs"}) {
    for (const std::string& path : testing::PackFilesBelow(folder)) {
      const packc::Compiled compiled = testing::CompileFile(path);
      ASSERT_TRUE(compiled.pack.has_value()) << path;
      const auto decoded = DecodePack(compiled.bytes);
      ASSERT_TRUE(decoded.ok()) << Message(decoded.status());
      EXPECT_EQ(EncodePack(*decoded), compiled.bytes);
      EXPECT_EQ(decoded->digest, Sha256(compiled.bytes));
      EXPECT_EQ(decoded->digest, compiled.pack->digest);
    }
  }
}

TEST(PackCodecTest, KeepsEveryField) {
  const Pack pack = *DecodePack(EncodePack(Well()));
  EXPECT_EQ(pack.platform, Platform::kTaobao);
  EXPECT_EQ(pack.name, "taobao/2024-08-09");
  EXPECT_EQ(FormatInstant(pack.effective_from), "2024-08-09T00:00:00.000+08:00");
  ASSERT_EQ(pack.kinds.size(), 2U);
  EXPECT_EQ(pack.kinds[0].kind, CaseKind::kRefundOnly);
  EXPECT_EQ(pack.kinds[0].source, "G-79");
  EXPECT_EQ(pack.kinds[1].kind, CaseKind::kReturnRefund);
  EXPECT_EQ(pack.deadlines.at(Timer::kT10).period, (Period{7, PeriodUnit::kDay}));
  EXPECT_EQ(pack.seller_review.at(CaseKind::kReturnRefund).source, "G-12");
  EXPECT_EQ(pack.evidence_perishable->period, (Period{24, PeriodUnit::kHour}));
  EXPECT_EQ(pack.filing_window->period, (Period{15, PeriodUnit::kDay}));
  EXPECT_EQ(pack.evidence_rounds.value, 3U);
  EXPECT_EQ(pack.payout_queries.value, 7U);
  EXPECT_EQ(pack.bad_reviews_over.value, 20U);
  EXPECT_EQ(pack.good_review_basis_points, 7000U);
  EXPECT_EQ(pack.first_step, FirstStep::kReview);
  EXPECT_EQ(pack.evidence_from, Side::kBoth);
  ASSERT_EQ(pack.slots.size(), 2U);
  EXPECT_EQ(pack.slots[1].slot, "delivery-proof");
  EXPECT_EQ(pack.authority_limit, (Money{200000, Currency::kCny}));
  EXPECT_EQ(pack.help_grounds.size(), 2U);
  ASSERT_EQ(pack.ruling.size(), 2U);
  ASSERT_EQ(pack.ruling[0].when.size(), 3U);
  EXPECT_EQ(pack.ruling[0].when[0].allowed, uint64_t{1} << static_cast<int>(AbuseVerdict::kNormal));
  EXPECT_EQ(pack.ruling[0].when[2].at_most, (Money{5000, Currency::kCny}));
  EXPECT_EQ(pack.ruling[0].when[2].source, "G-69");
}

// Two values, so that a field that is dropped, or read as another, is seen.
TEST(PackCodecTest, KeepsEveryFieldOfReturnsFreightVouchersAndEntrance) {
  Pack given = Well();
  given.return_in_transit = {{11, PeriodUnit::kDay}, "A"};
  given.replacement_in_transit = {{12, PeriodUnit::kDay}, "B"};
  given.report_window = {{13, PeriodUnit::kHour}, "C"};
  given.outage_grace = {{14, PeriodUnit::kMinute}, "D"};
  given.freight_flat = {15, Currency::kCny};
  given.freight_cover_cap = {16, Currency::kUsd};
  given.freight_source = "E";
  given.vouchers = {{VoucherKind::kExperienceComp, {17, Currency::kCny}, "F"},
                    {VoucherKind::kOther, {18, Currency::kJpy}, "G"}};
  given.anomaly_voucher = VoucherKind::kOther;
  given.voucher_budget = {{19, Currency::kCny}, 0, "H"};
  given.buyer_cap = {{20, Currency::kCny}, 21, "I"};
  given.entrance = {{{22, PeriodUnit::kMonth}, "J"}, 23, true, false, true, "K"};
  given.money_first[0].answer = static_cast<uint8_t>(YesNo::kYes);
  given.advance[0].label = "mine";
  given.loss[0].answer = static_cast<uint8_t>(OnLoss::kAskSeller);
  given.unfulfilled[0].answer = static_cast<uint8_t>(OnUnfulfilled::kPlatform);
  for (const bool flag : {true, false}) {
    given.voucher_counts = flag;
    given.fund_recovers = !flag;
    given.lost_parcel_opens_case = !flag;
    given.intercepted_product_opens_case = flag;
    given.three_options = !flag;
    const auto decoded = DecodePack(EncodePack(given));
    ASSERT_TRUE(decoded.ok()) << Message(decoded.status());
    const Pack& pack = *decoded;
    EXPECT_EQ(pack.return_in_transit->period, given.return_in_transit->period);
    EXPECT_EQ(pack.return_in_transit->source, "A");
    EXPECT_EQ(pack.replacement_in_transit->period, given.replacement_in_transit->period);
    EXPECT_EQ(pack.replacement_in_transit->source, "B");
    EXPECT_EQ(pack.report_window->period, given.report_window->period);
    EXPECT_EQ(pack.report_window->source, "C");
    EXPECT_EQ(pack.outage_grace->period, given.outage_grace->period);
    EXPECT_EQ(pack.outage_grace->source, "D");
    EXPECT_EQ(pack.freight_flat, given.freight_flat);
    EXPECT_EQ(pack.freight_cover_cap, given.freight_cover_cap);
    EXPECT_EQ(pack.freight_source, "E");
    ASSERT_EQ(pack.vouchers.size(), 2U);
    EXPECT_EQ(pack.vouchers[1].kind, VoucherKind::kOther);
    EXPECT_EQ(pack.vouchers[1].amount, given.vouchers[1].amount);
    EXPECT_EQ(pack.vouchers[1].source, "G");
    EXPECT_EQ(pack.anomaly_voucher, VoucherKind::kOther);
    EXPECT_EQ(pack.voucher_budget->limit, given.voucher_budget->limit);
    EXPECT_EQ(pack.voucher_budget->window_days, 0U);
    EXPECT_EQ(pack.voucher_budget->source, "H");
    EXPECT_EQ(pack.buyer_cap->limit, given.buyer_cap->limit);
    EXPECT_EQ(pack.buyer_cap->window_days, 21U);
    EXPECT_EQ(pack.entrance->open_window.period, given.entrance->open_window.period);
    EXPECT_EQ(pack.entrance->open_window.source, "J");
    EXPECT_EQ(pack.entrance->most_openings, 23U);
    EXPECT_TRUE(pack.entrance->cards);
    EXPECT_FALSE(pack.entrance->buyer_reopens);
    EXPECT_TRUE(pack.entrance->closed_refund_may_return);
    EXPECT_EQ(pack.entrance->source, "K");
    EXPECT_EQ(pack.voucher_counts, flag);
    EXPECT_EQ(pack.fund_recovers, !flag);
    EXPECT_EQ(pack.lost_parcel_opens_case, !flag);
    EXPECT_EQ(pack.intercepted_product_opens_case, flag);
    EXPECT_EQ(pack.three_options, !flag);
    EXPECT_EQ(pack.freight.size(), given.freight.size());
    EXPECT_EQ(pack.money_first[0].answer, given.money_first[0].answer);
    EXPECT_EQ(pack.advance[0].label, "mine");
    EXPECT_EQ(pack.pay_first[0].label, "default");
    EXPECT_EQ(pack.loss[0].answer, given.loss[0].answer);
    EXPECT_EQ(pack.unfulfilled[0].answer, given.unfulfilled[0].answer);
  }
}

TEST(PackCodecTest, RefusesImpossibleFreightVouchersAndEntrances) {
  const policy::VoucherClause five{VoucherKind::kOther, {500, Currency::kCny}, "G-87"};
  EXPECT_EQ(Refused([&](Pack& p) { p.vouchers = {five}; }), "");
  EXPECT_EQ(Refused([](Pack& p) {
              p.freight_flat = {0, Currency::kCny};
            }),
            "decode pack: the flat sum of return freight is no sum");
  EXPECT_EQ(Refused([](Pack& p) {
              p.freight_flat = {1000, Currency::kUnspecified};
            }),
            "decode pack: the flat sum of return freight is no sum");
  EXPECT_EQ(Refused([](Pack& p) { p.freight_cover_cap.units = -1; }),
            "decode pack: the cap of freight cover is no sum");
  EXPECT_EQ(Refused([&](Pack& p) {
              p.vouchers = {five, five};
            }),
            "decode pack: vouchers out of order");
  EXPECT_EQ(Refused([&](Pack& p) { (p.vouchers = {five})[0].kind = VoucherKind::kSettlement; }),
            "decode pack: a goodwill voucher of kind SETTLEMENT");
  EXPECT_EQ(Refused([&](Pack& p) { (p.vouchers = {five})[0].kind = VoucherKind::kUnspecified; }),
            "decode pack: a voucher's kind is UNSPECIFIED");
  EXPECT_EQ(Refused([&](Pack& p) { (p.vouchers = {five})[0].kind = static_cast<VoucherKind>(99); }),
            "decode pack: kind of a voucher: unknown number 99");
  EXPECT_EQ(Refused([&](Pack& p) { (p.vouchers = {five})[0].amount.units = 0; }),
            "decode pack: no sum for voucher 'OTHER'");
  EXPECT_EQ(Refused([](Pack& p) { p.anomaly_voucher = VoucherKind::kOther; }),
            "decode pack: the pack has no voucher 'OTHER'");
  EXPECT_EQ(Refused([](Pack& p) { p.anomaly_voucher = static_cast<VoucherKind>(99); }),
            "decode pack: anomaly voucher: unknown number 99");
  EXPECT_EQ(Refused([](Pack& p) {
              p.voucher_budget = {{0, Currency::kCny}, 0, "G"};
            }),
            "decode pack: the voucher budget is not a sum");
  EXPECT_EQ(Refused([](Pack& p) {
              p.buyer_cap = {{1, Currency::kCny}, 40000, "G"};
            }),
            "decode pack: the buyer cap is not a sum");
  EXPECT_EQ(Refused([](Pack& p) {
              p.return_in_transit = {{0, PeriodUnit::kDay}, "G"};
            }),
            "decode pack: impossible period for 'return_in_transit'");
  EXPECT_EQ(Refused([](Pack& p) { p.entrance->open_window.period.count = 101; }), "");
  EXPECT_EQ(Refused([](Pack& p) { p.entrance->open_window.period.count = 1201; }),
            "decode pack: impossible period for 'entrance.open_window'");
}

TEST(PackCodecTest, EveryQuestionNeedsAnAnswerOfItsOwn) {
  EXPECT_EQ(Refused([](Pack& p) { p.advance.clear(); }),
            "decode pack: no last, unconditional rule for 'advance'");
  EXPECT_EQ(Refused([](Pack& p) { p.loss[0].answer = 0; }),
            "decode pack: no answer in rule 'default'");
  EXPECT_EQ(Refused([](Pack& p) { p.pay_first[0].answer = 2; }),
            "decode pack: pay_first: unknown answer");
  // "default" is shared by the questions on which a pack is silent, and only as the whole answer.
  EXPECT_EQ(Refused([](Pack& p) {
              policy::Rule rule = p.loss[0];
              rule.when = {{FactName::kLost, 2, {}}};
              p.loss.insert(p.loss.begin(), rule);
              p.advance.insert(p.advance.begin(), rule);
              p.advance[0].answer = static_cast<uint8_t>(YesNo::kYes);
            }),
            "decode pack: two rules with label 'default'");
}

TEST(PackCodecTest, AnyByteChangedIsAnotherPackOrRefused) {
  const std::string bytes = EncodePack(Well());
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int mask : {0x01, 0x80, 0xff}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ mask);
      const auto decoded = DecodePack(changed);
      if (decoded.ok()) {
        EXPECT_EQ(EncodePack(*decoded), changed);
      } else {
        EXPECT_THAT(Message(decoded.status()), HasSubstr("decode pack: "));
      }
    }
  }
}

TEST(PackCodecTest, AnyCutIsRefused) {
  const std::string bytes = EncodePack(Well());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodePack(ByteView(bytes).substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(DecodePack(bytes + std::string(8, '\0')).ok());
}

TEST(PackCodecTest, ReadsBytesThatAreNotAligned) {
  const std::string shifted = "x" + EncodePack(Well());
  EXPECT_TRUE(DecodePack(ByteView(shifted).substr(1)).ok());
}

TEST(PackCodecTest, RefusesByTextThatDependsOnTheBytesAlone) {
  const auto text = [](ByteView bytes) { return Message(DecodePack(bytes).status()); };
  EXPECT_EQ(text(""), "decode pack: expected whole words of 8 bytes, found 0 bytes");
  EXPECT_EQ(text("1234567"), "decode pack: expected whole words of 8 bytes, found 7 bytes");
  EXPECT_EQ(text(std::string(kMaxPackBytes + 8, '\0')),
            "decode pack: expected at most 1048576 bytes, found 1048584");
  EXPECT_EQ(text(std::string(8, '\0')), "decode pack: no platform");
  EXPECT_EQ(text(std::string(8, '\xff')), "decode pack: bytes are not canonical");
  EXPECT_EQ(text(std::string(16, '\0')), "decode pack: bytes are not canonical");
}

TEST(PackCodecTest, RefusesPacksThatTheEngineCannotRunOn) {
  EXPECT_EQ(Refused([](Pack&) {}), "");
  EXPECT_EQ(Refused([](Pack& p) { p.platform = Platform::kUnspecified; }),
            "decode pack: no platform");
  EXPECT_EQ(Refused([](Pack& p) { p.platform = static_cast<Platform>(200); }),
            "decode pack: platform: unknown number 200");
  EXPECT_EQ(Refused([](Pack& p) { p.kinds.push_back(p.kinds[0]); }),
            "decode pack: kinds out of order");
  EXPECT_EQ(Refused([](Pack& p) { p.effective_from.ms = -1; }),
            "decode pack: effective_from is outside the years 1970 to 9999");
  EXPECT_EQ(Refused([](Pack& p) { p.deadlines.erase(Timer::kT8); }),
            "decode pack: no deadline 'T8'");
  EXPECT_EQ(Refused([](Pack& p) { p.deadlines[Timer::kT8].period.count = 999999999; }),
            "decode pack: impossible period for 'T8'");
  EXPECT_EQ(Refused([](Pack& p) { p.ruling.pop_back(); }),
            "decode pack: no last, unconditional rule for 'ruling'");
  EXPECT_EQ(Refused([](Pack& p) { p.route.clear(); }),
            "decode pack: no last, unconditional rule for 'route'");
  EXPECT_EQ(Refused([](Pack& p) { p.route[0].label = p.payer[0].label; }),
            "decode pack: two rules with label 'merchant-at-fault-pays'");
  EXPECT_EQ(Refused([](Pack& p) { p.route[0].answer = 77; }), "decode pack: route: unknown answer");
  EXPECT_EQ(Refused([](Pack& p) { p.route[0].answer = 0; }),
            "decode pack: no answer in rule 'seller-answers-first'");
  EXPECT_EQ(Refused([](Pack& p) { p.ruling[0].when[0].allowed = 0; }),
            "decode pack: impossible condition in rule 'small-claims-for-the-buyer'");
  EXPECT_EQ(Refused([](Pack& p) { std::swap(p.ruling[0].when[0], p.ruling[0].when[1]); }),
            "decode pack: impossible condition in rule 'small-claims-for-the-buyer'");
  EXPECT_EQ(Refused([](Pack& p) { p.authority_limit.units = 0; }),
            "decode pack: the authority limit is not a sum");
  EXPECT_EQ(Refused([](Pack& p) { p.title = "\xff"; }),
            "decode pack: title: byte 0xff at 0, which is not UTF-8");
  EXPECT_EQ(Refused([](Pack& p) { p.evidence_from = Side::kBuyer; }),
            "decode pack: nobody to fill slot 'delivery-proof'");
  EXPECT_EQ(Refused([](Pack& p) {
              policy::Rule rule = p.route[0];
              rule.label = "reads-abuse";
              rule.when = {{FactName::kAbuse, 2, {}}};
              p.route.insert(p.route.begin(), rule);
            }),
            "decode pack: the pack does not await what it reads in rule 'reads-abuse'");
}

TEST(PackCodecTest, JsonIsReadByPeople) {
  const std::string json = PackToJson(EncodePack(Well()));
  EXPECT_THAT(json, HasSubstr("\"platform\":\"TAOBAO\",\"name\":\"taobao/2024-08-09\""));
  EXPECT_THAT(json, HasSubstr("\"effective_from\":\"2024-08-09T00:00:00.000+08:00\""));
  EXPECT_THAT(json, HasSubstr("{\"fact\":\"ABUSE\",\"allowed\":[\"NORMAL\"]}"));
  EXPECT_THAT(json, HasSubstr("\"at_most\":{\"units\":5000,\"currency\":\"CNY\"}"));
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_EQ(PackToJson("no pack"), "");
}

// The enums of pack.capnp and those in C++ are the same words with the same numbers.
TEST(PackSchemaTest, FactsAreThoseOfTheVocabulary) {
  const auto enumerants = capnp::Schema::from<schema::Fact>().getEnumerants();
  ASSERT_EQ(enumerants.size(), CountOf<FactName>());
  for (const auto enumerant : enumerants) {
    EXPECT_EQ(SnakeName(enumerant.getProto().getName().cStr()),
              NameOf(static_cast<FactName>(enumerant.getOrdinal())));
  }
  EXPECT_EQ(static_cast<int>(schema::PeriodUnit::MILLISECOND),
            static_cast<int>(PeriodUnit::kMillisecond));
  EXPECT_EQ(static_cast<int>(schema::PeriodUnit::MONTH), static_cast<int>(PeriodUnit::kMonth));
  EXPECT_EQ(static_cast<int>(schema::PeriodUnit::YEAR), static_cast<int>(PeriodUnit::kYear));
}

}  // namespace
}  // namespace refund::codec
