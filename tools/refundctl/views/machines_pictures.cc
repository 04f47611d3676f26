#include "tools/refundctl/views/machines_pictures.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "tools/refundctl/views/rows.h"
#include "tools/refundctl/views/svg.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

constexpr std::array kDrawn = {Machine::kPhase, Machine::kOverlay, Machine::kLeg,
                               Machine::kEntrance, Machine::kVoucher};

std::string Joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string joined;
  for (const std::string& each : texts) joined.append(joined.empty() ? "" : between).append(each);
  return joined;
}

std::string TargetOf(const RowWords& row, const std::string& from) {
  return row.to == "STAY" ? from : row.to;
}

// From one state to another: every row that leads there, in the order of the table.
struct Arrow {
  std::string from;
  std::string to;
  std::vector<const RowWords*> rows;
};

// In order of first sight.
std::vector<Arrow> ArrowsOf(Machine machine) {
  std::vector<Arrow> arrows;
  std::map<std::pair<std::string, std::string>, size_t> index;
  for (const RowWords& row : AllRows()) {
    if (row.machine != machine) continue;
    for (const std::string& from : row.from) {
      const std::pair<std::string, std::string> ends{from, TargetOf(row, from)};
      const auto [at, is_new] = index.try_emplace(ends, arrows.size());
      if (is_new) arrows.push_back({ends.first, ends.second, {}});
      arrows[at->second].rows.push_back(&row);
    }
  }
  return arrows;
}

// What the row answers to: "3 RefundAccepted or T1 passed".
std::string LabelOf(const RowWords& row) {
  return row.on.empty() ? row.label : row.label + " " + Joined(row.on, " or ");
}

// ---- SVG: a table of states ----

constexpr int kPad = 8;
constexpr int kLine = 15;
constexpr size_t kLabelsAcross = 18;  // columns of text in a cell
constexpr int kCellWidth = 7 * static_cast<int>(kLabelsAcross) + 2 * kPad;

std::vector<std::string> StatesOf(Machine machine, const std::vector<Arrow>& arrows) {
  std::vector<std::string> states;
  const auto add = [&](const std::string& state) {
    if (std::find(states.begin(), states.end(), state) == states.end()) states.push_back(state);
  };
  // In the order of the enumeration where a state is one of it, else as they come (LAST_OPEN).
  for (uint8_t i = 0; i < 64; ++i) {
    const std::string name(StateName(machine, i));
    if (name == "?") break;
    const bool known = std::any_of(arrows.begin(), arrows.end(), [&](const Arrow& arrow) {
      return arrow.from == name || arrow.to == name;
    });
    if (known) add(name);
  }
  for (const Arrow& arrow : arrows) {
    add(arrow.from);
    add(arrow.to);
  }
  return states;
}

std::vector<std::string> CellLines(const Arrow& arrow) {
  std::vector<std::string> lines = {""};
  for (const RowWords* row : arrow.rows) {
    const size_t needed = row->label.size() + (lines.back().empty() ? 0 : 2);
    if (!lines.back().empty() && lines.back().size() + needed > kLabelsAcross) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : ", ") + row->label;
  }
  return lines;
}

std::string TipOf(const Arrow& arrow) {
  std::string tip;
  for (const RowWords* row : arrow.rows) {
    std::vector<std::string> guards;
    for (const GuardWords& guard : row->when) guards.push_back(guard.name);
    absl::StrAppendFormat(&tip, "%s%s", tip.empty() ? "" : " | ", LabelOf(*row));
    if (!guards.empty()) tip += ", when " + Joined(guards, "; ");
    if (!row->close.empty()) tip += ", closes " + row->close;
  }
  return tip;
}

class StateTable {
 public:
  StateTable(Machine machine, int top)
      : machine_(machine),
        top_(top),
        arrows_(ArrowsOf(machine)),
        states_(StatesOf(machine, arrows_)) {
    for (const Arrow& arrow : arrows_) cells_[{arrow.from, arrow.to}] = &arrow;
    for (const std::string& each : states_) first_ = std::max(first_, TextWidth(each) + 2 * kPad);
  }

  int width() const { return 2 * kPad + first_ + kCellWidth * static_cast<int>(Targets().size()); }

  // Returns the y under it.
  int Draw(Svg& svg) const {
    const std::vector<std::string> targets = Targets();
    int y = top_ + 2 * kLine;
    svg.Text(kPad, top_ + kLine,
             absl::StrFormat("%s: %s", NameOf(machine_), AboutMachine(machine_)), "start", true);
    svg.Text(kPad, y + kLine, "from \\ to");
    for (size_t i = 0; i < targets.size(); ++i) {
      svg.Text(CellX(i) + kCellWidth / 2, y + kLine, targets[i], "middle", true);
    }
    y += kLine + kPad;
    for (const std::string& from : states_) y = DrawRow(svg, from, targets, y);
    return y + 2 * kPad;
  }

 private:
  std::vector<std::string> Targets() const {
    std::vector<std::string> targets;
    for (const std::string& to : states_) {
      const bool reached = std::any_of(arrows_.begin(), arrows_.end(),
                                       [&](const Arrow& arrow) { return arrow.to == to; });
      if (reached) targets.push_back(to);
    }
    return targets;
  }
  int CellX(size_t column) const { return kPad + first_ + kCellWidth * static_cast<int>(column); }

  int DrawRow(Svg& svg, const std::string& from, const std::vector<std::string>& targets,
              int y) const {
    size_t lines = 0;
    for (const std::string& to : targets) {
      const auto at = cells_.find({from, to});
      if (at != cells_.end()) lines = std::max(lines, CellLines(*at->second).size());
    }
    if (lines == 0) return y;  // nothing leaves it
    const int height = static_cast<int>(lines) * kLine + kPad;
    svg.Text(kPad, y + kLine, from, "start", true);
    for (size_t i = 0; i < targets.size(); ++i)
      DrawCell(svg, from, targets[i], CellX(i), y, height);
    return y + height;
  }

  void DrawCell(Svg& svg, const std::string& from, const std::string& to, int x, int y,
                int height) const {
    const auto at = cells_.find({from, to});
    const bool stays = from == to;
    const std::string_view fill = at == cells_.end() ? "#ffffff" : stays ? "#eef1f4" : "#e3f0ff";
    svg.Rect({x, y, kCellWidth, height}, fill, "#c8d0d8",
             at == cells_.end() ? "" : TipOf(*at->second));
    if (at == cells_.end()) return;
    int line_y = y + kLine - 2;
    for (const std::string& line : CellLines(*at->second)) {
      svg.Text(x + kPad, line_y, line);
      line_y += kLine;
    }
  }

  const Machine machine_;
  const int top_;
  const std::vector<Arrow> arrows_;
  const std::vector<std::string> states_;
  std::map<std::pair<std::string, std::string>, const Arrow*> cells_;
  int first_ = 80;  // pixels of the column of names
};

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::span<const Machine> DrawnMachines() { return kDrawn; }

std::vector<Machine> MachinesNamed(std::string_view name) {
  if (name.empty()) return {kDrawn.begin(), kDrawn.end()};
  for (const Machine machine : kDrawn) {
    if (LowerCase(name) == MachineWord(machine) || LowerCase(name) == LowerCase(NameOf(machine))) {
      return {machine};
    }
  }
  return {};
}

std::string_view AboutMachine(Machine machine) {
  switch (machine) {
    case Machine::kPhase:
      return "whose move it is; LAST_OPEN is the phase in which a case was closed";
    case Machine::kOverlay:
      return "arbitration; while it is live the phase stays where it is";
    case Machine::kLeg:
      return "one movement of money";
    case Machine::kFact:
      return "what touches the order or a case and moves no phase by itself";
    case Machine::kEntrance:
      return "the after-sales entrance of an order";
    case Machine::kVoucher:
      return "a voucher, once its leg is settled";
    default:
      return "";
  }
}

std::string MachineMermaid(Machine machine) {
  std::string text = "stateDiagram-v2\n    [*] --> " + std::string(StateName(machine, 0)) + "\n";
  for (const Arrow& arrow : ArrowsOf(machine)) {
    std::vector<std::string> labels;
    for (const RowWords* row : arrow.rows) labels.push_back(LabelOf(*row));
    absl::StrAppendFormat(&text, "    %s --> %s : %s\n", arrow.from, arrow.to,
                          Joined(labels, "<br/>"));
  }
  return text;
}

std::string MachineDot(Machine machine) {
  std::string text =
      absl::StrFormat("digraph %s {\n  rankdir=LR;\n  node [shape=box];\n", NameOf(machine));
  for (const Arrow& arrow : ArrowsOf(machine)) {
    std::vector<std::string> labels;
    for (const RowWords* row : arrow.rows) labels.push_back(LabelOf(*row));
    absl::StrAppendFormat(&text, "  \"%s\" -> \"%s\" [label=\"%s\"];\n", arrow.from, arrow.to,
                          Joined(labels, "\\n"));
  }
  return text + "}\n";
}

std::string MachinesSvg(std::span<const Machine> machines) {
  Svg svg;
  int width = 0;
  int y = kPad;
  for (const Machine machine : machines) {
    const StateTable table(machine, y);
    width = std::max(width, table.width());
    y = table.Draw(svg);
  }
  return svg.Done(width, y, "The rows between the states");
}

}  // namespace refund::tools
