#include "engine/arbiter/follow.h"

#include <utility>

#include "engine/arbiter/legs.h"
#include "engine/arbiter/machine.h"
#include "engine/base/check.h"

namespace refund::arbiter {
namespace {

// One thing that another row brought about. False when nothing is left to do.
bool FollowUp(Turn& turn) {
  Case& c = *turn.the_case;
  if (std::exchange(turn.wants_direct_ruling, false)) {
    return TakeOverlayRow(turn, kDirectRuling, nullptr);
  }
  if (std::exchange(turn.wants_help, false)) {
    turn.help_by_row = true;
    const bool taken = TakeOverlayRow(turn, kRowAsksForHelp, nullptr);
    turn.help_by_row = false;
    return taken;
  }
  if (std::exchange(turn.review_entered, false)) {
    if (TakeOverlayRow(turn, kReviewEntered, nullptr)) return true;
  }
  if (std::exchange(turn.may_pay_first, false)) {
    if (TakeOverlayRow(turn, kPayFirst, nullptr)) return true;
  }
  if (c.phase == Phase::kFiled && c.ready && !c.OverlayIsLive()) {
    return TakePhaseRow(turn, kReady, nullptr);
  }
  if (SubmitLegs(turn)) {
    Touch(turn);
    return true;
  }
  return c.phase == Phase::kSettling && !c.OverlayIsLive() &&
         TakePhaseRow(turn, kLegsDone, nullptr);
}

}  // namespace

void FollowThrough(Turn& turn) {
  // Each follow-up leaves a state that the tables never lead back to in one step; the bound says
  // so.
  int taken = 0;
  while (FollowUp(turn)) CHECK(++taken < 16);
}

void FollowAll(Turn& turn) {
  for (size_t i = 0; i < turn.order.cases.size(); ++i) {
    turn.the_case = &turn.order.cases[i];
    FollowThrough(turn);
  }
  turn.the_case = nullptr;
}

}  // namespace refund::arbiter
