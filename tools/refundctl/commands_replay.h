// replay and verify.
#pragma once

#include "tools/refundctl/context.h"

namespace CLI {
class App;
}

namespace refund::tools {

void AddReplayCommand(CLI::App& app, Context& context);
void AddVerifyCommand(CLI::App& app, Context& context);

}  // namespace refund::tools
