#include "tools/packc/diagnostic.h"

#include <algorithm>
#include <tuple>

namespace refund::packc {

std::string Diagnostic::Text() const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": error: " + message;
}

void Diagnostics::Add(Place at, std::string message) {
  found_.push_back({file_, at.line, at.column, std::move(message)});
}

std::vector<Diagnostic> Diagnostics::Take() {
  std::stable_sort(found_.begin(), found_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  return std::move(found_);
}

}  // namespace refund::packc
