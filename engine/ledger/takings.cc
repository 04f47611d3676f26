#include "engine/ledger/takings.h"

#include <algorithm>
#include <vector>

namespace refund::ledger {
namespace {

// Of those toward the buyer that follow it, one after the other; whoever follows comes later.
template <class Counts>
int64_t SumOfFollowers(const Order& order, const Id& taking, Counts counts) {
  int64_t sum = 0;
  std::vector<Id> followed = {taking};
  for (const Leg& leg : order.legs) {
    if (leg.to != Bearer::kBuyer || leg.cause_leg.IsZero()) continue;
    // Most follow the newest.
    const bool follows =
        std::find(followed.rbegin(), followed.rend(), leg.cause_leg) != followed.rend();
    if (!follows) continue;
    followed.push_back(leg.id);
    if (counts(leg)) sum += leg.amount - leg.reversed;
  }
  return sum;
}

}  // namespace

int64_t GivenBackAsHisOwn(const Order& order, const Leg& taking) {
  return SumOfFollowers(order, taking.id,
                        [](const Leg& leg) { return IsBuyersOwn(leg) && Stands(leg); });
}

int64_t GivenBackByDecision(const Order& order, const Leg& taking) {
  return SumOfFollowers(order, taking.id, [](const Leg& leg) {
    return !IsBuyersOwn(leg) && leg.state != LegState::kRerouted;
  });
}

int64_t TakenBy(const Order& order, const Leg& taking) {
  return taking.amount - taking.reversed - GivenBackAsHisOwn(order, taking);
}

}  // namespace refund::ledger
