// Records that nobody can read, in print. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/step.h"
#include "projections/views/read.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

struct RecordAddress {
  uint32_t partition = 0;
  int64_t offset = 0;
};
// "0/57". Nothing for any other text.
std::optional<RecordAddress> ParseAddress(std::string_view text);

std::string QuarantineListText(const std::vector<Quarantined>& records,
                               std::span<const projections::ViewAsOf> as_of,
                               const terminal::Paper& paper);
// One object a line, and a last line {"as_of":[…],"quarantined":N}.
std::string QuarantineListJson(const std::vector<Quarantined>& records,
                               std::span<const projections::ViewAsOf> as_of);

// With its bytes, as a hex dump and as base64.
std::string QuarantinedText(const Quarantined& record,
                            std::span<const projections::ViewAsOf> as_of);

// "00000000  48 65 6c 6c 6f …  |Hello|", 16 bytes a line.
std::string HexDump(std::string_view bytes);

}  // namespace refund::tools
