// How wide a text is on a terminal, where a Chinese character takes two columns and an accent none;
// and texts made safe to print. Texts are UTF-8; what is not counts, and prints, as one U+FFFD.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace refund::terminal {

size_t DisplayWidth(std::string_view text);

// At most `width` columns, with "…" as the last where something was cut off.
std::string CutTo(std::string_view text, size_t width);

// Control characters (which could move the cursor or change colours) and marks that turn the
// direction of writing become U+FFFD: what came in by an event never drives the terminal.
std::string Printable(std::string_view text);

}  // namespace refund::terminal
