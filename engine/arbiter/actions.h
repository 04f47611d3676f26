// What a role may do with a case now: read off the same rows that will judge it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/domain/order.h"
#include "engine/policy/pack_book.h"

namespace refund::arbiter {

struct Action {
  Role role = Role::kUnspecified;
  EventKind event = EventKind::kTick;
  std::string row;                      // the first that would be taken, if its conditions are met
  std::vector<std::string> conditions;  // guards that only the event itself can meet
  std::optional<Instant> until;         // the deadline that ends this, if one is running
  std::string timer;
};

// For that role, or for every role if it is kUnspecified; in the order of roles, then of events.
std::vector<Action> AllowedActions(const Order& order, const Case& c, Role role,
                                   const policy::PackBook& packs);

}  // namespace refund::arbiter
