#include "tools/refundctl/views/timeline_text.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/codec/step_codec.h"
#include "tools/refundctl/views/rows.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/text_width.h"

namespace refund::tools {
namespace {

using terminal::Paper;
using terminal::Printable;
using terminal::Style;
using terminal::Styled;

template <class T>
bool AnyOfCase(const std::vector<T>& changes, uint32_t number) {
  return std::any_of(changes.begin(), changes.end(),
                     [number](const T& each) { return each.case_number == number; });
}

bool Concerns(const Step& step, const CaseSummary& of) {
  const bool of_the_order =
      (step.case_number == 0 && step.cases.empty()) || AnyOfCase(step.transitions, 0);
  const bool summarized =
      std::any_of(step.cases.begin(), step.cases.end(),
                  [&](const CaseSummary& each) { return each.number == of.number; });
  return of_the_order || summarized || step.case_number == of.number ||
         AnyOfCase(step.transitions, of.number) || AnyOfCase(step.deadlines, of.number);
}

// What is known of each leg: "REFUND_ORIGINAL 59.90 CNY, MERCHANT -> BUYER, line 1 CASH".
using LegWords = std::map<Id, std::string>;

Currency CurrencyOf(const Step& step, Currency otherwise) {
  return step.cases.empty() ? otherwise : step.cases.front().ask.currency;
}

void NoteLegs(const Step& step, Currency currency, LegWords& legs) {
  for (const LegSummary& each : step.legs) {
    std::string& words = legs[each.id];
    words = absl::StrFormat(", %s, %s", LegMoneyText(each, CurrencyOf(step, currency)),
                            LegWayText(each));
    if (!each.line.empty()) {
      absl::StrAppendFormat(&words, ", line %s %s", each.line, NameOf(each.bucket));
    }
  }
}

std::string Entry(std::string_view head, std::string_view text) {
  return absl::StrFormat("    %-9s %s\n", head, text);
}

std::string MoveText(const Transition& t) {
  const std::string_view from = StateName(t.machine, t.from);
  const std::string_view to = StateName(t.machine, t.to);
  if (t.machine == Machine::kFact) {
    const RowWords* row = FindRow(t.machine, t.row);
    return row == nullptr ? "fact" : "fact: " + Listed(row->then);
  }
  if (t.machine == Machine::kAccount) return "account";
  if (t.from == t.to) return absl::StrFormat("%s: %s (stays)", MachineWord(t.machine), to);
  return absl::StrFormat("%s: %s -> %s", MachineWord(t.machine), from, to);
}

std::string TransitionText(const Transition& t, const LegWords& legs) {
  std::string text = MoveText(t);
  if (t.machine == Machine::kLeg) {
    const auto words = legs.find(t.leg);
    absl::StrAppendFormat(&text, "  leg %s%s", ShortId(t.leg),
                          words == legs.end() ? "" : words->second);
  }
  if (t.machine == Machine::kVoucher) absl::StrAppendFormat(&text, "  voucher %s", ShortId(t.leg));
  return Entry("row " + t.row, text);
}

// What the fold made besides: "VoucherGranted 3f2a…, 5.00 CNY, BUYER, SETTLEMENT".
std::string DerivedText(const Derived& d, Currency currency) {
  std::string text(NameOf(d.kind));
  if (!d.subject.IsZero()) absl::StrAppendFormat(&text, " %s", ShortId(d.subject));
  if (d.amount != 0) absl::StrAppendFormat(&text, ", %s", FormatMoney({d.amount, currency}));
  if (d.party != Role::kUnspecified) absl::StrAppendFormat(&text, ", %s", NameOf(d.party));
  if (!d.word.empty()) text += ", " + Printable(d.word);
  return Entry("derived", text);
}

// A decision, a deadline and a refusal have lines of their own.
bool IsSaidElsewhere(DerivedKind kind) {
  return kind == DerivedKind::kDeadlineArmed || kind == DerivedKind::kDeadlinePassed ||
         kind == DerivedKind::kCommandRefused;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string DeadlineText(const DeadlineChange& d) {
  std::string text(NameOf(d.timer));
  if (d.role != Role::kUnspecified) absl::StrAppendFormat(&text, " of %s", NameOf(d.role));
  if (d.act == DeadlineAct::kArmed || d.act == DeadlineAct::kResumed) {
    absl::StrAppendFormat(&text, ", due %s", FormatInstant(d.due));
  }
  if (d.act == DeadlineAct::kPaused) {
    absl::StrAppendFormat(&text, ", %s left", FormatDuration(d.remaining_ms));
  }
  return Entry(LowerCase(NameOf(d.act)), text);
}

std::string DecisionText(const Decision& d, const Paper& paper) {
  std::string text =
      absl::StrFormat("%d: %s %s %s by %s", d.number, NameOf(d.outcome), NameOf(d.remedy),
                      FormatMoney({d.amount, d.currency}), NameOf(d.basis));
  if (d.quantity > 1) absl::StrAppendFormat(&text, ", %d units", d.quantity);
  if (d.before != 0) {
    absl::StrAppendFormat(&text, ", in place of %s", FormatMoney({d.before, d.currency}));
  }
  for (const BearerShare& share : d.bearers) {
    absl::StrAppendFormat(&text, ", %s pays %s", NameOf(share.bearer),
                          FormatMoney({share.amount, d.currency}));
  }
  text = Entry("decision", Styled(text, Style::kGreen, paper));
  for (const RuleFired& rule : d.rules) {
    text += Entry("", absl::StrFormat("%s: %s -> %s", rule.question,
                                      RuleText(rule.label, rule.catalogue), rule.answer));
  }
  return text;
}

std::string ResultText(const Step& step, const Paper& paper) {
  if (step.result == StepResult::kApplied) {
    return step.detail.empty() ? "" : Entry("note", Printable(step.detail));
  }
  std::string text(NameOf(step.result));
  if (step.refusal != Refusal::kNone) absl::StrAppendFormat(&text, ": %s", NameOf(step.refusal));
  text = Entry("result", Styled(text, Style::kRed, paper));
  if (!step.guard.empty()) text += Entry("guard", Printable(step.guard));
  if (!step.detail.empty()) text += Entry("detail", Printable(step.detail));
  return text;
}

// Siblings that a partial answer made in this step; `known` are the cases of the steps before.
std::string SplitText(const Step& step, const CaseSummary& of, std::set<uint32_t>& known) {
  std::string text;
  for (const CaseSummary& each : step.cases) {
    if (!known.insert(each.number).second || each.split_from != of.number) continue;
    text += Entry("split", absl::StrFormat("%d units go on as case %d (%s)", each.quantity,
                                           each.number, ShortId(each.id)));
  }
  return text;
}

std::string StepText(const Step& step, const CaseSummary& of, const LegWords& legs,
                     std::set<uint32_t>& known, const Paper& paper) {
  const std::string actor =
      step.cause.IsDeadline() ? "" : "  by " + Printable(ActorText(step.actor));
  std::string text =
      absl::StrFormat("%s  #%-3d %s%s\n", FormatInstant(step.at), step.sequence,
                      Styled(Printable(CauseText(step.cause)), Style::kBold, paper), actor);
  text += ResultText(step, paper);
  const auto is_ours = [&](uint32_t number) { return number == 0 || number == of.number; };
  for (const DeadlineChange& each : step.deadlines) {
    const bool said_above = each.act == DeadlineAct::kPassed;
    if (is_ours(each.case_number) && !said_above) text += DeadlineText(each);
  }
  for (const Transition& each : step.transitions) {
    if (is_ours(each.case_number)) text += TransitionText(each, legs);
  }
  for (const Derived& each : step.derived) {
    if (is_ours(each.case_number) && !IsSaidElsewhere(each.kind)) {
      text += DerivedText(each, CurrencyOf(step, of.ask.currency));
    }
  }
  text += SplitText(step, of, known);
  for (const Decision& each : step.decisions) {
    if (is_ours(each.case_number)) text += DecisionText(each, paper);
  }
  return text;
}

}  // namespace

CaseSteps StepsOfCase(std::vector<Step> steps, const CaseSummary& of) {
  CaseSteps kept;
  for (Step& step : steps) {
    if (Concerns(step, of)) {
      kept.steps.push_back(std::move(step));
    } else {
      ++kept.left_out;
    }
  }
  return kept;
}

std::string TimelineText(const CaseSteps& timeline, const CaseSummary& of,
                         std::span<const projections::ViewAsOf> as_of, const Paper& paper) {
  LegWords legs;
  for (const Step& step : timeline.steps) NoteLegs(step, of.ask.currency, legs);
  std::string text = absl::StrFormat("%s  case %d of %s\n%s; %s\n\n", of.id.hex(), of.number,
                                     of.key, AskText(of), StandText(of));
  std::set<uint32_t> known = {of.number};
  for (const Step& step : timeline.steps) text += StepText(step, of, legs, known, paper);
  absl::StrAppendFormat(&text, "\n%d steps", timeline.steps.size());
  if (timeline.left_out > 0) {
    absl::StrAppendFormat(&text, " (%d more are of the order's other cases)", timeline.left_out);
  }
  return text + ", as of " + AsOfText(as_of) + "\n";
}

std::string TimelineJson(const CaseSteps& timeline, std::span<const projections::ViewAsOf> as_of) {
  std::string text;
  for (const Step& step : timeline.steps) text += codec::StepToJson(step) + "\n";
  const auto count = static_cast<int64_t>(timeline.steps.size());
  return text + JsonObject().AsOf(as_of).Number("steps", count).Done() + "\n";
}

}  // namespace refund::tools
