// The tables and sheets of cases, over what the real arbiter made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/arbiter/actions.h"
#include "tests/tools_view/court.h"
#include "tools/refundctl/views/actions_text.h"
#include "tools/refundctl/views/case_list_text.h"
#include "tools/refundctl/views/case_show.h"
#include "tools/refundctl/views/quarantine_text.h"
#include "tools/refundctl/views/timeline_text.h"

namespace refund::tools {
namespace {

using refund::testing::Court;
using refund::testing::kTaobao2023;
using refund::testing::kTheBuyer;
using refund::testing::kThePlatform;
using refund::testing::kTheSeller;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Money kAsk{5990, Currency::kCny};
const std::vector<projections::ViewAsOf> kAsOf = {{0, 57}};

Court Refused() {
  Court court(Platform::kTaobao, kTaobao2023, "2024-03-01T10:00:00+08:00");
  court.File(kAsk);
  court.Take(kTheSeller, RefundRejected{RefusalGround::kPersonalTaste, {}}, kHourMs);
  return court;
}

TEST(CaseListTest, SaysWhatWasAskedDecidedAndByWhat) {
  Court court(Platform::kTaobao, kTaobao2023, "2024-03-01T10:00:00+08:00");
  court.File(kAsk);
  court.Wait(49 * kHourMs);
  const std::string text = CaseListText({court.steps().back().cases.front()}, kAsOf, {});
  for (const char* part :
       {"o/TAOBAO/1001", "REFUND_ONLY 59.90 CNY, NOT_AS_DESCRIBED",
        "BUYER REFUND_ONLY by TIMEOUT [SETTLING]", "MERCHANT", "9-L1", "silence-accepts (G-12)",
        "2 d", "1 case, as of 0/57 (partition/offset)"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(CaseListTest, WhileOpenSaysWhereItStands) {
  const std::string text = CaseListText({Refused().steps().back().cases.front()}, kAsOf, {});
  EXPECT_THAT(text, AllOf(HasSubstr("SELLER_REFUSED"), Not(HasSubstr(" by "))));
}

TEST(CaseListTest, OnANarrowTerminalACaseTakesTwoLines) {
  const std::string text =
      CaseListText({Refused().steps().back().cases.front()}, kAsOf, {100, false});
  EXPECT_THAT(text, AllOf(HasSubstr("ORDER, CASE"), HasSubstr("ASKED, DECIDED"),
                          HasSubstr("SELLER_REFUSED"), HasSubstr("seller 1 h")));
}

TEST(CaseListTest, JsonEndsInPositionAndCount) {
  const std::string text = CaseListJson({Refused().steps().back().cases.front()}, kAsOf);
  EXPECT_THAT(text, HasSubstr("\n{\"as_of\":[{\"partition\":0,\"offset\":57}],\"cases\":1}\n"));
}

TEST(CaseListTest, IsByFiling) {
  CaseSummary late;
  late.key = "o/TAOBAO/1";
  late.filed_at = Instant{2};
  CaseSummary early;
  early.key = "o/TAOBAO/2";
  early.filed_at = Instant{1};
  std::vector<CaseSummary> cases = {late, early};
  SortByFiling(cases);
  EXPECT_EQ(cases[0].key, "o/TAOBAO/2");
}

TEST(TimelineTest, SaysWhatCameAndWhatFollowed) {
  const Court court = Refused();
  const CaseSummary summary = court.steps().back().cases.front();
  const std::string text = TimelineText(StepsOfCase(court.steps(), summary), summary, kAsOf, {});
  for (const char* part :
       {"OrderPaid e-1  by PLATFORM ops", "row F1    fact: freeze lines and cash",
        "RefundRequested e-2  by BUYER b-1", "row 0     phase: NONE -> FILED",
        "armed     T1 of SELLER, due 2024-03-03T10:01:00.001+08:00",
        "row 8     phase: AWAIT_SELLER -> SELLER_REFUSED", "3 steps, as of 0/57"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(TimelineTest, SaysTheMoneyAndTheRulesOfADecision) {
  Court court(Platform::kTaobao, kTaobao2023, "2024-03-01T10:00:00+08:00");
  court.File(kAsk);
  court.Wait(49 * kHourMs);
  const CaseSummary summary = court.steps().back().cases.front();
  const std::string text = TimelineText(StepsOfCase(court.steps(), summary), summary, kAsOf, {});
  for (const char* part :
       {"T1 of SELLER passed", "1: BUYER REFUND_ONLY 59.90 CNY by TIMEOUT, MERCHANT pays 59.90 CNY",
        "timeout: silence-accepts (G-12) -> ACCEPT", "REFUND_ORIGINAL 59.90 CNY, MERCHANT -> BUYER",
        "derived   RefundInstructed "}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(TimelineTest, ARefusalSaysItsGuardAndDetail) {
  Step step;
  step.cause = {"e-9", EventKind::kRefundAccepted, Timer::kT0, Role::kUnspecified, 0};
  step.actor = {Role::kBuyer, "b-\x1b[31m"};
  step.result = StepResult::kRefused;
  step.refusal = Refusal::kRoleMayNot;
  step.guard = "the actor is the seller";
  step.detail = "expected an actor in the role of SELLER, found BUYER";
  step.case_number = 1;
  CaseSummary summary;
  summary.number = 1;
  const std::string text = TimelineText(StepsOfCase({step}, summary), summary, kAsOf, {});
  EXPECT_THAT(text, AllOf(HasSubstr("result    REFUSED: ROLE_MAY_NOT"),
                          HasSubstr("guard     the actor is the seller"),
                          HasSubstr("detail    expected an actor in the role of SELLER"),
                          Not(HasSubstr("\x1b"))));
}

TEST(TimelineTest, StepsOfOtherCasesAreLeftOutAndFactsOfTheOrderAreNot) {
  Step other;
  other.case_number = 2;
  Step fact;
  fact.transitions.push_back({Machine::kFact, "F6", 0, 0, 0, Id{}});
  fact.cases.emplace_back().number = 2;
  CaseSummary summary;
  summary.number = 1;
  const CaseSteps kept = StepsOfCase({other, fact}, summary);
  EXPECT_EQ(kept.steps.size(), 1U);
  EXPECT_EQ(kept.left_out, 1U);
  EXPECT_THAT(TimelineText(kept, summary, kAsOf, {}),
              HasSubstr("1 more are of the order's other cases"));
}

TEST(CaseShowTest, HasTheFourRegionsDeadlinesAndPacks) {
  const Court court = Refused();
  const std::string text = CaseShowText({court.order(), court.TheCase(), court.packs(), kAsOf}, {});
  for (const char* part :
       {"phase       SELLER_REFUSED, the buyer is to move", "arbitration NONE", "goods       UN",
        "money       0.00 CNY settled", "T4 of BUYER: due 2024-03-09T00:00:00.000+08:00",
        "the seller refused: PERSONAL_TASTE", "procedure   taobao/2023-12-31", "seller 1 h",
        "version 2", "as of 0/57"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(ActionsTest, SayWhoMayDoWhatUntilWhen) {
  const Court court = Refused();
  const auto actions =
      arbiter::AllowedActions(court.order(), court.TheCase(), Role::kUnspecified, court.packs());
  const std::string text = ActionsText(actions, kAsOf, {});
  EXPECT_THAT(text, AllOf(HasSubstr("PlatformHelpRequested"), HasSubstr("a1a"),
                          HasSubstr("2024-03-08T23:59:59.999+08:00 (T4)")));
  EXPECT_THAT(ActionsJson(actions, kAsOf),
              HasSubstr("\"until\":\"2024-03-08T23:59:59.999+08:00\",\"timer\":\"T4\""));
}

Quarantined BadRecord() {
  return {1, 8, Instant{0}, "unknown kind 19", Sha256("Hello, world: 17+"), "Hello, world: 17+"};
}

TEST(QuarantineTest, ListsWhereAndWhy) {
  const std::string text = QuarantineListText({BadRecord()}, kAsOf, {});
  EXPECT_THAT(text, AllOf(HasSubstr("1/8 "), HasSubstr("unknown kind 19"),
                          HasSubstr("1 record in quarantine, as of 0/57")));
}

TEST(QuarantineTest, ShowsTheBytesInHexAndBase64) {
  const std::string text = QuarantinedText(BadRecord(), kAsOf);
  EXPECT_THAT(text, HasSubstr("00000000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 3a 20 31 37  "
                              "|Hello, world: 17|\n"
                              "00000010  2b                                                "
                              "|+|\n"));
  EXPECT_THAT(text, HasSubstr("base64\nSGVsbG8sIHdvcmxkOiAxNys=\n"));
}

TEST(QuarantineTest, AnAddressIsPartitionSlashOffset) {
  EXPECT_EQ(ParseAddress("3/57")->offset, 57);
  for (const char* bad : {"", "3", "3/", "/3", "3/x", "-1/3", "3/5/7", "3/99999999999999999999"}) {
    EXPECT_FALSE(ParseAddress(bad)) << bad;
  }
}

}  // namespace
}  // namespace refund::tools
