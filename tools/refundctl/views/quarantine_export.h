// Quarantined records as lines that can be mended and appended again. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/domain/step.h"
#include "projections/views/read.h"

namespace refund::tools {

// A line that says what the record seems to have been meant to say, to be corrected and appended;
// absent where its bytes do not tell. `fault` is what is still wrong with it, or empty.
struct Proposal {
  std::string line;
  std::string fault;
};
std::optional<Proposal> ProposalFor(const Quarantined& record);

// {"raw":…,"partition":…,"recorded_at":…}: the record as it lies there
// (docs/formats/json-lines.md).
std::string RawLineOf(const Quarantined& record);

// For each record its raw line, above it as comments where it lies, why, and the proposal. Comments
// are no lines: they are to be deleted or made lines before the file is appended.
std::string QuarantineExportText(const std::vector<Quarantined>& records,
                                 std::span<const projections::ViewAsOf> as_of);
// One object a line, and a last line {"as_of":[…],"quarantined":N}.
std::string QuarantineExportJson(const std::vector<Quarantined>& records,
                                 std::span<const projections::ViewAsOf> as_of);

}  // namespace refund::tools
