// Commands that read packs: policy test, policy diff, policy explain.
#pragma once

#include <CLI/CLI.hpp>

#include "tools/refundctl/context.h"

namespace refund::tools {

// `policy` is the command that they belong to.
void AddPolicyReading(CLI::App& policy, Context& context);

}  // namespace refund::tools
