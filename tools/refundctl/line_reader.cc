#include "tools/refundctl/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/base/status.h"
#include "engine/codec/json_lines.h"

namespace refund::tools {

absl::StatusOr<LineReader> LineReader::Open(const std::string& file) {
  if (file == "-") return LineReader("stdin", ::dup(STDIN_FILENO), 0);
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info = {};
  if (fd < 0 || ::fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    const int error = fd < 0 ? errno : EISDIR;
    if (fd >= 0) ::close(fd);
    return Errorf(absl::StatusCode::kInvalidArgument, "%s: %s", file, std::strerror(error));
  }
  return LineReader(file, fd, S_ISREG(info.st_mode) ? info.st_size : 0);
}

LineReader::LineReader(LineReader&& other) noexcept
    : name_(std::move(other.name_)),
      fd_(std::exchange(other.fd_, -1)),
      bytes_total_(other.bytes_total_),
      bytes_read_(other.bytes_read_),
      number_(other.number_),
      pending_(std::move(other.pending_)),
      too_long_(other.too_long_) {}

LineReader::~LineReader() {
  if (fd_ >= 0) ::close(fd_);
}

absl::StatusOr<std::vector<InputLine>> LineReader::Next() {
  std::vector<InputLine> lines;
  std::string chunk(256 << 10, '\0');
  while (lines.empty()) {
    const ssize_t got = ::read(fd_, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Errorf(absl::StatusCode::kUnavailable, "%s: %s", name_, std::strerror(errno));
    }
    if (got == 0) {
      if (!pending_.empty() || too_long_) EndLine(lines);
      break;
    }
    bytes_read_ += got;
    Split({chunk.data(), static_cast<size_t>(got)}, lines);
  }
  return lines;
}

void LineReader::Split(std::string_view chunk, std::vector<InputLine>& lines) {
  while (!chunk.empty()) {
    const size_t newline = chunk.find('\n');
    const std::string_view part = chunk.substr(0, newline);
    if (pending_.size() + part.size() <= codec::kMaxLineBytes) {
      pending_ += part;
    } else {
      too_long_ = true;
    }
    if (newline == std::string_view::npos) return;
    EndLine(lines);
    chunk.remove_prefix(newline + 1);
  }
}

void LineReader::EndLine(std::vector<InputLine>& lines) {
  lines.push_back({++number_, std::exchange(pending_, {}), std::exchange(too_long_, false)});
}

}  // namespace refund::tools
