// Lines of JSON, as codec::ClaimToJson prints them, without the way over Cap'n Proto, which costs
// more than all the rest of the generator. A test compares every line.
#pragma once

#include <string>

#include "engine/base/instant.h"
#include "engine/domain/event.h"

namespace refund::generate {

// As recorded, without a newline. Kinds that are seldom go through the codec.
std::string LineOf(const Claim& claim, Instant recorded_at);

}  // namespace refund::generate
