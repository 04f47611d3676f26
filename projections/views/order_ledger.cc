#include "projections/views/order_ledger.h"

#include "engine/base/status.h"
#include "projections/views/load.h"
#include "projections/views/view_keys.h"

namespace refund::projections {
namespace {

bool AsksAfter(const Transition& t) {
  return t.machine == Machine::kLeg && t.from == t.to &&
         t.to == static_cast<uint8_t>(LegState::kSubmitted);
}

// Of the row by which it is found while it is not settled.
std::optional<std::string> UnsettledKey(const std::optional<LegEntry>& entry) {
  if (!entry || IsAtItsEnd(entry->leg.state)) return std::nullopt;
  return UnsettledLegKey(*entry);
}

}  // namespace

void OrderLedger::Take(const Step& step, ByteView) {
  const auto [moves, is_new] = orders_.At(step.key);
  if (is_new) moves.first_at = step.at;
  moves.last_at = step.at;
  moves.sequence = static_cast<int64_t>(step.sequence);
  if (step.result == StepResult::kRefused) ++moves.refused;
  if (const Currency currency = CurrencyOf(step); currency != Currency::kUnspecified) {
    moves.currency = currency;
  }
  for (const Transition& each : step.transitions) {
    if (AsksAfter(each)) moves.legs[each.leg].push_back({step.at, std::nullopt, true});
    if (each.machine != Machine::kEntrance || each.from == each.to) continue;
    moves.entrance = static_cast<Entrance>(each.to);
    moves.entrance_since = step.at;
  }
  for (const LegSummary& each : step.legs) moves.legs[each.id].push_back({step.at, each, false});
}

absl::Status OrderLedger::WriteOrder(const std::string& key, const OrderMoves& moves,
                                     ViewRows& rows) {
  const std::string row = OrderEntryKey(key);
  ASSIGN_OR_RETURN(std::optional<OrderEntry> entry, Load<OrderEntry>(rows, row));
  if (!entry) {
    entry.emplace();
    entry->key = key;
    entry->first_at = moves.first_at;
  }
  if (moves.currency != Currency::kUnspecified) entry->currency = moves.currency;
  entry->last_at = moves.last_at;
  entry->sequence = moves.sequence;
  entry->refused += moves.refused;
  if (moves.entrance) {
    entry->entrance = *moves.entrance;
    entry->entrance_since = moves.entrance_since;
  }
  rows.Put(row, Encode(*entry));
  return absl::OkStatus();
}

absl::Status OrderLedger::WriteLeg(const std::string& key, const Id& id,
                                   const std::vector<LegMove>& moves, ViewRows& rows) {
  const std::string row = LegKey(key, id);
  ASSIGN_OR_RETURN(std::optional<LegEntry> entry, Load<LegEntry>(rows, row));
  const std::optional<std::string> unsettled_before = UnsettledKey(entry);
  for (const LegMove& move : moves) {
    if (!entry && !move.now) continue;
    if (!entry) {
      entry.emplace();
      entry->key = key;
      entry->made_at = move.at;
      entry->since = move.at;
    }
    if (move.asked_after) ++entry->queries;
    if (!move.now) continue;
    if (move.now->state != entry->leg.state || move.now->attempt != entry->leg.attempt) {
      entry->since = move.at;
      entry->queries = 0;
    }
    entry->leg = *move.now;
  }
  if (!entry) return absl::OkStatus();
  rows.Put(row, Encode(*entry));
  MoveIndex(rows, unsettled_before, UnsettledKey(entry));
  return absl::OkStatus();
}

absl::Status OrderLedger::Write(ViewRows& rows) {
  return orders_.WriteAll([&](const std::string& key, const OrderMoves& moves) {
    RETURN_IF_ERROR(WriteOrder(key, moves, rows));
    for (const auto& [id, leg_moves] : moves.legs) {
      RETURN_IF_ERROR(WriteLeg(key, id, leg_moves, rows));
    }
    return absl::OkStatus();
  });
}

}  // namespace refund::projections
