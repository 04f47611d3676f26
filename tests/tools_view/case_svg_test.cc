// The picture of a case's life. Whether it is XML, a browser says; here what it must hold.
#include "tools/refundctl/views/case_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tools/refundctl/views/svg.h"

namespace refund::tools {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::vector<projections::ViewAsOf> kAsOf = {{0, 57}};

CaseSummary Stands(Phase phase, Overlay overlay = Overlay::kNone) {
  CaseSummary c;
  c.key = "o/TAOBAO/1";
  c.number = 1;
  c.kind = CaseKind::kRefundOnly;
  c.ask = {5990, Currency::kCny};
  c.phase = phase;
  c.overlay = overlay;
  return c;
}

Step StepAt(uint64_t sequence, int64_t at, const CaseSummary& c) {
  Step step;
  step.sequence = sequence;
  step.at = Instant{at};
  step.cause.claim_id = "e-" + std::to_string(sequence);
  step.cause.kind = EventKind::kRefundRequested;
  step.case_number = 1;
  step.cases.push_back(c);
  return step;
}

DeadlineChange Clock(DeadlineAct act, Timer timer, int64_t due, int64_t remaining_ms = 0) {
  return {act, timer, Role::kSeller, 1, 1, Instant{due}, remaining_ms};
}

CaseSteps ALife() {
  CaseSteps life;
  life.steps.push_back(StepAt(1, 0, Stands(Phase::kAwaitSeller)));
  life.steps[0].deadlines = {Clock(DeadlineAct::kArmed, Timer::kT1, 2 * kDayMs)};
  life.steps.push_back(StepAt(2, kHourMs, Stands(Phase::kAwaitSeller, Overlay::kRequested)));
  life.steps[1].deadlines = {Clock(DeadlineAct::kPaused, Timer::kT1, 2 * kDayMs, kDayMs)};
  life.steps.push_back(StepAt(3, kDayMs, Stands(Phase::kAwaitSeller, Overlay::kWithdrawn)));
  life.steps[2].deadlines = {Clock(DeadlineAct::kResumed, Timer::kT1, 3 * kDayMs)};
  life.steps.push_back(StepAt(4, 3 * kDayMs, Stands(Phase::kSettling, Overlay::kWithdrawn)));
  life.steps[3].deadlines = {Clock(DeadlineAct::kPassed, Timer::kT1, 3 * kDayMs),
                             Clock(DeadlineAct::kArmed, Timer::kT12, 4 * kDayMs)};
  Decision d;
  d.case_number = 1;
  d.number = 1;
  d.basis = Basis::kTimeout;
  d.row = "9-L1";
  life.steps[3].decisions.push_back(d);
  LegSummary leg;
  leg.case_number = 1;
  leg.kind = LegKind::kRefundOriginal;
  leg.bearer = Bearer::kMerchant;
  leg.to = Bearer::kBuyer;
  leg.amount = 5990;
  leg.state = LegState::kSubmitted;
  life.steps[3].legs.push_back(leg);
  return life;
}

std::string Drawn(const CaseSteps& life) {
  return CaseSvg(life, life.steps.back().cases.front(), kAsOf);
}

TEST(CaseSvgTest, HasEveryLaneClockAndMark) {
  const std::string svg = Drawn(ALife());
  EXPECT_THAT(svg,
              AllOf(StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\""), EndsWith("</svg>\n")));
  for (const char* part :
       {">phase<", ">arbitration<", ">goods<", "AWAIT_SELLER", "SETTLING", "REQUESTED", "59.90 CNY",
        "SUBMITTED REFUND_ORIGINAL MERCHANT -&gt; BUYER", ">T1 SELLER<", ">passed<", ">runs<",
        "decision 1: ", "1970-01-04T08:00:00.000", "(due)", "as of 0/57"}) {
    EXPECT_THAT(svg, HasSubstr(part));
  }
}

TEST(CaseSvgTest, AClockThatPausedHasThreeParts) {
  CaseSteps life = ALife();
  const auto count = [](const std::string& text, const std::string& what) {
    size_t n = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
    return n;
  };
  const std::string svg = Drawn(life);
  EXPECT_EQ(count(svg, "<title>T1 SELLER, due 1970-01-04T08:00:00.000+08:00, passed"), 4U);
}

TEST(CaseSvgTest, IsTheSameForTheSameSteps) { EXPECT_EQ(Drawn(ALife()), Drawn(ALife())); }

TEST(CaseSvgTest, TextOfOthersIsEscaped) {
  CaseSteps life = ALife();
  life.steps[0].cause.claim_id = "<script>\"&'\x1b";
  const std::string svg = Drawn(life);
  EXPECT_THAT(svg, AllOf(Not(HasSubstr("<script>")), HasSubstr("&lt;script&gt;&quot;&amp;&#39;"),
                         Not(HasSubstr("\x1b"))));
}

TEST(SvgTest, EscapesWhatXmlReads) {
  EXPECT_EQ(EscapeXml("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;");
  EXPECT_EQ(EscapeXml("仅退款"), "仅退款");
}

}  // namespace
}  // namespace refund::tools
