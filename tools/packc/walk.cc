#include "tools/packc/walk.h"

#include <algorithm>

#include "tools/packc/words.h"

namespace refund::packc {
namespace {

using policy::Facts;
using policy::Test;

std::string WhyNot(const Test& test, const Facts& facts) {
  return std::string(NameOf(test.fact)) + " is " + policy::ValueText(test.fact, facts) + ", not " +
         AllowedWords(test);
}

}  // namespace

Walk WalkThrough(const policy::Pack& pack, policy::Question question, const Facts& facts) {
  Walk walk;
  walk.question = question;
  walk.answer = policy::Assess(pack, question, facts).rule;
  walk.flip = policy::NearestFlip(pack, question, facts);
  bool answered = false;
  for (const policy::Rule& rule : pack.RulesOf(question)) {
    Step step{&rule, Step::What::kNotAsked, {}};
    const auto fails = std::find_if(rule.when.begin(), rule.when.end(),
                                    [&](const Test& test) { return !policy::Holds(test, facts); });
    if (!answered && fails != rule.when.end()) {
      step.what = Step::What::kPassedOver;
      step.why = WhyNot(*fails, facts);
    } else if (!answered) {
      step.what = Step::What::kAnswers;
      answered = true;
    }
    walk.steps.push_back(std::move(step));
  }
  return walk;
}

}  // namespace refund::packc
