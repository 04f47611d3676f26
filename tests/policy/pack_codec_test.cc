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
  ASSERT_EQ(pack.kinds.size(), 1U);
  EXPECT_EQ(pack.kinds[0].kind, CaseKind::kRefundOnly);
  EXPECT_EQ(pack.kinds[0].source, "G-79");
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
