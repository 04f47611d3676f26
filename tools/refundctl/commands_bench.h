// refundctl bench generate: a log of the past, made up, to measure and to try with.
#pragma once

#include "tools/refundctl/context.h"

namespace CLI {
class App;
}

namespace refund::tools {

void AddBenchCommand(CLI::App& app, Context& context);

}  // namespace refund::tools
