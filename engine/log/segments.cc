#include "engine/log/segments.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/status.h"

namespace refund::log {
namespace {

constexpr std::string_view kSuffix = ".seg";
constexpr size_t kNameDigits = 20;

std::string SegmentPath(const std::string& directory, int64_t first) {
  return absl::StrFormat("%s/%0*d%s", directory, static_cast<int>(kNameDigits), first,
                         Abs(kSuffix));
}

// The offset that a segment's name says; absent if it is no segment.
std::optional<int64_t> FirstOffset(const std::string& name) {
  if (name.size() != kNameDigits + kSuffix.size() || name.substr(kNameDigits) != kSuffix) {
    return std::nullopt;
  }
  int64_t first = 0;
  for (const char digit : name.substr(0, kNameDigits)) {
    if (digit < '0' || digit > '9' || first > (INT64_MAX - 9) / 10) return std::nullopt;
    first = first * 10 + (digit - '0');
  }
  return first;
}

absl::StatusOr<std::vector<int64_t>> ListSegments(const std::string& directory) {
  std::vector<int64_t> firsts;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::optional<int64_t> first = FirstOffset(entry->path().filename().string());
    if (first.has_value()) firsts.push_back(*first);
  }
  if (error) return ErrnoStatus(error.value(), "list", directory);
  std::sort(firsts.begin(), firsts.end());
  return firsts;
}

// A file that the log must have: its absence is a loss, not "no log there".
absl::Status AbsenceIsLoss(const absl::Status& status) {
  if (!absl::IsNotFound(status)) return status;
  return absl::DataLossError(status.message());
}

}  // namespace

absl::Status Segments::Create(const std::string& directory) {
  RETURN_IF_ERROR(MakeDirectory(directory));
  ASSIGN_OR_RETURN(const File first, File::Open(SegmentPath(directory, 0), O_RDWR | O_CREAT));
  RETURN_IF_ERROR(first.Sync());
  return SyncDirectory(directory);
}

absl::StatusOr<std::unique_ptr<Segments>> Segments::Open(std::string directory, FrameKind kind,
                                                         uint32_t partition, Access access) {
  absl::StatusOr<std::vector<int64_t>> firsts = ListSegments(directory);
  if (!firsts.ok()) return AbsenceIsLoss(firsts.status());
  if (firsts->empty() || firsts->front() != 0) {
    return absl::DataLossError(Abs("expected a segment, found none: " + SegmentPath(directory, 0)));
  }
  std::unique_ptr<Segments> segments(new Segments(std::move(directory), kind, partition, access));
  for (const int64_t first : *firsts) {
    segments->runs_.push_back(std::make_unique<FrameRun>(kind, partition, 0, first));
  }
  RETURN_IF_ERROR(AbsenceIsLoss(segments->AttachNewest()));
  RETURN_IF_ERROR(segments->Refresh().status());
  return segments;
}

absl::StatusOr<File> Segments::OpenSegment(int64_t first, int extra_flags) const {
  const int flags = access_ == Access::kWrite ? O_RDWR : O_RDONLY;
  return File::Open(SegmentPath(directory_, first), flags | extra_flags);
}

absl::Status Segments::AttachNewest() {
  ASSIGN_OR_RETURN(File file, OpenSegment(runs_.back()->first()));
  SetNewest(std::move(file));
  return absl::OkStatus();
}

void Segments::SetNewest(File file) {
  newest_ = std::make_shared<const File>(std::move(file));
  runs_.back()->Attach(newest_);
  kept_position_ = 0;
}

absl::StatusOr<bool> Segments::Refresh() {
  ASSIGN_OR_RETURN(bool changed, ExtendNewest());
  for (;;) {
    ASSIGN_OR_RETURN(const bool rolled, FollowRoll());
    if (!rolled) return changed;
    RETURN_IF_ERROR(ExtendNewest().status());
    changed = true;
  }
}

absl::StatusOr<bool> Segments::ExtendNewest() {
  const int64_t before = end();
  ASSIGN_OR_RETURN(const uint64_t size, newest_->Size());
  FrameRun& run = *runs_.back();
  if (size < run.position()) {
    return DataLossAt(newest_->path(), size,
                      absl::StrFormat("expected %d bytes, which were there before, found the end "
                                      "of the file",
                                      run.position()));
  }
  RETURN_IF_ERROR(run.Extend(size));
  return end() > before;
}

// Goes over to the segment that begins where the newest one ends, if somebody has begun it.
absl::StatusOr<bool> Segments::FollowRoll() {
  FrameRun& run = *runs_.back();
  // An empty segment is the one that begins there.
  if (run.end() == run.first()) return false;
  absl::StatusOr<File> next = OpenSegment(run.end());
  if (absl::IsNotFound(next.status())) return false;
  RETURN_IF_ERROR(next.status());
  RETURN_IF_ERROR(CheckOlder(run, run.end()));
  BeginNewest(*std::move(next));
  return true;
}

void Segments::BeginNewest(File file) {
  const int64_t first = end();
  runs_.back()->Detach();
  runs_.push_back(std::make_unique<FrameRun>(kind_, partition_, 0, first));
  SetNewest(std::move(file));
}

absl::StatusOr<std::optional<int64_t>> Segments::HighestStamp() {
  const std::optional<int64_t> highest = runs_.back()->highest_stamp();
  if (highest.has_value() || runs_.size() == 1) return highest;
  // The newest segment has just been begun; an older one is never empty.
  ASSIGN_OR_RETURN(const FrameRun* older, Load(runs_.size() - 2));
  return older->highest_stamp();
}

absl::StatusOr<const Frame*> Segments::Seek(int64_t offset) {
  CHECK(0 <= offset && offset < end());
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), offset,
                       [](int64_t wanted, const auto& run) { return wanted < run->first(); });
  ASSIGN_OR_RETURN(FrameRun * run, Load(static_cast<size_t>(after - runs_.begin()) - 1));
  return run->Seek(offset);
}

absl::StatusOr<int64_t> Segments::SegmentBefore(int64_t stamp) const {
  for (size_t index = runs_.size() - 1; index > 0; --index) {
    const int64_t first = runs_[index]->first();
    if (first == end()) continue;
    ASSIGN_OR_RETURN(File opened, OpenSegment(first));
    const auto file = std::make_shared<const File>(std::move(opened));
    ASSIGN_OR_RETURN(const uint64_t size, file->Size());
    FrameScanner scanner(file, kind_, partition_);
    ASSIGN_OR_RETURN(const std::optional<Frame> frame, scanner.At(0, size, first));
    if (frame.has_value() && frame->header.highest_stamp <= stamp) return first;
  }
  return 0;
}

absl::StatusOr<FrameRun*> Segments::Load(size_t index) {
  FrameRun& run = *runs_[index];
  if (run.attached()) return &run;
  if (loaded_.has_value()) runs_[*loaded_]->Detach();
  loaded_.reset();
  absl::StatusOr<File> opened = OpenSegment(run.first());
  if (!opened.ok()) return AbsenceIsLoss(opened.status());
  run.Attach(std::make_shared<const File>(*std::move(opened)));
  if (absl::Status sound = CheckOlder(run, runs_[index + 1]->first()); !sound.ok()) {
    run.Detach();
    return sound;
  }
  loaded_ = index;
  return &run;
}

// That the segment holds whole frames up to the one after it, and nothing else.
absl::Status Segments::CheckOlder(FrameRun& run, int64_t next) {
  const File& file = run.file();
  ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  RETURN_IF_ERROR(run.Extend(size));
  if (run.position() != size) {
    return DataLossAt(file.path(), run.position(),
                      absl::StrFormat("expected a whole frame, as another segment follows, found "
                                      "%d bytes of one",
                                      size - run.position()));
  }
  if (run.end() != next) {
    return DataLossAt(file.path(), size,
                      absl::StrFormat("expected records up to offset %d, where the next segment "
                                      "begins, found them up to %d",
                                      next, run.end()));
  }
  return absl::OkStatus();
}

absl::Status Segments::SyncNewest() const { return newest_->Sync(); }

absl::Status Segments::CutTornTail() {
  const uint64_t whole = runs_.back()->position();
  kept_position_ = whole;
  ASSIGN_OR_RETURN(const uint64_t size, newest_->Size());
  if (size == whole) return absl::OkStatus();
  RETURN_IF_ERROR(newest_->Truncate(whole));
  return newest_->Sync();
}

absl::Status Segments::Append(FrameBuilder& frame, uint64_t segment_bytes) {
  if (runs_.back()->position() >= segment_bytes && end() > runs_.back()->first()) {
    RETURN_IF_ERROR(Roll());
  }
  FrameRun& run = *runs_.back();
  absl::Status written = newest_->WriteAt(run.position(), frame.Seal(end()));
  if (!written.ok()) {
    CutBackTo(run.position());
    return written;
  }
  run.Extend(frame.header());
  return absl::OkStatus();
}

// The old segment is made durable before the new one can be seen, and the new one's name before any
// record is in it: no crash leaves a segment that is torn or missing before another.
absl::Status Segments::Roll() {
  RETURN_IF_ERROR(SyncAppended());
  ASSIGN_OR_RETURN(File next, OpenSegment(end(), O_CREAT | O_EXCL));
  RETURN_IF_ERROR(SyncDirectory(directory_));
  BeginNewest(std::move(next));
  return absl::OkStatus();
}

absl::Status Segments::SyncAppended() {
  absl::Status synced = newest_->Sync();
  if (!synced.ok()) {
    CutBackTo(kept_position_);
    return synced;
  }
  kept_position_ = runs_.back()->position();
  return absl::OkStatus();
}

void Segments::CutBackTo(uint64_t position) const {
  // The caller already has an error to report. If this fails too, a torn tail stays for the next
  // writer to cut.
  newest_->Truncate(position).IgnoreError();
  newest_->Sync().IgnoreError();
}

}  // namespace refund::log
