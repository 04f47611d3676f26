// A turn: one step in the making. It holds all that guards may look at and effects may change, and
// collects what leaves the engine. It lives for the length of one Apply().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/event.h"
#include "engine/domain/order.h"
#include "engine/domain/step.h"
#include "engine/policy/assess.h"
#include "engine/policy/pack_book.h"

namespace refund::arbiter {

struct Turn {
  Turn(Order& its_order, const policy::PackBook& known, Instant now)
      : order(its_order), packs(known), at(now) {}

  Order& order;
  const policy::PackBook& packs;
  Instant at;
  const Event* event = nullptr;      // null where a deadline passed
  const Deadline* firing = nullptr;  // null where an event came
  Case* the_case = nullptr;  // the case at hand; null before row 0, and for the order itself
  Leg* leg = nullptr;        // the leg at hand, in the leg machine
  Step step;
  std::vector<Payout> payouts;
  std::string_view row;  // being taken

  // What the row being taken asks to follow in the same step.
  bool wants_direct_ruling = false;
  bool wants_help = false;
  bool review_entered = false;
  std::optional<Proposal> left_proposal;  // what was pending in the REVIEW that the row has left

  uint32_t ids_made = 0;  // the k of MakeId, over all kinds

  const Case& Current() const { return *the_case; }
  template <class Body>
  const Body& BodyAs() const {
    return std::get<Body>(event->claim.body);
  }
  template <class Body>
  const Body* BodyIf() const {
    return event == nullptr ? nullptr : std::get_if<Body>(&event->claim.body);
  }
  const Actor& actor() const { return event->claim.actor; }

  // The claim id, or the deadline: what ids are made from.
  std::string CauseText() const;
  Id NewId(std::string_view kind);
  Money InCurrency(int64_t units) const { return {units, order.currency}; }

  // The pack that the case pinned for its procedure. Always known: it was at filing.
  const policy::Pack& Procedure() const;
  const OrderLine& Line() const;
};

// What holds for the case now, as the closed list of facts that rules may ask about.
policy::Facts FactsOf(const Order& order, const Case& c, const policy::Pack& pack);

// Money of one line (case-model.md §3.5): what was captured less what was cancelled …
int64_t CeilingOf(const OrderLine& line);
// … and the legs that count against it: all but VOID; without the unsent ones of the case at hand,
// which a new decision would replace. What failed or is owed counts.
int64_t CommittedOn(const Order& order, std::string_view line, uint32_t unsent_of_case);
bool IsUnsent(LegState state);
// Unsent, or proven to have failed: a new decision voids it (m8, m8b).
bool IsReplaceable(LegState state);
bool IsOpen(LegState state);

// Units of the line that open cases hold, without case `except`.
uint32_t UnitsHeld(const Order& order, std::string_view line, uint32_t except);
// Units that were given back: in cases whose money is settled, owed or on its way.
uint32_t UnitsGiven(const Order& order, std::string_view line, uint32_t except);

// Whose move it is now; kUnspecified where nobody's (closed, or an appeal window).
Role ToMove(const Case& c);

}  // namespace refund::arbiter
