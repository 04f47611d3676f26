// What the case's pack answers to a question now.
#pragma once

#include "engine/arbiter/turn.h"
#include "engine/policy/assess.h"

namespace refund::arbiter {

template <class Answer>
Answer AnswerTo(const Turn& turn, policy::Question question) {
  const policy::Pack& pack = turn.Procedure();
  const policy::Facts facts = FactsOf(turn.order, *turn.the_case, pack);
  return static_cast<Answer>(policy::Assess(pack, question, facts).rule->answer);
}

inline bool Says(const Turn& turn, policy::Question question) {
  return AnswerTo<YesNo>(turn, question) == YesNo::kYes;
}

}  // namespace refund::arbiter
