#include "engine/policy/assess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/policy/pack_files.h"

namespace refund::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kDouyinTest;
using testing::kKuaishouTest;
using testing::kPinduoduo;
using testing::kTaobao2023;
using testing::kTaobao2024;

// What is known of a case, one fact a call.
class Given {
 public:
  Given() {
    With(FactName::kKind, CaseKind::kRefundOnly);
    With(FactName::kReason, ClaimReason::kTaste);
    Asking(5990);
  }
  template <class E>
  Given& With(FactName fact, E value) {
    facts_.Set(fact, static_cast<uint8_t>(value));
    return *this;
  }
  Given& Asking(int64_t units, Currency currency = Currency::kCny) {
    facts_.ask = {units, currency};
    return *this;
  }
  operator const Facts&() const { return facts_; }  // NOLINT: reads as the facts that it is

 private:
  Facts facts_;
};

std::string Answer(const Pack& pack, Question question, const Facts& facts) {
  return std::string(NameOfAnswer(question, Assess(pack, question, facts).rule->answer));
}

Given Complaint(Standing standing) {
  return Given().With(FactName::kComplained, YesNo::kYes).With(FactName::kSellerStanding, standing);
}

std::string FlipText(const std::optional<Flip>& flip) {
  if (!flip) return "none";
  return std::string(NameOf(flip->fact)) + ": " + flip->was + " -> " + flip->would_be + ": " +
         flip->rule->label;
}

TEST(AssessTest, TheFirstRuleThatMatchesAnswers) {
  const Pack pack = testing::PackOf(std::string(kTaobao2023));
  const Assessment direct = Assess(pack, Question::kRoute, Complaint(Standing::kMarked));
  EXPECT_EQ(direct.rule->label, "direct-ruling-of-marked-seller");
  EXPECT_EQ(direct.rule->catalogue, "TB-20");
  EXPECT_THAT(direct.read, ElementsAre(FactName::kComplained, FactName::kSellerStanding));
  EXPECT_EQ(Answer(pack, Question::kRoute, Complaint(Standing::kClear)), "SELLER");
}

TEST(AssessTest, ReadsNoFurtherThanTheFirstTestThatFails) {
  const Pack pack = testing::PackOf(std::string(kTaobao2023));
  const Given request = Given().With(FactName::kSellerStanding, Standing::kMarked);
  const Assessment route = Assess(pack, Question::kRoute, request);
  EXPECT_EQ(route.rule->label, "seller-answers-first");
  EXPECT_THAT(route.read, ElementsAre(FactName::kComplained));
}

TEST(AssessTest, UnknownOpensNoGrant) {
  const Pack direct = testing::PackOf(std::string(kTaobao2023));
  EXPECT_EQ(Answer(direct, Question::kRoute, Complaint(Standing::kUnknown)), "SELLER");
  const Pack automatic = testing::PackOf(std::string(kTaobao2024));
  const Given at_fault =
      Given().With(FactName::kLiability, Liability::kMerchant).Asking(1);  // abuse is UNKNOWN
  EXPECT_EQ(Answer(automatic, Question::kRuling, at_fault), "PERSON");
  const Pack instant = testing::PackOf(std::string(kDouyinTest));
  EXPECT_EQ(Answer(instant, Question::kRoute, Given().Asking(1)), "SELLER");
}

TEST(AssessTest, SY13FromTheNinthOfAugustTheSellerAnswersFirst) {
  const Pack pack = testing::PackOf(std::string(kTaobao2024));
  EXPECT_EQ(Answer(pack, Question::kRoute, Complaint(Standing::kMarked)), "SELLER");
  EXPECT_THAT(pack.awaits, IsEmpty());
}

TEST(AssessTest, SY12AbnormalIsNotAcceptedBySilence) {
  const Pack pack = testing::PackOf(std::string(kTaobao2024));
  const auto timeout = [&](AbuseVerdict verdict) {
    return Answer(pack, Question::kTimeout, Given().With(FactName::kAbuse, verdict));
  };
  EXPECT_EQ(timeout(AbuseVerdict::kAbnormal), "PLATFORM");
  EXPECT_EQ(timeout(AbuseVerdict::kNormal), "ACCEPT");
  EXPECT_EQ(timeout(AbuseVerdict::kUnknown), "ACCEPT");
}

TEST(AssessTest, G69SmallClaimsAreRuledByThePackUpToFiftyYuan) {
  const Pack pack = testing::PackOf(std::string(kTaobao2024));
  const auto ruler = [&](AbuseVerdict verdict, Liability liability, int64_t ask) {
    return Answer(
        pack, Question::kRuling,
        Given().With(FactName::kAbuse, verdict).With(FactName::kLiability, liability).Asking(ask));
  };
  EXPECT_EQ(ruler(AbuseVerdict::kNormal, Liability::kMerchant, 5000), "PACK_FOR_BUYER");
  EXPECT_EQ(ruler(AbuseVerdict::kNormal, Liability::kMerchant, 5001), "PERSON");
  EXPECT_EQ(ruler(AbuseVerdict::kNormal, Liability::kUndetermined, 5000), "PERSON");
  EXPECT_EQ(ruler(AbuseVerdict::kNormal, Liability::kUnspecified, 5000), "PERSON");
  EXPECT_EQ(ruler(AbuseVerdict::kAbnormal, Liability::kMerchant, 5000), "PERSON");
}

TEST(AssessTest, AnAskInAnotherCurrencyIsNeverSmall) {
  const Pack pack = testing::PackOf(std::string(kDouyinTest));
  const Given normal = Given().With(FactName::kAbuse, AbuseVerdict::kNormal);
  EXPECT_EQ(Answer(pack, Question::kRoute, Given(normal).Asking(2000)), "INSTANT");
  EXPECT_EQ(Answer(pack, Question::kRoute, Given(normal).Asking(2000, Currency::kUsd)), "SELLER");
}

TEST(AssessTest, SY102TheFundPaysWhereTheMerchantIsNotAtFault) {
  const auto payer = [](std::string_view path, Liability liability) {
    return Answer(testing::PackOf(std::string(path)), Question::kPayer,
                  Given().With(FactName::kLiability, liability));
  };
  for (const std::string_view path : {kTaobao2023, kTaobao2024, kPinduoduo}) {
    EXPECT_EQ(payer(path, Liability::kUnspecified), "MERCHANT");
    EXPECT_EQ(payer(path, Liability::kMerchant), "MERCHANT");
    EXPECT_EQ(payer(path, Liability::kUndetermined), "MERCHANT");  // G-23
    EXPECT_EQ(payer(path, Liability::kCreator), "MERCHANT");       // G-72
  }
  for (const Liability other :
       {Liability::kNotMerchant, Liability::kCarrier, Liability::kPlatform}) {
    EXPECT_EQ(payer(kTaobao2023, other), "FUND");
    EXPECT_EQ(payer(kTaobao2024, other), "FUND");
    EXPECT_EQ(payer(kPinduoduo, other), "PLATFORM");  // PD-29
  }
}

TEST(AssessTest, AutomaticRulingsGoBothWays) {
  const Pack pack = testing::PackOf(std::string(kKuaishouTest));
  const auto ruler = [&](Liability liability) {
    return Answer(pack, Question::kRuling, Given().With(FactName::kLiability, liability));
  };
  EXPECT_EQ(ruler(Liability::kMerchant), "PACK_FOR_BUYER");
  EXPECT_EQ(ruler(Liability::kBuyer), "PACK_FOR_SELLER");
  EXPECT_EQ(ruler(Liability::kUnspecified), "PERSON");
}

TEST(NearestFlipTest, NamesTheOneFactThatWouldHaveChangedTheAnswer) {
  const Pack pack = testing::PackOf(std::string(kTaobao2023));
  EXPECT_EQ(FlipText(NearestFlip(pack, Question::kRoute, Complaint(Standing::kClear))),
            "seller_standing: CLEAR -> MARKED: direct-ruling-of-marked-seller");
  const Given request = Given().With(FactName::kSellerStanding, Standing::kMarked);
  EXPECT_EQ(FlipText(NearestFlip(pack, Question::kRoute, request)),
            "complained: NO -> YES: direct-ruling-of-marked-seller");
}

TEST(NearestFlipTest, IsNoneWhereTwoFactsWouldHaveToChange) {
  const Pack pack = testing::PackOf(std::string(kTaobao2023));
  EXPECT_EQ(FlipText(NearestFlip(pack, Question::kRoute, Given())), "none");
  EXPECT_EQ(FlipText(NearestFlip(pack, Question::kTimeout, Given())), "none");
}

TEST(NearestFlipTest, NamesTheSumAtWhichTheAnswerChanges) {
  const Pack pack = testing::PackOf(std::string(kTaobao2024));
  Given given = Given()
                    .With(FactName::kAbuse, AbuseVerdict::kNormal)
                    .With(FactName::kLiability, Liability::kMerchant);
  EXPECT_EQ(FlipText(NearestFlip(pack, Question::kRuling, given.Asking(5990))),
            "ask: 59.90 CNY -> 50.00 CNY: small-claims-for-the-buyer");
  // Below the threshold a recorded fact is nearer than the sum.
  EXPECT_EQ(FlipText(NearestFlip(pack, Question::kRuling, given.Asking(5000))),
            "abuse: NORMAL -> ABNORMAL: person-rules");
}

TEST(NearestFlipTest, OfSeveralSumsTakesTheOneNearestToTheAsk) {
  Pack pack = testing::PackOf(std::string(kTaobao2024));
  Rule tiny = pack.ruling[0];
  tiny.label = "tiny";
  tiny.when = {{FactName::kAsk, 0, {1000, Currency::kCny}}};
  tiny.answer = static_cast<uint8_t>(Ruler::kPackForSeller);
  Rule small = tiny;
  small.label = "small";
  small.when[0].at_most.units = 5000;
  small.answer = static_cast<uint8_t>(Ruler::kPackForBuyer);
  pack.ruling = {tiny, small, pack.ruling.back()};
  EXPECT_EQ(FlipText(NearestFlip(pack, Question::kRuling, Given().Asking(5990))),
            "ask: 59.90 CNY -> 50.00 CNY: small");
  EXPECT_EQ(FlipText(NearestFlip(pack, Question::kRuling, Given().Asking(900))),
            "ask: 9.00 CNY -> 10.01 CNY: small");
  EXPECT_EQ(FlipText(NearestFlip(pack, Question::kRuling, Given().Asking(4999))),
            "ask: 49.99 CNY -> 50.01 CNY: person-rules");
}

TEST(ValueTextTest, SaysWhatIsNotThere) {
  EXPECT_EQ(ValueText(FactName::kLiability, Given()), "NONE");
  EXPECT_EQ(ValueText(FactName::kRefusalGround, Given()), "NOT_REFUSED");
  EXPECT_EQ(ValueText(FactName::kRefusalGround,
                      Given().With(FactName::kRefusalGround, RefusalGround::kNone)),
            "NONE");
  EXPECT_EQ(ValueText(FactName::kAsk, Given()), "59.90 CNY");
}

TEST(PackTest, LimitsDifferByKindAndPerishability) {
  const Pack pack = testing::PackOf(std::string(kPinduoduo));
  const auto limit = [&](Timer timer, CaseKind kind, bool perishable) {
    return FormatPeriod(pack.LimitOf(timer, kind, perishable).period);
  };
  EXPECT_EQ(limit(Timer::kT1, CaseKind::kRefundOnly, false), "48h");
  EXPECT_EQ(limit(Timer::kT1, CaseKind::kReturnRefund, false), "5d");
  EXPECT_EQ(limit(Timer::kT8, CaseKind::kRefundOnly, false), "3d");
  EXPECT_EQ(limit(Timer::kT8, CaseKind::kRefundOnly, true), "24h");  // PD-10
  EXPECT_EQ(limit(Timer::kT15, CaseKind::kRefundOnly, true), "1h");
  Pack even = pack;
  even.evidence_perishable.reset();
  EXPECT_EQ(FormatPeriod(even.LimitOf(Timer::kT8, CaseKind::kRefundOnly, true).period), "3d");
}

}  // namespace
}  // namespace refund::policy
