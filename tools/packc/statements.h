// Everything that a pack says, one statement for each subject: what people read, and what packs are
// compared by.
#pragma once

#include <string>
#include <vector>

#include "engine/policy/pack.h"

namespace refund::packc {

struct Statement {
  std::string topic;    // "deadlines", "route"
  std::string subject;  // "T1", "seller-answers-first"
  std::string about;    // the subject in words; may be empty
  std::string says;     // "48h (G-12)"
};

// All but the rules, in the order of a pack file.
std::vector<Statement> StatementsOf(const policy::Pack& pack);
// The rules of one question, in their order.
std::vector<Statement> RuleStatements(const policy::Pack& pack, policy::Question question);

}  // namespace refund::packc
