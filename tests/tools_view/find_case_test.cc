#include "tools/refundctl/views/find_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/base/status.h"

namespace refund::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

CaseSummary CaseOf(uint8_t first_byte, const std::string& key, uint32_t number) {
  CaseSummary summary;
  summary.id.bytes[0] = first_byte;
  summary.key = key;
  summary.number = number;
  summary.kind = CaseKind::kRefundOnly;
  summary.ask = {5990, Currency::kCny};
  summary.phase = Phase::kAwaitSeller;
  return summary;
}

projections::Listing<CaseSummary> Listed(std::vector<CaseSummary> rows) {
  return {std::move(rows), {{0, 57}, {1, 33}}};
}

TEST(FindCaseTest, TakesTheOnlyOne) {
  const auto found = OnlyCase("3f", Listed({CaseOf(0x3f, "o/TAOBAO/1", 1)}));
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->summary.key, "o/TAOBAO/1");
  EXPECT_EQ(found->as_of.size(), 2U);
}

TEST(FindCaseTest, SaysAsOfWhereThereIsNone) {
  const auto found = OnlyCase("3f", Listed({}));
  EXPECT_TRUE(absl::IsInvalidArgument(found.status()));
  EXPECT_EQ(Message(found.status()),
            "no case 3f, as of 0/57, 1/33 (partition/offset); `refundctl case list` shows what "
            "there is");
}

TEST(FindCaseTest, ListsTheCandidatesOfAnAmbiguousText) {
  const auto found = OnlyCase(
      "o/TAOBAO/1", Listed({CaseOf(0x3f, "o/TAOBAO/1", 1), CaseOf(0x4a, "o/TAOBAO/1", 2)}));
  EXPECT_TRUE(absl::IsInvalidArgument(found.status()));
  const std::string message = Message(found.status());
  EXPECT_THAT(message, HasSubstr("o/TAOBAO/1 means 2 cases; name one of them:"));
  EXPECT_THAT(message, HasSubstr("\n  3f000000000000000000000000000000  o/TAOBAO/1, case 1:"));
  EXPECT_THAT(message, HasSubstr("\n  4a000000000000000000000000000000  o/TAOBAO/1, case 2:"));
}

TEST(FindCaseTest, ListsTenCandidatesAtTheMost) {
  std::vector<CaseSummary> many;
  for (uint8_t i = 0; i < 13; ++i) many.push_back(CaseOf(i, "o/TAOBAO/" + std::to_string(i), 1));
  const std::string message = Message(OnlyCase("0", Listed(std::move(many))).status());
  EXPECT_THAT(message, HasSubstr("o/TAOBAO/9,"));
  EXPECT_THAT(message, Not(HasSubstr("o/TAOBAO/10,")));
  EXPECT_THAT(message, HasSubstr("… and 3 more"));
}

}  // namespace
}  // namespace refund::tools
