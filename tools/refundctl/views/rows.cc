#include "tools/refundctl/views/rows.h"

#include <algorithm>
#include <span>
#include <utility>

#include "engine/arbiter/entrance.h"
#include "engine/arbiter/row.h"
#include "engine/arbiter/vouchers.h"

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

bool HasLabel(const std::vector<RowWords>& all, Machine machine, std::string_view label) {
  return std::any_of(all.begin(), all.end(), [&](const RowWords& row) {
    return row.machine == machine && row.label == label;
  });
}

void AddFacts(std::span<const arbiter::FactRow> rows, std::vector<RowWords>& all) {
  for (const arbiter::FactRow& row : rows) {
    if (HasLabel(all, Machine::kFact, row.label)) continue;
    all.push_back(WordsOf(Machine::kFact, row));
    all.back().to = "STAY";
  }
}

// A voucher's moves are effects of rows that stand elsewhere; they are told here under the labels
// that its transitions carry.
void AddVoucherMoves(std::vector<RowWords>& all) {
  const auto add = [&](std::string label, VoucherState from, std::string on, VoucherState to) {
    all.push_back({Machine::kVoucher,
                   std::move(label),
                   {std::string(NameOf(from))},
                   {std::move(on)},
                   {},
                   std::string(NameOf(to)),
                   "",
                   {}});
  };
  add("m9", VoucherState::kNone, "its leg is SETTLED", VoucherState::kIssued);
  add("F8", VoucherState::kIssued, "VoucherRedeemed in part", VoucherState::kIssued);
  add("F8", VoucherState::kIssued, "VoucherRedeemed", VoucherState::kRedeemed);
  add("F8", VoucherState::kIssued, "T26 passed", VoucherState::kExpired);
  add("F8", VoucherState::kIssued, "a full refund or an overturned ruling", VoucherState::kRevoked);
}

std::vector<RowWords> MakeAllRows() {
  std::vector<RowWords> all;
  AddMoves(Machine::kPhase, arbiter::PhaseRows(), all);
  AddMoves(Machine::kOverlay, arbiter::OverlayRows(), all);
  AddMoves(Machine::kLeg, arbiter::LegRows(), all);
  // Goodwill vouchers go by rows of the same labels; only those that no other leg has are new.
  for (const arbiter::LegRow& row : arbiter::GoodwillLegRows()) {
    if (!HasLabel(all, Machine::kLeg, row.label)) AddMoves(Machine::kLeg, std::span(&row, 1), all);
  }
  AddMoves(Machine::kEntrance, arbiter::EntranceRows(), all);
  AddVoucherMoves(all);
  AddFacts(arbiter::FactRows(), all);
  AddFacts(arbiter::VoucherRows(), all);
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
