#include "tools/refundctl/views/sheet.h"

#include "absl/strings/str_format.h"
#include "tools/terminal/text_width.h"

namespace refund::tools {

void Sheet::Add(std::string_view name, const std::vector<std::string>& lines) {
  bool first = true;
  for (const std::string& line : lines) {
    const std::string title = absl::StrFormat("  %-12s ", first ? name : "");
    text_ += terminal::Styled(title, terminal::Style::kBold, paper_) + terminal::Printable(line);
    text_ += "\n";
    first = false;
  }
}

}  // namespace refund::tools
