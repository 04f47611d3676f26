#include "engine/arbiter/landing.h"

#include <algorithm>

#include "engine/arbiter/answers.h"
#include "engine/arbiter/due.h"
#include "engine/arbiter/guards.h"
#include "engine/base/calendar.h"

namespace refund::arbiter {
namespace {

// What the decision before wanted back and has not got is replaced by the one that lands (m8).
bool MoneyWasSent(const Turn& turn) {
  const Case& c = *turn.the_case;
  const auto is_to_come_back = [&](const Leg& leg) {
    return leg.case_number == c.number && TakesFromBuyer(leg) && IsReplaceable(leg.state);
  };
  const auto& legs = turn.order.legs;
  return PaidOut(turn.order, c) > 0 || std::any_of(legs.begin(), legs.end(), is_to_come_back);
}

bool PaysBeforeGoods(const Turn& turn) {
  return turn.the_case->money_first || MoneyWasSent(turn) ||
         Says(turn, policy::Question::kMoneyFirst);
}

Line LineForReturn(const Turn& turn) {
  const Case& c = *turn.the_case;
  if (OnTheWayBack(c)) return Line::kL6;
  if (!WithBuyer(c)) return Line::kL1;
  return PaysBeforeGoods(turn) ? Line::kL3 : Line::kL2;
}

Line LineForSwap(const Case& c) {
  if (OnTheWayBack(c)) return Line::kL6;
  return WithBuyer(c) ? Line::kL4 : Line::kL5;
}

void ArmWith(Turn& turn, Timer timer, Role role, const std::optional<policy::Limit>& limit,
             bool arrived) {
  std::optional<Instant> due;
  if (!arrived && limit) due = FirstInstantTooLate(turn.at, limit->period);
  Arm(turn, {.timer = timer, .role = role, .due = due});
}

}  // namespace

Decided DecidedAtHand(const Turn& turn) {
  const Case& c = *turn.the_case;
  if (turn.BodyIf<RefundAccepted>() != nullptr ||
      (turn.firing != nullptr && turn.firing->timer == Timer::kT1)) {
    return {RemedyOf(c.kind), RulingOutcome::kBuyer};
  }
  if (const auto* body = turn.BodyIf<OfferChosen>()) {
    const Offer* offer = NamedOffer(turn);
    if (offer != nullptr && body->option < offer->options.size()) {
      return {offer->options[body->option].remedy, RulingOutcome::kBuyer};
    }
  }
  if (const auto* body = turn.BodyIf<SettlementAgreed>()) {
    return {body->remedy.remedy, RulingOutcome::kBuyer};
  }
  if (const auto* body = turn.BodyIf<AppealDecided>(); body != nullptr && body->ruling) {
    return {body->ruling->remedy, body->ruling->outcome};
  }
  return {c.remedy, c.outcome};
}

Line LandingOf(const Turn& turn) {
  const Decided decided = DecidedAtHand(turn);
  const Case& c = *turn.the_case;
  switch (decided.outcome) {
    case RulingOutcome::kVoid:
      return Line::kL9;
    case RulingOutcome::kNone:
      return Line::kL8;
    case RulingOutcome::kSeller:
      return c.money_first && PaidOut(turn.order, c) > 0 ? Line::kL7b : Line::kL7;
    default:
      break;
  }
  switch (decided.remedy) {
    case Remedy::kReturnRefund:
      return LineForReturn(turn);
    case Remedy::kExchange:
    case Remedy::kRepair:
      return LineForSwap(c);
    case Remedy::kResend:
      return Line::kL5;
    default:
      return Line::kL1;
  }
}

std::string UsableAddress(const Turn& turn) {
  const Case& c = *turn.the_case;
  const auto* accepted = turn.BodyIf<RefundAccepted>();
  // Of a seller who said nothing (row 9) the registered one comes first.
  const bool silent = turn.firing != nullptr && turn.firing->timer == Timer::kT1;
  const std::string* candidates[] = {accepted != nullptr ? &accepted->address : nullptr,
                                     silent ? &turn.order.return_address : &c.return_address,
                                     silent ? &c.return_address : &turn.order.return_address};
  for (const std::string* each : candidates) {
    if (each != nullptr && !each->empty() && *each != c.invalid_address) return *each;
  }
  return "";
}

void AskForReturn(Turn& turn) {
  Case& c = *turn.the_case;
  c.return_address = UsableAddress(turn);
  c.goods = Goods::kReturnDue;
  // Money that went first is waited for by T3 in any case (landing table, L3): T14 asks the seller
  // before anything has moved.
  const bool usable = !c.return_address.empty() || c.money_first;
  Arm(turn,
      {.timer = usable ? Timer::kT3 : Timer::kT14, .role = usable ? Role::kBuyer : Role::kSeller});
}

void ArmInspection(Turn& turn, bool arrived) {
  ArmWith(turn, Timer::kT5, Role::kSeller, turn.Procedure().return_in_transit, arrived);
}

void ArmConfirmation(Turn& turn, bool arrived) {
  ArmWith(turn, Timer::kT7, Role::kBuyer, turn.Procedure().replacement_in_transit, arrived);
}

}  // namespace refund::arbiter
