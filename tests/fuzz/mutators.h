// Mutations that know what an input is made of. libFuzzer's own change any byte, and little of what
// comes out is read past its first field; these leave most of it readable, so that what was changed
// goes the whole way. Each changes one place; libFuzzer calls again for more.
#pragma once

#include <cstddef>
#include <string>

#include "engine/base/bytes.h"

namespace refund::fuzz {

// Lines of words and numbers (JSON Lines, TOML, scripts): a number becomes another, a word becomes
// one of the corpus, two words or lines change places, a line goes, comes twice, or comes from
// another file of the corpus. One time in four libFuzzer's own.
std::string MutatedText(ByteView text, size_t most, unsigned seed);

// Cap'n Proto's words of eight bytes: a field of 1, 2, 4 or 8 bytes becomes another value. One time
// in four libFuzzer's own.
std::string MutatedMessage(ByteView message, size_t most, unsigned seed);

}  // namespace refund::fuzz
