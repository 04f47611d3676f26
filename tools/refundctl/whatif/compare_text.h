// A comparison of two runs in print. Pure.
#pragma once

#include <string>

#include "tools/refundctl/whatif/compare.h"

namespace refund::tools {

// `log` as people call it: "the bundled disputes".
std::string ComparisonText(const Comparison& comparison, const std::string& log);

// Members of an object, without its braces: "log", "cases_compared", "cases", "money".
std::string ComparisonJson(const Comparison& comparison, const std::string& log);

}  // namespace refund::tools
