#include "tools/refundctl/views/case_svg.h"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "tools/refundctl/views/svg.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

constexpr int kLeft = 190;   // where time begins: names of lanes stand before it
constexpr int kRight = 340;  // room for the slanted texts of the last steps
constexpr int kTop = 60;
constexpr int kHeads = 330;  // height of the slanted texts
constexpr int kLane = 26;
constexpr int kBar = 16;
constexpr int kLeastGap = 34;

constexpr std::string_view kLineColour = "#d5dbe1";
constexpr std::string_view kLate = "#c0392b";
constexpr std::string_view kRunsColour = "#f4b942";
constexpr std::string_view kPausedColour = "#f7e7c3";
constexpr std::string_view kDecided = "#1e8449";
constexpr std::string_view kFrame = "#7f8c9a";

// Pale, and next to each other different; by the number of the state.
std::string_view Pale(size_t state) {
  static constexpr std::array<std::string_view, 8> kPales = {
      "#e8edf2", "#dbeafe", "#fde2e2", "#e6f4d9", "#efe3fb", "#fff1cc", "#d9f2ef", "#fbe3d0"};
  return kPales[state % kPales.size()];
}

// ---- The axis ----

// Instants by place, from left to right.
class Axis {
 public:
  explicit Axis(const std::set<Instant>& instants) {
    int x = kLeft;
    std::optional<Instant> before;
    for (const Instant at : instants) {
      if (before) x += Gap(at - *before);
      xs_[at] = x;
      before = at;
    }
    end_ = x + kLeastGap;
  }
  int X(Instant at) const {
    const auto found = xs_.find(at);
    return found == xs_.end() ? end_ : found->second;
  }
  int end() const { return end_; }

 private:
  static int Gap(int64_t ms) {
    const auto minutes = static_cast<uint64_t>(ms / kMinuteMs);
    return kLeastGap + 8 * static_cast<int>(std::bit_width(minutes));
  }
  std::map<Instant, int> xs_;
  int end_ = kLeft;
};

// ---- What there is to draw ----

// Something that holds from one instant until the next, or still.
struct Stretch {
  Instant from;
  std::optional<Instant> until;
  std::string word;
  size_t colour = 0;
};
using Lane = std::vector<Stretch>;

struct ClockBar {
  std::string name;
  struct Part {
    Instant from;
    std::optional<Instant> until;
    bool paused = false;
  };
  std::vector<Part> parts;
  Instant due;
  enum class End : uint8_t { kRuns, kPaused, kEnded, kPassed } end = End::kRuns;
};

struct LegLane {
  std::string name;
  Lane lane;
};

// From then on it is `word`; the same word again changes nothing.
void Turn(Lane& lane, Instant at, std::string word, size_t colour) {
  if (!lane.empty() && lane.back().word == word && !lane.back().until) return;
  if (!lane.empty() && !lane.back().until) {
    // What lasted no time at all is not seen.
    if (lane.back().from == at) {
      lane.pop_back();
    } else {
      lane.back().until = at;
    }
  }
  if (!lane.empty() && lane.back().word == word && lane.back().until == at) {
    lane.back().until.reset();
    return;
  }
  lane.push_back({at, std::nullopt, std::move(word), colour});
}

class Life {
 public:
  Life(const CaseSteps& timeline, const CaseSummary& of) : steps_(timeline.steps), of_(of) {
    for (const Step& step : steps_) Take(step);
  }

  const Lane& phase() const { return phase_; }
  const Lane& overlay() const { return overlay_; }
  const Lane& goods() const { return goods_; }
  const std::vector<ClockBar>& clocks() const { return clocks_; }
  std::vector<LegLane> legs() const {
    std::vector<LegLane> lanes;
    for (const Id& id : leg_order_) lanes.push_back(legs_.at(id));
    return lanes;
  }
  // Every step, and every due that is still ahead.
  std::set<Instant> Instants() const {
    std::set<Instant> instants;
    for (const Step& step : steps_) instants.insert(step.at);
    for (const ClockBar& bar : clocks_) {
      if (bar.end == ClockBar::End::kRuns) instants.insert(bar.due);
    }
    return instants;
  }

 private:
  void Take(const Step& step) {
    for (const CaseSummary& each : step.cases) {
      if (each.number == of_.number) TakeSummary(step.at, each);
    }
    for (const LegSummary& each : step.legs) {
      if (each.case_number == of_.number) TakeLeg(step.at, each);
    }
    for (const DeadlineChange& each : step.deadlines) {
      if (each.case_number == of_.number) TakeClock(step.at, each);
    }
  }

  void TakeSummary(Instant at, const CaseSummary& c) {
    std::string phase(NameOf(c.phase));
    if (c.close_reason != CloseReason::kNone) {
      absl::StrAppendFormat(&phase, " (%s)", NameOf(c.close_reason));
    }
    Turn(phase_, at, std::move(phase), static_cast<size_t>(c.phase));
    std::string overlay(NameOf(c.overlay));
    if (c.overlay == Overlay::kEvidence) absl::StrAppendFormat(&overlay, " (%s)", NameOf(c.asked));
    if (c.overlay == Overlay::kRuled) absl::StrAppendFormat(&overlay, " (%s)", NameOf(c.outcome));
    if (c.overlay != Overlay::kNone || !overlay_.empty()) {
      Turn(overlay_, at, std::move(overlay), static_cast<size_t>(c.overlay));
    }
    Turn(goods_, at, std::string(NameOf(c.goods)), static_cast<size_t>(c.goods));
  }

  void TakeLeg(Instant at, const LegSummary& leg) {
    const auto [found, is_new] = legs_.try_emplace(leg.id);
    if (is_new) {
      leg_order_.push_back(leg.id);
      found->second.name =
          absl::StrFormat("%s %s", ShortId(leg.id), FormatMoney({leg.amount, of_.ask.currency}));
    }
    const std::string word =
        absl::StrFormat("%s %s %s", NameOf(leg.state), NameOf(leg.kind), LegWayText(leg));
    Turn(found->second.lane, at, word, static_cast<size_t>(leg.state));
  }

  void TakeClock(Instant at, const DeadlineChange& change) {
    const auto name = std::make_tuple(change.timer, change.role, change.generation);
    if (change.act == DeadlineAct::kArmed) {
      clock_index_[name] = clocks_.size();
      ClockBar& bar = clocks_.emplace_back();
      bar.name = std::string(NameOf(change.timer));
      if (change.role != Role::kUnspecified) {
        absl::StrAppendFormat(&bar.name, " %s", NameOf(change.role));
      }
      bar.due = change.due;
      bar.parts.push_back({at, std::nullopt, change.remaining_ms > 0});
      bar.end = change.remaining_ms > 0 ? ClockBar::End::kPaused : ClockBar::End::kRuns;
      return;
    }
    const auto found = clock_index_.find(name);
    if (found == clock_index_.end()) return;  // armed before the first step at hand
    ClockBar& bar = clocks_[found->second];
    bar.parts.back().until = at;
    switch (change.act) {
      case DeadlineAct::kPaused:
        bar.end = ClockBar::End::kPaused;
        bar.parts.push_back({at, std::nullopt, true});
        break;
      case DeadlineAct::kResumed:
        bar.end = ClockBar::End::kRuns;
        bar.due = change.due;
        bar.parts.push_back({at, std::nullopt, false});
        break;
      case DeadlineAct::kPassed:
        bar.end = ClockBar::End::kPassed;
        break;
      default:
        bar.end = ClockBar::End::kEnded;
    }
  }

  const std::vector<Step>& steps_;
  const CaseSummary& of_;
  Lane phase_;
  Lane overlay_;
  Lane goods_;
  std::map<Id, LegLane> legs_;
  std::vector<Id> leg_order_;
  std::vector<ClockBar> clocks_;
  std::map<std::tuple<Timer, Role, uint32_t>, size_t> clock_index_;
};

// ---- Drawing ----

// As much of the text as fits, from the left.
std::string Fitting(const std::string& text, int width) {
  if (TextWidth(text) <= width) return text;
  const auto columns = static_cast<size_t>(std::max(0, width / 7 - 1));
  return columns == 0 ? "" : text.substr(0, columns) + "~";
}

class Picture {
 public:
  Picture(const CaseSteps& timeline, const CaseSummary& of)
      : steps_(timeline.steps), of_(of), life_(timeline, of), axis_(life_.Instants()) {}

  std::string Draw(std::span<const projections::ViewAsOf> as_of) {
    const int lanes = kTop + kHeads;
    const int bottom = lanes + LaneCount() * kLane + 10;
    DrawSteps(lanes, bottom);
    y_ = lanes;
    DrawLane("phase", life_.phase());
    DrawDecisions(y_ - kLane);
    if (!life_.overlay().empty()) DrawLane("arbitration", life_.overlay());
    DrawLane("goods", life_.goods());
    for (const LegLane& leg : life_.legs()) DrawLane(leg.name, leg.lane);
    for (const ClockBar& clock : life_.clocks()) DrawClock(clock);
    const std::string title = absl::StrFormat("case %d of %s", of_.number, of_.key);
    svg_.Text(10, 20, absl::StrFormat("%s, %s", title, of_.id.hex()), "start", true);
    svg_.Text(10, 36, absl::StrFormat("%s; %s", AskText(of_), StandText(of_)));
    svg_.Text(10, bottom + 24, "as of " + AsOfText(as_of) + ", times are Beijing's (+08:00)");
    return svg_.Done(axis_.end() + kRight, bottom + 40, title);
  }

 private:
  int LaneCount() const {
    return 2 + (life_.overlay().empty() ? 0 : 1) + static_cast<int>(life_.legs().size()) +
           static_cast<int>(life_.clocks().size());
  }
  int XOf(const std::optional<Instant>& at) const { return at ? axis_.X(*at) : axis_.end(); }

  // A line for each instant, and above it what came then.
  void DrawSteps(int lanes, int bottom) {
    std::map<Instant, std::string> heads;
    for (const Step& step : steps_) {
      std::string& head = heads[step.at];
      if (head.empty()) head = FormatInstant(step.at).substr(0, 23);
      absl::StrAppendFormat(
          &head, "  #%d %s%s", step.sequence, CauseText(step.cause),
          step.result == StepResult::kApplied ? "" : absl::StrFormat(" [%s]", NameOf(step.result)));
    }
    for (const Instant at : life_.Instants()) {
      const int x = axis_.X(at);
      const auto head = heads.find(at);
      svg_.Line(x, lanes - 6, x, bottom, kLineColour, head == heads.end());
      svg_.Slanted(x + 3, lanes - 10,
                   head == heads.end() ? FormatInstant(at).substr(0, 23) + "  (due)"
                                       : Fitting(head->second, kHeads * 13 / 10));
    }
  }

  void DrawLane(const std::string& name, const Lane& lane) {
    svg_.Text(10, y_ + kBar - 3, name, "start", true);
    for (const Stretch& each : lane) {
      const int from = axis_.X(each.from);
      const int width = std::max(2, XOf(each.until) - from);
      svg_.Rect({from, y_, width, kBar}, Pale(each.colour), kFrame, each.word);
      svg_.Text(from + 3, y_ + kBar - 4, Fitting(each.word, width - 6));
    }
    y_ += kLane;
  }

  void DrawDecisions(int y) {
    for (const Step& step : steps_) {
      for (const Decision& d : step.decisions) {
        if (d.case_number != of_.number) continue;
        const std::string tip = absl::StrFormat(
            "decision %d: %s %s %s by %s, row %s", d.number, NameOf(d.outcome), NameOf(d.remedy),
            FormatMoney({d.amount, d.currency}), NameOf(d.basis), d.row);
        svg_.Diamond(axis_.X(step.at), y - 3, 6, kDecided, tip);
        svg_.Text(axis_.X(step.at) + 8, y, absl::StrFormat("%d", d.number), "start", true);
      }
    }
  }

  void DrawClock(const ClockBar& clock) {
    svg_.Text(10, y_ + kBar - 3, clock.name);
    const bool passed = clock.end == ClockBar::End::kPassed;
    const std::string tip =
        absl::StrFormat("%s, due %s, %s", clock.name, FormatInstant(clock.due), EndText(clock.end));
    for (const ClockBar::Part& part : clock.parts) {
      const int from = axis_.X(part.from);
      const bool open = !part.until && clock.end == ClockBar::End::kRuns;
      const int until = open ? axis_.X(clock.due) : XOf(part.until);
      svg_.Rect({from, y_ + 3, std::max(2, until - from), kBar - 6},
                part.paused ? kPausedColour : kRunsColour, passed ? kLate : kFrame, tip);
    }
    const ClockBar::Part& last = clock.parts.back();
    const int end = last.until                          ? axis_.X(*last.until)
                    : clock.end == ClockBar::End::kRuns ? axis_.X(clock.due)
                                                        : axis_.end();
    if (passed) svg_.Diamond(end, y_ + kBar / 2, 5, kLate, tip);
    svg_.Text(end + 8, y_ + kBar - 4, EndText(clock.end));
    y_ += kLane;
  }

  static std::string_view EndText(ClockBar::End end) {
    switch (end) {
      case ClockBar::End::kRuns:
        return "runs";
      case ClockBar::End::kPaused:
        return "paused";
      case ClockBar::End::kEnded:
        return "ended in time";
      case ClockBar::End::kPassed:
        return "passed";
    }
    return "";
  }

  const std::vector<Step>& steps_;
  const CaseSummary& of_;
  const Life life_;
  const Axis axis_;
  Svg svg_;
  int y_ = 0;
};

}  // namespace

std::string CaseSvg(const CaseSteps& timeline, const CaseSummary& of,
                    std::span<const projections::ViewAsOf> as_of) {
  return Picture(timeline, of).Draw(as_of);
}

}  // namespace refund::tools
