// The packs' own examples, and what packs say when they are compared and explained.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/policy/pack_files.h"
#include "tools/packc/difference.h"
#include "tools/packc/examples.h"
#include "tools/packc/walk.h"

namespace refund::packc {
namespace {

using policy::Question;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

policy::Facts FactsFrom(const std::vector<std::string>& assignments) {
  policy::Facts facts;
  for (const std::string& each : assignments) {
    if (const auto wrong = SetFact(each, facts)) ADD_FAILURE() << *wrong;
  }
  return facts;
}

std::string AnswerOf(const policy::Pack& pack, Question question,
                     const std::vector<std::string>& assignments) {
  const policy::Rule& rule = *policy::Assess(pack, question, FactsFrom(assignments)).rule;
  return std::string(policy::NameOfAnswer(question, rule.answer)) + " by " + rule.label;
}

// ---- The bundled packs' own ----

TEST(BundledExamplesTest, EachIsAnsweredAsItsAuthorMeant) {
  for (const std::string& path : testing::PackFilesBelow("policies")) {
    const Compiled compiled = testing::CompileFile(path);
    ASSERT_TRUE(compiled.pack.has_value()) << path;
    for (const Example& example : compiled.examples) {
      const Answered answered = AnswerTo(example, *compiled.pack);
      EXPECT_TRUE(answered.as_expected)
          << path << ":" << example.place.line << ": " << example.name << ": found "
          << policy::NameOfAnswer(example.question, answered.rule->answer) << " by "
          << answered.rule->label;
    }
  }
}

TEST(BundledExamplesTest, EveryRuleAndEveryQuestionHasOne) {
  for (const std::string& path : testing::PackFilesBelow("policies")) {
    const Compiled compiled = testing::CompileFile(path);
    ASSERT_TRUE(compiled.pack.has_value()) << path;
    EXPECT_THAT(RulesWithoutExample(*compiled.pack, compiled.examples), IsEmpty()) << path;
    std::set<Question> asked;
    for (const Example& example : compiled.examples) asked.insert(example.question);
    // Where no kind has a replacement nobody can ask what follows when it does not come.
    const bool replaces = compiled.pack->FindKind(CaseKind::kExchange) != nullptr;
    EXPECT_EQ(asked.size(), policy::kQuestionCount - (replaces ? 0 : 1)) << path;
  }
}

TEST(BundledExamplesTest, AnExampleThatIsNotAnsweredSoIsSeen) {
  const Compiled compiled = testing::CompileFile(std::string(testing::kTaobao2024));
  Example example = compiled.examples.front();
  ASSERT_TRUE(AnswerTo(example, *compiled.pack).as_expected);
  example.expect ^= 1;
  EXPECT_FALSE(AnswerTo(example, *compiled.pack).as_expected);
  example.expect ^= 1;
  example.rule = "another";
  EXPECT_FALSE(AnswerTo(example, *compiled.pack).as_expected);
  // Without examples every rule that somebody wrote is named.
  EXPECT_THAT(RulesWithoutExample(*compiled.pack, {}), Contains("timeout: silence-accepts"));
  EXPECT_THAT(RulesWithoutExample(*compiled.pack, {}), Not(Contains("loss: default")));
}

// ---- What the scenarios of rules.md §4 need of the packs, by its G-nn ----

TEST(BundledPacksTest, SC03BadGoodsAreRefundedAtOnceAndAdvanced) {
  const policy::Pack pack = testing::PackOf("policies/douyin/2024-01-01.toml");
  const std::vector<std::string> bouquet = {"kind=REFUND_ONLY", "reason=DAMAGED", "perishable=true",
                                            "bad_goods_refundable=true", "reported_in_time=true"};
  EXPECT_EQ(AnswerOf(pack, Question::kRoute, bouquet), "INSTANT by bad-goods-are-refunded-at-once");
  EXPECT_EQ(AnswerOf(pack, Question::kAdvance, bouquet), "YES by express-refunds-are-advanced");
  for (size_t without = 2; without < bouquet.size(); ++without) {
    std::vector<std::string> facts = bouquet;
    facts.erase(facts.begin() + static_cast<std::ptrdiff_t>(without));
    EXPECT_EQ(AnswerOf(pack, Question::kRoute, facts), "SELLER by seller-answers-first");
    EXPECT_EQ(AnswerOf(pack, Question::kAdvance, facts), "NO by bearer-pays");
  }
  EXPECT_EQ(FormatPeriod(pack.report_window->period), "48h");  // G-32
}

TEST(BundledPacksTest, SC05OnlyALowRatingOpensRefundOnly) {
  const policy::Pack pack = testing::PackOf("policies/douyin/2024-01-01.toml");
  const auto route = [&](const std::string& kind, const std::string& reviews) {
    return AnswerOf(pack, Question::kRoute,
                    {"kind=" + kind, "reason=QUALITY", "good_reviews=" + reviews});
  };
  EXPECT_EQ(route("REFUND_ONLY", "LOW"), "INSTANT by low-good-reviews-open-refund-only");
  EXPECT_EQ(route("REFUND_ONLY", "ENOUGH"), "SELLER by seller-answers-first");
  EXPECT_EQ(route("REFUND_ONLY", "UNKNOWN"), "SELLER by seller-answers-first");
  EXPECT_EQ(route("RETURN_REFUND", "LOW"), "SELLER by seller-answers-first");
  EXPECT_EQ(pack.good_review_basis_points, 7000U);  // G-18
  ASSERT_EQ(pack.awaits.size(), 1U);
  EXPECT_EQ(pack.awaits[0].fact, FactName::kGoodReviews);
  EXPECT_FALSE(pack.awaits[0].complaints_only);
}

TEST(BundledPacksTest, SC07TheNewEntranceOfTaobao) {
  const policy::Pack old_pack = testing::PackOf(std::string(testing::kTaobao2024));
  const policy::Pack new_pack = testing::PackOf("policies/taobao/2025-01-01.toml");
  ASSERT_TRUE(old_pack.entrance && new_pack.entrance);
  EXPECT_EQ(FormatPeriod(old_pack.entrance->open_window.period), "3mo");
  EXPECT_EQ(old_pack.entrance->most_openings, 1U);
  EXPECT_FALSE(old_pack.entrance->cards || old_pack.entrance->buyer_reopens ||
               old_pack.entrance->closed_refund_may_return);
  EXPECT_EQ(FormatPeriod(new_pack.entrance->open_window.period), "2y");
  EXPECT_EQ(new_pack.entrance->most_openings, 0U);
  EXPECT_TRUE(new_pack.entrance->cards && new_pack.entrance->buyer_reopens &&
              new_pack.entrance->closed_refund_may_return);
  EXPECT_EQ(FormatPeriod(new_pack.FindLimit(Timer::kT20)->period), "3min");
  EXPECT_EQ(FormatPeriod(new_pack.FindLimit(Timer::kT22)->period), "30d");
  EXPECT_EQ(old_pack.FindLimit(Timer::kT20), nullptr);  // no cards, no first answer
  EXPECT_EQ(old_pack.FindKind(CaseKind::kExchange), nullptr);
  EXPECT_NE(new_pack.FindKind(CaseKind::kExchange), nullptr);
  EXPECT_NE(new_pack.FindKind(CaseKind::kRepair), nullptr);
  EXPECT_EQ(new_pack.FindKind(CaseKind::kResend), nullptr);  // DY-03: Douyin alone
}

TEST(BundledPacksTest, SC07And09ReturnFreight) {
  const policy::Pack pack = testing::PackOf("policies/taobao/2025-01-01.toml");
  EXPECT_EQ(AnswerOf(pack, Question::kFreight,
                     {"kind=RETURN_REFUND", "reason=QUALITY", "freight_insured=true"}),
            "INSURER by insurer-pays-return-freight");
  EXPECT_EQ(AnswerOf(pack, Question::kFreight, {"kind=RETURN_REFUND", "reason=WRONG_ITEM"}),
            "MERCHANT by merchants-reason-bears-freight");
  EXPECT_EQ(AnswerOf(pack, Question::kFreight,
                     {"kind=RETURN_REFUND", "reason=WRONG_ITEM", "liability=BUYER"}),
            "BUYER by buyer-bears-freight");
  EXPECT_EQ(pack.freight_flat, (Money{1000, Currency::kCny}));
  EXPECT_EQ(pack.freight_cover_cap, (Money{1200, Currency::kCny}));
  EXPECT_EQ(pack.freight_source, "G-86");
}

TEST(BundledPacksTest, SC11And15And19VouchersOfPinduoduo) {
  const policy::Pack pack = testing::PackOf(std::string(testing::kPinduoduo));
  EXPECT_EQ(pack.anomaly_voucher, VoucherKind::kLogisticsSubsidy);
  const auto worth = [&](VoucherKind kind) { return pack.FindVoucher(kind)->amount.units; };
  EXPECT_EQ(worth(VoucherKind::kLogisticsSubsidy), 500);
  EXPECT_EQ(worth(VoucherKind::kExperienceComp), 500);
  EXPECT_EQ(worth(VoucherKind::kExperienceLoss), 500);
  EXPECT_EQ(worth(VoucherKind::kVillageDelivery), 600);
  EXPECT_EQ(pack.voucher_budget->limit, (Money{100000000, Currency::kCny}));
  EXPECT_EQ(pack.voucher_budget->window_days, 0U);
  EXPECT_EQ(pack.buyer_cap->limit, (Money{10000, Currency::kCny}));
  EXPECT_EQ(pack.buyer_cap->window_days, 30U);
  EXPECT_TRUE(pack.three_options);
  EXPECT_FALSE(pack.voucher_counts);
  EXPECT_EQ(FormatPeriod(pack.FindLimit(Timer::kT25)->period), "48h");
  EXPECT_EQ(FormatPeriod(pack.FindLimit(Timer::kT26)->period), "90d");
  EXPECT_EQ(FormatPeriod(pack.FindLimit(Timer::kT27)->period), "15d");
  EXPECT_EQ(AnswerOf(pack, Question::kRoute,
                     {"kind=REFUND_ONLY", "reason=NOT_TO_VILLAGE", "arrival_overdue=true"}),
            "INSTANT by never-arrived-where-promised");
}

TEST(BundledPacksTest, SC11TmallsFundPaysAndNoVoucherComes) {
  const policy::Pack pack = testing::PackOf("policies/tmall/2023-12-31.toml");
  EXPECT_EQ(AnswerOf(pack, Question::kPayer,
                     {"kind=REFUND_ONLY", "reason=NOT_RECEIVED", "liability=CARRIER"}),
            "FUND by fund-pays-where-merchant-is-not-at-fault");
  EXPECT_FALSE(pack.anomaly_voucher.has_value());
  EXPECT_NE(pack.FindLimit(Timer::kT25), nullptr);  // it is counted all the same
  EXPECT_TRUE(pack.lost_parcel_opens_case);
  EXPECT_EQ(pack.entrance->most_openings, 1U);  // G-73: not the upgrade
}

TEST(BundledPacksTest, SC13DifferencesOfPriceAreTaken) {
  for (const char* path :
       {"policies/douyin/2024-01-01.toml", "policies/pinduoduo/2015-09-01.toml"}) {
    const policy::Pack pack = testing::PackOf(path);
    ASSERT_NE(pack.FindKind(CaseKind::kPriceProtection), nullptr);
    EXPECT_EQ(AnswerOf(pack, Question::kPayer, {"kind=PRICE_PROTECTION", "reason=PRICE_RISE"}),
              "MERCHANT by merchant-pays");
  }
}

// ---- The test pack that makes every machine reachable ----

TEST(KuaishouTestPackTest, AnswersEachQuestionBothWaysByTheReason) {
  const policy::Pack pack = testing::PackOf(std::string(testing::kKuaishouTest));
  const auto answer = [&](Question question, const std::string& kind, const std::string& reason) {
    const std::string text = AnswerOf(pack, question, {"kind=" + kind, "reason=" + reason});
    return text.substr(0, text.find(' '));
  };
  EXPECT_EQ(answer(Question::kRoute, "RETURN_REFUND", "SPOILED"), "INSTANT");
  EXPECT_EQ(answer(Question::kRoute, "REFUND_ONLY", "SPOILED"), "SELLER");
  EXPECT_EQ(answer(Question::kMoneyFirst, "RETURN_REFUND", "SIZE"), "YES");
  EXPECT_EQ(answer(Question::kMoneyFirst, "RETURN_REFUND", "QUALITY"), "NO");
  EXPECT_EQ(answer(Question::kPayFirst, "RETURN_REFUND", "QUALITY"), "YES");
  EXPECT_EQ(answer(Question::kPayFirst, "REFUND_ONLY", "QUALITY"), "NO");
  EXPECT_EQ(answer(Question::kPayFirst, "REFUND_ONLY", "NOT_AS_DESCRIBED"), "YES");
  EXPECT_EQ(answer(Question::kLoss, "RETURN_REFUND", "COLOUR"), "ASK_SELLER");
  EXPECT_EQ(answer(Question::kLoss, "RETURN_REFUND", "QUALITY"), "PAY");
  EXPECT_EQ(answer(Question::kUnfulfilled, "EXCHANGE", "LATE_SHIPMENT"), "PLATFORM");
  EXPECT_EQ(answer(Question::kUnfulfilled, "EXCHANGE", "QUALITY"), "REFUND");
  EXPECT_EQ(answer(Question::kAdvance, "REFUND_ONLY", "DAMAGED"), "YES");
  EXPECT_EQ(answer(Question::kAdvance, "REFUND_ONLY", "QUALITY"), "NO");
  EXPECT_EQ(answer(Question::kFreight, "RETURN_REFUND", "SIZE"), "BUYER");
  EXPECT_EQ(answer(Question::kFreight, "RETURN_REFUND", "QUALITY"), "MERCHANT");
  EXPECT_EQ(pack.kinds.size(), CountOf<CaseKind>() - 1);
}

// ---- Facts on a command line ----

TEST(SetFactTest, TakesNamesYesNoAndSums) {
  const policy::Facts facts = FactsFrom({"kind=REFUND_ONLY", "reason=TASTE", "complained=true",
                                         "perishable=YES", "ask=5990CNY", "goods=LOST"});
  EXPECT_EQ(FactsText(facts),
            "kind=REFUND_ONLY reason=TASTE complained=YES perishable=YES ask=59.90 CNY goods=LOST");
  EXPECT_EQ(MissingFact(facts), std::nullopt);
  EXPECT_EQ(MissingFact(FactsFrom({"kind=REPAIR"})), "expected reason=…: every case has one");
  EXPECT_EQ(MissingFact(FactsFrom({"reason=TASTE"})), "expected kind=…: every case has one");
}

TEST(SetFactTest, SaysWhatIsWrong) {
  policy::Facts facts;
  EXPECT_EQ(SetFact("perishable", facts), "expected fact=value, found 'perishable'");
  EXPECT_EQ(SetFact("perishible=true", facts),
            "unknown fact 'perishible' (did you mean 'perishable'?)");
  EXPECT_EQ(SetFact("perishable=maybe", facts),
            "unknown value of perishable 'maybe' (expected NO or YES)");
  EXPECT_EQ(SetFact("kind=UNSPECIFIED", facts),
            "unknown value of kind 'UNSPECIFIED' (expected REFUND_ONLY, RETURN_REFUND, EXCHANGE, "
            "REPAIR, RESEND, VOUCHER or PRICE_PROTECTION)");
  for (const char* ask :
       {"59.90CNY", "5990", "5990RMB", "0CNY", "-1CNY", "99999999999999999999CNY"}) {
    EXPECT_EQ(SetFact(std::string("ask=") + ask, facts),
              "ask: expected minor units and a currency such as ask=5990CNY, found '" +
                  std::string(ask) + "'");
  }
}

// ---- policy explain ----

TEST(WalkTest, SaysWhichRuleAnswersAndWhyOthersDidNot) {
  const policy::Pack pack = testing::PackOf(std::string(testing::kTaobao2024));
  const Walk walk = WalkThrough(pack, Question::kRuling,
                                FactsFrom({"kind=REFUND_ONLY", "reason=QUALITY", "ask=5990CNY",
                                           "abuse=NORMAL", "liability=MERCHANT"}));
  ASSERT_EQ(walk.steps.size(), 2U);
  EXPECT_EQ(walk.steps[0].what, Step::What::kPassedOver);
  EXPECT_EQ(walk.steps[0].why, "ask is 59.90 CNY, not at most 50.00 CNY");
  EXPECT_EQ(walk.steps[1].what, Step::What::kAnswers);
  EXPECT_EQ(walk.answer->label, "person-rules");
  ASSERT_TRUE(walk.flip.has_value());
  EXPECT_EQ(walk.flip->would_be, "50.00 CNY");
  EXPECT_EQ(walk.flip->rule->label, "small-claims-for-the-buyer");
}

TEST(WalkTest, WhatStandsBelowTheAnswerIsNotAsked) {
  const policy::Pack pack = testing::PackOf(std::string(testing::kTaobao2023));
  const Walk walk = WalkThrough(pack, Question::kRoute,
                                FactsFrom({"kind=REFUND_ONLY", "reason=QUALITY", "complained=true",
                                           "seller_standing=MARKED"}));
  ASSERT_EQ(walk.steps.size(), 2U);
  EXPECT_EQ(walk.steps[0].what, Step::What::kAnswers);
  EXPECT_EQ(walk.steps[1].what, Step::What::kNotAsked);
  EXPECT_EQ(walk.flip->fact, FactName::kSellerStanding);
}

// ---- policy diff ----

std::vector<std::string> DifferenceTexts(const policy::Pack& was, const policy::Pack& now) {
  std::vector<std::string> texts;
  for (const Change& change : Differences(was, now)) texts.push_back(change.Text());
  return texts;
}

TEST(DifferenceTest, APackDoesNotDifferFromItself) {
  for (const char* folder : {"policies", "tests/policy/packs"}) {
    for (const std::string& path : testing::PackFilesBelow(folder)) {
      const Compiled compiled = testing::CompileFile(path);
      EXPECT_THAT(Differences(*compiled.pack, *compiled.pack), IsEmpty());
      EXPECT_THAT(AnsweredDifferentlyBy(*compiled.pack, *compiled.pack, compiled.examples),
                  IsEmpty());
    }
  }
}

TEST(DifferenceTest, SaysLimitsRulesAndTheirOrderInWords) {
  const policy::Pack was = testing::PackOf(std::string(testing::kTaobao2024));
  policy::Pack now = was;
  now.deadlines[Timer::kT1].period.count = 72;
  now.deadlines.erase(Timer::kT26);
  now.offers.value = 6;
  now.entrance->cards = true;
  now.anomaly_voucher = VoucherKind::kOther;
  now.timeout.erase(now.timeout.begin());
  std::swap(now.payer[0], now.payer[1]);
  now.ruling[0].when.pop_back();
  now.pay_first[0].answer = static_cast<uint8_t>(YesNo::kYes);
  EXPECT_THAT(
      DifferenceTexts(was, now),
      ElementsAre(
          "deadlines T1 (the seller answers): 48h (G-12) → 72h (G-12)",
          "deadlines T26 (a voucher is redeemed): gone; was 90d (G-28)",
          "limits offers: 5 (case-model a3e) → 6 (case-model a3e)",
          "vouchers anomaly_voucher: new: OTHER", "entrance cards: no → yes",
          "timeout abnormal-goes-to-the-platform (what the seller's silence means): gone; was "
          "PLATFORM, abuse is ABNORMAL (TB-22): The model finds the application abnormal: silence "
          "does not accept it, the platform looks.",
          "payer order (first match answers): merchant-at-fault-pays, "
          "fund-pays-where-merchant-is-not-at-fault, merchant-pays-for-its-creator, "
          "undetermined-is-the-merchants, merchant-pays → "
          "fund-pays-where-merchant-is-not-at-fault, "
          "merchant-at-fault-pays, merchant-pays-for-its-creator, undetermined-is-the-merchants, "
          "merchant-pays",
          "ruling small-claims-for-the-buyer (who rules under review): PACK_FOR_BUYER, abuse is "
          "NORMAL and liability is MERCHANT and ask is at most 50.00 CNY (G-69): The merchant is "
          "at "
          "fault, the model finds nothing abnormal and little is asked: the buyer gets it. → "
          "PACK_FOR_BUYER, abuse is NORMAL and liability is MERCHANT (G-69): The merchant is at "
          "fault, the model finds nothing abnormal and little is asked: the buyer gets it.",
          "pay_first default (whether a ruling is paid before its appeal window ends): NO, always "
          "(case-model 3.2): The pack says nothing of it: a ruling is paid once it is final. → "
          "YES, "
          "always (case-model 3.2): The pack says nothing of it: a ruling is paid once it is "
          "final."));
}

TEST(DifferenceTest, SY13TheNinthOfAugustDecidesMarkedSellersOtherwise) {
  const Compiled was = testing::CompileFile(std::string(testing::kTaobao2023));
  const Compiled now = testing::CompileFile(std::string(testing::kTaobao2024));
  std::vector<std::string> texts;
  for (const auto& each : AnsweredDifferentlyBy(*was.pack, *now.pack, was.examples)) {
    texts.push_back(each.example->name + ": " + each.was + " → " + each.now);
  }
  EXPECT_THAT(texts, ElementsAre("21 bad reviews, and a complaint: DIRECT by "
                                 "direct-ruling-of-marked-seller → SELLER by seller-answers-first",
                                 "Silence about an abnormal claim: ACCEPT by silence-accepts → "
                                 "PLATFORM by abnormal-goes-to-the-platform"));
}

TEST(DifferenceTest, AKindThatOnlyOneTakesIsDecidedDifferently) {
  const Compiled was = testing::CompileFile(std::string(testing::kTaobao2024));
  const Compiled now = testing::CompileFile("policies/taobao/2025-01-01.toml");
  std::vector<std::string> texts;
  for (const auto& each : AnsweredDifferentlyBy(*was.pack, *now.pack, now.examples)) {
    texts.push_back(each.was + " → " + each.now);
  }
  EXPECT_THAT(texts, ElementsAre("the kind EXCHANGE is not taken → REFUND by default"));
}

}  // namespace
}  // namespace refund::packc
