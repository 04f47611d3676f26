// Conditions over tokens, as guards.map writes them:
//   g1 & !waived | L1 -> kind_resend      ! before & before | before -> before <->
// A word is a token of the page, @STATE (the state at hand; @CLOSED is any CLOSED:…), or on:EVENT
// (the event at hand, with _ for a space). `true` is always so.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace refund::machines {

struct Expression {
  enum class Op : uint8_t { kFalse, kTrue, kToken, kNot, kAnd, kOr, kImplies, kIff };
  Op op = Op::kTrue;
  std::string token;
  int bit = -1;  // of a token, once it has a place among those that are enumerated
  std::vector<Expression> of;

  bool Is(Op which) const { return op == which; }
  bool Holds(uint64_t bits) const;
};

// Aborts the test program with `where` on a text that is no condition.
Expression Parse(std::string_view text, const std::string& where);

Expression AllOf(std::vector<Expression> parts);
Expression Not(Expression part);
Expression Token(std::string name);

// With every word that `known` knows replaced by what it says, and constants folded.
using Known = std::function<const Expression*(const std::string& token)>;
Expression Simplify(const Expression& expression, const Known& known);

void CollectTokens(const Expression& expression, std::set<std::string>& tokens);

// Gives each token its bit; false if one has none.
bool Place(Expression& expression, const std::function<int(const std::string&)>& bit_of);

}  // namespace refund::machines
