// Why a question is answered as it is: every rule of it, the one that answers, the ones passed over
// and for what, the ones that nobody asked; and the one fact that would have changed it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/policy/assess.h"

namespace refund::packc {

struct Step {
  enum class What : uint8_t { kPassedOver, kAnswers, kNotAsked };
  const policy::Rule* rule = nullptr;
  What what = What::kNotAsked;
  std::string why;  // of a rule passed over: "seller_standing is CLEAR, not MARKED"
};

struct Walk {
  policy::Question question = policy::Question::kRoute;
  std::vector<Step> steps;  // one for each rule, in order
  const policy::Rule* answer = nullptr;
  std::optional<policy::Flip> flip;
};

Walk WalkThrough(const policy::Pack& pack, policy::Question question, const policy::Facts& facts);

}  // namespace refund::packc
