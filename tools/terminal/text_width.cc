#include "tools/terminal/text_width.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace refund::terminal {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::string_view kReplacementBytes = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

struct Range {
  char32_t first;
  char32_t last;
};

// East Asian Wide and Fullwidth (UAX #11), in the blocks that orders and rules are written in.
constexpr std::array<Range, 16> kWide = {{
    {0x1100, 0x115F},
    {0x2E80, 0x303E},
    {0x3041, 0x33FF},
    {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF},
    {0x1F900, 0x1F9FF},
    {0x20000, 0x2FFFD},
    {0x30000, 0x3FFFD},
}};

constexpr std::array<Range, 5> kNoWidth = {{
    {0x0300, 0x036F},
    {0x200B, 0x200D},
    {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF},
}};

// Controls, C1 controls, and marks and overrides of direction.
constexpr std::array<Range, 6> kUnprintable = {{
    {0x0000, 0x001F},
    {0x007F, 0x009F},
    {0x200E, 0x200F},
    {0x2028, 0x202E},
    {0x2066, 0x2069},
    {0xFFF9, 0xFFFB},
}};

template <size_t N>
bool IsIn(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const Range& each) { return each.first <= c && c <= each.last; });
}

// How many bytes the character that starts so has; 0 for a byte that starts none.
size_t SizeOf(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

struct Character {
  char32_t code = kReplacement;
  size_t size = 1;  // in bytes
};

// The first character of a text that is not empty.
Character First(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t size = SizeOf(lead);
  if (size == 0 || size > text.size()) return {};
  if (size == 1) return {lead, 1};
  char32_t code = lead & (0xFFU >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = code << 6 | (next & 0x3F);
  }
  return {code, size};
}

size_t WidthOf(char32_t c) {
  if (IsIn(kNoWidth, c)) return 0;
  return IsIn(kWide, c) ? 2 : 1;
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Character c = First(text);
    width += WidthOf(c.code);
    text.remove_prefix(c.size);
  }
  return width;
}

std::string CutTo(std::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return "";
  size_t used = 0;
  size_t kept = 0;
  while (kept < text.size()) {
    const Character c = First(text.substr(kept));
    if (used + WidthOf(c.code) > width - 1) break;
    used += WidthOf(c.code);
    kept += c.size;
  }
  return std::string(text.substr(0, kept)).append(kEllipsis);
}

std::string Printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const Character c = First(text);
    clean += c.code == kReplacement || IsIn(kUnprintable, c.code) ? kReplacementBytes
                                                                  : text.substr(0, c.size);
    text.remove_prefix(c.size);
  }
  return clean;
}

}  // namespace refund::terminal
