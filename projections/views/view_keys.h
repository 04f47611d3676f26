// Keys of the tables of views (projections/state/keys.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/instant.h"

namespace refund::projections {

std::string PositionKey();
std::string CaseKey(const Id& id);
// Cases without a deadline stand last.
std::string CaseByDueKey(std::optional<Instant> due, const Id& id);
// All cases of the order, and one of them.
std::string CasesOfOrderPrefix(std::string_view order);
std::string CaseByOrderKey(std::string_view order, uint32_t number);
// All chunks of the order's timeline, and one of them.
std::string TimelinePrefix(std::string_view order);
std::string TimelineKey(std::string_view order, uint64_t first_sequence);
std::string QuarantineKey(int64_t offset);

// The case of a CaseByDueKey.
bool ParseCaseByDueKey(ByteView key, Id& id);

}  // namespace refund::projections
