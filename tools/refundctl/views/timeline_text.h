// The steps of a case, one under the other: what came, which rows were taken, what followed. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/domain/step.h"
#include "projections/views/read.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

struct CaseSteps {
  std::vector<Step> steps;  // of the case, and facts of the order
  size_t left_out = 0;      // that concern the order's other cases only
};

// Facts of the order belong to every case.
CaseSteps StepsOfCase(std::vector<Step> steps, const CaseSummary& of);

std::string TimelineText(const CaseSteps& timeline, const CaseSummary& of,
                         std::span<const projections::ViewAsOf> as_of,
                         const terminal::Paper& paper);
// One object a line, and a last line {"as_of":[…],"steps":N}.
std::string TimelineJson(const CaseSteps& timeline, std::span<const projections::ViewAsOf> as_of);

}  // namespace refund::tools
