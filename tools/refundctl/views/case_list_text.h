// The table of cases: what was asked, what was decided and by what, and how long each party took.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/domain/step.h"
#include "projections/views/read.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

// By filing, then by order key and number.
void SortByFiling(std::vector<CaseSummary>& cases);

std::string CaseListText(const std::vector<CaseSummary>& cases,
                         std::span<const projections::ViewAsOf> as_of,
                         const terminal::Paper& paper);
// One object a line, and a last line {"as_of":[…],"cases":N}.
std::string CaseListJson(const std::vector<CaseSummary>& cases,
                         std::span<const projections::ViewAsOf> as_of);

}  // namespace refund::tools
