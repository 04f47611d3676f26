// Cap'n Proto 0.9 compares `const char*` with kj::StringPtr in one direction only, which clang >= 16
// in C++20 mode finds ambiguous (P2468R2). Force-included for clang; delete with Cap'n Proto 1.0.
#pragma once
#include <capnp/common.h>
#if CAPNP_VERSION < 1000000 && defined(__cpp_impl_three_way_comparison) && \
    defined(__clang__) && __clang_major__ >= 16
#include <kj/string.h>
namespace kj {
inline bool operator==(const char* a, const StringPtr& b) { return b == StringPtr(a); }
inline bool operator!=(const char* a, const StringPtr& b) { return !(b == StringPtr(a)); }
}  // namespace kj
#endif
