#include "tests/machines/expression.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace refund::machines {
namespace {

using Op = Expression::Op;

Expression Make(Op op, std::vector<Expression> of = {}) {
  Expression made;
  made.op = op;
  made.of = std::move(of);
  return made;
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  Expression All() {
    Expression whole = Iff();
    if (!Rest().empty()) Die();
    return whole;
  }

 private:
  std::string_view Rest() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return text_.substr(at_);
  }
  bool Take(std::string_view sign) {
    if (!Rest().starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  [[noreturn]] void Die() {
    std::fprintf(stderr, "%s: no condition: %s (at %zu)\n", where_.c_str(),
                 std::string(text_).c_str(), at_);
    std::abort();
  }

  Expression Iff() {
    Expression left = Implies();
    if (Take("<->")) return Make(Op::kIff, {std::move(left), Implies()});
    return left;
  }
  Expression Implies() {
    Expression left = Or();
    if (Take("->")) return Make(Op::kImplies, {std::move(left), Or()});
    return left;
  }
  Expression Or() {
    Expression left = And();
    while (Take("|")) left = Make(Op::kOr, {std::move(left), And()});
    return left;
  }
  Expression And() {
    Expression left = Unit();
    while (Take("&")) left = Make(Op::kAnd, {std::move(left), Unit()});
    return left;
  }
  Expression Unit() {
    if (Take("!")) return Make(Op::kNot, {Unit()});
    if (Take("(")) {
      Expression inner = Iff();
      if (!Take(")")) Die();
      return inner;
    }
    const std::string_view rest = Rest();
    size_t n = 0;
    while (n < rest.size() && IsOfWord(rest, n)) ++n;
    if (n == 0) Die();
    at_ += n;
    const std::string word(rest.substr(0, n));
    return word == "true" ? Make(Op::kTrue) : Token(word);
  }
  static bool IsOfWord(std::string_view rest, size_t n) {
    const char c = rest[n];
    if (c == '-') return n + 1 < rest.size() && rest[n + 1] != '>';  // legs-done, but not a ->
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':' || c == '@';
  }

  std::string_view text_;
  std::string where_;
  size_t at_ = 0;
};

Expression Fold(Op op, Expression left, Expression right) {
  switch (op) {
    case Op::kAnd:
      if (left.Is(Op::kFalse) || right.Is(Op::kTrue)) return left;
      if (right.Is(Op::kFalse) || left.Is(Op::kTrue)) return right;
      break;
    case Op::kOr:
      if (left.Is(Op::kTrue) || right.Is(Op::kFalse)) return left;
      if (right.Is(Op::kTrue) || left.Is(Op::kFalse)) return right;
      break;
    case Op::kImplies:
      return Fold(Op::kOr, Not(std::move(left)), std::move(right));
    default:
      if (left.Is(Op::kTrue)) return right;
      if (right.Is(Op::kTrue)) return left;
      if (left.Is(Op::kFalse)) return Not(std::move(right));
      if (right.Is(Op::kFalse)) return Not(std::move(left));
      break;
  }
  return Make(op, {std::move(left), std::move(right)});
}

}  // namespace

Expression Parse(std::string_view text, const std::string& where) {
  return Parser(text, where).All();
}

Expression Token(std::string name) {
  Expression made = Make(Op::kToken);
  made.token = std::move(name);
  return made;
}

Expression Not(Expression part) {
  if (part.Is(Op::kTrue)) return Make(Op::kFalse);
  if (part.Is(Op::kFalse)) return Make(Op::kTrue);
  if (part.Is(Op::kNot)) return std::move(part.of[0]);
  return Make(Op::kNot, {std::move(part)});
}

Expression AllOf(std::vector<Expression> parts) {
  Expression all = Make(Op::kTrue);
  for (Expression& part : parts) all = Fold(Op::kAnd, std::move(all), std::move(part));
  return all;
}

bool Expression::Holds(uint64_t bits) const {
  switch (op) {
    case Op::kFalse:
      return false;
    case Op::kTrue:
      return true;
    case Op::kToken:
      return (bits >> bit & 1) != 0;
    case Op::kNot:
      return !of[0].Holds(bits);
    case Op::kAnd:
      return of[0].Holds(bits) && of[1].Holds(bits);
    case Op::kOr:
      return of[0].Holds(bits) || of[1].Holds(bits);
    case Op::kImplies:
      return !of[0].Holds(bits) || of[1].Holds(bits);
    case Op::kIff:
      return of[0].Holds(bits) == of[1].Holds(bits);
  }
  return false;
}

Expression Simplify(const Expression& expression, const Known& known) {
  switch (expression.op) {
    case Op::kFalse:
    case Op::kTrue:
      return expression;
    case Op::kToken: {
      const Expression* meaning = known(expression.token);
      return meaning == nullptr ? expression : Simplify(*meaning, known);
    }
    case Op::kNot:
      return Not(Simplify(expression.of[0], known));
    default:
      return Fold(expression.op, Simplify(expression.of[0], known),
                  Simplify(expression.of[1], known));
  }
}

void CollectTokens(const Expression& expression, std::set<std::string>& tokens) {
  if (expression.Is(Op::kToken)) tokens.insert(expression.token);
  for (const Expression& part : expression.of) CollectTokens(part, tokens);
}

bool Place(Expression& expression, const std::function<int(const std::string&)>& bit_of) {
  if (expression.Is(Op::kToken)) {
    expression.bit = bit_of(expression.token);
    return expression.bit >= 0;
  }
  bool all = true;
  for (Expression& part : expression.of) all = Place(part, bit_of) && all;
  return all;
}

}  // namespace refund::machines
