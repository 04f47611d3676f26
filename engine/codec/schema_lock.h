// The schema lock: a text of every struct field, union member and enumerant of the compiled
// schemas, checked in as schemas/schema.lock. Bytes in old logs mean what the lock says for ever,
// so a change of a locked line is an incompatible edit; new lines are not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace refund::codec {

// The lock of the schemas compiled into this binary. Sorted, one line per thing.
std::string SchemaLockText();

// One sentence for each thing of the lock that is gone or not the same in `current`, naming it.
// Empty if `current` only adds.
std::vector<std::string> IncompatibleEdits(std::string_view lock_text,
                                           std::string_view current_text);

}  // namespace refund::codec
