// How a guard says no. Internal to the guards.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "engine/arbiter/turn.h"

namespace refund::arbiter {

// Says why, if anybody asks, and fails.
inline bool Fail(std::string* why, std::string text) {
  if (why != nullptr) *why = std::move(text);
  return false;
}

// The same with words that need no forming: nothing is copied where nobody asks.
inline bool Fail(std::string* why, const char* text) {
  if (why != nullptr) *why = text;
  return false;
}

// What is asked of a line, and what is left of it.
inline bool IsAtMostOfLine(const Turn& turn, const std::string& line, Money asked, int64_t most,
                           std::string* why) {
  return asked.units <= most ||
         Fail(why, "expected at most " + FormatMoney(turn.InCurrency(most)) +
                       " that is left of line " + line + ", found " + FormatMoney(asked));
}

inline bool RoleIs(const Turn& turn, std::initializer_list<Role> roles, std::string* why) {
  if (std::find(roles.begin(), roles.end(), turn.actor().role) != roles.end()) return true;
  std::string expected;
  for (const Role role : roles) {
    if (!expected.empty()) expected += ", ";
    expected += NameOf(role);
  }
  return Fail(why, "expected an actor in the role of " + expected + ", found " +
                       std::string(NameOf(turn.actor().role)));
}

}  // namespace refund::arbiter
