// A small pen for SVG: whole pixels, text escaped, the same bytes for the same strokes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace refund::tools {

// Of text and attributes in XML; what XML cannot hold, and what drives a terminal, becomes U+FFFD.
std::string EscapeXml(std::string_view text);

class Svg {
 public:
  struct Box {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
  };

  // `tip` is shown by a browser under the pointer; empty: none.
  void Rect(const Box& box, std::string_view fill, std::string_view stroke, std::string_view tip);
  void Line(int x1, int y1, int x2, int y2, std::string_view stroke, bool dashed);
  // `anchor` is "start", "middle" or "end".
  void Text(int x, int y, std::string_view text, std::string_view anchor = "start",
            bool bold = false);
  // Rising to the right from there.
  void Slanted(int x, int y, std::string_view text);
  // A diamond around that point.
  void Diamond(int x, int y, int radius, std::string_view fill, std::string_view tip);

  // The whole document.
  std::string Done(int width, int height, std::string_view title) const;

 private:
  std::string marks_;
};

// Columns of a text in the pen's font, in pixels.
int TextWidth(std::string_view text);

}  // namespace refund::tools
