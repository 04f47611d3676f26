#include "tests/machines/tables.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "engine/arbiter/row.h"
#include "engine/arbiter/vouchers.h"

namespace refund::machines {
namespace {

const std::string kFolder = std::string(REFUND_SOURCE_DIR) + "/tests/machines/";

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    std::fprintf(stderr, "%s cannot be read\n", path.c_str());
    std::abort();
  }
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

template <class State>
std::vector<std::string> NamesOfAll() {
  std::vector<std::string> names;
  for (size_t i = 0; i < CountOf<State>(); ++i) names.emplace_back(NameOf(static_cast<State>(i)));
  return names;
}

std::vector<std::string> CaseStates() {
  std::vector<std::string> states = NamesOfAll<Phase>();
  states.pop_back();  // CLOSED, which stands here with its reasons
  for (size_t i = 1; i < CountOf<CloseReason>(); ++i) {
    states.push_back("CLOSED:" + std::string(NameOf(static_cast<CloseReason>(i))));
  }
  return states;
}

// EVIDENCE of one party, and of both.
std::vector<std::string> OverlayStates() {
  std::vector<std::string> states;
  for (const std::string& name : NamesOfAll<Overlay>()) {
    if (name != "EVIDENCE") {
      states.push_back(name);
      continue;
    }
    states.emplace_back("EVIDENCE:ONE");
    states.emplace_back("EVIDENCE:BOTH");
  }
  return states;
}

std::set<std::string> StatesNamed(const std::string& field,
                                  const std::vector<std::string>& states) {
  std::set<std::string> named;
  for (const std::string& word : Split(field, ",")) {
    if (word == "ANY") return {};
    if (word == "-") named.insert("NONE");  // of a leg: not there yet
    if (word != "OPEN") named.insert(word);
    if (word != "OPEN") continue;
    for (const std::string& state : states) {
      if (state != "NONE" && !state.starts_with("CLOSED")) named.insert(state);
    }
  }
  return named;
}

Expression GuardsOf(const std::string& field, const std::string& where) {
  std::vector<Expression> parts;
  for (const std::string& word : Split(field, " ")) {
    if (word != "-") parts.push_back(Parse(word, where));
  }
  return AllOf(std::move(parts));
}

void ReadPage(std::vector<Machine>& machines) {
  std::vector<PageRow> facts;
  const std::vector<std::string> lines = LinesOf(kFolder + "expected.txt");
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty() || lines[i][0] == '#') continue;
    const std::vector<std::string> fields = Split(lines[i], " | ");
    if (fields.size() != 6) continue;  // check_expected.py says so better
    const bool of_case = fields[0] == "PHASE" || fields[0] == "FACT";
    Machine& machine = machines[of_case ? 0 : fields[0] == "OVERLAY" ? 1 : 2];
    PageRow row;
    row.label = fields[1];
    row.from = StatesNamed(fields[2], machine.states);
    for (const std::string& event : Split(fields[3], ",")) row.on.insert(event);
    row.when = GuardsOf(fields[4], "expected.txt:" + std::to_string(i + 1));
    row.line = i + 1;
    const std::vector<std::string> to = Split(fields[5], " / ");
    row.to = to[0];
    if (to.size() > 1) row.phase = to[1];
    (fields[0] == "FACT" ? facts : machine.page).push_back(std::move(row));
  }
  for (PageRow& row : facts) machines[0].page.push_back(std::move(row));
}

template <class AnyRow>
OurRow Common(const char* table, const AnyRow& row) {
  OurRow made;
  made.table = table;
  made.label = row.label;
  for (const arbiter::Trigger& trigger : row.on) made.on.push_back(trigger.Name());
  for (const arbiter::Guard& guard : row.when) made.guards.emplace_back(guard.name);
  for (const arbiter::Effect& effect : row.then) made.effects.emplace_back(effect.name);
  made.to = "SAME";
  return made;
}

template <class State>
void AddRows(const char* table, std::span<const arbiter::Row<State>> rows, Machine& machine) {
  using Target = typename arbiter::Row<State>::Target;
  for (const auto& row : rows) {
    OurRow made = Common(table, row);
    for (const State state : row.from) made.from.emplace(NameOf(state));
    if (row.target == Target::kLastOpen) made.to = "LAST_OPEN";
    if (row.target == Target::kState) made.to = NameOf(row.to);
    if (row.close != CloseReason::kNone) made.to += ":" + std::string(NameOf(row.close));
    machine.ours.push_back(std::move(made));
  }
}

void AddRows(const char* table, std::span<const arbiter::FactRow> rows, Machine& machine) {
  for (const auto& row : rows) machine.ours.push_back(Common(table, row));
}

}  // namespace

std::string Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::string> Split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.push_back(Trim(text.substr(0, at)));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

std::string Where(const Entry& entry) { return "guards.map:" + std::to_string(entry.line); }

std::vector<Machine> AllMachines() {
  std::vector<Machine> machines{{"CASE", CaseStates(), {}, {}},
                                {"OVERLAY", OverlayStates(), {}, {}},
                                {"LEG", NamesOfAll<LegState>(), {}, {}}};
  ReadPage(machines);
  AddRows("PHASE", arbiter::PhaseRows(), machines[0]);
  AddRows("FACT", arbiter::FactRows(), machines[0]);
  AddRows("VOUCHER", arbiter::VoucherRows(), machines[0]);
  AddRows("OVERLAY", arbiter::OverlayRows(), machines[1]);
  AddRows("LEG", arbiter::LegRows(), machines[2]);
  AddRows("GOODWILL", arbiter::GoodwillLegRows(), machines[2]);
  return machines;
}

std::set<std::string> LegendTokens() {
  std::set<std::string> tokens;
  bool legend = false;
  for (const std::string& line : LinesOf(kFolder + "expected.txt")) {
    if (line.starts_with("# LEGEND")) {
      legend = true;
    } else if (legend && line.starts_with("# ")) {
      tokens.insert(line.substr(2, line.find(':') - 2));
    }
  }
  return tokens;
}

Map ReadMap() {
  Map map;
  std::string section;
  const std::vector<std::string> lines = LinesOf(kFolder + "guards.map");
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      section = line.substr(1, line.find(']') - 1);
      map[section];
      continue;
    }
    Entry entry;
    const size_t why = line.find(" # ");
    if (why != std::string::npos) entry.why = Trim(std::string_view(line).substr(why + 3));
    const std::string said = line.substr(0, why);
    const size_t equals = said.find(" = ");
    entry.left = Trim(std::string_view(said).substr(0, equals));
    if (equals != std::string::npos) entry.right = Trim(std::string_view(said).substr(equals + 3));
    entry.line = i + 1;
    map[section].push_back(std::move(entry));
  }
  return map;
}

}  // namespace refund::machines
