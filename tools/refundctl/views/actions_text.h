// What each role may do with a case now. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/arbiter/actions.h"
#include "projections/views/read.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

std::string ActionsText(const std::vector<arbiter::Action>& actions,
                        std::span<const projections::ViewAsOf> as_of, const terminal::Paper& paper);
// One object a line, and a last line {"as_of":[…],"actions":N}.
std::string ActionsJson(const std::vector<arbiter::Action>& actions,
                        std::span<const projections::ViewAsOf> as_of);

}  // namespace refund::tools
