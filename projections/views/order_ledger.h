// The ledger of each order, as far as its steps tell it: its legs as they stand, its entrance and
// its newest step; and of all orders the legs that are not at their end, by state, the oldest
// first. What was captured is known to the order's state alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "projections/views/entries.h"
#include "projections/views/kept.h"
#include "projections/views/view.h"

namespace refund::projections {

// It needs nothing more: its money is there, or there is none to come.
constexpr bool IsAtItsEnd(LegState state) {
  return state == LegState::kNone || state == LegState::kSettled || state == LegState::kVoid ||
         state == LegState::kRerouted || state == LegState::kReversed;
}

class OrderLedger final : public View {
 public:
  using View::Take;
  void Take(const Step& step, ByteView bytes) override;
  absl::Status Write(ViewRows& rows) override;

 private:
  struct LegMove {
    Instant at;
    std::optional<LegSummary> now;  // absent: it was only asked after
    bool asked_after = false;
  };
  struct OrderMoves {
    Currency currency = Currency::kUnspecified;
    Instant first_at;
    Instant last_at;
    int64_t sequence = 0;
    uint32_t refused = 0;
    std::optional<Entrance> entrance;
    Instant entrance_since;
    std::map<Id, std::vector<LegMove>> legs;
  };
  static absl::Status WriteOrder(const std::string& key, const OrderMoves& moves, ViewRows& rows);
  static absl::Status WriteLeg(const std::string& key, const Id& id,
                               const std::vector<LegMove>& moves, ViewRows& rows);

  Kept<std::string, OrderMoves> orders_;  // that moved since the last Write()
};

}  // namespace refund::projections
