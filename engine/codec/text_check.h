// Is a text fit to be stored and printed: valid UTF-8 without control characters.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace refund::codec {

// Where the first byte that is not UTF-8 stands.
std::optional<size_t> FindBadUtf8(std::string_view text);

// What is wrong, as "byte 0xff at 3, which is not UTF-8" or "control character U+0007 at byte 3";
// nothing if all is well. Line feed and tab are well where `lines`.
std::optional<std::string> FindBadText(std::string_view text, bool lines);

// 1 to `maximum` bytes from space to tilde.
bool IsPrintableAscii(std::string_view text, size_t maximum);

}  // namespace refund::codec
