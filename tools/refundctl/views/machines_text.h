// The machine's own tables in print, from the code that judges. Pure.
#pragma once

#include <span>
#include <string>

#include "engine/domain/vocabulary.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

std::string MachinesText(const terminal::Paper& paper);
// One row a line.
std::string MachinesJson();
// Markdown with one state diagram per machine, as GitHub renders it.
std::string MachinesMermaid(std::span<const Machine> machines);
// One digraph after the other, for Graphviz.
std::string MachinesDot(std::span<const Machine> machines);

}  // namespace refund::tools
