#include "tests/cases/answers.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_format.h"
#include "engine/domain/money.h"

namespace refund::cases {
namespace {

template <class E>
std::string Name(uint8_t value) {
  return std::string(NameOf(static_cast<E>(value)));
}

std::string Named(std::string_view head, std::string_view text) {
  return absl::StrFormat("%-8s%s", std::string(head), std::string(text));
}

class Writer {
 public:
  Writer(const Caused& caused, const std::string& key, const Names& names)
      : caused_(caused), heading_(key), names_(names) {}

  std::vector<std::string> Write() {
    for (const Step& step : caused_.steps) StepLines(step);
    for (int64_t i = 0; i < caused_.duplicates; ++i) Line("duplicate", "absorbed");
    for (const Quarantined& each : caused_.quarantined) Line("quarantined", each.why);
    return std::move(lines_);
  }

 private:
  void Line(std::string_view head, std::string_view text) {
    lines_.push_back(names_.WithNames(
        head.size() < 8 ? Named(head, text) : std::string(head) + " " + std::string(text)));
  }

  void StepLines(const Step& step) {
    if (step.key != heading_) Line("of", step.key);
    heading_ = step.key;
    for (const DeadlineChange& each : step.deadlines) {
      if (each.act == DeadlineAct::kPassed) DeadlineLine(step, each);
    }
    ResultLine(step);
    for (const Transition& each : step.transitions) TransitionLine(step, each);
    for (const Decision& each : step.decisions) DecisionLine(each);
    for (const Derived& each : step.derived) DerivedLine(each);
    for (const DeadlineChange& each : step.deadlines) {
      if (each.act != DeadlineAct::kPassed) DeadlineLine(step, each);
    }
  }

  void ResultLine(const Step& step) {
    switch (step.result) {
      case StepResult::kApplied:
        if (!step.detail.empty()) Line("note", step.detail);
        return;
      case StepResult::kRefused:
        Line("refused", std::string(NameOf(step.refusal)) +
                            (step.guard.empty() ? "" : " (" + step.guard + ")") +
                            (step.detail.empty() ? "" : ": " + step.detail));
        return;
      case StepResult::kConflict:
        return Line("conflict", step.detail);
      case StepResult::kParked:
        return Line("parked", step.detail);
      case StepResult::kStale:
        return Line("stale", step.detail);
    }
  }

  static std::string OfCase(uint32_t number) {
    return number > 1 ? absl::StrFormat("case %d: ", number) : "";
  }

  static const CaseSummary* SummaryOf(const Step& step, uint32_t number) {
    const auto found = std::find_if(step.cases.begin(), step.cases.end(),
                                    [&](const CaseSummary& s) { return s.number == number; });
    return found == step.cases.end() ? nullptr : &*found;
  }

  // The name of a place in the transition's own machine.
  static std::string PlaceName(Machine machine, uint8_t place) {
    switch (machine) {
      case Machine::kPhase:
        return Name<Phase>(place);
      case Machine::kOverlay:
        return Name<Overlay>(place);
      case Machine::kGoods:
        return Name<Goods>(place);
      case Machine::kEntrance:
        return Name<Entrance>(place);
      case Machine::kVoucher:
        return Name<VoucherState>(place);
      case Machine::kLeg:
        return Name<LegState>(place);
      case Machine::kFact:
      case Machine::kAccount:
        break;
    }
    return "";
  }

  // The summary says how the step ended, so it speaks only for the place where the case still is.
  static std::string PlaceText(const Step& step, const Transition& t, uint8_t place) {
    const CaseSummary* c = SummaryOf(step, t.case_number);
    std::string text = PlaceName(t.machine, place);
    if (c == nullptr || place != t.to) return text;
    if (t.machine == Machine::kPhase && c->phase == Phase::kClosed && text == "CLOSED") {
      text += "(" + std::string(NameOf(c->close_reason)) + ")";
    }
    if (t.machine != Machine::kOverlay || static_cast<Overlay>(place) != c->overlay) return text;
    if (c->overlay == Overlay::kEvidence) text += "(" + std::string(NameOf(c->asked)) + ")";
    if (c->overlay == Overlay::kRuled) text += "(" + std::string(NameOf(c->outcome)) + ")";
    return text;
  }

  void TransitionLine(const Step& step, const Transition& t) {
    if (PlaceName(t.machine, t.to).empty()) return Line(t.row, OfCase(t.case_number) + "noted");
    std::string what = OfCase(t.case_number);
    if (t.machine == Machine::kOverlay) what += "A: ";
    if (t.machine == Machine::kGoods) what += "G: ";
    if (t.machine == Machine::kEntrance) what += "entrance: ";
    const bool of_leg = t.machine == Machine::kLeg || t.machine == Machine::kVoucher;
    if (of_leg) what += names_.NameOf(t.leg) + ": ";
    Line(t.row, what + PlaceText(step, t, t.from) + " -> " + PlaceText(step, t, t.to));
    const bool sent = t.to == static_cast<uint8_t>(LegState::kSubmitted);
    if (t.machine == Machine::kLeg && sent) PayoutLine(step, t.leg);
  }

  void PayoutLine(const Step& step, const Id& leg) {
    const auto& all = caused_.payouts;
    for (size_t i = 0; i < all.size(); ++i) {
      const Payout& each = all[i];
      if (each.leg != leg || each.at != step.at || each.key != step.key) continue;
      if (std::find(told_.begin(), told_.end(), i) != told_.end()) continue;
      told_.push_back(i);
      Line("payout", absl::StrFormat("%s %s %s, %s bears it, attempt %d", NameText(each.act),
                                     names_.NameOf(each.leg), FormatMoney(each.amount),
                                     NameText(each.bearer), each.attempt));
      return;
    }
  }

  template <class E>
  static std::string NameText(E value) {
    return std::string(NameOf(value));
  }

  void DecisionLine(const Decision& d) {
    std::string text = OfCase(d.case_number) + NameText(d.basis) + ", outcome " +
                       NameText(d.outcome) + ", remedy " + NameText(d.remedy) + " " +
                       FormatMoney({d.amount, d.currency});
    for (const BearerShare& share : d.bearers) text += ", payer " + NameText(share.bearer);
    for (const RuleFired& rule : d.rules) {
      text += ", " + rule.question + " by " + rule.label + " (" + rule.catalogue + ")";
    }
    Line("decided", text);
  }

  // What the lines before have told already is left out.
  void DerivedLine(const Derived& d) {
    if (d.kind == DerivedKind::kRefundInstructed || d.kind == DerivedKind::kPayoutQueried) return;
    std::string text = OfCase(d.case_number) + NameText(d.kind);
    if (!d.word.empty()) text += " " + d.word;
    if (d.party != Role::kUnspecified) text += ", " + NameText(d.party);
    if (d.subject != Id{}) text += ", " + names_.NameOf(d.subject);
    if (d.amount != 0) text += ", " + std::to_string(d.amount);
    Line("derived", text);
  }

  void DeadlineLine(const Step& step, const DeadlineChange& d) {
    std::string text = OfCase(d.case_number) + NameText(d.timer);
    if (d.role != Role::kUnspecified) text += " " + NameText(d.role);
    switch (d.act) {
      case DeadlineAct::kArmed:
        return Line("armed", text + ", due " + FormatInstant(d.due));
      case DeadlineAct::kPassed:
        return Line("passed", text + " at " + FormatInstant(step.at));
      case DeadlineAct::kEnded:
        return Line("ended", text);
      case DeadlineAct::kPaused:
        return Line("paused", text + ", " + FormatDuration(d.remaining_ms) + " left");
      case DeadlineAct::kResumed:
        return Line("resumed", text + ", due " + FormatInstant(d.due));
    }
  }

  const Caused& caused_;
  std::string heading_;  // the order that the next step is of, unless it says otherwise
  const Names& names_;
  std::vector<std::string> lines_;
  std::vector<size_t> told_;
};

}  // namespace

std::vector<std::string> AnswersOf(const Caused& caused, const std::string& key,
                                   const Names& names) {
  return Writer(caused, key, names).Write();
}

}  // namespace refund::cases
