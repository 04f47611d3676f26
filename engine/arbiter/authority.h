// Authority: whether the stamp's principal may say what the claim says (docs/decisions/0010). The
// principal is whom intake knew the sender to be; the claim's actor is whom the sender says it is.
// Roles and what they may do are the rows' affair; here is only whether the actor is believed.
#pragma once

#include <string>
#include <string_view>

#include "engine/arbiter/turn.h"
#include "engine/domain/event.h"
#include "engine/domain/vocabulary.h"

namespace refund::arbiter {

// Of an event with a key, before any row. On false `why`, which may be null, says what was expected
// and found: NOT_AUTHORIZED.
bool MaySay(const Turn& turn, std::string* why);

// Whether the text is any principal at all.
bool IsPrincipal(std::string_view text);

// Of a broadcast record: intake and lane ask. False for kinds that are none.
bool MayBroadcast(EventKind kind, Role role, std::string_view principal);

}  // namespace refund::arbiter
