// The one place where an exception of Cap'n Proto ends. Its readers throw kj::Exception on
// malformed bytes; everything that touches untrusted bytes runs inside CatchKj.
#pragma once

#include <kj/exception.h>

#include <utility>

namespace refund::codec {

// True if `body` ran to its end. What was thrown is dropped on purpose: its text belongs to the
// version of the library, and what we say about a record must not.
template <class F>
[[nodiscard]] bool CatchKj(F&& body) {
  return kj::runCatchingExceptions(std::forward<F>(body)) == nullptr;
}

}  // namespace refund::codec
