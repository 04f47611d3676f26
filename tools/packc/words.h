// What a pack says, in the words of a person who reads or compares packs.
#pragma once

#include <string>
#include <string_view>

#include "engine/policy/pack.h"

namespace refund::packc {

// "the seller answers", "evidence, per party and round"; empty for a timer without a use.
std::string_view WordsOfTimer(Timer timer);
// "where a filed case goes first"
std::string_view WordsOfQuestion(policy::Question question);

// What the fact must be: "MARKED", "SIZE or COLOUR", "at most 50.00 CNY".
std::string AllowedWords(const policy::Test& test);
// "seller_standing is MARKED", "reason is SIZE or COLOUR", "ask is at most 50.00 CNY"
std::string TestWords(const policy::Test& test);
// The same for all of a rule's tests, with "and"; "always" where there is none.
std::string ConditionWords(const policy::Rule& rule);

}  // namespace refund::packc
