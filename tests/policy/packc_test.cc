// One mistake a test, with the text that an author sees.
#include "tools/packc/packc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "tests/policy/pack_files.h"
#include "tools/packc/toml_tree.h"

namespace refund::packc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kWell = R"(platform = "TAOBAO"
name = "test/one"
title = "One"
effective_from = 2024-01-01T00:00:00+08:00
[kinds]
REFUND_ONLY = { from = 2024-01-01T00:00:00+08:00, source = "G-79" }
[deadlines]
T0 = { limit = "60s", source = "G-90" }
T1 = { limit = "48h", source = "G-12" }
T2 = { limit = "72h", source = "G-31" }
T4 = { limit = "7d", source = "T" }
T8 = { limit = "3d", source = "G-14" }
T9 = { limit = "3mo", source = "T" }
T10 = { limit = "7d", source = "G-15" }
T11 = { limit = "48h", source = "T" }
T12 = { limit = "24h", source = "T" }
T13 = { limit = "24h", source = "T" }
T15 = { limit = "1h", source = "T" }
T3 = { limit = "7d", source = "G-15" }
T5 = { limit = "5d", source = "G-15" }
T6 = { limit = "72h", source = "T" }
T7 = { limit = "7d", source = "T" }
T14 = { limit = "48h", source = "G-88" }
[limits]
applications_per_line = { value = 5, source = "T" }
amendments = { value = 5, source = "T" }
offers = { value = 5, source = "T" }
help_requests = { value = 5, source = "T" }
evidence_rounds = { value = 3, source = "G-14" }
payout_queries = { value = 7, source = "T" }
payout_retries = { value = 5, source = "T" }
[standing]
bad_reviews_over = { value = 20, source = "G-16" }
violations_over = { value = 5, source = "G-16" }
[rating]
good_reviews_below = { basis_points = 7000, source = "G-18" }
[[awaits]]
fact = "seller_standing"
complaints_only = true
source = "G-90"
[arbitration]
first_step = "REVIEW"
evidence_from = "BUYER"
slots = [{ party = "BUYER", slot = "photo" }]
authority_limit = { units = 200000, currency = "CNY", source = "G-84" }
help_grounds = ["HANDED_AROUND"]
[[route]]
label = "direct"
implements = "TB-20"
words = "Marked."
when = { complained = true, seller_standing = "MARKED" }
then = "DIRECT"
[[route]]
label = "seller"
implements = "G-12"
words = "Else."
then = "SELLER"
[[timeout]]
label = "silence"
implements = "G-12"
words = "Silence accepts."
then = "ACCEPT"
[[payer]]
label = "merchant"
implements = "XP-22"
words = "The merchant."
then = "MERCHANT"
[[ruling]]
label = "small"
implements = "G-69"
words = "Little is asked."
when = { liability = "MERCHANT", ask_at_most = { units = 5000, currency = "CNY", source = "G-69" } }
then = "PACK_FOR_BUYER"
[[ruling]]
label = "person"
implements = "TT-21"
words = "A person."
then = "PERSON"
)";

// Everything else that a pack may say: after kWell, the whole of TOML.
constexpr std::string_view kMore = R"([return_in_transit]
limit = "10d"
source = "T"
[replacement_in_transit]
limit = "11d"
source = "T"
[report_window]
limit = "48h"
source = "G-32"
[outage_grace]
limit = "24h"
source = "T"
[freight_sums]
flat = { units = 1000, currency = "CNY" }
cover_cap = { units = 1200, currency = "CNY" }
source = "G-86"
[[vouchers]]
kind = "EXPERIENCE_COMP"
units = 600
currency = "CNY"
source = "G-87"
[[vouchers]]
kind = "LOGISTICS_SUBSIDY"
units = 500
currency = "CNY"
source = "G-87"
[voucher_budget]
units = 100000000
currency = "CNY"
window_days = 0
source = "G-85"
[buyer_cap]
units = 10000
currency = "CNY"
window_days = 30
source = "G-85"
[opens_case]
lost_parcel = true
[entrance]
open_window = "2y"
most_openings = 3
cards = true
source = "TB-27"
[[pay_first]]
label = "paid-first"
implements = "T-1"
words = "Paid first."
when = { goods = ["LOST", "WAIVED"], reported_in_time = true }
then = "YES"
[[pay_first]]
label = "not-paid-first"
implements = "T-2"
words = "Not paid first."
then = "NO"
[[examples]]
name = "A lost parcel"
question = "pay_first"
facts = { kind = "REFUND_ONLY", reason = "NOT_RECEIVED", goods = "LOST", reported_in_time = true, ask = { units = 100, currency = "CNY" } }
expect = "YES"
rule = "paid-first"
)";

std::string With(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  CHECK(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::vector<std::string> Errors(const std::string& toml) {
  std::vector<std::string> texts;
  for (const Diagnostic& error : CompilePack(toml, "p.toml").errors) texts.push_back(error.Text());
  return texts;
}

// What is said of the pack that is well but for one edit.
std::vector<std::string> ErrorsWith(std::string_view from, std::string_view to) {
  return Errors(With(std::string(kWell), from, to));
}

// Found by fuzz_packs: the parser asserts, in some builds, before it looks; and of letters past
// ASCII it takes some for what cannot be.
TEST(TomlTreeTest, WhatIsNoKeyIsAnErrorInEveryBuild) {
  for (const char* header : {"\u00e9 = 1", "\u3002", "[kinds]\u3001", "y = 2\u3042", "\u0436"}) {
    Diagnostics errors("x.toml");
    EXPECT_FALSE(ParseToml(std::string("x = 1\n") + header + "\n", errors).has_value()) << header;
    EXPECT_FALSE(errors.empty()) << header;
  }
  for (const char* header : {"[.a]", "[=x]", "[+a]", "[{a}]", "[#x]", "[,]", "[!kinds]", "[\"]"}) {
    Diagnostics errors("x.toml");
    EXPECT_FALSE(ParseToml(std::string("x = 1\n") + header + "\n", errors).has_value()) << header;
    EXPECT_FALSE(errors.empty()) << header;
  }
}

TEST(PackcTest, CompilesAPackThatIsWell) {
  const Compiled compiled = CompilePack(kWell, "p.toml");
  ASSERT_THAT(Errors(std::string(kWell)), IsEmpty());
  ASSERT_TRUE(compiled.pack.has_value());
  EXPECT_EQ(compiled.pack->digest, Sha256(compiled.bytes));
  EXPECT_EQ(compiled.pack->name, "test/one");
  EXPECT_EQ(FormatInstant(compiled.pack->effective_from), "2024-01-01T00:00:00.000+08:00");
  EXPECT_EQ(compiled.pack->deadlines.at(Timer::kT9).period, (Period{3, PeriodUnit::kMonth}));
  EXPECT_EQ(compiled.pack->ruling[0].when[1].source, "G-69");
}

// kWell with the keys that stand before the first table, then kMore; lines count from 1 in kMore.
Compiled CompileMore(std::string_view more) {
  return CompilePack(With(std::string(kWell), "[kinds]",
                          "anomaly_voucher = \"LOGISTICS_SUBSIDY\"\nthree_options = "
                          "false\nvoucher_counts = true\nfund_recovers = true\n[kinds]") +
                         std::string(more),
                     "p.toml");
}

TEST(PackcTest, ReadsEverythingThatAPackMaySay) {
  const Compiled compiled = CompileMore(kMore);
  for (const Diagnostic& error : compiled.errors) ADD_FAILURE() << error.Text();
  ASSERT_TRUE(compiled.pack.has_value());
  const policy::Pack& pack = *compiled.pack;
  EXPECT_EQ(pack.return_in_transit->period, (Period{10, PeriodUnit::kDay}));
  EXPECT_EQ(pack.replacement_in_transit->period, (Period{11, PeriodUnit::kDay}));
  EXPECT_EQ(pack.report_window->source, "G-32");
  EXPECT_EQ(pack.outage_grace->period, (Period{24, PeriodUnit::kHour}));
  EXPECT_EQ(pack.freight_flat, (Money{1000, Currency::kCny}));
  EXPECT_EQ(pack.freight_cover_cap, (Money{1200, Currency::kCny}));
  EXPECT_EQ(pack.freight_source, "G-86");
  ASSERT_EQ(pack.vouchers.size(), 2U);
  EXPECT_EQ(pack.vouchers[0].kind, VoucherKind::kLogisticsSubsidy);  // by number
  EXPECT_EQ(pack.FindVoucher(VoucherKind::kExperienceComp)->amount, (Money{600, Currency::kCny}));
  EXPECT_EQ(pack.FindVoucher(VoucherKind::kOther), nullptr);
  EXPECT_EQ(pack.anomaly_voucher, VoucherKind::kLogisticsSubsidy);
  EXPECT_EQ(pack.voucher_budget->limit, (Money{100000000, Currency::kCny}));
  EXPECT_EQ(pack.voucher_budget->window_days, 0U);
  EXPECT_EQ(pack.buyer_cap->window_days, 30U);
  EXPECT_TRUE(pack.voucher_counts);
  EXPECT_TRUE(pack.fund_recovers);
  EXPECT_TRUE(pack.lost_parcel_opens_case);
  EXPECT_FALSE(pack.intercepted_product_opens_case);
  EXPECT_FALSE(pack.three_options);
  ASSERT_TRUE(pack.entrance.has_value());
  EXPECT_EQ(pack.entrance->open_window.period, (Period{2, PeriodUnit::kYear}));
  EXPECT_EQ(pack.entrance->open_window.source, "TB-27");
  EXPECT_EQ(pack.entrance->most_openings, 3U);
  EXPECT_TRUE(pack.entrance->cards);
  EXPECT_FALSE(pack.entrance->buyer_reopens);
  ASSERT_EQ(pack.pay_first.size(), 2U);
  EXPECT_EQ(pack.pay_first[0].answer, static_cast<uint8_t>(YesNo::kYes));
  ASSERT_EQ(compiled.examples.size(), 1U);
  EXPECT_EQ(compiled.examples[0].facts.ask, (Money{100, Currency::kCny}));
}

TEST(PackcTest, WhatAPackLeavesOutHasADefault) {
  const policy::Pack pack = *CompilePack(kWell, "p.toml").pack;
  const std::pair<policy::Question, std::string_view> defaults[] = {
      {policy::Question::kFreight, "BUYER"},      {policy::Question::kLoss, "PAY"},
      {policy::Question::kUnfulfilled, "REFUND"}, {policy::Question::kPayFirst, "NO"},
      {policy::Question::kMoneyFirst, "NO"},      {policy::Question::kAdvance, "NO"}};
  for (const auto& [question, answer] : defaults) {
    ASSERT_EQ(pack.RulesOf(question).size(), 1U);
    const policy::Rule& rule = pack.RulesOf(question)[0];
    EXPECT_EQ(rule.label, "default");
    EXPECT_THAT(rule.when, IsEmpty());
    EXPECT_EQ(policy::NameOfAnswer(question, rule.answer), answer);
  }
  EXPECT_TRUE(pack.three_options);
  EXPECT_FALSE(pack.voucher_counts);
  EXPECT_FALSE(pack.fund_recovers);
  EXPECT_FALSE(pack.entrance.has_value());
  EXPECT_FALSE(pack.anomaly_voucher.has_value());
  EXPECT_EQ(pack.freight_flat, Money{});
  EXPECT_EQ(pack.FindLimit(Timer::kT22), nullptr);
}

TEST(PackcTest, ExamplesAreNotInTheBytes) {
  const std::string_view without = kMore.substr(0, kMore.find("[[examples]]"));
  EXPECT_EQ(CompileMore(without).bytes, CompileMore(kMore).bytes);
}

TEST(PackcTest, TheSamePackWrittenOtherwiseHasTheSameBytes) {
  const std::string moved =
      With(With(std::string(kWell), "title = \"One\"\n", ""), "platform = \"TAOBAO\"\n",
           "# A comment.\ntitle = 'One'\nplatform = \"TAOBAO\"\n");
  EXPECT_EQ(CompilePack(moved, "q.toml").bytes, CompilePack(kWell, "p.toml").bytes);
  const std::string utc = With(std::string(kWell), "2024-01-01T00:00:00+08:00\n[kinds]",
                               "2023-12-31T16:00:00Z\n[kinds]");
  EXPECT_EQ(CompilePack(utc, "q.toml").bytes, CompilePack(kWell, "p.toml").bytes);
}

TEST(PackcTest, NamesSeveralErrorsAtOnceInTheOrderOfTheFile) {
  std::string toml = With(std::string(kWell), "then = \"DIRECT\"", "then = \"DIREKT\"");
  toml = With(toml, "\"48h\"", "48");
  toml = With(toml, "platform = \"TAOBAO\"", "platform = \"TAOBOA\"");
  EXPECT_THAT(Errors(toml),
              ElementsAre("p.toml:1:12: error: unknown platform 'TAOBOA' (did you mean 'TAOBAO'?)",
                          "p.toml:9:16: error: expected a period with its unit, such as \"60s\", "
                          "\"48h\", \"7d\", \"3mo\" or \"2y\", found the number 48",
                          "p.toml:52:8: error: unknown answer 'DIREKT' (did you mean 'DIRECT'?)"));
}

struct Mistake {
  std::string_view name;
  std::string_view from;
  std::string_view to;
  std::vector<std::string> errors;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class OneMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(OneMistakeTest, IsNamedWithItsPlace) {
  const Mistake& mistake = GetParam();
  EXPECT_THAT(ErrorsWith(mistake.from, mistake.to), ::testing::ElementsAreArray(mistake.errors));
}

std::string NameOfMistake(const ::testing::TestParamInfo<Mistake>& info) {
  return std::string(info.param.name);
}

const Mistake kMistakes[] = {
    // clang-format off
    {"NotToml", "title = \"One\"", "title = ",
     {"p.toml:3:9: error: Error while parsing key-value pair: expected value, saw '\\n'"}},
    {"DuplicateKey", "title = \"One\"", "title = \"One\"\ntitle = \"Two\"",
     {"p.toml:4:9: error: Error while parsing key-value pair: cannot redefine existing string 'title'"}},
    {"Float", "units = 5000,", "units = 50.0,",
     {"p.toml:72:58: error: floats are not allowed: money is { units = 5000, currency = \"CNY\" } and a period is text such as \"48h\""}},
    {"FloatInAnUnknownKey", "title = \"One\"", "title = \"One\"\nrate = 0.5",
     {"p.toml:4:1: error: unknown key 'rate' in the pack",
      "p.toml:4:8: error: floats are not allowed: money is { units = 5000, currency = \"CNY\" } and a period is text such as \"48h\""}},
    {"UnknownKey", "help_grounds = ", "help_ground = ",
     {"p.toml:46:1: error: unknown key 'help_ground' (did you mean 'help_grounds'?) in [arbitration]"}},
    {"UnknownKeyInARule", "words = \"Else.\"", "words = \"Else.\"\nwenn = {}",
     {"p.toml:57:1: error: unknown key 'wenn' (expected label, implements, words, when or then) in [[route]]"}},
    {"UnknownTable", "[rating]", "[ratings]",
     {"p.toml:1:1: error: missing 'rating' in the pack",
      "p.toml:35:2: error: unknown key 'ratings' (did you mean 'rating'?) in the pack"}},
    {"MissingKey", "title = \"One\"\n", "",
     {"p.toml:1:1: error: missing 'title' in the pack"}},
    {"MissingLimits", "evidence_rounds = { value = 3, source = \"G-14\" }\n", "",
     {"p.toml:24:1: error: missing 'evidence_rounds' in [limits]"}},
    {"MissingTimer", "T13 = { limit = \"24h\", source = \"T\" }\n", "",
     {"p.toml:7:1: error: missing [deadlines.T13]: the machine arms this timer"}},
    {"NumberAsPeriod", "\"48h\"", "48",
     {"p.toml:9:16: error: expected a period with its unit, such as \"60s\", \"48h\", \"7d\", \"3mo\" or \"2y\", found the number 48"}},
    {"UnknownUnit", "\"48h\"", "\"48hours\"",
     {"p.toml:9:16: error: expected a period with its unit, such as \"60s\", \"48h\", \"7d\", \"3mo\" or \"2y\", found the text \"48hours\""}},
    {"NoPeriod", "\"48h\"", "\"0h\"",
     {"p.toml:9:16: error: a period is longer than nothing and at most 100 years, found the text \"0h\""}},
    {"EndlessPeriod", "\"48h\"", "\"101y\"",
     {"p.toml:9:16: error: a period is longer than nothing and at most 100 years, found the text \"101y\""}},
    {"NumberWithoutSource", "value = 3, source = \"G-14\"", "value = 3",
     {"p.toml:29:19: error: missing 'source' in [limits.evidence_rounds]: every number says where it comes from, as in source = \"G-12\""}},
    {"PeriodWithoutSource", "limit = \"48h\", source = \"G-12\"", "limit = \"48h\"",
     {"p.toml:9:6: error: missing 'source' in [deadlines.T1]: every number says where it comes from, as in source = \"G-12\""}},
    {"SumWithoutSource", "currency = \"CNY\", source = \"G-69\"", "currency = \"CNY\"",
     {"p.toml:72:48: error: missing 'source' in 'ask_at_most': every number says where it comes from, as in source = \"G-12\""}},
    {"AwaitWithoutSource", "complaints_only = true\nsource = \"G-90\"", "complaints_only = true",
     {"p.toml:37:1: error: missing 'source' in [[awaits]]: every number says where it comes from, as in source = \"G-12\""}},
    {"EmptySource", "value = 3, source = \"G-14\"", "value = 3, source = \"\"",
     {"p.toml:29:41: error: expected one line of text in 'source', not empty"}},
    {"NegativeCount", "value = 3", "value = -3",
     {"p.toml:29:29: error: expected a whole number from 0 to 1000000, found -3"}},
    {"TextAsCount", "value = 3", "value = \"3\"",
     {"p.toml:29:29: error: expected a whole number from 0 to 1000000, found the text \"3\""}},
    {"UnknownPlatform", "\"TAOBAO\"", "\"TAOBOA\"",
     {"p.toml:1:12: error: unknown platform 'TAOBOA' (did you mean 'TAOBAO'?)"}},
    {"UnspecifiedPlatform", "\"TAOBAO\"", "\"UNSPECIFIED\"",
     {"p.toml:1:12: error: unknown platform 'UNSPECIFIED'"}},
    {"UnknownKind", "REFUND_ONLY =", "REFUND_ONYL =",
     {"p.toml:6:1: error: unknown kind 'REFUND_ONYL' (did you mean 'REFUND_ONLY'?)"}},
    {"UnknownTimer", "T2 =", "T99 =",
     {"p.toml:7:1: error: missing [deadlines.T2]: the machine arms this timer",
      "p.toml:10:1: error: unknown timer 'T99'"}},
    {"UnknownAnswer", "\"DIRECT\"", "\"DIREKT\"",
     {"p.toml:52:8: error: unknown answer 'DIREKT' (did you mean 'DIRECT'?)"}},
    {"AnswerOfAnotherQuestion", "then = \"ACCEPT\"", "then = \"SELLER\"",
     {"p.toml:62:8: error: unknown answer 'SELLER' (expected ACCEPT or PLATFORM)"}},
    {"UnknownFact", "seller_standing = ", "seller_standin = ",
     {"p.toml:51:29: error: unknown fact 'seller_standin' (did you mean 'seller_standing'?)"}},
    {"AskIsNotSpelledSo", "ask_at_most = ", "ask = ",
     {"p.toml:72:34: error: unknown fact 'ask' (did you mean 'ask_at_most'?)"}},
    {"UnknownValue", "\"MARKED\"", "[\"MARKD\"]",
     {"p.toml:51:48: error: unknown value of seller_standing 'MARKD' (did you mean 'MARKED'?)"}},
    {"ValueTwice", "\"MARKED\"", "[\"MARKED\", \"MARKED\"]",
     {"p.toml:51:58: error: value 'MARKED' stands twice"}},
    {"TextForYesOrNo", "complained = true", "complained = \"YES\"",
     {"p.toml:51:23: error: expected true or false, found the text \"YES\""}},
    {"NumberAsMoney", "ask_at_most = { units = 5000, currency = \"CNY\", source = \"G-69\" }", "ask_at_most = 5000",
     {"p.toml:72:48: error: expected money as { units = 5000, currency = \"CNY\", source = \"G-69\" }, units being fen, cents or yen, found the number 5000"}},
    {"UnknownCurrency", "currency = \"CNY\", source = \"G-69\"", "currency = \"RMB\", source = \"G-69\"",
     {"p.toml:72:75: error: unknown currency 'RMB'"}},
    {"MoneyWithoutCurrency", "units = 5000, currency = \"CNY\"", "units = 5000",
     {"p.toml:72:48: error: missing 'currency' in 'ask_at_most'"}},
    {"LocalDateTime", "2024-01-01T00:00:00+08:00\n[kinds]", "2024-01-01T00:00:00\n[kinds]",
     {"p.toml:4:18: error: a date needs a time and an offset, as in 2024-01-01T00:00:00+08:00"}},
    {"LocalDate", "2024-01-01T00:00:00+08:00\n[kinds]", "2024-01-01\n[kinds]",
     {"p.toml:4:18: error: a date needs a time and an offset, as in 2024-01-01T00:00:00+08:00"}},
    {"DateAsText", "2024-01-01T00:00:00+08:00\n[kinds]", "\"2024-01-01T00:00:00+08:00\"\n[kinds]",
     {"p.toml:4:18: error: expected a date such as 2024-01-01T00:00:00+08:00, found the text \"2024-01-01T00:00:00+08:00\""}},
    {"Microseconds", "2024-01-01T00:00:00+08:00\n[kinds]", "2024-01-01T00:00:00.000001+08:00\n[kinds]",
     {"p.toml:4:18: error: a date has milliseconds at the most"}},
    {"RuleWithoutLabel", "label = \"silence\"\n", "",
     {"p.toml:58:1: error: missing 'label' in [[timeout]]"}},
    {"RuleWithoutImplements", "implements = \"XP-22\"\n", "",
     {"p.toml:63:1: error: missing 'implements' in [[payer]]"}},
    {"RuleWithoutWords", "words = \"Silence accepts.\"\n", "",
     {"p.toml:58:1: error: missing 'words' in [[timeout]]"}},
    {"NoCatalogueId", "\"XP-22\"", "\"the catalogue\"",
     {"p.toml:65:14: error: expected the catalogue's id of what the rule implements, such as \"TB-20\", found the text \"the catalogue\""}},
    {"RuleWithoutAnswer", "then = \"ACCEPT\"\n", "",
     {"p.toml:58:1: error: missing 'then' in [[timeout]]"}},
    {"LabelInCapitals", "label = \"silence\"", "label = \"Silence\"",
     {"p.toml:59:9: error: expected lower-case letters, digits, '-', '.' and '/' in 'label', found the text \"Silence\""}},
    {"DuplicateLabel", "label = \"silence\"", "label = \"seller\"",
     {"p.toml:59:9: error: label 'seller' is taken by the rule in line 53"}},
    {"LastRuleHasACondition", "words = \"Silence accepts.\"", "words = \"Silence accepts.\"\nwhen = { shipped = true }",
     {"p.toml:62:8: error: the last rule of 'timeout' has a condition: it must answer every case that is left"}},
    {"NoRuleForAQuestion", "[[timeout]]\nlabel = \"silence\"\nimplements = \"G-12\"\nwords = \"Silence accepts.\"\nthen = \"ACCEPT\"\n", "",
     {"p.toml:1:1: error: missing 'timeout' in the pack: a question needs a rule at least"}},
    {"EmptyCondition", "\"MARKED\"", "[]",
     {"p.toml:51:47: error: an empty list allows no value: the rule can never fire"}},
    {"ShadowedByOneRule", "[[payer]]", "[[payer]]\nlabel = \"a\"\nimplements = \"T-1\"\nwords = \"A.\"\nwhen = { liability = [\"CARRIER\", \"PLATFORM\"] }\nthen = \"FUND\"\n[[payer]]\nlabel = \"b\"\nimplements = \"T-2\"\nwords = \"B.\"\nwhen = { liability = \"CARRIER\", shipped = true }\nthen = \"MERCHANT\"\n[[payer]]",
     {"p.toml:70:9: error: rule 'b' can never fire: rule 'a' in line 63 always answers first"}},
    {"ShadowedByAllRules", "[[payer]]", "[[payer]]\nlabel = \"a\"\nimplements = \"T-1\"\nwords = \"A.\"\nwhen = { shipped = true }\nthen = \"FUND\"\n[[payer]]\nlabel = \"b\"\nimplements = \"T-2\"\nwords = \"B.\"\nwhen = { shipped = false }\nthen = \"PLATFORM\"\n[[payer]]",
     {"p.toml:76:9: error: rule 'merchant' can never fire: the rules before it answer every case that it would"}},
    {"ShadowedByALargerSum", "[[ruling]]\nlabel = \"person\"", "[[ruling]]\nlabel = \"smaller\"\nimplements = \"T-1\"\nwords = \"A.\"\nwhen = { liability = \"MERCHANT\", ask_at_most = { units = 4999, currency = \"CNY\", source = \"T\" } }\nthen = \"PERSON\"\n[[ruling]]\nlabel = \"person\"",
     {"p.toml:75:9: error: rule 'smaller' can never fire: rule 'small' in line 68 always answers first"}},
    {"ShadowedByAnUnconditionalRule", "when = { complained = true, seller_standing = \"MARKED\" }\nthen = \"DIRECT\"", "then = \"DIRECT\"",
     {"p.toml:38:8: error: no rule of 'route' reads seller_standing: cases would wait for nothing",
      "p.toml:53:9: error: rule 'seller' can never fire: rule 'direct' in line 47 always answers first"}},
    {"KindNotTaken", "liability = \"MERCHANT\", ask", "kind = \"EXCHANGE\", ask",
     {"p.toml:69:9: error: rule 'small' can never fire: the pack takes no case of its kinds"}},
    {"RouteReadsWhatIsNotAwaited", "complained = true, seller_standing = \"MARKED\"", "abuse = \"NORMAL\", complained = true, seller_standing = \"MARKED\"",
     {"p.toml:51:8: error: rule 'direct' reads abuse, which the pack does not await: add [[awaits]] fact = \"abuse\""}},
    {"RouteReadsWithoutComplaint", "complained = true, seller_standing", "seller_standing",
     {"p.toml:51:8: error: rule 'direct' reads seller_standing, which the pack awaits for complaints only: add complained = true to the rule"}},
    {"AwaitedTwice", "[arbitration]", "[[awaits]]\nfact = \"seller_standing\"\nsource = \"G-90\"\n[arbitration]",
     {"p.toml:42:8: error: fact 'seller_standing' is awaited twice"}},
    {"AwaitedForNothing", "[arbitration]", "[[awaits]]\nfact = \"good_reviews\"\nsource = \"G-90\"\n[arbitration]",
     {"p.toml:42:8: error: no rule of 'route' reads good_reviews: cases would wait for nothing"}},
    {"AwaitedFactOfTheCase", "fact = \"seller_standing\"", "fact = \"liability\"",
     {"p.toml:38:8: error: unknown recorded fact 'liability' (expected seller_standing, good_reviews or abuse)",
      "p.toml:51:8: error: rule 'direct' reads seller_standing, which the pack does not await: add [[awaits]] fact = \"seller_standing\""}},
    {"SlotOfAPartyNotAsked", "party = \"BUYER\"", "party = \"SELLER\"",
     {"p.toml:44:20: error: evidence is not asked of SELLER: see evidence_from"}},
    {"SlotOfNoParty", "party = \"BUYER\"", "party = \"AGENT\"",
     {"p.toml:44:20: error: unknown party 'AGENT' (expected BUYER or SELLER)"}},
    {"EvidenceFromNobody", "evidence_from = \"BUYER\"", "evidence_from = \"NONE\"",
     {"p.toml:43:17: error: unknown side 'NONE' (expected BUYER, SELLER or BOTH)"}},
    {"HelpGroundTwice", "[\"HANDED_AROUND\"]", "[\"HANDED_AROUND\", \"HANDED_AROUND\"]",
     {"p.toml:46:34: error: help ground 'HANDED_AROUND' stands twice"}},
    {"TextForAList", "[\"HANDED_AROUND\"]", "\"HANDED_AROUND\"",
     {"p.toml:46:16: error: expected the list 'help_grounds', found the text \"HANDED_AROUND\""}},
    {"TextForATable", "REFUND_ONLY = { from = 2024-01-01T00:00:00+08:00, source = \"G-79\" }", "REFUND_ONLY = \"2024\"",
     {"p.toml:6:15: error: expected the table [kinds.REFUND_ONLY], found the text \"2024\""}},
    {"OneRuleThatIsNoList", "[[timeout]]", "[timeout]",
     {"p.toml:58:1: error: expected the list [[timeout]], found a table"}},
    // clang-format on
};

// The same, of kMore: places count from its own first line.
class OneMistakeMoreTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(OneMistakeMoreTest, IsNamedWithItsPlace) {
  const Mistake& mistake = GetParam();
  const int before = 82;  // lines of kWell and of the keys before it
  std::vector<std::string> texts;
  for (Diagnostic error : CompileMore(With(std::string(kMore), mistake.from, mistake.to)).errors) {
    if (error.line > before) error.line -= before;
    texts.push_back(error.Text());
  }
  EXPECT_THAT(texts, ::testing::ElementsAreArray(mistake.errors));
}

const Mistake kMoreMistakes[] = {
    // clang-format off
    {"WindowWithoutUnit", "limit = \"10d\"", "limit = 10",
     {"p.toml:2:9: error: expected a period with its unit, such as \"60s\", \"48h\", \"7d\", \"3mo\" or \"2y\", found the number 10"}},
    {"WindowWithoutSource", "limit = \"11d\"\nsource = \"T\"", "limit = \"11d\"",
     {"p.toml:4:1: error: missing 'source' in [replacement_in_transit]: every number says where it comes from, as in source = \"G-12\""}},
    {"FreightWithoutCap", "cover_cap = { units = 1200, currency = \"CNY\" }\n", "",
     {"p.toml:13:1: error: missing 'cover_cap' in [freight_sums]"}},
    {"FreightWithoutSource", "source = \"G-86\"\n", "",
     {"p.toml:13:1: error: missing 'source' in [freight_sums]: every number says where it comes from, as in source = \"G-12\""}},
    {"FreightSumWithASourceOfItsOwn", "units = 1000, currency = \"CNY\"", "units = 1000, currency = \"CNY\", source = \"G-86\"",
     {"p.toml:14:42: error: unknown key 'source' (expected units or currency) in 'flat'"}},
    {"FreightAsFloat", "units = 1000", "units = 10.0",
     {"p.toml:14:18: error: floats are not allowed: money is { units = 5000, currency = \"CNY\" } and a period is text such as \"48h\""}},
    {"UnknownVoucher", "\"EXPERIENCE_COMP\"", "\"EXPERIENCE_COMPP\"",
     {"p.toml:18:8: error: unknown voucher 'EXPERIENCE_COMPP' (did you mean 'EXPERIENCE_COMP'?)"}},
    {"SettlementIsNoGoodwill", "\"EXPERIENCE_COMP\"", "\"SETTLEMENT\"",
     {"p.toml:18:8: error: unknown voucher 'SETTLEMENT' (expected LOGISTICS_SUBSIDY, EXPERIENCE_COMP, EXPERIENCE_LOSS, VILLAGE_DELIVERY or OTHER)"}},
    {"VoucherTwice", "\"EXPERIENCE_COMP\"", "\"LOGISTICS_SUBSIDY\"",
     {"p.toml:23:8: error: voucher 'LOGISTICS_SUBSIDY' stands twice"}},
    {"VoucherOfNothing", "units = 600", "units = 0",
     {"p.toml:19:9: error: expected a whole number from 1 to 1000000000000000, found 0"}},
    {"VoucherWithoutSource", "currency = \"CNY\"\nsource = \"G-87\"\n[[vouchers]]", "currency = \"CNY\"\n[[vouchers]]",
     {"p.toml:17:1: error: missing 'source' in [[vouchers]]: every number says where it comes from, as in source = \"G-12\""}},
    {"AnomalyVoucherThatIsNotThere", "\"LOGISTICS_SUBSIDY\"", "\"OTHER\"",
     {"p.toml:5:19: error: the pack has no voucher 'LOGISTICS_SUBSIDY': add [[vouchers]] kind = \"LOGISTICS_SUBSIDY\""}},
    {"BudgetWithoutWindow", "window_days = 0\n", "",
     {"p.toml:27:1: error: missing 'window_days' in [voucher_budget]"}},
    {"CapOfNegativeDays", "window_days = 30", "window_days = -30",
     {"p.toml:35:15: error: expected a whole number from 0 to 36600, found -30"}},
    {"OpensWhat", "lost_parcel = true", "lost_parcels = true",
     {"p.toml:38:1: error: unknown key 'lost_parcels' (did you mean 'lost_parcel'?) in [opens_case]"}},
    {"OpensByText", "lost_parcel = true", "lost_parcel = \"yes\"",
     {"p.toml:38:15: error: expected true or false, found the text \"yes\""}},
    {"EntranceWithoutWindow", "open_window = \"2y\"\n", "",
     {"p.toml:39:1: error: missing 'open_window' in [entrance]"}},
    {"EntranceWithoutCount", "most_openings = 3\n", "",
     {"p.toml:39:1: error: missing 'most_openings' in [entrance]"}},
    {"UnknownKeyOfTheEntrance", "cards = true", "card = true",
     {"p.toml:42:1: error: unknown key 'card' (did you mean 'cards'?) in [entrance]"}},
    {"DefaultIsReserved", "label = \"paid-first\"", "label = \"default\"",
     {"p.toml:45:9: error: label 'default' is for the rules that the compiler fills in: choose another",
      "p.toml:60:8: error: unknown rule 'paid-first' (expected default or not-paid-first) of 'pay_first'"}},
    {"AnswerOfNoYesNo", "then = \"YES\"", "then = \"PAY\"",
     {"p.toml:49:8: error: unknown answer 'PAY' (expected NO or YES)"}},
    {"LastRuleOfAnOptionalQuestion", "words = \"Not paid first.\"", "words = \"Not paid first.\"\nwhen = { lost = true }",
     {"p.toml:54:8: error: the last rule of 'pay_first' has a condition: it must answer every case that is left"}},
    {"ShadowedInAnOptionalQuestion", "words = \"Paid first.\"\nwhen = { goods = [\"LOST\", \"WAIVED\"], reported_in_time = true }", "words = \"Paid first.\"",
     {"p.toml:50:9: error: rule 'not-paid-first' can never fire: rule 'paid-first' in line 126 always answers first"}},
    {"UnknownGoods", "\"WAIVED\"]", "\"WAVED\"]",
     {"p.toml:48:27: error: unknown value of goods 'WAVED' (did you mean 'WAIVED'?)"}},
    {"ExampleWithoutReason", "reason = \"NOT_RECEIVED\", ", "",
     {"p.toml:58:9: error: missing 'reason': every case has one"}},
    {"ExampleOfUnknownFact", "goods = \"LOST\", reported", "god = \"LOST\", reported",
     {"p.toml:58:58: error: unknown fact 'god'"}},
    {"ExampleOfUnknownValue", "goods = \"LOST\", reported", "goods = \"LOSD\", reported",
     {"p.toml:58:66: error: unknown value of goods 'LOSD' (did you mean 'LOST'?)"}},
    {"ExampleOfUnknownQuestion", "question = \"pay_first\"", "question = \"pay_frist\"",
     {"p.toml:57:12: error: unknown question 'pay_frist' (did you mean 'pay_first'?)"}},
    {"ExampleOfUnknownAnswer", "expect = \"YES\"", "expect = \"MAYBE\"",
     {"p.toml:59:10: error: unknown answer 'MAYBE' (expected NO or YES)"}},
    {"ExampleOfUnknownRule", "rule = \"paid-first\"", "rule = \"paid-frist\"",
     {"p.toml:60:8: error: unknown rule 'paid-frist' (did you mean 'paid-first'?) of 'pay_first'"}},
    {"ExampleOfAKindNotTaken", "kind = \"REFUND_ONLY\", reason = \"NOT_RECEIVED\"", "kind = \"REPAIR\", reason = \"NOT_RECEIVED\"",
     {"p.toml:58:9: error: the pack takes no case of kind REPAIR"}},
    {"ExampleTwice", "[[examples]]", "[[examples]]\nname = \"A lost parcel\"\nquestion = \"pay_first\"\nfacts = { kind = \"REFUND_ONLY\", reason = \"TASTE\" }\nexpect = \"NO\"\nrule = \"not-paid-first\"\n[[examples]]",
     {"p.toml:61:1: error: example 'A lost parcel' of 'pay_first' stands twice"}},
    {"ExampleOfANumber", "rule = \"paid-first\"", "rule = 7",
     {"p.toml:60:8: error: expected the rule's label, found the number 7"}},
    {"ExampleWithoutFacts", "facts = {", "fact = {",
     {"p.toml:55:1: error: missing 'facts' in [[examples]]",
      "p.toml:58:1: error: unknown key 'fact' (did you mean 'facts'?) in [[examples]]"}},
    {"ExampleWithText", "reported_in_time = true, ask", "reported_in_time = \"YES\", ask",
     {"p.toml:58:93: error: expected true or false, found the text \"YES\""}},
    // clang-format on
};

INSTANTIATE_TEST_SUITE_P(Packc, OneMistakeMoreTest, ::testing::ValuesIn(kMoreMistakes),
                         NameOfMistake);

INSTANTIATE_TEST_SUITE_P(Packc, OneMistakeTest, ::testing::ValuesIn(kMistakes), NameOfMistake);

TEST(PackcTest, OtherCurrenciesAreOtherAsks) {
  // No sum of dollars is ever one of yuan, so neither rule shadows the other.
  EXPECT_THAT(ErrorsWith("[[ruling]]\nlabel = \"person\"",
                         "[[ruling]]\nlabel = \"dollars\"\nimplements = \"T-1\"\nwords = \"A.\"\n"
                         "when = { liability = \"MERCHANT\", ask_at_most = { units = 1, currency = "
                         "\"USD\", source = \"T\" } }\nthen = \"PERSON\"\n[[ruling]]\nlabel = "
                         "\"person\""),
              IsEmpty());
}

TEST(PackcTest, AFindingMayBeMissing) {
  EXPECT_THAT(ErrorsWith("liability = \"MERCHANT\"", "liability = [\"UNSPECIFIED\", \"MERCHANT\"]"),
              IsEmpty());
}

TEST(PackcTest, EveryPublishedAndTestPackCompiles) {
  for (const char* folder : {"policies", "tests/policy/packs"}) {
    const auto paths = testing::PackFilesBelow(folder);
    EXPECT_FALSE(paths.empty());
    for (const std::string& path : paths) {
      const Compiled compiled = testing::CompileFile(path);
      for (const Diagnostic& error : compiled.errors) ADD_FAILURE() << error.Text();
    }
  }
}

TEST(PackcTest, APublishedPackIsNamedAfterItsFile) {
  for (const std::string& path : testing::PackFilesBelow("policies")) {
    EXPECT_EQ("policies/" + testing::PackOf(path).name + ".toml", path);
  }
}

TEST(LintTogetherTest, PublishedPacksFollowEachOther) {
  std::vector<Compiled> packs;
  for (const std::string& path : testing::PackFilesBelow("policies")) {
    packs.push_back(testing::CompileFile(path));
  }
  EXPECT_THAT(LintTogether(packs), IsEmpty());
}

TEST(LintTogetherTest, NamesOverlapsAndTakenNames) {
  const std::string other_name = With(std::string(kWell), "test/one", "test/two");
  const std::string other_date = With(std::string(kWell), "2024-01-01T00:00:00+08:00\n[kinds]",
                                      "2024-01-01T00:00:01+08:00\n[kinds]");
  const auto found = LintTogether({CompilePack(kWell, "a.toml"), CompilePack(other_name, "b.toml"),
                                   CompilePack(other_date, "c.toml"), CompilePack("?", "d.toml")});
  std::vector<std::string> texts;
  for (const Diagnostic& error : found) texts.push_back(error.Text());
  EXPECT_THAT(texts, ElementsAre("b.toml:4:18: error: overlaps a.toml: both are packs of TAOBAO "
                                 "from 2024-01-01T00:00:00.000+08:00 on",
                                 "c.toml:2:8: error: name 'test/one' is taken by a.toml"));
}

}  // namespace
}  // namespace refund::packc
