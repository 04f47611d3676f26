#include "tools/terminal/paper.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace refund::terminal {
namespace {

constexpr size_t kUsualWidth = 80;

constexpr std::array<std::string_view, 7> kCodes = {"",         "\x1b[1m",  "\x1b[2m", "\x1b[31m",
                                                    "\x1b[32m", "\x1b[33m", "\x1b[36m"};
constexpr std::string_view kReset = "\x1b[0m";

bool IsSet(const char* value) { return value != nullptr && *value != '\0'; }

size_t ColumnsOf(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
  return size.ws_col;
}

}  // namespace

bool IsTerminal(std::FILE* stream) { return ::isatty(::fileno(stream)) == 1; }

bool WantsColour(bool is_terminal, const ColourWishes& wishes) {
  if (IsSet(wishes.no_color)) return false;
  if (IsSet(wishes.clicolor_force)) return std::string_view(wishes.clicolor_force) != "0";
  return is_terminal && IsSet(wishes.term) && std::string_view(wishes.term) != "dumb";
}

Paper PaperOf(std::FILE* stream) {
  const bool is_terminal = IsTerminal(stream);
  Paper paper;
  if (is_terminal) paper.width = ColumnsOf(::fileno(stream));
  paper.colour = WantsColour(
      is_terminal, {std::getenv("NO_COLOR"), std::getenv("CLICOLOR_FORCE"), std::getenv("TERM")});
  return paper;
}

std::string Styled(std::string_view text, Style style, const Paper& paper) {
  if (!paper.colour || style == Style::kPlain || text.empty()) return std::string(text);
  std::string styled(kCodes[static_cast<size_t>(style)]);
  return styled.append(text).append(kReset);
}

}  // namespace refund::terminal
