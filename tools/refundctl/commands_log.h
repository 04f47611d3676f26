// init, append, tick, export: what writes the log, and takes it along.
#pragma once

#include "tools/refundctl/context.h"

namespace CLI {
class App;
}

namespace refund::tools {

void AddInitCommand(CLI::App& app, Context& context);
void AddAppendCommand(CLI::App& app, Context& context);
void AddTickCommand(CLI::App& app, Context& context);
void AddExportCommand(CLI::App& app, Context& context);

}  // namespace refund::tools
