#include "tools/refundctl/views/machines_text.h"

#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "tools/refundctl/views/rows.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

using terminal::Style;
using terminal::Styled;

constexpr std::array kMachines = {Machine::kPhase, Machine::kOverlay, Machine::kLeg,
                                  Machine::kFact};

std::string_view About(Machine machine) {
  switch (machine) {
    case Machine::kPhase:
      return "whose move it is; LAST_OPEN is the phase in which a case was closed";
    case Machine::kOverlay:
      return "arbitration; while it is live the phase stays where it is";
    case Machine::kLeg:
      return "one movement of money toward the buyer";
    case Machine::kFact:
      return "what touches the order or a case and moves no phase";
    default:
      return "";
  }
}

std::vector<const RowWords*> RowsOf(Machine machine) {
  std::vector<const RowWords*> rows;
  for (const RowWords& row : AllRows()) {
    if (row.machine == machine) rows.push_back(&row);
  }
  return rows;
}

// ---- Text ----

std::string GuardText(const GuardWords& guard) {
  if (guard.refusal == Refusal::kNone) return guard.name;
  return absl::StrFormat("%s [else %s]", guard.name, NameOf(guard.refusal));
}

std::string MoveText(const RowWords& row) {
  if (row.machine == Machine::kFact) return "";
  const std::string close = row.close.empty() ? "" : " (" + row.close + ")";
  return Listed(row.from) + " -> " + row.to + close;
}

std::string RowText(const RowWords& row, const terminal::Paper& paper) {
  std::string text = absl::StrFormat(
      "  %s %s\n", Styled(absl::StrFormat("%-12s", row.label), Style::kBold, paper), MoveText(row));
  absl::StrAppendFormat(&text, "               on    %s\n", Listed(row.on));
  bool first = true;
  for (const GuardWords& guard : row.when) {
    absl::StrAppendFormat(&text, "               %-5s %s\n", first ? "when" : "", GuardText(guard));
    first = false;
  }
  if (!row.then.empty())
    absl::StrAppendFormat(&text, "               then  %s\n", Listed(row.then));
  return text;
}

// ---- JSON ----

std::string GuardJson(const GuardWords& guard) {
  return JsonObject().Text("name", guard.name).Text("refusal", NameOf(guard.refusal)).Done();
}

std::string RowJson(const RowWords& row) {
  std::vector<std::string> guards;
  for (const GuardWords& guard : row.when) guards.push_back(GuardJson(guard));
  return JsonObject()
      .Text("machine", NameOf(row.machine))
      .Text("label", row.label)
      .Texts("from", row.from)
      .Texts("on", row.on)
      .Json("when", JsonArray(guards))
      .Text("to", row.to)
      .Text("close", row.close)
      .Texts("then", row.then)
      .Done();
}

// ---- Mermaid ----

// Between two states one arrow, with every row that leads there: (from, to) in order of first
// sight.
class Arrows {
 public:
  void Add(const RowWords& row) {
    std::vector<std::string> on = row.on;
    const std::string label = row.label + " " + (on.empty() ? "" : Joined(on));
    for (const std::string& from : row.from) {
      AddOne(from, row.to == "STAY" ? from : row.to, label);
    }
  }
  std::string Text() const {
    std::string text;
    for (const auto& [ends, label] : arrows_) {
      absl::StrAppendFormat(&text, "    %s --> %s : %s\n", ends.first, ends.second, label);
    }
    return text;
  }

 private:
  using Ends = std::pair<std::string, std::string>;

  static std::string Joined(const std::vector<std::string>& on) {
    std::string text;
    for (const std::string& each : on) text += (text.empty() ? "" : " or ") + each;
    return text;
  }
  void AddOne(const std::string& from, const std::string& to, const std::string& label) {
    const auto [at, is_new] = index_.try_emplace(Ends{from, to}, arrows_.size());
    if (is_new) {
      arrows_.push_back({{from, to}, label});
    } else {
      arrows_[at->second].second += "<br/>" + label;
    }
  }

  std::map<Ends, size_t> index_;
  std::vector<std::pair<Ends, std::string>> arrows_;
};

std::string Diagram(Machine machine) {
  Arrows arrows;
  for (const RowWords* row : RowsOf(machine)) arrows.Add(*row);
  return "```mermaid\nstateDiagram-v2\n    [*] --> NONE\n" + arrows.Text() + "```\n";
}

}  // namespace

std::string MachinesText(const terminal::Paper& paper) {
  std::string text;
  for (const Machine machine : kMachines) {
    absl::StrAppendFormat(
        &text, "%s%s\n", text.empty() ? "" : "\n",
        Styled(absl::StrFormat("%s: %s", NameOf(machine), About(machine)), Style::kBold, paper));
    for (const RowWords* row : RowsOf(machine)) text += RowText(*row, paper);
  }
  return text;
}

std::string MachinesJson() {
  std::string text;
  for (const RowWords& row : AllRows()) text += RowJson(row) + "\n";
  return text;
}

std::string MachinesMermaid() {
  std::string text;
  for (const Machine machine : kMachines) {
    if (machine == Machine::kFact) continue;  // facts have no states
    absl::StrAppendFormat(&text, "%s## %s\n\nThis is %s.\n\n%s", text.empty() ? "" : "\n",
                          NameOf(machine), About(machine), Diagram(machine));
  }
  return text;
}

}  // namespace refund::tools
