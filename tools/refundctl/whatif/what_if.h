// A log decided again, in memory: with its own packs, or with another in the place of one of them.
// Nothing is published and nothing is kept: the log, the outputs and the orders are copies that go
// with the run.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/domain/step.h"
#include "engine/policy/pack_book.h"
#include "tools/refundctl/whatif/recorded_log.h"

namespace refund::tools {

// Every step, partition by partition, in order: to the end of the log, and on while messages come
// back from key to key.
absl::StatusOr<std::vector<Step>> DecideAgain(const RecordedLog& log,
                                              std::optional<policy::PackOverlay> what_if);

}  // namespace refund::tools
