// The machine's tables as pictures, from the code that judges: the rows between two states for
// Graphviz and for Mermaid, and as SVG a table of all states against all states. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/vocabulary.h"

namespace refund::tools {

// Those that have states, in the order in which they are drawn.
std::span<const Machine> DrawnMachines();
// "phase", "arbitration", "leg", …, in any case, or the machine's own name. Empty: all.
// No machine of that name: an empty list.
std::vector<Machine> MachinesNamed(std::string_view name);
// What it is, in half a sentence.
std::string_view AboutMachine(Machine machine);

std::string MachineMermaid(Machine machine);  // the diagram alone
std::string MachineDot(Machine machine);
std::string MachinesSvg(std::span<const Machine> machines);  // one under the other

}  // namespace refund::tools
