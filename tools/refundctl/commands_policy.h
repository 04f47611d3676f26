// policy lint | compile | show | publish.
#pragma once

#include "tools/refundctl/context.h"

namespace CLI {
class App;
}

namespace refund::tools {

void AddPolicyCommand(CLI::App& app, Context& context);

}  // namespace refund::tools
