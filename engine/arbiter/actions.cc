#include "engine/arbiter/actions.h"

#include <utility>

#include "engine/arbiter/due.h"
#include "engine/arbiter/row.h"
#include "engine/arbiter/turn.h"

namespace refund::arbiter {
namespace {

template <size_t... I>
EventBody EmptyBodyAt(size_t index, std::index_sequence<I...>) {
  EventBody body;
  ((index == I ? void(body.emplace<I>()) : void()), ...);
  return body;
}

EventBody EmptyBody(EventKind kind) {
  return EmptyBodyAt(static_cast<size_t>(kind),
                     std::make_index_sequence<std::variant_size_v<AnyEventBody>>());
}

// An event as that role would send it, without the content that only the sender knows.
Event Imagined(const Order& order, const Case& c, EventKind kind, Role role) {
  Event event;
  event.claim.actor = role == c.filer.role ? c.filer : Actor{role, "?"};
  event.claim.occurred_at = order.clock;
  event.claim.body = EmptyBody(kind);
  if (c.offers.empty()) return event;
  if (auto* chosen = std::get_if<OfferChosen>(&event.claim.body))
    chosen->offer = c.offers.back().id;
  if (auto* declined = std::get_if<OfferDeclined>(&event.claim.body)) {
    declined->offer = c.offers.back().id;
  }
  return event;
}

// True if every guard that does not ask for the event's content holds.
template <class AnyRow>
bool Possible(const AnyRow& row, const Turn& turn, Action& action) {
  action.conditions.clear();
  for (const Guard& guard : row.when) {
    if (guard.asks_body) {
      action.conditions.emplace_back(guard.name);
    } else if (!guard.holds(turn, nullptr)) {
      return false;
    }
  }
  action.row = row.label;
  return true;
}

template <class State>
bool AnyRowOf(std::span<const Row<State>> rows, State from, Trigger on, const Turn& turn,
              Action& action) {
  for (const Row<State>& row : rows) {
    if (row.from.Contains(from) && row.on.Contains(on) && Possible(row, turn, action)) return true;
  }
  return false;
}

bool AnyFactRow(Trigger on, const Turn& turn, Action& action) {
  for (const FactRow& row : FactRows()) {
    if (row.on.Contains(on) && Possible(row, turn, action)) return true;
  }
  return false;
}

// Facts about the order as a whole, legs and new cases are not actions on a case.
bool IsCaseAction(EventKind kind) {
  switch (kind) {
    case EventKind::kInterceptFailed:
    case EventKind::kReturnAddressGiven:
    case EventKind::kReturnAddressInvalid:
    case EventKind::kReturnShipped:
    case EventKind::kReturnReceived:
    case EventKind::kReturnInspected:
    case EventKind::kReplacementShipped:
    case EventKind::kRepairDone:
    case EventKind::kResendShipped:
    case EventKind::kReplacementReceived:
    case EventKind::kSellerCannotFulfil:
    case EventKind::kAppealFiled:
    case EventKind::kAppealDecided:
    case EventKind::kRulingSetAside:
    case EventKind::kRearbitrated:
    case EventKind::kDeadlineExtended:
      return true;
    default:
      return kind >= EventKind::kRefundAmended && kind <= EventKind::kAppealWaived;
  }
}

void SetUntil(const Order& order, const Case& c, Action& action) {
  for (const Deadline& d : order.deadlines) {
    if (d.case_number != c.number || d.paused || !d.leg.IsZero()) continue;
    if (d.role != action.role && d.role != Role::kUnspecified) continue;
    if (!action.until || d.due < *action.until) {
      action.until = d.due;
      action.timer = NameOf(d.timer);
    }
  }
}

}  // namespace

std::vector<Action> AllowedActions(const Order& order, const Case& c, Role role,
                                   const policy::PackBook& packs) {
  Order scratch = order;  // guards only read, but a turn is made to write
  std::vector<Action> actions;
  for (size_t r = 1; r < CountOf<Role>(); ++r) {
    const auto each = static_cast<Role>(r);
    if (role != Role::kUnspecified && role != each) continue;
    for (size_t k = 0; k < CountOf<EventKind>(); ++k) {
      const auto kind = static_cast<EventKind>(k);
      if (!IsCaseAction(kind)) continue;
      const Event event = Imagined(order, c, kind, each);
      Turn turn(scratch, packs, order.clock);
      turn.event = &event;
      turn.the_case = &scratch.cases[c.number - 1];
      Action action{each, kind, "", {}, {}, ""};
      const Trigger on = Trigger::On(kind);
      if (AnyRowOf(OverlayRows(), c.overlay, on, turn, action) ||
          AnyRowOf(PhaseRows(), c.phase, on, turn, action) || AnyFactRow(on, turn, action)) {
        SetUntil(order, c, action);
        actions.push_back(std::move(action));
      }
    }
  }
  return actions;
}

}  // namespace refund::arbiter
