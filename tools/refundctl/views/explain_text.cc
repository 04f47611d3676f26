#include "tools/refundctl/views/explain_text.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/codec/step_codec.h"
#include "tools/refundctl/views/rows.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/table.h"
#include "tools/terminal/text_width.h"

namespace refund::tools {
namespace {

using terminal::Paper;
using terminal::Printable;
using terminal::Style;
using terminal::Styled;

std::string Title(std::string_view words, const Paper& paper) {
  return "\n" + Styled(words, Style::kBold, paper) + "\n";
}

// Every line of a block, two blanks further to the right.
std::string Indented(std::string_view block) {
  std::string text;
  while (!block.empty()) {
    const size_t end = block.find('\n');
    text.append("  ").append(block.substr(0, end)).append("\n");
    if (end == std::string_view::npos) break;
    block.remove_prefix(end + 1);
  }
  return text;
}

// ---- Text ----

std::string HeadText(const Explanation& e, const Paper& paper) {
  const Decision& d = e.decision;
  std::string text = absl::StrFormat("%s  case %d of %s, decision %d (%s)\n",
                                     Styled(d.case_id.hex(), Style::kBold, paper), d.case_number,
                                     e.key, d.number, ShortId(d.id));
  return text + "\n" + Styled(Printable(e.sentence), Style::kGreen, paper) + "\n";
}

std::string FactsText(const Explanation& e, const Paper& paper) {
  terminal::Table table({{"FACT"}, {"VALUE"}, {"READ FOR"}, {"DETAIL"}});
  for (const FactUsed& each : e.facts) {
    const Style style = each.read_for.empty() ? Style::kDim : Style::kPlain;
    table.Add({{each.fact.name, style},
               {each.fact.value, style},
               {each.read_for.empty() ? "-" : Listed(each.read_for), style},
               {each.fact.detail, style}});
  }
  return Title("Facts, as they were then", paper) + Indented(table.Render({0, paper.colour}));
}

std::string MoveText(const PathRow& row) {
  if (row.machine == Machine::kFact) return "recorded";
  return row.from == row.to ? row.to + " (stays)" : row.from + " -> " + row.to;
}

// One line a row, under a line for what made its step.
std::string RowsText(const std::vector<PathRow>& rows, bool with_words, const Paper& paper) {
  std::string text;
  uint64_t sequence = 0;
  for (const PathRow& row : rows) {
    if (row.sequence != sequence) {
      absl::StrAppendFormat(&text, "  %s  #%d  %s\n", FormatInstant(row.at), row.sequence,
                            Printable(row.cause));
      sequence = row.sequence;
    }
    const std::string line =
        absl::StrFormat("    %-8s %-11s %s", row.label, MachineWord(row.machine), MoveText(row));
    text += Styled(line, row.decided ? Style::kGreen : Style::kPlain, paper);
    text += row.decided ? "   <- decided here\n" : "\n";
    if (!with_words) continue;
    if (!row.when.empty()) text += "             when: " + Listed(row.when) + "\n";
    if (!row.then.empty()) text += "             then: " + Listed(row.then) + "\n";
  }
  return text;
}

std::string RulesText(const Explanation& e, const Paper& paper) {
  std::string text = Title("Rules that answered", paper);
  if (e.rules.empty()) return text + "  none: no rule of a pack was asked\n";
  for (const RuleAnswered& rule : e.rules) {
    const RuleFired& fired = rule.fired;
    absl::StrAppendFormat(&text, "  %-8s %s  %s -> %s\n           %s\n", fired.question,
                          fired.catalogue, Styled(fired.label, Style::kBold, paper), fired.answer,
                          Printable(fired.words));
    for (const PassedOver& passed : rule.passed_over) {
      absl::StrAppendFormat(&text, "           passed over %s: %s\n",
                            RuleText(passed.label, passed.catalogue), passed.why);
    }
  }
  return text;
}

std::string PackText(std::string_view role, const PackSeen& pack) {
  std::string text =
      absl::StrFormat("  %-11s %s", role, pack.name.empty() ? "(not at hand)" : pack.name);
  if (!pack.title.empty()) absl::StrAppendFormat(&text, ", \"%s\"", Printable(pack.title));
  if (pack.effective_from) {
    absl::StrAppendFormat(&text, ", from %s", FormatInstant(*pack.effective_from));
  }
  return absl::StrFormat("%s\n              sha256 %s\n", text, pack.digest.hex());
}

std::string ClocksText(const Explanation& e, const Paper& paper) {
  terminal::Table table({{"PARTY"}, {"SPENT", terminal::Align::kRight}, {"LIMIT"}});
  for (const PartyClock& each : e.decision.clocks) {
    table.Add({{std::string(NameOf(each.party))},
               {FormatDuration(each.spent_ms)},
               {each.limit.empty() ? "-" : each.limit}});
  }
  return Title("The clock of each party, when it was decided", paper) +
         Indented(table.Render({0, paper.colour}));
}

std::string ChangesText(const Explanation& e, const Paper& paper) {
  std::string text = Title("The nearest that would have changed it", paper);
  text += e.nearest ? "  " + Printable(e.nearest->text) + ".\n"
                    : "  no fact, changed alone, would have changed this decision.\n";
  if (e.others.empty()) return text;
  text += Title("And further", paper);
  for (const Change& each : e.others) text += "  " + Printable(each.text) + ".\n";
  return text;
}

std::string MoneyText(const Explanation& e, const Paper& paper) {
  if (e.legs.empty()) return "";
  terminal::Table table({{"LEG"}, {"MONEY"}, {"FROM -> TO"}, {"LINE, BUCKET"}, {"STATE NOW"}});
  for (const LegSummary& each : e.legs) {
    table.Add({{ShortId(each.id)},
               {LegMoneyText(each, e.decision.currency)},
               {LegWayText(each)},
               {absl::StrFormat("%s %s", each.line.empty() ? "-" : each.line, NameOf(each.bucket))},
               {std::string(NameOf(each.state))}});
  }
  std::string text = Title("Its money", paper) + Indented(table.Render({0, paper.colour}));
  if (!e.decision.rounding.empty()) text += "  rounded by " + e.decision.rounding + "\n";
  return text;
}

std::string RestedText(const Explanation& e, const Paper& paper) {
  if (e.rested_on.empty()) return "";
  std::string text = Title("What it rested on", paper);
  for (const std::string& line : e.rested_on) text += "  " + Printable(line) + "\n";
  return text;
}

// ---- JSON ----

std::string RuleJson(const RuleAnswered& rule) {
  std::vector<std::string> passed;
  for (const PassedOver& each : rule.passed_over) {
    passed.push_back(JsonObject()
                         .Text("label", each.label)
                         .Text("catalogue", each.catalogue)
                         .Text("why", each.why)
                         .Done());
  }
  return JsonObject()
      .Text("question", rule.fired.question)
      .Text("label", rule.fired.label)
      .Text("catalogue", rule.fired.catalogue)
      .Text("words", rule.fired.words)
      .Text("answer", rule.fired.answer)
      .Json("passed_over", JsonArray(passed))
      .Done();
}

std::string FactJson(const FactUsed& each) {
  return JsonObject()
      .Text("name", each.fact.name)
      .Text("value", each.fact.value)
      .Text("detail", each.fact.detail)
      .Texts("read_for", each.read_for)
      .Done();
}

std::string RowJson(const PathRow& row) {
  return JsonObject()
      .Text("at", FormatInstant(row.at))
      .Number("sequence", static_cast<int64_t>(row.sequence))
      .Text("cause", row.cause)
      .Text("machine", NameOf(row.machine))
      .Text("row", row.label)
      .Text("from", row.from)
      .Text("to", row.to)
      .Texts("when", row.when)
      .Texts("then", row.then)
      .Bool("decided", row.decided)
      .Done();
}

std::string LegJson(const LegSummary& leg) {
  return JsonObject()
      .Text("leg", leg.id.hex())
      .Text("state", NameOf(leg.state))
      .Text("kind", NameOf(leg.kind))
      .Text("bearer", NameOf(leg.bearer))
      .Text("to", NameOf(leg.to))
      .Text("line", leg.line)
      .Text("bucket", NameOf(leg.bucket))
      .Number("amount", leg.amount)
      .Number("reversed", leg.reversed)
      .Done();
}

std::string PackJson(const PackSeen& pack) {
  JsonObject object;
  object.Text("digest", pack.digest.hex()).Text("name", pack.name).Text("title", pack.title);
  if (pack.effective_from) object.Text("effective_from", FormatInstant(*pack.effective_from));
  return object.Done();
}

std::string ClockJson(const PartyClock& clock) {
  return JsonObject()
      .Text("party", NameOf(clock.party))
      .Number("spent_ms", clock.spent_ms)
      .Text("limit", clock.limit)
      .Done();
}

std::string ChangeJson(const Change& change) {
  return JsonObject()
      .Text("what", change.what)
      .Text("was", change.was)
      .Text("would_be", change.would_be)
      .Text("then", change.then)
      .Text("text", change.text)
      .Done();
}

template <class T>
std::string ArrayOf(const std::vector<T>& values, std::string (*json)(const T&)) {
  std::vector<std::string> texts;
  for (const T& each : values) texts.push_back(json(each));
  return JsonArray(texts);
}

// ---- A case without a decision ----

// Of the lines of a landing a claim for money alone, whose goods stay where they are, can only land
// on the first.
bool MayApply(const RowWords& row, const CaseSummary& s) {
  const size_t landing = row.label.rfind("-L");
  if (landing == std::string::npos || row.label.substr(landing) == "-L1") return true;
  const bool money_alone = s.kind == CaseKind::kRefundOnly || s.kind == CaseKind::kVoucher ||
                           s.kind == CaseKind::kPriceProtection;
  return !money_alone || s.goods == Goods::kIntercepting || s.goods == Goods::kReturnInTransit;
}

// "row 9-L1 (to SETTLING) or row 9d (to AWAIT_SELLER)"; rows to the same state together.
std::string IfItPasses(const CaseSummary& s) {
  const std::string on = std::string(NameOf(s.next_timer)) + " passed";
  auto rows = RowsOn(Machine::kOverlay, NameOf(s.overlay), on);
  if (rows.empty()) rows = RowsOn(Machine::kPhase, NameOf(s.phase), on);
  std::vector<std::pair<std::string, std::string>> by_target;  // in order of the table
  for (const RowWords* row : rows) {
    if (!MayApply(*row, s)) continue;
    const auto found = std::find_if(by_target.begin(), by_target.end(),
                                    [&](const auto& each) { return each.first == row->to; });
    if (found == by_target.end()) {
      by_target.emplace_back(row->to, "row " + row->label);
    } else {
      found->second += ", " + row->label;
    }
  }
  std::string text;
  for (const auto& [to, labels] : by_target) {
    absl::StrAppendFormat(&text, "%s%s (%s)", text.empty() ? "" : " or ", labels,
                          to == "STAY" ? "stays" : "to " + to);
  }
  return text;
}

std::string WhoseMove(const CaseSummary& s) {
  if (s.to_move != Role::kUnspecified) return absl::StrFormat("%s is to move", Spoken(s.to_move));
  return s.phase == Phase::kClosed ? "nobody is to move, it is closed" : "nobody is to move";
}

std::string StandingSentence(const CaseSummary& s) {
  std::string text =
      absl::StrFormat("nothing is decided: it stands at %s, %s", StandText(s), WhoseMove(s));
  if (s.next_due) {
    absl::StrAppendFormat(&text, ", by %s (%s passes at %s)", FormatInstant(*s.next_due + -1),
                          NameOf(s.next_timer), FormatInstant(*s.next_due));
    const std::string then = IfItPasses(s);
    if (!then.empty()) text += "; if it passes: " + then;
  }
  return text;
}

}  // namespace

std::string ExplanationText(const Explanation& e, std::span<const projections::ViewAsOf> as_of,
                            const Paper& paper) {
  std::string text = HeadText(e, paper);
  text += FactsText(e, paper);
  text += Title("Rows taken", paper) + RowsText(e.path, true, paper);
  text += RulesText(e, paper);
  text += MoneyText(e, paper);
  text += RestedText(e, paper);
  text += Title("Packs", paper) + PackText("procedure", e.procedure) +
          PackText("commercial", e.commercial);
  text += ClocksText(e, paper);
  text += ChangesText(e, paper);
  if (!e.since.empty()) text += Title("Since then", paper) + RowsText(e.since, false, paper);
  return text + "\nas of " + AsOfText(as_of) + "\n";
}

std::string ExplanationJson(const Explanation& e, std::span<const projections::ViewAsOf> as_of) {
  JsonObject object;
  object.AsOf(as_of)
      .Text("case", e.decision.case_id.hex())
      .Text("key", e.key)
      .Text("sentence", e.sentence)
      .Text("cause", e.cause)
      .Json("facts", ArrayOf(e.facts, FactJson))
      .Json("path", ArrayOf(e.path, RowJson))
      .Json("rules", ArrayOf(e.rules, RuleJson))
      .Json("legs", ArrayOf(e.legs, LegJson))
      .Texts("rested_on", e.rested_on)
      .Json("packs", JsonObject()
                         .Json("procedure", PackJson(e.procedure))
                         .Json("commercial", PackJson(e.commercial))
                         .Done())
      .Json("clocks", ArrayOf(e.decision.clocks, ClockJson))
      .Json("nearest", e.nearest ? ChangeJson(*e.nearest) : "null")
      .Json("others", ArrayOf(e.others, ChangeJson))
      .Json("since", ArrayOf(e.since, RowJson))
      .Json("decision", codec::DecisionToJson(e.decision));
  return object.Done() + "\n";
}

std::string StandingText(const CaseSummary& summary, std::span<const projections::ViewAsOf> as_of) {
  return absl::StrFormat("%s  case %d of %s\n\n%s: %s.\n\nas of %s\n", summary.id.hex(),
                         summary.number, summary.key, AskText(summary), StandingSentence(summary),
                         AsOfText(as_of));
}

std::string StandingJson(const CaseSummary& summary, std::span<const projections::ViewAsOf> as_of) {
  JsonObject object;
  object.AsOf(as_of)
      .Text("case", summary.id.hex())
      .Text("key", summary.key)
      .Text("sentence", StandingSentence(summary))
      .Json("decision", "null")
      .Text("to_move", NameOf(summary.to_move));
  if (summary.next_due) {
    object.Text("next_timer", NameOf(summary.next_timer))
        .Text("next_due", FormatInstant(*summary.next_due));
  }
  return object.Json("summary", codec::SummaryToJson(summary)).Done() + "\n";
}

}  // namespace refund::tools
