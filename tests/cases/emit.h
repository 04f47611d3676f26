// Scripts as a log in JSON Lines: what they appended, with real ids, merged in the order of
// recorded_at. What `refundctl append --as-recorded` reads.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/codec/json_lines.h"
#include "tests/cases/script.h"
#include "tests/cases/world.h"

namespace refund::cases {

// One of these lines, without its newline.
std::string LineToJson(const codec::LineResult& line);
Instant RecordedAt(const codec::LineResult& line);

// Of several Ticks with one instant the first is kept. Scripts that run at the same time keep their
// order.
std::vector<Recorded> Merge(const std::vector<std::vector<Recorded>>& scripts);

// Without messages between keys: who replays the log carries them (and nobody can append one).
absl::StatusOr<std::string> EmitJsonLines(const std::vector<Script>& scripts);

}  // namespace refund::cases
