#include "engine/arbiter/machine.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/effects.h"
#include "engine/arbiter/find_row.h"
#include "engine/arbiter/legs.h"
#include "engine/base/check.h"

namespace refund::arbiter {
namespace {

template <class AnyRow>
void RunEffects(const AnyRow& row, Turn& turn) {
  for (const Effect& effect : row.then) effect.apply(turn);
}

Phase TargetOf(const PhaseRow& row, const Case& c) {
  switch (row.target) {
    case PhaseRow::Target::kStay:
      return c.phase;
    case PhaseRow::Target::kLastOpen:
      return c.last_open_phase == Phase::kFiled ? Phase::kAwaitSeller : c.last_open_phase;
    case PhaseRow::Target::kState:
      return row.to;
  }
  CHECK(false && "every target is a case");
}

void NotePhase(Turn& turn, Phase from) {
  turn.step.transitions.push_back({Machine::kPhase, std::string(turn.row), turn.the_case->number,
                                   static_cast<uint8_t>(from),
                                   static_cast<uint8_t>(turn.the_case->phase), Id{}});
}

// What a party has sent and the other has not got back: T3 and T5 run on behind a closed case.
bool KeepsGoodsClocks(const Case& c, CloseReason reason) {
  return c.money_first &&
         (reason == CloseReason::kSettled || reason == CloseReason::kPayoutImpossible);
}

void LapsePhaseOffers(Case& c) {
  for (Offer& offer : c.offers) {
    if (!offer.of_overlay) offer.open = false;
  }
}

// What armed a deadline is left, so the deadline ends.
void LeavePhase(Turn& turn, Phase from, Phase to) {
  switch (from) {
    case Phase::kFiled:
      End(turn, Timer::kT0);
      break;
    case Phase::kAwaitSeller:
      if (to == Phase::kAwaitBuyerOffer) {
        Pause(turn, Timer::kT1);
      } else {
        End(turn, Timer::kT1);
      }
      break;
    case Phase::kAwaitBuyerOffer:
      End(turn, Timer::kT2);
      LapsePhaseOffers(*turn.the_case);
      if (to != Phase::kAwaitSeller) End(turn, Timer::kT1);
      break;
    case Phase::kSellerRefused:
    case Phase::kReceiptRefused:
      End(turn, Timer::kT4);
      break;
    case Phase::kAwaitBuyerReturn:
      End(turn, Timer::kT3);
      End(turn, Timer::kT14);
      break;
    case Phase::kAwaitSellerReceipt:
      End(turn, Timer::kT5);
      break;
    case Phase::kAwaitSellerShip:
      End(turn, Timer::kT6);
      break;
    case Phase::kAwaitBuyerReceipt:
      End(turn, Timer::kT7);
      break;
    default:
      break;
  }
}

// What was asked, said and waived in an arbitration that is over does not bind the next one.
void BeginArbitration(Case& c) {
  c.decided = false;
  c.landed_first = false;
  c.appealed_by.clear();
}

void AddSpent(Case& c, Role role, int64_t ms) {
  if (role == Role::kBuyer) c.spent.buyer_ms += ms;
  if (role == Role::kSeller) c.spent.seller_ms += ms;
  if (role == Role::kAgent || role == Role::kPlatform) c.spent.platform_ms += ms;
}

}  // namespace

bool TakePhaseRow(Turn& turn, Trigger on, NotTaken* why) {
  const Phase from = turn.the_case != nullptr ? turn.the_case->phase : Phase::kNone;
  static const auto& rows = *new RowsByTrigger<PhaseRow>(PhaseRows());
  const PhaseRow* row = FindRow(rows, from, on, turn, why);
  if (row == nullptr) return false;
  turn.row = row->label;
  if (turn.the_case == nullptr) {
    CreateCase(turn);
  } else {
    SplitOffTheRest(turn);
  }
  Touch(turn);
  MovePhase(turn, TargetOf(*row, *turn.the_case), row->close);
  RunEffects(*row, turn);
  return true;
}

bool TakeOverlayRow(Turn& turn, Trigger on, NotTaken* why) {
  if (turn.the_case == nullptr) return false;
  static const auto& rows = *new RowsByTrigger<OverlayRow>(OverlayRows());
  const OverlayRow* row = FindRow(rows, turn.the_case->overlay, on, turn, why);
  if (row == nullptr) return false;
  turn.row = row->label;
  // A proposal that waits for its second pair of eyes splits nothing yet.
  if (row->to != turn.the_case->overlay) SplitOffTheRest(turn);
  Touch(turn);
  MoveOverlay(turn, row->target == OverlayRow::Target::kStay ? turn.the_case->overlay : row->to);
  RunEffects(*row, turn);
  return true;
}

bool TakeFactRow(Turn& turn, Trigger on, NotTaken* why) {
  static const auto& rows = *new RowsByTrigger<FactRow>(FactRows());
  for (const FactRow* each : rows.On(on)) {
    const FactRow& row = *each;
    if (!GuardsHold(row, turn, why)) continue;
    turn.row = row.label;
    const uint32_t number = turn.the_case != nullptr ? turn.the_case->number : 0;
    if (turn.the_case != nullptr) Touch(turn);
    turn.step.transitions.push_back({Machine::kFact, std::string(row.label), number, 0, 0, Id{}});
    RunEffects(row, turn);
    return true;
  }
  return false;
}

bool IsLookedFor(const Turn& turn, Phase phase, Overlay overlay, Trigger on) {
  const auto lets_role = [&](const auto& row) {
    NotTaken why;
    return GuardsHold(row, turn, &why) || why.refusal != Refusal::kRoleMayNot;
  };
  const auto starts = [&](const auto& rows, auto from) {
    return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
      return row.from.Contains(from) && row.on.Contains(on) && lets_role(row);
    });
  };
  return starts(PhaseRows(), phase) || starts(OverlayRows(), overlay);
}

void MovePhase(Turn& turn, Phase to, CloseReason reason) {
  Case& c = *turn.the_case;
  const Phase from = c.phase;
  if (from != to) LeavePhase(turn, from, to);
  if (to == Phase::kClosed && from != Phase::kClosed) {
    c.last_open_phase = from;
    c.closed_at = turn.at;
  }
  if (to == Phase::kClosed && (from != Phase::kClosed || reason != CloseReason::kNone)) {
    KeepsGoodsClocks(c, reason) ? EndAllButGoods(turn) : EndAllOfPhase(turn);
    c.close_reason = reason;
    Note(turn, DerivedKind::kRefundClosed, c.id, 0, Role::kUnspecified,
         std::string(NameOf(c.close_reason)));
  }
  if (to != Phase::kClosed && from == Phase::kClosed) {
    End(turn, Timer::kT9);
    c.close_reason = CloseReason::kNone;
    c.closed_at = {};
  }
  c.phase = to;
  NotePhase(turn, from);
  if (to == Phase::kSettling) ApproveFreight(turn);
  if (to == Phase::kClosed && from != Phase::kSettling) DropFreight(turn);
}

void MoveOverlay(Turn& turn, Overlay to) {
  Case& c = *turn.the_case;
  const Overlay from = c.overlay;
  const bool was_live = c.OverlayIsLive();
  c.overlay = to;
  if (from != to) EndAllOfOverlay(turn);
  if (from != to && to == Overlay::kRequested) BeginArbitration(c);
  if (to == Overlay::kRuled) c.final_by_agreement = false;
  if (!was_live) PauseAllOfPhase(turn);
  if (from != to && to == Overlay::kWithdrawn) ResumeAllOfPhase(turn);
  // What a return has left of its clocks, the landing decides.
  if (from != to && to == Overlay::kFinal) {
    EndAllButGoods(turn);
    c.return_lost = c.intercept_failed = false;
  }
  if (from == Overlay::kReview && to != Overlay::kReview) {
    turn.left_proposal = std::exchange(c.proposal, std::nullopt);
  }
  if (to != Overlay::kNegotiating) {
    for (Offer& offer : c.offers) {
      if (offer.of_overlay) offer.open = false;
    }
  }
  turn.step.transitions.push_back({Machine::kOverlay, std::string(turn.row), c.number,
                                   static_cast<uint8_t>(from), static_cast<uint8_t>(to), Id{}});
}

void Touch(Turn& turn) {
  Case& c = *turn.the_case;
  const auto is_this = [&](const CaseSummary& s) { return s.number == c.number; };
  if (std::any_of(turn.step.cases.begin(), turn.step.cases.end(), is_this)) return;
  if (c.overlay == Overlay::kEvidence) {
    // Both parties' time runs while both are asked; ToMove names only the first.
    for (const AskedParty& each : c.asked_parties) {
      if (!each.sealed) AddSpent(c, each.party, turn.at - c.last_step_at);
    }
  } else {
    AddSpent(c, ToMove(c), turn.at - c.last_step_at);
  }
  c.last_step_at = turn.at;
  ++c.version;
  turn.step.cases.emplace_back().number = c.number;  // filled in when the step is done
}

void TouchCase(Turn& turn, uint32_t number) {
  Case* const at_hand = std::exchange(turn.the_case, &turn.order.cases[number - 1]);
  Touch(turn);
  turn.the_case = at_hand;
}

}  // namespace refund::arbiter
