// A claim as a Cap'n Proto message. Internal to the codec.
#pragma once

#include "engine/domain/event.h"
#include "event.capnp.h"

namespace refund::codec {

// Fills an empty builder. Defaults are left out, so that absent and default are the same bytes.
void WriteClaim(const Claim& claim, schema::Claim::Builder builder);

}  // namespace refund::codec
