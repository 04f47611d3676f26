// Lines of a file or of stdin, as they come: a batch is what one read brought, so that a pipe is
// answered line by line and a file in large pieces.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace refund::tools {

struct InputLine {
  int64_t number = 0;     // from 1
  std::string text;       // without its newline
  bool too_long = false;  // over the limit: cut, the rest was skipped
};

class LineReader {
 public:
  // `file` may be "-". kInvalidArgument if it cannot be opened.
  static absl::StatusOr<LineReader> Open(const std::string& file);
  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;
  ~LineReader();

  // The next complete lines; empty at the end of the input. A last line without newline counts.
  absl::StatusOr<std::vector<InputLine>> Next();
  int64_t bytes_read() const { return bytes_read_; }
  int64_t bytes_total() const { return bytes_total_; }  // 0 if unknown

 private:
  LineReader(std::string name, int fd, int64_t total)
      : name_(std::move(name)), fd_(fd), bytes_total_(total) {}
  void Split(std::string_view chunk, std::vector<InputLine>& lines);
  void EndLine(std::vector<InputLine>& lines);

  std::string name_;
  int fd_ = -1;
  int64_t bytes_total_ = 0;
  int64_t bytes_read_ = 0;
  int64_t number_ = 0;
  std::string pending_;
  bool too_long_ = false;
};

}  // namespace refund::tools
