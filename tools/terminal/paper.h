// What is written on: how wide it is, and whether it takes colours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace refund::terminal {

struct Paper {
  size_t width = 0;  // columns; 0: without end (a file, a pipe)
  bool colour = false;
};

// Of that stream, as it is now.
Paper PaperOf(std::FILE* stream);
bool IsTerminal(std::FILE* stream);

// Colours on a terminal only; NO_COLOR forbids them, CLICOLOR_FORCE wants them anywhere. The values
// of the environment's variables, null where they are not set.
struct ColourWishes {
  const char* no_color = nullptr;
  const char* clicolor_force = nullptr;
  const char* term = nullptr;
};
bool WantsColour(bool is_terminal, const ColourWishes& wishes);

enum class Style : uint8_t { kPlain, kBold, kDim, kRed, kGreen, kYellow, kCyan };

// The text in that style, if the paper takes colours.
std::string Styled(std::string_view text, Style style, const Paper& paper);

}  // namespace refund::terminal
