#include "tools/terminal/progress_bar.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "engine/base/instant.h"
#include "tools/terminal/paper.h"
#include "tools/terminal/text_width.h"

namespace refund::terminal {
namespace {

constexpr auto kBetweenPictures = std::chrono::milliseconds(100);
constexpr int64_t kWidestBar = 30;
constexpr int64_t kNarrowestBar = 8;

// In parts of `parts`, downwards, between 0 and all of them.
int64_t PartsDone(const Progress& p, int64_t parts) {
  const double share = static_cast<double>(p.done) / static_cast<double>(p.total);
  return std::clamp<int64_t>(static_cast<int64_t>(share * static_cast<double>(parts)), 0, parts);
}

std::string Bar(const Progress& p, int64_t cells) {
  const auto all = static_cast<size_t>(cells);
  if (p.done >= p.total) return "[" + std::string(all, '=') + "]";
  const size_t filled = std::min(static_cast<size_t>(PartsDone(p, cells)), all - 1);
  return "[" + std::string(filled, '=') + ">" + std::string(all - filled - 1, ' ') + "]";
}

int64_t PerSecond(const Progress& p) {
  return p.elapsed_ms <= 0 ? 0
                           : static_cast<int64_t>(static_cast<double>(p.done) * 1000.0 /
                                                  static_cast<double>(p.elapsed_ms));
}

// In whole seconds, upwards.
int64_t SecondsLeft(const Progress& p, int64_t rate) {
  return (p.total - p.done + rate - 1) / rate;
}

std::string Tail(const Progress& p) {
  const int64_t rate = PerSecond(p);
  std::string tail = "  " + Grouped(p.done);
  if (p.total > 0) tail += "/" + Grouped(p.total);
  if (rate > 0) tail += "  " + Grouped(rate) + "/s";
  if (p.done >= p.total && p.total > 0) {
    tail += "  in " + FormatDuration(p.elapsed_ms);
  } else if (rate > 0 && p.total > 0) {
    tail += "  ETA " + FormatDuration(SecondsLeft(p, rate) * kSecondMs);
  }
  return tail;
}

std::string Percent(const Progress& p) {
  const std::string digits = std::to_string(PartsDone(p, 100));
  return std::string(3 - digits.size(), ' ') + digits + "%";
}

}  // namespace

std::string Grouped(int64_t number) {
  std::string digits = std::to_string(number);
  const size_t sign = number < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > sign + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string ProgressLine(const Progress& progress, size_t width) {
  const std::string tail = Tail(progress);
  std::string head(progress.label);
  if (progress.total > 0) {
    const auto taken = static_cast<int64_t>(DisplayWidth(head) + tail.size()) + 9;
    const int64_t room = std::min(kWidestBar, static_cast<int64_t>(width) - taken);
    if (room >= kNarrowestBar) head += " " + Bar(progress, room);
    head += " " + Percent(progress);
  }
  return CutTo(head + tail, width);
}

ProgressBar::ProgressBar(std::string label, int64_t total)
    : label_(std::move(label)),
      total_(total),
      started_(Clock::now()),
      drawn_(started_),
      live_(IsTerminal(stderr)) {}

void ProgressBar::Draw(Clock::time_point now) {
  drawn_ = now;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_);
  const size_t width = std::max<size_t>(PaperOf(stderr).width, 2) - 1;
  const std::string line = ProgressLine({label_, done_, total_, elapsed.count()}, width);
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
  std::fflush(stderr);
}

void ProgressBar::Set(int64_t done) {
  done_ = done;
  if (!live_) return;
  const Clock::time_point now = Clock::now();
  if (now - drawn_ >= kBetweenPictures) Draw(now);
}

void ProgressBar::Finish() {
  if (!live_) return;
  live_ = false;
  Draw(Clock::now());
  std::fputs("\n", stderr);
}

}  // namespace refund::terminal
