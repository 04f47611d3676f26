// The tables of the machine as words: read off the same constexpr rows that judge.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/vocabulary.h"

namespace refund::tools {

struct GuardWords {
  std::string name;
  Refusal refusal = Refusal::kNone;  // NONE: it only chooses between rows
};

struct RowWords {
  Machine machine = Machine::kPhase;
  std::string label;
  std::vector<std::string> from;  // empty for facts, which move nothing
  std::vector<std::string> on;
  std::vector<GuardWords> when;
  std::string to;     // a state; "STAY"; "LAST_OPEN", the phase in which the case was closed
  std::string close;  // the reason, where it closes
  std::vector<std::string> then;
};

// Every row of every table: phase, overlay, leg, entrance, voucher, fact.
const std::vector<RowWords>& AllRows();

// Null if there is no such row.
const RowWords* FindRow(Machine machine, std::string_view label);

// The rows of a machine that a state may leave by this trigger: "T1 passed", "RefundAccepted".
std::vector<const RowWords*> RowsOn(Machine machine, std::string_view from, std::string_view on);

}  // namespace refund::tools
