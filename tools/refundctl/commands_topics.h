// refundctl topics create | check: the Kafka log's topics.
#pragma once

#include "tools/refundctl/context.h"

namespace CLI {
class App;
}

namespace refund::tools {

void AddTopicsCommand(CLI::App& app, Context& context);

}  // namespace refund::tools
