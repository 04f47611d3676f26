// The commands that only read, on the command line: case, quarantine, schema, machines.
#pragma once

#include "tools/refundctl/context.h"

namespace CLI {
class App;
}

namespace refund::tools {

void AddCaseCommand(CLI::App& app, Context& context);  // list, show, timeline, explain, actions
void AddQuarantineCommand(CLI::App& app, Context& context);
void AddSchemaCommand(CLI::App& app, Context& context);
void AddMachinesCommand(CLI::App& app, Context& context);
// All of them, in this order.
void AddViewCommands(CLI::App& app, Context& context);

}  // namespace refund::tools
