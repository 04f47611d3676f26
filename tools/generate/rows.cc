#include "tools/generate/rows.h"

#include <algorithm>
#include <array>
#include <span>

#include "engine/arbiter/entrance.h"
#include "engine/arbiter/row.h"
#include "engine/arbiter/vouchers.h"

namespace refund::generate {
namespace {

// No history can take them: row 4g is for goods that are not with the buyer, and the lines L2 to L4
// are for those that are (tests/cases, UnreachableRows).
constexpr std::array<std::string_view, 3> kUnreachable = {"4g-L2", "4g-L3", "4g-L4"};

// An account answers (DrawGranted, DrawRefused), and its answers are no records of a log of the
// past: whoever replays it carries them.
constexpr std::array<std::string_view, 2> kOfAccounts = {"m2", "m3"};

// Goodwill legs go by rows of their own under the labels of the others.
constexpr int kGoodwill = -1;

int TableOf(const Transition& transition) {
  const bool goodwill = transition.machine == Machine::kLeg && transition.case_number == 0;
  return goodwill ? kGoodwill : static_cast<int>(transition.machine);
}

bool CanBeTaken(int table, std::string_view label) {
  const auto has = [&](const auto& labels) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  };
  return table == kGoodwill ? !has(kOfAccounts) : !has(kUnreachable);
}

// What a row looks at, in the main.
uint64_t Stand(const Case& c) {
  uint64_t stand = 0;
  for (const auto each : {static_cast<uint8_t>(c.kind), static_cast<uint8_t>(c.phase),
                          static_cast<uint8_t>(c.overlay), static_cast<uint8_t>(c.goods),
                          static_cast<uint8_t>(c.out_goods), static_cast<uint8_t>(c.outcome),
                          static_cast<uint8_t>(c.money_first * 2 + c.landed_first)}) {
    stand = (stand << 8) | each;
  }
  return stand;
}

}  // namespace

Rows::Rows() {
  const auto of = [](Machine machine) { return static_cast<int>(machine); };
  Add("phase", of(Machine::kPhase), arbiter::PhaseRows());
  Add("overlay", of(Machine::kOverlay), arbiter::OverlayRows());
  Add("leg", of(Machine::kLeg), arbiter::LegRows());
  Add("goodwill leg", kGoodwill, arbiter::GoodwillLegRows());
  Add("fact", of(Machine::kFact), arbiter::FactRows());
  Add("entrance", of(Machine::kEntrance), arbiter::EntranceRows());
  // Row 1f makes no case, and says that it is of the phases.
  for (const arbiter::FactRow& row : arbiter::VoucherRows()) {
    Add("voucher", of(row.label == "1f" ? Machine::kPhase : Machine::kFact), std::span(&row, 1));
  }
}

template <class Table>
void Rows::Add(std::string_view name, int table, const Table& rows) {
  for (const auto& row : rows) {
    if (!CanBeTaken(table, row.label)) continue;
    index_[{table, row.label}] = rows_.size();
    rows_.push_back({name, row.label, 0});
  }
}

void Rows::Note(const Step& step, const Order& order) {
  for (const Transition& each : step.transitions) {
    const auto row = index_.find({TableOf(each), each.row});
    if (row != index_.end()) ++rows_[row->second].times;
    if (each.case_number > 0) ++stands_[Stand(order.cases[each.case_number - 1])];
  }
}

int64_t Rows::Familiarity(const Step& step, const Order& order) const {
  int64_t least = kFamiliar;
  for (const Transition& each : step.transitions) {
    const auto row = index_.find({TableOf(each), each.row});
    if (row != index_.end()) least = std::min(least, rows_[row->second].times);
    if (each.case_number == 0) continue;
    const auto stand = stands_.find(Stand(order.cases[each.case_number - 1]));
    least = std::min(least, stand == stands_.end() ? 1 : stand->second + 1);
  }
  return least;
}

int64_t Rows::taken() const {
  return std::count_if(rows_.begin(), rows_.end(),
                       [](const RowTaken& row) { return row.times > 0; });
}

const RowTaken& Rows::rarest() const {
  return *std::min_element(rows_.begin(), rows_.end(),
                           [](const RowTaken& a, const RowTaken& b) { return a.times < b.times; });
}

}  // namespace refund::generate
