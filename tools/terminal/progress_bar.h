// A progress bar on stderr, for people who wait: drawn only where stderr is a terminal, at most ten
// times a second. Set() is cheap and may be called for every record. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace refund::terminal {

class ProgressBar {
 public:
  // `total` 0 or less: not known, so there is a count and a rate, and no bar.
  ProgressBar(std::string label, int64_t total);
  ~ProgressBar() { Finish(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void Set(int64_t done);
  // The last picture, and a new line. Once; nothing is drawn after it.
  void Finish();

 private:
  using Clock = std::chrono::steady_clock;
  void Draw(Clock::time_point now);

  const std::string label_;
  const int64_t total_;
  const Clock::time_point started_;
  Clock::time_point drawn_;
  int64_t done_ = 0;
  bool live_;  // on a terminal, and not finished
};

struct Progress {
  std::string_view label;
  int64_t done = 0;
  int64_t total = 0;
  int64_t elapsed_ms = 0;
};

// "replay [=====>    ]  50%  1,000/2,000  500/s  ETA 2 s", in at most `width` columns.
std::string ProgressLine(const Progress& progress, size_t width);

// "1,234,567"
std::string Grouped(int64_t number);

}  // namespace refund::terminal
