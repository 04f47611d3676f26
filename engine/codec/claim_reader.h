// The claim and the stamp of untrusted bytes, as plain values. Internal to the codec.
#pragma once

#include "engine/codec/reading.h"
#include "engine/domain/event.h"
#include "event.capnp.h"

namespace refund::codec {

// False, and in.why() is set, unless everything of the claim keeps its rule.
bool ReadClaim(Reading& in, schema::Claim::Reader reader, Claim& out);
// A record's stamp.
bool ReadStamp(Reading& in, schema::Record::Reader record, Stamp& out);

}  // namespace refund::codec
