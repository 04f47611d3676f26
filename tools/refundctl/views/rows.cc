#include "tools/refundctl/views/rows.h"

#include <algorithm>

#include "engine/arbiter/row.h"

namespace refund::tools {
namespace {

template <class AnyRow>
RowWords WordsOf(Machine machine, const AnyRow& row) {
  RowWords words;
  words.machine = machine;
  words.label = row.label;
  for (const arbiter::Trigger& on : row.on) words.on.push_back(on.Name());
  for (const arbiter::Guard& guard : row.when) {
    words.when.push_back({std::string(guard.name), guard.refusal});
  }
  for (const arbiter::Effect& effect : row.then) words.then.emplace_back(effect.name);
  return words;
}

template <class State>
std::string TargetOf(const arbiter::Row<State>& row) {
  using Target = typename arbiter::Row<State>::Target;
  switch (row.target) {
    case Target::kStay:
      return "STAY";
    case Target::kLastOpen:
      return "LAST_OPEN";
    case Target::kState:
      break;
  }
  return std::string(NameOf(row.to));
}

template <class Rows>
void AddMoves(Machine machine, const Rows& rows, std::vector<RowWords>& all) {
  for (const auto& row : rows) {
    RowWords words = WordsOf(machine, row);
    for (const auto from : row.from) words.from.emplace_back(NameOf(from));
    words.to = TargetOf(row);
    if (row.close != CloseReason::kNone) words.close = NameOf(row.close);
    all.push_back(std::move(words));
  }
}

std::vector<RowWords> MakeAllRows() {
  std::vector<RowWords> all;
  AddMoves(Machine::kPhase, arbiter::PhaseRows(), all);
  AddMoves(Machine::kOverlay, arbiter::OverlayRows(), all);
  AddMoves(Machine::kLeg, arbiter::LegRows(), all);
  for (const arbiter::FactRow& row : arbiter::FactRows()) {
    all.push_back(WordsOf(Machine::kFact, row));
    all.back().to = "STAY";
  }
  return all;
}

bool Contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

const std::vector<RowWords>& AllRows() {
  static const std::vector<RowWords>& all = *new std::vector<RowWords>(MakeAllRows());
  return all;
}

const RowWords* FindRow(Machine machine, std::string_view label) {
  for (const RowWords& row : AllRows()) {
    if (row.machine == machine && row.label == label) return &row;
  }
  return nullptr;
}

std::vector<const RowWords*> RowsOn(Machine machine, std::string_view from, std::string_view on) {
  std::vector<const RowWords*> rows;
  for (const RowWords& row : AllRows()) {
    if (row.machine == machine && Contains(row.from, from) && Contains(row.on, on)) {
      rows.push_back(&row);
    }
  }
  return rows;
}

}  // namespace refund::tools
