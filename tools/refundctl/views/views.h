// The commands that only read, on the command line: case, order, queue, due, legs, vouchers,
// tallies, quarantine, schema, machines, completion.
#pragma once

#include "tools/refundctl/context.h"

namespace CLI {
class App;
}

namespace refund::tools {

void AddCaseCommand(CLI::App& app, Context& context);  // list, show, timeline, explain, actions
void AddQuarantineCommand(CLI::App& app, Context& context);
void AddOrderCommand(CLI::App& app, Context& context);
// queue, due, legs, vouchers, tallies
void AddWorkCommands(CLI::App& app, Context& context);
// Of the whole app, whatever else is added to it.
void AddCompletionCommand(CLI::App& app, Context& context);
void AddSchemaCommand(CLI::App& app, Context& context);
void AddMachinesCommand(CLI::App& app, Context& context);
// All of them, in this order.
void AddViewCommands(CLI::App& app, Context& context);

}  // namespace refund::tools
