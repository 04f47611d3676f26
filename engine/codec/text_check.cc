#include "engine/codec/text_check.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_format.h"

namespace refund::codec {
namespace {

constexpr char32_t kBad = 0xffffffff;

// The character at `at`, which moves past it; kBad (and `at` stays) if there is no valid one: cut
// off, longer than needed, a surrogate, or beyond U+10FFFF.
char32_t NextCharacter(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(at);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4 || text.size() - at <= more) return kBad;
  char32_t value = first & (0x3fu >> more);
  for (size_t i = 1; i <= more; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return kBad;
    value = value << 6 | (byte(at + i) & 0x3f);
  }
  constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[more] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
    return kBad;
  at += more + 1;
  return value;
}

bool IsControl(char32_t c, bool lines) {
  if (lines && (c == '\n' || c == '\t')) return false;
  return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

std::string BadByte(std::string_view text, size_t at) {
  return absl::StrFormat("byte 0x%02x at %d, which is not UTF-8", static_cast<uint8_t>(text[at]),
                         at);
}

bool IsPlain(char c) { return c >= 0x20 && c < 0x7f; }

}  // namespace

std::optional<size_t> FindBadUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (NextCharacter(text, at) == kBad) return at;
  }
  return std::nullopt;
}

std::optional<std::string> FindBadText(std::string_view text, bool lines) {
  // Nearly every text is plain ASCII.
  auto at = static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsPlain) - text.begin());
  while (at < text.size()) {
    const size_t start = at;
    const char32_t c = NextCharacter(text, at);
    if (c == kBad) return BadByte(text, start);
    if (IsControl(c, lines)) {
      return absl::StrFormat("control character U+%04X at byte %d", static_cast<uint32_t>(c),
                             start);
    }
  }
  return std::nullopt;
}

bool IsPrintableAscii(std::string_view text, size_t maximum) {
  return !text.empty() && text.size() <= maximum && std::all_of(text.begin(), text.end(), IsPlain);
}

}  // namespace refund::codec
