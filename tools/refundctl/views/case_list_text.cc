#include "tools/refundctl/views/case_list_text.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_format.h"
#include "engine/codec/step_codec.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/table.h"

namespace refund::tools {
namespace {

using terminal::Align;
using terminal::Cell;
using terminal::Style;

Style StyleOf(RulingOutcome outcome) {
  switch (outcome) {
    case RulingOutcome::kBuyer:
      return Style::kGreen;
    case RulingOutcome::kSplit:
      return Style::kCyan;
    case RulingOutcome::kSeller:
      return Style::kYellow;
    default:
      return Style::kPlain;
  }
}

// "BUYER REFUND_ONLY by TIMEOUT"; while it is open also where it stands.
Cell DecidedCell(const CaseSummary& c) {
  if (!c.last_decision)
    return {StandText(c), c.phase == Phase::kClosed ? Style::kDim : Style::kPlain};
  const DecisionRef& d = *c.last_decision;
  std::string text =
      absl::StrFormat("%s %s by %s", NameOf(d.outcome), NameOf(d.remedy), NameOf(d.basis));
  if (c.phase != Phase::kClosed) absl::StrAppendFormat(&text, " [%s]", StandText(c));
  return {std::move(text), StyleOf(d.outcome)};
}

std::string AmountText(const CaseSummary& c) {
  return c.last_decision ? FormatMoney({c.last_decision->amount, c.ask.currency}) : "-";
}

std::string PayerText(const CaseSummary& c) {
  if (!c.last_decision || c.last_decision->bearer == Bearer::kUnspecified) return "-";
  return std::string(NameOf(c.last_decision->bearer));
}

std::string RuleCell(const CaseSummary& c) {
  if (!c.last_decision || c.last_decision->rule.empty()) return "-";
  return RuleText(c.last_decision->rule, c.last_decision->catalogue);
}

std::string Took(int64_t ms) { return ms == 0 ? "-" : FormatDuration(ms); }

std::vector<Cell> RowOf(const CaseSummary& c) {
  return {{c.key, Style::kBold},
          {ShortId(c.id)},
          {std::string(NameOf(c.platform))},
          {AskText(c)},
          DecidedCell(c),
          {AmountText(c)},
          {PayerText(c)},
          {c.last_decision ? c.last_decision->row : "-"},
          {RuleCell(c)},
          {Took(c.spent.buyer_ms)},
          {Took(c.spent.seller_ms)},
          {Took(c.spent.platform_ms)}};
}

terminal::Table OneLineEach(const std::vector<CaseSummary>& cases) {
  terminal::Table table({{"ORDER"},
                         {"CASE"},
                         {"PLATFORM"},
                         {"ASKED"},
                         {"DECIDED"},
                         {"AMOUNT", Align::kRight},
                         {"PAYS"},
                         {"ROW"},
                         {"RULE"},
                         {"TOOK: BUYER", Align::kRight},
                         {"SELLER", Align::kRight},
                         {"PLATFORM", Align::kRight}});
  for (const CaseSummary& each : cases) table.Add(RowOf(each));
  return table;
}

// For terminals on which one line would be cut beyond reading.
terminal::Table TwoLinesEach(const std::vector<CaseSummary>& cases) {
  terminal::Table table({{"ORDER, CASE", Align::kLeft, 18},
                         {"ASKED, DECIDED", Align::kLeft, 20},
                         {"AMOUNT", Align::kRight},
                         {"PAYS"},
                         {"ROW, RULE", Align::kLeft, 9},
                         {"TOOK", Align::kLeft, 9}});
  for (const CaseSummary& c : cases) {
    table.Add({{c.key, Style::kBold},
               {AskText(c)},
               {""},
               {""},
               {c.last_decision ? c.last_decision->row : ""},
               {"buyer " + Took(c.spent.buyer_ms)}});
    table.Add({{absl::StrFormat("  %s %s", ShortId(c.id), NameOf(c.platform))},
               DecidedCell(c),
               {AmountText(c)},
               {PayerText(c)},
               {RuleCell(c)},
               {absl::StrFormat("seller %s, platform %s", Took(c.spent.seller_ms),
                                Took(c.spent.platform_ms))}});
  }
  return table;
}

}  // namespace

void SortByFiling(std::vector<CaseSummary>& cases) {
  std::stable_sort(cases.begin(), cases.end(), [](const CaseSummary& a, const CaseSummary& b) {
    return std::tie(a.filed_at, a.key, a.number) < std::tie(b.filed_at, b.key, b.number);
  });
}

std::string CaseListText(const std::vector<CaseSummary>& cases,
                         std::span<const projections::ViewAsOf> as_of,
                         const terminal::Paper& paper) {
  terminal::Table table = OneLineEach(cases);
  if (paper.width != 0 && table.Width() > paper.width) table = TwoLinesEach(cases);
  return absl::StrFormat("%s\n%d case%s, as of %s\n", table.Render(paper), cases.size(),
                         cases.size() == 1 ? "" : "s", AsOfText(as_of));
}

std::string CaseListJson(const std::vector<CaseSummary>& cases,
                         std::span<const projections::ViewAsOf> as_of) {
  std::string text;
  for (const CaseSummary& each : cases) text += codec::SummaryToJson(each) + "\n";
  const auto count = static_cast<int64_t>(cases.size());
  return text + JsonObject().AsOf(as_of).Number("cases", count).Done() + "\n";
}

}  // namespace refund::tools
