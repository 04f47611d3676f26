#include "tools/refundctl/views/svg.h"

#include "absl/strings/str_format.h"
#include "tools/terminal/text_width.h"

namespace refund::tools {
namespace {

constexpr int kColumnPixels = 7;  // of a monospaced font of 12 pixels, and a little room

std::string Tip(std::string_view tip) {
  return tip.empty() ? "" : "<title>" + EscapeXml(tip) + "</title>";
}

}  // namespace

std::string EscapeXml(std::string_view text) {
  std::string escaped;
  for (const char c : terminal::Printable(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

int TextWidth(std::string_view text) {
  return static_cast<int>(terminal::DisplayWidth(text)) * kColumnPixels;
}

void Svg::Rect(const Box& box, std::string_view fill, std::string_view stroke,
               std::string_view tip) {
  absl::StrAppendFormat(&marks_,
                        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" "
                        "stroke=\"%s\">%s</rect>\n",
                        box.x, box.y, box.width, box.height, fill, stroke, Tip(tip));
}

void Svg::Line(int x1, int y1, int x2, int y2, std::string_view stroke, bool dashed) {
  absl::StrAppendFormat(&marks_,
                        "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\"%s/>\n", x1, y1,
                        x2, y2, stroke, dashed ? " stroke-dasharray=\"4 3\"" : "");
}

void Svg::Text(int x, int y, std::string_view text, std::string_view anchor, bool bold) {
  absl::StrAppendFormat(&marks_, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\"%s>%s</text>\n", x, y,
                        anchor, bold ? " font-weight=\"bold\"" : "", EscapeXml(text));
}

void Svg::Slanted(int x, int y, std::string_view text) {
  absl::StrAppendFormat(&marks_, "<text transform=\"translate(%d %d) rotate(-45)\">%s</text>\n", x,
                        y, EscapeXml(text));
}

void Svg::Diamond(int x, int y, int radius, std::string_view fill, std::string_view tip) {
  absl::StrAppendFormat(&marks_, "<path d=\"M%d %dl%d %dl%d %dl%d %dz\" fill=\"%s\">%s</path>\n",
                        x - radius, y, radius, -radius, radius, radius, -radius, radius, fill,
                        Tip(tip));
}

std::string Svg::Done(int width, int height, std::string_view title) const {
  return absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
      "font-family=\"monospace\" font-size=\"11\" fill=\"#1c2733\">\n"
      "<title>%s</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n%s</svg>\n",
      width, height, width, height, EscapeXml(title), width, height, marks_);
}

}  // namespace refund::tools
