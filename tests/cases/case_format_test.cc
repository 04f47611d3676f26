// The little language of the scripts: what it reads, and that it says where it is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <variant>

#include "tests/cases/diff.h"
#include "tests/cases/macros.h"
#include "tests/cases/must.h"
#include "tests/cases/run_script.h"
#include "tests/cases/script.h"

namespace refund::cases {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHead[] =
    "# name: a test\n"
    "packs  taobao/2024-08-09\n"
    "start  2024-09-01T10:00:00+08:00\n"
    "order  o/TAOBAO/1  line=1 paid=2500\n";

std::string Why(const std::string& text) {
  const absl::StatusOr<Script> script = ParseScript("s", text);
  return script.ok() ? "" : std::string(script.status().message());
}

TEST(CaseFormat, ReadsTimes) {
  const Instant start{1'000'000};
  Instant at;
  EXPECT_TRUE(ParseTime("+1d2h3min4s5ms", start, at));
  EXPECT_EQ(at - start, ((26 * 60 + 3) * 60 + 4) * 1000 + 5);
  EXPECT_TRUE(ParseTime("1970-01-01T00:00:01Z", start, at));
  EXPECT_EQ(at, Instant{1000});
  for (const char* wrong : {"+", "+h", "+1", "+1w", "1h", "+-1h", "tomorrow", "", "+999999999999d",
                            "+30000d30000d", "+99999999999999999999h"}) {
    EXPECT_FALSE(ParseTime(wrong, start, at)) << wrong;
  }
}

TEST(CaseFormat, SaysWhereAScriptIsWrong) {
  EXPECT_EQ(Why(std::string(kHead) + "+1h Tick\n"), "");
  EXPECT_EQ(Why("order o/TAOBAO/1\n"), "s:2: expected a \"# name:\" in the script, found none");
  EXPECT_THAT(Why(std::string(kHead) + "soon Tick\n"), HasSubstr("s:5: expected packs, start"));
  EXPECT_THAT(Why(std::string(kHead) + "+2h Tick\n+1h Tick\n"),
              HasSubstr("s:6: expected a time at or after the line before, found +1h"));
  EXPECT_THAT(Why(std::string(kHead) + "+1h RefundAccepted {}\n"), HasSubstr("expected by=ROLE"));
  EXPECT_THAT(Why(std::string(kHead) + "+1h RefundAccepted by=SELLER who=me {}\n"),
              HasSubstr("expected by, id, key, case, version, principal or occurred, found who"));
}

TEST(CaseFormat, SaysWhatIsWrongWithABody) {
  const auto run = [](const std::string& line) {
    return std::string(RunScript(*ParseScript("s", kHead + line)).status().message());
  };
  EXPECT_THAT(run("+1h RefundRejected by=SELLER {}\n"), HasSubstr("s:5: /body/ground: expected"));
  EXPECT_THAT(run("+1h RefundRejected by=SELLER {\"ground\":$none(1)}\n"),
              HasSubstr("s:5: no placeholder reads like $none"));
  EXPECT_THAT(run("+1h RefundPaid by=PSP {\"leg\":\"$leg1\"}\n"),
              HasSubstr("names what the script never makes"));
}

TEST(CaseFormat, ExpandsPlaceholders) {
  EXPECT_EQ(Expand("{\"ask\":$cny(5)}", {}).text, R"({"ask":{"units":5,"currency":"CNY"}})");
  EXPECT_EQ(Expand("$units(1,2)", {}).text, R"({"line":"1","quantity":2})");
  EXPECT_EQ(Expand("$piece(PHOTO,a,s)", {}).text,
            "{\"hash\":\"" + Expand("$hash(a)", {}).text + R"(","kind":"PHOTO","slot":"s"})");
  EXPECT_EQ(Expand("$pieces(PHOTO,a,2)", {}).text,
            Expand("$piece(PHOTO,a-1),$piece(PHOTO,a-2)", {}).text);
  EXPECT_EQ(Expand("$option(VOUCHER,5)", {}).text,
            R"({"remedy":"VOUCHER","amount":{"units":5,"currency":"CNY"}})");
  EXPECT_EQ(Expand("$share(FUND,4000)", {}).text, R"({"bearer":"FUND","basis_points":4000})");
  EXPECT_EQ(Expand("$actor(SELLER,m-1)", {}).text, R"({"role":"SELLER","id":"m-1"})");
  EXPECT_EQ(Expand("$pack(taobao/2024-08-09)", {}).text.size(), 64u);
  EXPECT_FALSE(Expand("$pack(taobao/no-such-pack)", {}).error.empty());
  EXPECT_FALSE(Expand("$leg1", {}).complete);
}

TEST(CaseFormat, ReadsWhatALineWasPaidWith) {
  const Script script = *ParseScript(
      "s",
      "# name: a test\nstart  2024-09-01T10:00:00+08:00\n"
      "order  o/TAOBAO/1  address=addr-1  line=1 paid=9 CNY bucket=POINTS:5 "
      "bucket=SHOP_COUPON:30:MERCHANT supported=REPAIR,EXCHANGE serial=S-77  line=2 paid=1 CNY\n");
  ASSERT_EQ(script.entries.size(), 1u);
  EXPECT_EQ(
      script.entries[0].text,
      R"({"buyer":"b-1","merchant":"m-1","lines":[)"
      R"({"line":"1","sku":"sku-1","quantity":1,"paid":{"units":9,"currency":"CNY"},)"
      R"("buckets":[{"bucket":"POINTS","amount":{"units":5,"currency":"CNY"}},)"
      R"({"bucket":"SHOP_COUPON","amount":{"units":30,"currency":"CNY"},"funder":"MERCHANT"}],)"
      R"("supported":["REPAIR","EXCHANGE"],"serial":"S-77"},)"
      R"({"line":"2","sku":"sku-1","quantity":1,"paid":{"units":1,"currency":"CNY"}}],)"
      R"("return_address":"addr-1"})");
}

TEST(CaseFormat, SaysOnWhoseAuthorityAndToWhom) {
  const Script script =
      *ParseScript("s", std::string(kHead) +
                            "# alone: why\n"
                            "+1h RefundAccepted by=SELLER principal=seller:m-1 {}\n"
                            "+2h PayoutHold by=PLATFORM {\"scope\":\"ALL\"}\n");
  ASSERT_EQ(script.entries.size(), 3u);
  EXPECT_EQ(script.alone, "why");
  EXPECT_EQ(script.entries[1].principal, "seller:m-1");
  EXPECT_EQ(script.entries[1].key, "o/TAOBAO/1");
  EXPECT_EQ(script.entries[2].key, "");
}

TEST(CaseFormat, RewritesOnlyIndentedLines) {
  const std::string text =
      std::string(kHead) + "       old answer\n# a comment\n\nmust:  cases=0\n";
  const Script script = *ParseScript("s", text);
  EXPECT_EQ(Render(script, {{"new", "newer"}, {}}),
            std::string(kHead) + "       new\n       newer\n# a comment\n\nmust:  cases=0\n");
  EXPECT_EQ(DiffOf("a\n b\nc\n", "a\n x\nc\n"), "  a\n-  b\n+  x\n  c\n  \n");
  EXPECT_EQ(DiffOf("a\n", "a\n"), "");
}

TEST(CaseFormat, AMustThatDoesNotHoldSaysSo) {
  const Script script = *ParseScript(
      "s", std::string(kHead) +
               "must:  cases=1 path=F1,0 no_row=F1 nonsense=1 word refusal=NOT_PAID at=+1h\n"
               "must:  phase=CLOSED due=T1@+1h row_at=F1@+1h\n"
               "must:  derived=RefundClosed no_derived=RefundClosed count=RefundClosed:1\n"
               "must:  net=BUYER:1 vouchers=ISSUED:1 disputes=OPEN:1 entrance=OPEN openings=0\n"
               "must:  case=one\n");
  EXPECT_THAT(RunScript(script)->Failures(script),
              ElementsAre("s.case:5: must: cases: expected 1, found 0",
                          "s.case:5: must: path: expected F1,0, found F1, which stops before 0",
                          "s.case:5: must: no_row: expected no F1, found F1",
                          "s.case:5: must: nonsense: no such word",
                          "s.case:5: must: \"word\": expected name=value",
                          "s.case:5: must: refusal: expected NOT_PAID, found none",
                          "s.case:5: must: at: expected 2024-09-01T11:00:00.000+08:00, found "
                          "1970-01-01T08:00:00.000+08:00",
                          "s.case:6: must: phase: expected CLOSED, found no case",
                          "s.case:6: must: due: expected T1@2024-09-01T11:00:00.000+08:00, found "
                          "none",
                          "s.case:6: must: row_at F1: expected 2024-09-01T11:00:00.000+08:00, "
                          "found 2024-09-01T10:00:00.000+08:00",
                          "s.case:7: must: derived: expected RefundClosed, found none, which stops "
                          "before RefundClosed",
                          "s.case:7: must: count: expected RefundClosed:1, found RefundClosed:0",
                          "s.case:8: must: net: expected BUYER:1, found none",
                          "s.case:8: must: vouchers: expected ISSUED:1, found none",
                          "s.case:8: must: disputes: expected OPEN:1, found none",
                          "s.case:8: must: entrance: expected OPEN, found SHUT",
                          "s.case:9: must: case: expected a number, found one"));
}

// Scripts meet in one log (examples/, histories_test): nobody's order or claim may be another's.
TEST(CaseFormat, OrdersAndClaimsAreOfOneScriptAlone) {
  std::set<std::string> keys;
  std::set<std::string> names;
  for (const std::string& path : ScriptPaths()) {
    const absl::StatusOr<Script> script = LoadScript(path);
    ASSERT_TRUE(script.ok()) << script.status();
    EXPECT_TRUE(names.insert(script->name).second);
    bool has_must = false;
    std::set<std::string> own;
    for (const Entry& entry : script->entries) {
      has_must = has_must || entry.kind == Entry::Kind::kMust;
      if (!entry.key.empty()) own.insert(entry.key);
    }
    EXPECT_TRUE(has_must) << path;
    for (const std::string& key : own) EXPECT_TRUE(keys.insert(key).second) << path << ": " << key;
  }
}

}  // namespace
}  // namespace refund::cases
