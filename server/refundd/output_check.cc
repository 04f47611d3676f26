#include "server/refundd/output_check.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "engine/base/sha256.h"
#include "engine/base/status.h"

namespace refund::daemon {
namespace {

// A rebuild of a long log gives outputs faster than they can be read back: then the oldest are not
// compared (refundctl verify does that).
constexpr size_t kMostBytes = 16 << 20;
constexpr size_t kOverhead = 128;  // of an output in memory
constexpr log::BatchLimit kLimit{1 << 16, 4 << 20};
// A log finds a place by some dozen questions: so many records are read as soon.
constexpr int64_t kWorthASeek = 1 << 17;

size_t SizeOf(const log::Output& output) { return output.bytes.size() + kOverhead; }

auto AddressOf(const log::Output& output) { return std::tie(output.cause_offset, output.k); }

const char* NameOf(log::Topic topic) {
  switch (topic) {
    case log::Topic::kDecisions:
      return "decisions";
    case log::Topic::kPayouts:
      return "payouts";
    case log::Topic::kMessages:
      return "messages";
    case log::Topic::kQuarantined:
      break;
  }
  return "quarantined";
}

std::string Text(const log::Output& output) {
  return absl::StrFormat("%s of %d bytes, id %s, SHA-256 %s", NameOf(output.topic),
                         output.bytes.size(), output.id.empty() ? "unknown" : output.id,
                         Sha256(output.bytes).hex());
}

}  // namespace

void OutputCheck::Expect(std::vector<log::Output> outputs, int64_t next) {
  std::lock_guard lock(mutex_);
  told_ = next;
  for (log::Output& each : outputs) {
    expected_bytes_ += SizeOf(each);
    expected_.push_back(std::move(each));
  }
  while (expected_bytes_ > kMostBytes) {
    given_up_ = expected_.front().cause_offset + 1;
    while (!expected_.empty() && expected_.front().cause_offset < given_up_) {
      expected_bytes_ -= SizeOf(expected_.front());
      expected_.pop_front();
    }
  }
}

std::vector<log::Output> OutputCheck::TakeMissing() {
  std::lock_guard lock(mutex_);
  return std::exchange(missing_, {});
}

int64_t OutputCheck::TakeCompared() {
  std::lock_guard lock(mutex_);
  return std::exchange(newly_compared_, 0);
}

absl::Status OutputCheck::Found() const {
  std::lock_guard lock(mutex_);
  return difference_;
}

bool OutputCheck::HasMore() const {
  std::lock_guard lock(mutex_);
  return told_ > compared_ && difference_.ok();
}

size_t OutputCheck::held_bytes() const {
  return std::accumulate(found_.begin(), found_.end(), size_t{0},
                         [](size_t sum, const auto& each) { return sum + SizeOf(each); });
}

// By the piece: what was read is compared and let go before more is, however far behind this is.
absl::Status OutputCheck::Look(log::OutputReader& reader) {
  int64_t told = 0;
  {
    std::lock_guard lock(mutex_);
    told = told_;
  }
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      SkipGivenUp();
      Compare(std::min(told, read_));
      if (read_ >= told || !difference_.ok()) return absl::OkStatus();
    }
    const absl::StatusOr<bool> read = ReadOn(reader);
    if (!read.ok()) return Heed(read.status());
    if (!*read) return absl::OkStatus();  // C is not there yet
  }
}

absl::StatusOr<bool> OutputCheck::ReadOn(log::OutputReader& reader) {
  ASSIGN_OR_RETURN(log::OutputReader::Committed more, reader.Read(read_, kLimit));
  if (more.next <= read_) return false;
  read_ = more.next;
  std::move(more.outputs.begin(), more.outputs.end(), std::back_inserter(found_));
  return true;
}

absl::Status OutputCheck::Heed(const absl::Status& failed) {
  std::lock_guard lock(mutex_);
  // Bytes that cannot be what was put out there.
  if (absl::IsDataLoss(failed)) difference_ = failed;
  return difference_.ok() ? failed : absl::OkStatus();
}

// Nothing that was given up is judged, so it need not be read.
void OutputCheck::SkipGivenUp() {
  if (given_up_ - read_ < kWorthASeek) return;
  read_ = given_up_;
  found_.clear();  // all of records before
}

void OutputCheck::Compare(int64_t before) {
  const auto later = std::stable_partition(
      found_.begin(), found_.end(), [&](const auto& each) { return each.cause_offset < before; });
  std::stable_sort(found_.begin(), later,
                   [](const auto& a, const auto& b) { return AddressOf(a) < AddressOf(b); });
  std::vector<log::Output>::const_iterator found = found_.begin();
  const std::vector<log::Output>::const_iterator end = later;
  while (!expected_.empty() && expected_.front().cause_offset < before) {
    const log::Output expected = std::move(expected_.front());
    expected_.pop_front();
    expected_bytes_ -= SizeOf(expected);
    CompareOne(expected, found, end);
  }
  for (; found != end; ++found) NoteForeign(*found);
  found_.erase(found_.begin(), later);
  compared_ = std::max(compared_, before);
}

void OutputCheck::CompareOne(const log::Output& expected,
                             std::vector<log::Output>::const_iterator& found,
                             std::vector<log::Output>::const_iterator end) {
  for (; found != end && AddressOf(*found) < AddressOf(expected); ++found) NoteForeign(*found);
  if (found == end || AddressOf(*found) != AddressOf(expected)) {
    missing_.push_back(expected);
    return;
  }
  // The same one twice is what its id is there for.
  for (; found != end && AddressOf(*found) == AddressOf(expected); ++found) {
    if (*found != expected) Differs(expected, Text(expected), Text(*found));
  }
  ++newly_compared_;
}

void OutputCheck::NoteForeign(const log::Output& found) {
  if (found.cause_offset >= given_up_) Differs(found, "none that is not known", Text(found));
}

// The first one stands.
void OutputCheck::Differs(const log::Output& at, const std::string& expected,
                          const std::string& found) {
  if (!difference_.ok()) return;
  difference_ =
      Errorf(absl::StatusCode::kDataLoss,
             "partition %d, record %d, output %d, as consumers see it: expected %s; found "
             "%s. Something else has written there, or the broker's bytes have changed: "
             "tell the consumers, and put the topic right before the next start",
             partition_, at.cause_offset, at.k, expected, found);
}

}  // namespace refund::daemon
