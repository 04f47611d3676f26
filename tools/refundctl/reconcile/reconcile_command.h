// refundctl reconcile: a payment provider's settlement file against the legs of a state.
#pragma once

#include "tools/refundctl/context.h"

namespace CLI {
class App;
}

namespace refund::tools {

void AddReconcileCommand(CLI::App& app, Context& context);

}  // namespace refund::tools
