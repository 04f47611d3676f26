// Deadlines: what is armed, paused, given back and ended, and which passes next. Derived from
// steps, never appended (shared/design/README.md §2).
#pragma once

#include <optional>

#include "engine/arbiter/turn.h"
#include "engine/base/instant.h"
#include "engine/domain/order.h"

namespace refund::arbiter {

// Of two deadlines that are due at one instant one passes first, everywhere.
bool PassesBefore(const Deadline& a, const Deadline& b);
// The earliest running deadline, or null. Ties go by case, timer, role, generation.
const Deadline* EarliestDeadline(const Order& order);
// The same, if it is due at `clock`.
const Deadline* NextDue(const Order& order, Instant clock);

struct Arming {
  Timer timer = Timer::kT0;
  Role role = Role::kUnspecified;
  bool of_overlay = false;
  Id leg = {};
  std::string parcel = {};
  std::optional<Instant> due = {};  // absent: from the pack's limit, counted from the step
};

// Arms it in a new generation. One of the same (timer, role, leg) that still stands is replaced.
void Arm(Turn& turn, const Arming& arming);
// The order's own (T20 to T27): it belongs to no case. `due` must be given.
void ArmOnOrder(Turn& turn, const Arming& arming);
void EndOnOrder(Turn& turn, Timer timer, const std::string& parcel = {});
void EndOfVoucher(Turn& turn, const Id& voucher);
// A new generation, due later (row 30); a paused one has that much more left.
void Extend(Turn& turn, Deadline& deadline, Instant until);
// The case's deadline of that timer, running or paused; null if there is none.
Deadline* FindDeadline(Turn& turn, Timer timer);
void End(Turn& turn, Timer timer);
void EndOfLeg(Turn& turn, Timer timer, const Id& leg);
void EndAllOfPhase(Turn& turn);
// The same without T3 and T5, which belong to goods that are still to come back.
void EndAllButGoods(Turn& turn);
void ResumeGoods(Turn& turn);
void EndAllOfOverlay(Turn& turn);
void Pause(Turn& turn, Timer timer);
// Goes on with what was left. False if there was none to go on.
bool Resume(Turn& turn, Timer timer);
// Becoming live freezes the phase's deadlines; only WITHDRAWN gives them back.
void PauseAllOfPhase(Turn& turn);
void ResumeAllOfPhase(Turn& turn);

bool IsArmed(const Order& order, uint32_t case_number, Timer timer, Role role);
bool IsArmedForLeg(const Order& order, Timer timer, const Id& leg);

}  // namespace refund::arbiter
