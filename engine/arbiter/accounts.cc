#include "engine/arbiter/accounts.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/calendar.h"

namespace refund::arbiter {
namespace {

// Until when a draw counts: the Beijing month in which it was made, or so many days (rules.md
// G-03).
Instant CountsUntil(Instant drawn_at, uint32_t window_days) {
  if (window_days > 0) return FirstInstantTooLate(drawn_at, {window_days, PeriodUnit::kDay});
  CivilDate month = BeijingDate(drawn_at);
  month.day = 1;
  month.year += month.month / 12;
  month.month = month.month % 12 + 1;
  return BeijingMidnight(month);
}

// The one that counts: a leg whose draw was given back may have drawn anew.
AccountDraw* FindDraw(Order& account, const Id& leg) {
  for (AccountDraw& each : account.draws) {
    if (each.leg == leg && !each.given_back) return &each;
  }
  return nullptr;
}

// What stands against the limit now. False on overflow.
bool SumDrawn(const Turn& turn, uint32_t window_days, int64_t& sum) {
  sum = 0;
  for (const AccountDraw& each : turn.order.draws) {
    if (each.given_back || CountsUntil(each.at, window_days) <= turn.at) continue;
    if (!CheckedAdd(sum, each.amount, sum)) return false;
  }
  return true;
}

struct Verdict {
  Refusal refusal = Refusal::kNone;
  std::string detail;
};

Verdict Judge(const Turn& turn, const Draw& draw) {
  const Currency own = turn.order.currency;
  const bool one_currency = draw.amount.currency == draw.limit.currency &&
                            (own == Currency::kUnspecified || draw.amount.currency == own);
  if (!one_currency) {
    return {Refusal::kOtherCurrency, "the account is kept in " + std::string(NameOf(own))};
  }
  if (draw.amount.units <= 0) {
    return {Refusal::kAmountNotPositive, "expected more than 0, found " + FormatMoney(draw.amount)};
  }
  int64_t sum = 0;
  if (!SumDrawn(turn, draw.window_days, sum) || !CheckedAdd(sum, draw.amount.units, sum)) {
    return {Refusal::kOverflow, "the sum of all draws is no number that we can hold"};
  }
  if (sum > draw.limit.units) {
    return {Refusal::kBudgetExhausted, "expected at most " + FormatMoney(draw.limit) +
                                           " in all, with this draw it is " +
                                           FormatMoney({sum, draw.amount.currency})};
  }
  return {};
}

void NoteRow(Turn& turn, std::string_view row, const Id& leg) {
  turn.step.transitions.push_back({Machine::kAccount, std::string(row), 0, 0, 0, leg});
}

void Answer(Turn& turn, const Draw& draw, EventBody body) {
  turn.messages.push_back({turn.NewId("message").hex(), draw.order, turn.at, std::move(body)});
}

void Grant(Turn& turn, const Draw& draw) {
  NoteRow(turn, "granted", draw.leg);
  Answer(turn, draw, DrawGranted{draw.leg, turn.order.key});
}

void Refuse(Turn& turn, Verdict verdict) {
  turn.step.result = StepResult::kRefused;
  turn.step.refusal = verdict.refusal;
  turn.step.guard = "the draw is within the account's limit";
  turn.step.detail = std::move(verdict.detail);
}

void TakeDraw(Turn& turn, const Draw& draw) {
  if (FindDraw(turn.order, draw.leg) != nullptr) {
    return Grant(turn, draw);  // asked again: the same answer, and drawn once
  }
  Verdict verdict = Judge(turn, draw);
  if (verdict.refusal != Refusal::kNone) {
    Answer(turn, draw, DrawRefused{draw.leg, turn.order.key, std::string(NameOf(verdict.refusal))});
    return Refuse(turn, std::move(verdict));
  }
  turn.order.currency = draw.amount.currency;
  turn.order.draws.push_back({draw.leg, draw.order, draw.amount.units, turn.at, false});
  Grant(turn, draw);
}

void TakeBack(Turn& turn, const Draw& draw) {
  AccountDraw* drawn = FindDraw(turn.order, draw.leg);
  if (drawn == nullptr) {
    turn.step.result = StepResult::kStale;
    turn.step.detail = "the leg has drawn nothing, or has given it back already";
    return;
  }
  NoteRow(turn, "given back", draw.leg);
  drawn->given_back = true;
}

void NoteFact(Turn& turn) {
  turn.step.transitions.push_back({Machine::kFact, "F7", 0, 0, 0, Id{}});
}

}  // namespace

void ApplyToAccount(Turn& turn) {
  const Draw* draw = turn.BodyIf<Draw>();
  if (draw == nullptr) return ApplyToOther(turn);
  // Intake lets nobody else say it; a log that was written past intake is no reason to pay.
  if (turn.actor().role != Role::kEngine) {
    return Refuse(turn, {Refusal::kRoleMayNot,
                         "expected ENGINE, found " + std::string(NameOf(turn.actor().role))});
  }
  draw->give_back ? TakeBack(turn, *draw) : TakeDraw(turn, *draw);
}

void ApplyToOther(Turn& turn) {
  if (const auto* setting = turn.BodyIf<MerchantSettingChanged>()) {
    turn.order.settings[setting->setting] = setting->value;
  } else if (const auto* service = turn.BodyIf<FreightServiceSubscribed>()) {
    auto& services = turn.order.services;
    if (std::find(services.begin(), services.end(), service->service) == services.end()) {
      services.push_back(service->service);
    }
  }
  NoteFact(turn);
}

}  // namespace refund::arbiter
