// A sheet: names in bold, and beside each what is under it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/terminal/paper.h"

namespace refund::tools {

class Sheet {
 public:
  explicit Sheet(const terminal::Paper& paper) : paper_(paper) {}
  // The first line beside the name, the others below; nothing for no lines.
  void Add(std::string_view name, const std::vector<std::string>& lines);
  const std::string& text() const { return text_; }

 private:
  const terminal::Paper& paper_;
  std::string text_;
};

}  // namespace refund::tools
