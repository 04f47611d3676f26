#include "tools/refundctl/views/machines_text.h"

#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "tools/refundctl/views/machines_pictures.h"
#include "tools/refundctl/views/rows.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"

namespace refund::tools {
namespace {

using terminal::Style;
using terminal::Styled;

// Facts last: they have no states.
std::vector<Machine> Machines() {
  std::vector<Machine> machines(DrawnMachines().begin(), DrawnMachines().end());
  machines.push_back(Machine::kFact);
  return machines;
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

}  // namespace

std::string MachinesText(const terminal::Paper& paper) {
  std::string text;
  for (const Machine machine : Machines()) {
    absl::StrAppendFormat(&text, "%s%s\n", text.empty() ? "" : "\n",
                          Styled(absl::StrFormat("%s: %s", NameOf(machine), AboutMachine(machine)),
                                 Style::kBold, paper));
    for (const RowWords* row : RowsOf(machine)) text += RowText(*row, paper);
  }
  return text;
}

std::string MachinesJson() {
  std::string text;
  for (const RowWords& row : AllRows()) text += RowJson(row) + "\n";
  return text;
}

std::string MachinesMermaid(std::span<const Machine> machines) {
  std::string text;
  for (const Machine machine : machines) {
    absl::StrAppendFormat(&text, "%s## %s\n\nThis is %s.\n\n```mermaid\n%s```\n",
                          text.empty() ? "" : "\n", NameOf(machine), AboutMachine(machine),
                          MachineMermaid(machine));
  }
  return text;
}

std::string MachinesDot(std::span<const Machine> machines) {
  std::string text;
  for (const Machine machine : machines) text += MachineDot(machine);
  return text;
}

}  // namespace refund::tools
