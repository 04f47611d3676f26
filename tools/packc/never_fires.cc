#include "tools/packc/never_fires.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

#include "engine/base/check.h"

namespace refund::packc {
namespace {

using policy::kFactCount;
using policy::Rule;
using policy::Test;

// The situations that satisfy a condition: for each fact a set of values (bit n = value n), all of
// them free of each other. For `ask` the values are classes of sums.
using Box = std::array<uint64_t, kFactCount>;

// The sums that rules compare with cut the asks of each currency into intervals: class i is "above
// the sum before, at most sum i"; then for each currency "above its last sum"; then any other
// currency.
class AskClasses {
 public:
  explicit AskClasses(const std::vector<const Rule*>& rules) {
    for (const Rule* rule : rules) {
      for (const Test& test : rule->when) {
        if (test.fact != FactName::kAsk) continue;
        sums_.insert({test.at_most.currency, test.at_most.units});
        currencies_.insert(test.at_most.currency);
      }
    }
  }

  size_t sums() const { return sums_.size(); }
  uint64_t All() const {
    const size_t classes = sums_.size() + currencies_.size() + 1;
    CHECK(classes < 64);
    return (uint64_t{1} << classes) - 1;
  }
  uint64_t UpTo(Money money) const {
    uint64_t classes = 0;
    size_t i = 0;
    for (const auto& [currency, units] : sums_) {
      if (currency == money.currency && units <= money.units) classes |= uint64_t{1} << i;
      ++i;
    }
    return classes;
  }

 private:
  std::set<std::pair<Currency, int64_t>> sums_;
  std::set<Currency> currencies_;
};

Box Everything(uint64_t kinds, const AskClasses& asks) {
  Box box{};
  for (size_t i = 0; i < kFactCount; ++i) box[i] = policy::PossibleValues(static_cast<FactName>(i));
  box[static_cast<size_t>(FactName::kKind)] = kinds;
  box[static_cast<size_t>(FactName::kAsk)] = asks.All();
  return box;
}

Box BoxOf(const Rule& rule, Box box, const AskClasses& asks) {
  for (const Test& test : rule.when) {
    box[static_cast<size_t>(test.fact)] &=
        test.fact == FactName::kAsk ? asks.UpTo(test.at_most) : test.allowed;
  }
  return box;
}

bool IsEmpty(const Box& box) {
  return std::any_of(box.begin(), box.end(), [](uint64_t values) { return values == 0; });
}

Box Intersect(const Box& a, const Box& b) {
  Box both{};
  for (size_t i = 0; i < kFactCount; ++i) both[i] = a[i] & b[i];
  return both;
}

// Is every situation of the box in one of the covers? What the first cover leaves of the box is cut
// into pieces that do not meet, and the other covers must take each.
bool IsCovered(Box box, std::span<const Box> covers) {
  while (!covers.empty() && IsEmpty(Intersect(box, covers.front()))) covers = covers.subspan(1);
  if (covers.empty()) return false;
  const Box& cover = covers.front();
  for (size_t i = 0; i < kFactCount; ++i) {
    Box piece = box;
    piece[i] &= ~cover[i];
    if (piece[i] != 0 && !IsCovered(piece, covers.subspan(1))) return false;
    box[i] &= cover[i];
  }
  return true;
}

std::optional<NeverFires> Judge(std::span<const Box> boxes, size_t rule) {
  const Box& box = boxes[rule];
  if (IsEmpty(box)) return NeverFires{rule, NeverFires::Why::kKindNotTaken, 0};
  const auto before = boxes.first(rule);
  for (size_t i = 0; i < before.size(); ++i) {
    if (IsCovered(box, before.subspan(i, 1))) {
      return NeverFires{rule, NeverFires::Why::kOneRuleBefore, i};
    }
  }
  if (IsCovered(box, before)) return NeverFires{rule, NeverFires::Why::kAllRulesBefore, 0};
  return std::nullopt;
}

}  // namespace

size_t CountSums(const std::vector<const Rule*>& rules) { return AskClasses(rules).sums(); }

std::vector<NeverFires> FindNeverFires(const std::vector<const Rule*>& rules, uint64_t kinds) {
  const AskClasses asks(rules);
  const Box everything = Everything(kinds, asks);
  std::vector<Box> boxes;
  for (const Rule* rule : rules) boxes.push_back(BoxOf(*rule, everything, asks));
  std::vector<NeverFires> found;
  for (size_t i = 0; i < boxes.size(); ++i) {
    if (const auto never = Judge(boxes, i)) found.push_back(*never);
  }
  return found;
}

}  // namespace refund::packc
