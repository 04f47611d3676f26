// What would have changed a decision: the deadline, the act or the fact that it hung on.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "tools/refundctl/views/explain.h"

namespace refund::tools {

// Of what was decided, the nearest first. Empty if nothing that is known by itself would have.
std::vector<Change> ChangesOfOutcome(const ExplainInput& input, const Decision& d,
                                     const policy::Facts& facts);
// Of who pays.
std::vector<Change> ChangesOfPayer(const ExplainInput& input, const Decision& d,
                                   const policy::Facts& facts);

std::optional<policy::Question> QuestionNamed(std::string_view name);

// True if the pack gives the recorded answer for these facts: else it is not the one that answered.
bool Reproduces(const policy::Pack& pack, const RuleFired& fired, const policy::Facts& facts);

}  // namespace refund::tools
