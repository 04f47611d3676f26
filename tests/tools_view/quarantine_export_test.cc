#include "tools/refundctl/views/quarantine_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "engine/codec/event_codec.h"
#include "engine/codec/json_lines.h"

namespace refund::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::vector<projections::ViewAsOf> kAsOf = {{0, 57}};

Quarantined Holding(std::string bytes) {
  return {1, 8, Instant{0}, "because", Sha256(bytes), std::move(bytes)};
}

TEST(QuarantineExportTest, TheRawLineGivesTheSameBytesAgain) {
  const std::string bytes("\0\xff weiß", 8);
  const codec::LineResult line = codec::ParseLine(RawLineOf(Holding(bytes)), /*as_recorded=*/true);
  const auto* raw = std::get_if<codec::RawLine>(&line);
  ASSERT_NE(raw, nullptr);
  EXPECT_EQ(raw->bytes, bytes);
  EXPECT_EQ(raw->partition, 1U);
  EXPECT_EQ(raw->recorded_at, Instant{0});
}

TEST(QuarantineExportTest, AReadableRecordIsProposedAsItsClaim) {
  const std::string example = codec::ExampleLine("RefundWithdrawn");
  const auto line = codec::ParseLine(example, false);
  const auto& claim = std::get<codec::ClaimLine>(line);
  const auto proposal =
      ProposalFor(Holding(codec::EncodeRecord(claim.claim_bytes, {Instant{5}, "local"})));
  ASSERT_TRUE(proposal.has_value());
  EXPECT_EQ(proposal->line, example);
  EXPECT_EQ(proposal->fault, "");
}

TEST(QuarantineExportTest, AJsonLineOnTheLogIsProposedWithWhatIsWrong) {
  const auto proposal = ProposalFor(Holding("{\"id\":\"c-1\",\"type\":\"RefundRequestd\"}"));
  ASSERT_TRUE(proposal.has_value());
  EXPECT_THAT(proposal->fault, HasSubstr("expected"));
}

TEST(QuarantineExportTest, OtherBytesHaveNoProposal) {
  EXPECT_FALSE(ProposalFor(Holding("Hello, world")));
  EXPECT_FALSE(ProposalFor(Holding(std::string("\0\1\2", 3))));
}

TEST(QuarantineExportTest, TheTextIsCommentsAndRawLines) {
  const std::string text = QuarantineExportText({Holding("{}"), Holding("x")}, kAsOf);
  EXPECT_THAT(text, AllOf(HasSubstr("\n# 1/8: because\n# {}\n# still wrong: "),
                          HasSubstr("\n{\"raw\":\"e30=\",\"partition\":1,")));
  EXPECT_THAT(
      QuarantineExportJson({Holding("x")}, kAsOf),
      AllOf(HasSubstr("\"raw_line\":{\"raw\":\"eA==\""), HasSubstr("\"quarantined\":1}\n")));
}

}  // namespace
}  // namespace refund::tools
