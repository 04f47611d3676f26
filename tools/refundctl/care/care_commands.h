// The commands that look after a state: rebuild and doctor.
#pragma once

#include "tools/refundctl/context.h"

namespace CLI {
class App;
}

namespace refund::tools {

void AddCareCommands(CLI::App& app, Context& context);

}  // namespace refund::tools
