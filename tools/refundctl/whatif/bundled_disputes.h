// The disputes that come with the binary: examples/disputes.jsonl.
#pragma once

#include <string_view>
#include <vector>

namespace refund::tools {

// Its lines, as recorded, without their newlines.
std::vector<std::string_view> BundledDisputes();

}  // namespace refund::tools
