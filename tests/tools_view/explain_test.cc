#include "tools/refundctl/views/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/tools_view/court.h"
#include "tools/refundctl/views/explain_text.h"

namespace refund::tools {
namespace {

using refund::testing::At;
using refund::testing::Court;
using refund::testing::kAnAgent;
using refund::testing::kTaobao2023;
using refund::testing::kTaobao2024;
using refund::testing::kTheBuyer;
using refund::testing::kTheModel;
using refund::testing::kThePlatform;
using refund::testing::kTheSeller;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Money kAsk{5990, Currency::kCny};
constexpr Money kLittle{1990, Currency::kCny};

Court Taobao2023() { return {Platform::kTaobao, kTaobao2023, "2024-03-01T10:00:00+08:00"}; }
Court Taobao2024() { return {Platform::kTaobao, kTaobao2024, "2024-09-01T10:00:00+08:00"}; }

std::vector<std::string> LabelsOf(const std::vector<PathRow>& rows) {
  std::vector<std::string> labels;
  for (const PathRow& row : rows) labels.push_back(row.label);
  return labels;
}

std::string DecidingRow(const Explanation& e) {
  const auto at =
      std::find_if(e.path.begin(), e.path.end(), [](const PathRow& row) { return row.decided; });
  return at == e.path.end() ? "" : at->label;
}

const FactUsed& FactNamed(const Explanation& e, const std::string& name) {
  const auto at = std::find_if(e.facts.begin(), e.facts.end(),
                               [&](const FactUsed& each) { return each.fact.name == name; });
  EXPECT_NE(at, e.facts.end()) << name;
  return *at;
}

TEST(ExplainTest, ATimeoutNamesTheLastInstantInTime) {
  Court court = Taobao2023();
  court.File(kAsk);
  court.Wait(49 * kHourMs);
  const Explanation e = court.Explained();
  EXPECT_EQ(e.decision.basis, Basis::kTimeout);
  EXPECT_EQ(e.sentence,
            "At 2024-03-03T10:01:00.001+08:00 the seller let T1 pass without an answer: the BUYER "
            "gets 59.90 CNY back (REFUND_ONLY), MERCHANT pays, the money is instructed at once "
            "(basis TIMEOUT, row 9-L1).");
  EXPECT_THAT(LabelsOf(e.path), ElementsAre("0", "1", "9-L1", "m4", "m7"));
  EXPECT_EQ(DecidingRow(e), "9-L1");
  ASSERT_TRUE(e.nearest);
  EXPECT_EQ(e.nearest->what, "T1");
  EXPECT_THAT(e.nearest->text,
              AllOf(HasSubstr("had the seller refused"),
                    HasSubstr("by 2024-03-03T10:01:00.000+08:00, the last instant in time")));
  EXPECT_THAT(e.others, Contains(Field(&Change::then, "FUND")));
}

TEST(ExplainTest, ATimeoutAlsoNamesTheFactThatWouldHaveStoppedIt) {
  Court court = Taobao2024();
  court.File(kAsk);
  court.Wait(49 * kHourMs);
  const Explanation e = court.Explained();
  ASSERT_FALSE(e.others.empty());
  EXPECT_EQ(e.others[0].what, "abuse");
  EXPECT_EQ(e.others[0].would_be, "ABNORMAL");
  EXPECT_EQ(e.others[0].then, "PLATFORM");
  EXPECT_THAT(e.others[0].text, HasSubstr("rule abnormal-goes-to-the-platform (TB-22)"));
  ASSERT_EQ(e.rules.size(), 2U);
  EXPECT_EQ(e.rules[0].fired.label, "silence-accepts");
  ASSERT_EQ(e.rules[0].passed_over.size(), 1U);
  EXPECT_EQ(e.rules[0].passed_over[0].why, "abuse is UNKNOWN, not ABNORMAL");
  EXPECT_THAT(FactNamed(e, "abuse").read_for, ElementsAre("timeout"));
  EXPECT_THAT(FactNamed(e, "liability").read_for, ElementsAre("payer"));
  EXPECT_THAT(FactNamed(e, "seller_standing").read_for, IsEmpty());
}

TEST(ExplainTest, ADirectRulingNamesTheStandingThatRouted) {
  Court court = Taobao2023();
  court.Take(kThePlatform, SellerStandingSnapshot{21, 0, At("2024-03-01T10:00:00+08:00"), "v1"});
  court.File(kAsk, true);
  const Explanation e = court.Explained();
  EXPECT_EQ(e.decision.basis, Basis::kDirectRuling);
  EXPECT_EQ(DecidingRow(e), "a0");
  EXPECT_EQ(e.rules[0].fired.catalogue, "TB-20");
  EXPECT_THAT(FactNamed(e, "seller_standing").fact.detail, HasSubstr("21 bad reviews"));
  ASSERT_TRUE(e.nearest);
  EXPECT_EQ(e.nearest->what, "seller_standing");
  EXPECT_EQ(e.nearest->was, "MARKED");
  EXPECT_EQ(e.nearest->then, "SELLER");
  EXPECT_THAT(e.nearest->text, HasSubstr("CLEAR (at most 20 bad reviews and 5 violations, G-16)"));
  EXPECT_THAT(e.sentence,
              HasSubstr("the money goes once the appeal window is over at 2024-03-09T00:00:00"));
}

TEST(ExplainTest, AnAutomaticGrantNamesTheNearestFactOfItsRoute) {
  Court court(Platform::kDouyin, refund::testing::kDouyinTest, "2024-03-01T10:00:00+08:00");
  court.Take(kTheModel,
             AbuseAssessed{AbuseVerdict::kNormal, At("2024-03-01T10:00:00+08:00"), "v3"});
  court.File(kLittle);
  const Explanation e = court.Explained();
  EXPECT_EQ(e.decision.basis, Basis::kAutomatic);
  EXPECT_EQ(DecidingRow(e), "1a");
  ASSERT_TRUE(e.nearest);
  EXPECT_EQ(e.nearest->what, "abuse");
  EXPECT_EQ(e.nearest->then, "SELLER");
  EXPECT_THAT(e.nearest->text,
              AllOf(HasSubstr("UNKNOWN (not recorded in time)"), HasSubstr("ABNORMAL")));
}

TEST(ExplainTest, AnAcceptanceIsTheActItself) {
  Court court = Taobao2023();
  court.File(kAsk);
  court.Take(kTheSeller, RefundAccepted{});
  const Explanation e = court.Explained();
  EXPECT_EQ(e.decision.basis, Basis::kAcceptance);
  EXPECT_THAT(e.sentence, HasSubstr("SELLER m-1 accepted"));
  EXPECT_THAT(e.rested_on, ElementsAre("the act: RefundAccepted e-3 by SELLER m-1"));
  ASSERT_TRUE(e.nearest);
  EXPECT_EQ(e.nearest->what, "act");
  EXPECT_THAT(e.nearest->text,
              AllOf(HasSubstr("had the seller refused instead"),
                    HasSubstr("T1 would have passed 2024-03-03T10:01:00.001+08:00"),
                    HasSubstr("rule silence-accepts (G-12) answered ACCEPT")));
}

TEST(ExplainTest, ARefusalThatStandsNamesTheLastInstantToAskForHelp) {
  Court court = Taobao2023();
  court.File(kAsk);
  court.Take(kTheSeller, RefundRejected{RefusalGround::kPersonalTaste, {}});
  court.Wait(9 * kDayMs);
  const Explanation e = court.Explained();
  EXPECT_EQ(e.decision.basis, Basis::kRefusalStands);
  EXPECT_THAT(e.sentence,
              HasSubstr("the buyer let T4 pass: the refusal stands, nothing is refunded"));
  EXPECT_THAT(e.rules, IsEmpty());
  ASSERT_TRUE(e.nearest);
  EXPECT_EQ(e.nearest->what, "T4");
  EXPECT_THAT(e.nearest->text, AllOf(HasSubstr("had the buyer asked for help"),
                                     HasSubstr("by 2024-03-08T23:59:59.999+08:00")));
  EXPECT_THAT(ExplanationText(e, {}, {}), HasSubstr("none: no rule of a pack was asked"));
}

TEST(ExplainTest, AChoiceSaysWhatADeclineWouldHaveDone) {
  Court court = Taobao2023();
  court.File(kAsk);
  court.Take(kTheSeller, OfferMade{{{Remedy::kRefundOnly, kLittle}}, {}, {}, {}});
  court.Take(kTheBuyer, OfferChosen{court.TheCase().offers.front().id, 0});
  const Explanation e = court.Explained();
  EXPECT_EQ(e.decision.basis, Basis::kChoice);
  EXPECT_THAT(e.sentence, AllOf(HasSubstr("BUYER b-1 took an offer"),
                                HasSubstr("gets 19.90 CNY of 59.90 CNY back (SPLIT, ")));
  ASSERT_TRUE(e.nearest);
  EXPECT_EQ(e.nearest->then, "row 7a");
}

TEST(ExplainTest, AnAgreementNeedsBothNames) {
  Court court = Taobao2023();
  court.File(kAsk);
  court.Take(kThePlatform,
             SettlementAgreed{{Remedy::kRefundOnly, kLittle}, {kTheBuyer, kTheSeller}});
  const Explanation e = court.Explained();
  EXPECT_EQ(e.decision.basis, Basis::kAgreement);
  EXPECT_THAT(e.rested_on, Contains("agreed by BUYER b-1 and SELLER m-1"));
  ASSERT_TRUE(e.nearest);
  EXPECT_EQ(e.nearest->then, "NOT_BOTH_PARTIES");
}

// A refused case under review, with a finding.
Court UnderReview(Money ask) {
  Court court = Taobao2024();
  court.File(ask);
  court.Take(kTheSeller, RefundRejected{RefusalGround::kOther, {}});
  court.Take(kTheModel, LiabilityAssessed{Liability::kMerchant, "the photo shows it"});
  court.Take(kTheBuyer, PlatformHelpRequested{HelpGround::kSellerRefused});
  return court;
}

TEST(ExplainTest, ARulingSaysWhatItRestedOnAndWhatWouldHaveRoutedItOtherwise) {
  Court court = UnderReview(kLittle);
  court.Take(kAnAgent, InterventionOpened{"a-7", {}});
  RulingProposed ruling{
      RulingOutcome::kBuyer, Remedy::kRefundOnly, kLittle, {"R-1"}, {}, "clear", 0, {}};
  court.Take(kAnAgent, ruling);
  const Explanation e = court.Explained();
  EXPECT_EQ(e.decision.basis, Basis::kRuling);
  EXPECT_EQ(DecidingRow(e), "a9b");
  EXPECT_THAT(e.sentence, HasSubstr("AGENT a-7 ruled"));
  EXPECT_THAT(e.rested_on,
              AllOf(Contains("finding of liability: MERCHANT, found by MODEL abuse-3"),
                    Contains("author: AGENT a-7"),
                    Contains("one author's limit: 2000.00 CNY (G-84), ruled 19.90 CNY"),
                    Contains("reasons: R-1"), Contains("in its words: \"clear\"")));
  ASSERT_TRUE(e.nearest);
  EXPECT_EQ(e.nearest->what, "abuse");
  EXPECT_EQ(e.nearest->would_be, "NORMAL");
  EXPECT_EQ(e.nearest->then, "PACK_FOR_BUYER");
  EXPECT_THAT(e.others, Contains(Field(&Change::then, "NO_FINDING")));
  EXPECT_THAT(e.others, Contains(Field(&Change::then, "row a9")));
}

TEST(ExplainTest, AnAutomaticRulingNamesTheFactThatWouldHaveAskedAPerson) {
  Court court = Taobao2024();
  court.Take(kTheModel,
             AbuseAssessed{AbuseVerdict::kNormal, At("2024-09-01T10:00:00+08:00"), "v3"});
  court.File(kLittle);
  court.Take(kTheSeller, RefundRejected{RefusalGround::kOther, {}});
  court.Take(kTheModel, LiabilityAssessed{Liability::kMerchant, "the photo shows it"});
  court.Take(kTheBuyer, PlatformHelpRequested{HelpGround::kSellerRefused});
  court.Take(kAnAgent, InterventionOpened{"a-7", {}});
  const Explanation e = court.Explained();
  EXPECT_EQ(e.decision.basis, Basis::kAutomaticRuling);
  EXPECT_EQ(DecidingRow(e), "a10b");
  ASSERT_TRUE(e.nearest);
  EXPECT_EQ(e.nearest->what, "abuse");
  EXPECT_EQ(e.nearest->then, "PERSON");
}

TEST(ExplainTest, WithoutThePackItStillSaysWhatIsOnRecord) {
  Court court = Taobao2023();
  court.File(kAsk);
  court.Wait(49 * kHourMs);
  const Explanation e = Explain({court.steps(), 2, 0, nullptr, nullptr});
  EXPECT_EQ(e.rules[0].fired.catalogue, "G-12");
  EXPECT_THAT(e.rules[0].passed_over, IsEmpty());
  ASSERT_TRUE(e.nearest);  // the deadline's own
  EXPECT_THAT(e.others, IsEmpty());
  EXPECT_THAT(ExplanationText(e, {}, {}), HasSubstr("(not at hand)"));
}

TEST(ExplainTest, AnotherPackThanTheOneThatAnsweredIsNotAskedAgain) {
  Court court = Taobao2023();
  court.Take(kThePlatform, SellerStandingSnapshot{21, 0, At("2024-03-01T10:00:00+08:00"), "v1"});
  court.File(kAsk, true);
  const policy::Pack other = refund::testing::PackOf(std::string(kTaobao2024));
  const Explanation e = Explain({court.steps(), 2, 0, &other, &other});
  EXPECT_FALSE(e.nearest);
}

TEST(FactsFromTest, ReadsBackWhatTheDecisionKept) {
  const policy::Facts facts = FactsFrom({{"seller_standing", "MARKED", ""},
                                         {"liability", "NONE", ""},
                                         {"refusal_ground", "NONE", ""},
                                         {"reason", "SPOILED", ""},
                                         {"delivered", "YES", ""},
                                         {"ask", "59.90 CNY", ""},
                                         {"of another version", "X", ""}},
                                        kAsk);
  EXPECT_EQ(facts[FactName::kSellerStanding], static_cast<uint8_t>(Standing::kMarked));
  EXPECT_EQ(facts[FactName::kLiability], static_cast<uint8_t>(Liability::kUnspecified));
  EXPECT_EQ(facts[FactName::kRefusalGround], static_cast<uint8_t>(RefusalGround::kNone));
  EXPECT_EQ(facts[FactName::kReason], static_cast<uint8_t>(ClaimReason::kSpoiled));
  EXPECT_EQ(facts[FactName::kDelivered], static_cast<uint8_t>(YesNo::kYes));
  EXPECT_EQ(facts.ask, kAsk);
  EXPECT_EQ(FactsFrom({{"refusal_ground", "NOT_REFUSED", ""}}, kAsk)[FactName::kRefusalGround],
            static_cast<uint8_t>(RefusalGround::kUnspecified));
}

TEST(ExplanationTextTest, HasEveryPart) {
  Court court = Taobao2024();
  court.File(kAsk);
  court.Wait(49 * kHourMs);
  const projections::ViewAsOf as_of[] = {{3, 12}};
  const std::string text = ExplanationText(court.Explained(), as_of, {});
  for (const char* part :
       {"Facts, as they were then", "Rows taken", "<- decided here", "Rules that answered",
        "A seller who does not answer in time has accepted.", "taobao/2024-08-09", "sha256 ",
        "The clock of each party", "T1 armed", "The nearest that would have changed it",
        "as of 3/12 (partition/offset)"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(ExplanationJsonTest, IsOneObjectOnOneLine) {
  Court court = Taobao2024();
  court.File(kAsk);
  court.Wait(49 * kHourMs);
  const projections::ViewAsOf as_of[] = {{3, 12}};
  const std::string text = ExplanationJson(court.Explained(), as_of);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_THAT(text, HasSubstr("{\"as_of\":[{\"partition\":3,\"offset\":12}],\"case\":\""));
  EXPECT_THAT(text, HasSubstr("\"nearest\":{\"what\":\"T1\""));
  EXPECT_THAT(text, HasSubstr("\"decision\":{"));
}

TEST(StandingTextTest, SaysWhoseMoveItIsAndByWhen) {
  Court court = Taobao2023();
  court.File(kAsk);
  const std::string text = StandingText(court.steps().back().cases.front(), {});
  EXPECT_THAT(text, HasSubstr("nothing is decided: it stands at AWAIT_SELLER, the seller is to "
                              "move, by 2024-03-03T10:01:00.000+08:00 (T1 passes at "
                              "2024-03-03T10:01:00.001+08:00); if it passes: row 9-L1 (to "
                              "SETTLING) or row 9d (to AWAIT_SELLER)"));
}

}  // namespace
}  // namespace refund::tools
