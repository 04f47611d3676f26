// What is wrong with a file, and where: the way a compiler says it, so that editors find the place.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace refund::packc {

// Both count from 1.
struct Place {
  int line = 1;
  int column = 1;
  auto operator<=>(const Place&) const = default;
};

struct Diagnostic {
  std::string file;
  int line = 1;
  int column = 1;
  std::string message;

  // "policies/x.toml:17:15: error: unknown answer 'DIREKT' (did you mean 'DIRECT'?)"
  std::string Text() const;
};

// Gathers everything that is wrong with one file.
class Diagnostics {
 public:
  explicit Diagnostics(std::string_view file) : file_(file) {}

  void Add(Place at, std::string message);
  bool empty() const { return found_.empty(); }
  // In the order of the file.
  std::vector<Diagnostic> Take();

 private:
  std::string file_;
  std::vector<Diagnostic> found_;
};

}  // namespace refund::packc
