// The machine's own tables in print, from the code that judges. Pure.
#pragma once

#include <string>

#include "tools/terminal/paper.h"

namespace refund::tools {

std::string MachinesText(const terminal::Paper& paper);
// One row a line.
std::string MachinesJson();
// Markdown with one state diagram per machine, as GitHub renders it.
std::string MachinesMermaid();

}  // namespace refund::tools
