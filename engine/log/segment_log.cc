#include "engine/log/segment_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/status.h"
#include "engine/log/append_journal.h"
#include "engine/log/contract.h"
#include "engine/log/frame.h"
#include "engine/log/posix_file.h"
#include "engine/log/segment_committer.h"
#include "engine/log/segments.h"

// A log's directory:
//
//   log.meta                      preamble (frame.cc): format version and number of partitions
//   append.lock                   empty; whoever appends holds it exclusively by flock
//   append.journal                the frames of a session on its way to several partitions
//   events/0003/<20 digits>.seg   frames of partition 3, from the offset that the name says
//   outputs/0003/<20 digits>.seg  commits (segment_committer.cc); the name counts their records
//   outputs/0003/commit.lock      empty; held by the partition's committer

namespace refund::log {
namespace {

std::string MetaPath(const std::string& directory) { return directory + "/log.meta"; }
std::string AppendLockPath(const std::string& directory) { return directory + "/append.lock"; }

std::string EventsPath(const std::string& directory, uint32_t partition) {
  return absl::StrFormat("%s/events/%04d", directory, partition);
}

std::string OutputsPath(const std::string& directory, uint32_t partition) {
  return absl::StrFormat("%s/outputs/%04d", directory, partition);
}

absl::Status WriteNewFile(const std::string& path, ByteView bytes) {
  ASSIGN_OR_RETURN(const File file, File::Open(path, O_RDWR | O_CREAT | O_EXCL));
  RETURN_IF_ERROR(file.WriteAt(0, bytes));
  return file.Sync();
}

// The files of a new log, durable down from `directory`, but not its own name.
absl::Status FillDirectory(const std::string& directory, uint32_t partitions) {
  RETURN_IF_ERROR(MakeDirectory(directory));
  RETURN_IF_ERROR(MakeDirectory(directory + "/events"));
  RETURN_IF_ERROR(MakeDirectory(directory + "/outputs"));
  for (uint32_t partition = 0; partition < partitions; ++partition) {
    RETURN_IF_ERROR(Segments::Create(EventsPath(directory, partition)));
    RETURN_IF_ERROR(SegmentCommitter::Create(OutputsPath(directory, partition)));
  }
  RETURN_IF_ERROR(SyncDirectory(directory + "/events"));
  RETURN_IF_ERROR(SyncDirectory(directory + "/outputs"));
  RETURN_IF_ERROR(WriteNewFile(AppendLockPath(directory), {}));
  RETURN_IF_ERROR(WriteNewFile(MetaPath(directory), MakePreamble(PreambleKind::kMeta, partitions)));
  return SyncDirectory(directory);
}

std::string BesidePath(const std::string& directory) {
  static std::atomic<int> count = 0;
  return absl::StrFormat("%s.new-%d-%d", directory, ::getpid(), ++count);
}

// kFailedPrecondition unless a log may be put there. Rename would refuse as well, with less to say.
absl::Status CheckFree(const std::string& directory) {
  std::error_code ignored;
  if (!std::filesystem::exists(directory, ignored)) return absl::OkStatus();
  if (std::filesystem::is_directory(directory, ignored) &&
      std::filesystem::is_empty(directory, ignored)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      Abs(directory + ": expected nothing there, or an empty directory, found something else"));
}

absl::StatusOr<uint32_t> ReadMeta(const std::string& directory) {
  const std::string path = MetaPath(directory);
  absl::StatusOr<File> file = File::Open(path, O_RDONLY);
  std::error_code ignored;
  if (absl::IsNotFound(file.status()) &&
      std::filesystem::exists(EventsPath(directory, 0), ignored)) {
    return absl::DataLossError(Abs(path + ": expected it beside events, found none"));
  }
  RETURN_IF_ERROR(file.status());
  ASSIGN_OR_RETURN(const std::string bytes, file->ReadAt(0, kPreambleBytes + 1));
  ASSIGN_OR_RETURN(const uint32_t partitions, ParsePreamble(PreambleKind::kMeta, path, bytes));
  if (bytes.size() > kPreambleBytes) {
    return DataLossAt(path, kPreambleBytes, "expected the end of the file, found more");
  }
  return partitions;
}

class SegmentReader : public Reader {
 public:
  SegmentReader(std::string directory, uint32_t partitions)
      : directory_(std::move(directory)), segments_(partitions) {}

  uint32_t partitions() const override { return static_cast<uint32_t>(segments_.size()); }

  absl::StatusOr<int64_t> End(uint32_t partition) override {
    ASSIGN_OR_RETURN(Segments* const segments, Follow(partition));
    return segments->end();
  }

  absl::StatusOr<std::vector<Record>> Read(uint32_t partition, int64_t offset,
                                           const BatchLimit& limit) override {
    RETURN_IF_ERROR(CheckPartition(partition, partitions()));
    Segments* segments = segments_[partition].get();
    if (segments == nullptr || !FillsABatch(offset, segments->end(), limit)) {
      ASSIGN_OR_RETURN(segments, Follow(partition));
    }
    RETURN_IF_ERROR(CheckReadFrom(offset, segments->end()));
    Batch batch(limit);
    while (offset < segments->end()) {
      ASSIGN_OR_RETURN(const Frame* frame, segments->Seek(offset));
      if (!batch.TakeFrom(*frame, partition, offset)) break;
    }
    return batch.Finish();
  }

 private:
  // The partition up to its end as of now.
  absl::StatusOr<Segments*> Follow(uint32_t partition) {
    RETURN_IF_ERROR(CheckPartition(partition, partitions()));
    std::unique_ptr<Segments>& segments = segments_[partition];
    absl::Status followed = segments == nullptr ? Open(partition) : Refresh(*segments);
    if (followed.ok()) return segments.get();
    // Begin anew: what could not be made durable must not be shown by the next call. What is lost
    // stays lost for whoever has seen it.
    if (!absl::IsDataLoss(followed)) segments.reset();
    return followed;
  }

  absl::Status Open(uint32_t partition) {
    ASSIGN_OR_RETURN(segments_[partition],
                     Segments::Open(EventsPath(directory_, partition), FrameKind::kEvents,
                                    partition, Segments::Access::kRead));
    return segments_[partition]->SyncNewest();
  }

  static absl::Status Refresh(Segments& segments) {
    ASSIGN_OR_RETURN(const bool changed, segments.Refresh());
    return changed ? segments.SyncNewest() : absl::OkStatus();
  }

  std::string directory_;
  std::vector<std::unique_ptr<Segments>> segments_;
};

// What an appender and its session share.
struct Appending {
  Appending(std::string directory_in, uint64_t segment_bytes_in, File lock_in,
            AppendJournal journal_in)
      : directory(std::move(directory_in)),
        segment_bytes(segment_bytes_in),
        lock(std::move(lock_in)),
        journal(std::move(journal_in)) {}

  std::string directory;
  uint64_t segment_bytes;
  File lock;
  AppendJournal journal;
  bool in_session = false;
  // Where each partition stood; absent until it is first looked at, and after an error.
  std::vector<std::unique_ptr<Segments>> segments;

  // Takes in what others appended, and returns the highest stamp of all partitions.
  absl::StatusOr<Instant> CatchUp();
  absl::Status CatchUp(uint32_t partition);
  // Finishes the session of an appender that was killed between its journal and its partitions.
  absl::Status Redo();
  absl::StatusOr<Instant> HighestStamp();
};

absl::StatusOr<Instant> Appending::CatchUp() {
  absl::Status caught_up;
  for (uint32_t partition = 0; partition < segments.size() && caught_up.ok(); ++partition) {
    caught_up = CatchUp(partition);
  }
  if (caught_up.ok()) caught_up = Redo();
  if (caught_up.ok()) return HighestStamp();
  for (auto& each : segments) each.reset();
  return caught_up;
}

absl::Status Appending::CatchUp(uint32_t partition) {
  std::unique_ptr<Segments>& at = segments[partition];
  if (at == nullptr) {
    ASSIGN_OR_RETURN(at, Segments::Open(EventsPath(directory, partition), FrameKind::kEvents,
                                        partition, Segments::Access::kWrite));
  } else {
    RETURN_IF_ERROR(at->Refresh().status());
  }
  return at->CutTornTail();
}

absl::Status Appending::Redo() {
  ASSIGN_OR_RETURN(std::vector<AppendJournal::Entry> entries, journal.Read());
  if (entries.empty()) return absl::OkStatus();
  for (AppendJournal::Entry& entry : entries) {
    RETURN_IF_ERROR(CheckPartition(entry.header.partition, static_cast<uint32_t>(segments.size())));
    Segments& at = *segments[entry.header.partition];
    if (entry.header.end() <= at.end()) continue;  // it had got there
    if (entry.header.base != at.end()) {
      return Errorf(
          absl::StatusCode::kDataLoss,
          "%s/append.journal: expected a frame at offset %d of partition %d, found one at %d",
          directory, at.end(), entry.header.partition, entry.header.base);
    }
    RETURN_IF_ERROR(at.Append(entry.frame, segment_bytes));
  }
  for (const auto& each : segments) RETURN_IF_ERROR(each->SyncAppended());
  return journal.Clear();
}

absl::StatusOr<Instant> Appending::HighestStamp() {
  Instant highest = kMinInstant;
  for (const auto& each : segments) {
    ASSIGN_OR_RETURN(const std::optional<int64_t> stamp, each->HighestStamp());
    highest = std::max(highest, Instant{stamp.value_or(kMinInstant.ms)});
  }
  return highest;
}

class SegmentSession : public AppendSession {
 public:
  SegmentSession(std::shared_ptr<Appending> appending, Instant highest)
      : appending_(std::move(appending)), highest_(highest) {}

  ~SegmentSession() override {
    appending_->in_session = false;
    appending_->lock.Unlock();
  }

  Instant highest() const override { return highest_; }

  int64_t End(uint32_t partition) const override {
    CHECK(partition < appending_->segments.size());
    const auto pending = pending_.find(partition);
    return StoredEnd(partition) + (pending == pending_.end() ? 0 : pending->second.records);
  }

  Address Add(uint32_t partition, Instant recorded_at, ByteView bytes) override {
    CHECK(recorded_at >= highest_);
    const Address at{partition, End(partition)};
    highest_ = recorded_at;
    Pending& pending = pending_[partition];
    if (pending.frames.empty() || !pending.frames.back().Fits(bytes.size())) {
      pending.frames.emplace_back(FrameKind::kEvents, partition);
    }
    pending.frames.back().Add(recorded_at.ms, bytes);
    ++pending.records;
    return at;
  }

  absl::Status Sync() override {
    if (!outcome_.ok()) return outcome_;
    outcome_ = WriteAndSync();
    if (!outcome_.ok()) {
      // The next session looks at the directory anew.
      for (auto& segments : appending_->segments) segments.reset();
    }
    return outcome_;
  }

 private:
  struct Pending {
    int64_t records = 0;
    std::vector<FrameBuilder> frames;
  };

  int64_t StoredEnd(uint32_t partition) const {
    const Segments* segments = appending_->segments[partition].get();
    return segments == nullptr ? 0 : segments->end();
  }

  // Whole frames that were written before an error are kept: a reader may have shown them already,
  // and to give their offsets to other records would make it miss those. Unacknowledged, they are
  // what a crash leaves too.
  absl::Status WriteAndSync() {
    const bool several = pending_.size() > 1;
    if (several) RETURN_IF_ERROR(appending_->journal.Write(SealedFrames()));
    for (auto& [partition, pending] : pending_) {
      Segments& segments = *appending_->segments[partition];
      for (FrameBuilder& frame : pending.frames) {
        RETURN_IF_ERROR(segments.Append(frame, appending_->segment_bytes));
      }
    }
    for (const auto& [partition, pending] : pending_) {
      RETURN_IF_ERROR(appending_->segments[partition]->SyncAppended());
    }
    pending_.clear();
    return several ? appending_->journal.Clear() : absl::OkStatus();
  }

  std::string SealedFrames() {
    std::string frames;
    for (auto& [partition, pending] : pending_) {
      int64_t base = StoredEnd(partition);
      for (FrameBuilder& frame : pending.frames) {
        frames += frame.Seal(base);
        base += frame.records();
      }
    }
    return frames;
  }

  std::shared_ptr<Appending> appending_;
  Instant highest_;
  std::map<uint32_t, Pending> pending_;
  absl::Status outcome_;
};

class SegmentAppender : public Appender {
 public:
  explicit SegmentAppender(std::shared_ptr<Appending> appending)
      : appending_(std::move(appending)) {}

  uint32_t partitions() const override {
    return static_cast<uint32_t>(appending_->segments.size());
  }

  absl::StatusOr<std::unique_ptr<AppendSession>> Begin() override {
    // The lock is this appender's: a second session would not wait for the first, but share it.
    CHECK(!appending_->in_session);
    RETURN_IF_ERROR(appending_->lock.Lock());
    absl::StatusOr<Instant> highest = appending_->CatchUp();
    if (!highest.ok()) {
      appending_->lock.Unlock();
      return highest.status();
    }
    appending_->in_session = true;
    return std::make_unique<SegmentSession>(appending_, *highest);
  }

 private:
  std::shared_ptr<Appending> appending_;
};

class SegmentLog : public Log {
 public:
  SegmentLog(std::string directory, uint32_t partitions, const SegmentLogOptions& options)
      : directory_(std::move(directory)), partitions_(partitions), options_(options) {}

  absl::StatusOr<std::unique_ptr<Reader>> OpenReader() override {
    return std::make_unique<SegmentReader>(directory_, partitions_);
  }

  absl::StatusOr<std::unique_ptr<Appender>> OpenAppender() override {
    ASSIGN_OR_RETURN(File lock, File::Open(AppendLockPath(directory_), O_RDWR | O_CREAT));
    ASSIGN_OR_RETURN(AppendJournal journal, AppendJournal::Open(directory_));
    auto appending = std::make_shared<Appending>(directory_, options_.segment_bytes,
                                                 std::move(lock), std::move(journal));
    appending->segments.resize(partitions_);
    return std::make_unique<SegmentAppender>(std::move(appending));
  }

  absl::StatusOr<std::unique_ptr<Committer>> OpenCommitter(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, partitions_));
    return SegmentCommitter::Open(OutputsPath(directory_, partition), partition,
                                  options_.segment_bytes);
  }

  absl::StatusOr<std::unique_ptr<OutputReader>> FollowOutputs(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, partitions_));
    return SegmentOutputs::Open(OutputsPath(directory_, partition), partition);
  }

 private:
  std::string directory_;
  uint32_t partitions_;
  SegmentLogOptions options_;
};

}  // namespace

absl::Status CreateSegmentLog(const std::string& directory, uint32_t partitions) {
  if (partitions == 0 || partitions > kPartitionsMax) {
    return Errorf(absl::StatusCode::kInvalidArgument, "partitions: expected 1 to %d, found %d",
                  kPartitionsMax, partitions);
  }
  // "a/b/" would put what belongs beside b into it.
  const std::string target = directory.substr(0, directory.find_last_not_of('/') + 1);
  RETURN_IF_ERROR(CheckFree(target));
  const std::string beside = BesidePath(target);
  absl::Status made = FillDirectory(beside, partitions);
  // Replaces an empty directory, and refuses any other.
  if (made.ok()) made = Rename(beside, target);
  if (!made.ok()) {
    std::error_code ignored;
    std::filesystem::remove_all(beside, ignored);
    return made;
  }
  return SyncDirectory(ParentDirectory(target));
}

absl::StatusOr<std::unique_ptr<Log>> OpenSegmentLog(const std::string& directory,
                                                    const SegmentLogOptions& options) {
  ASSIGN_OR_RETURN(const uint32_t partitions, ReadMeta(directory));
  return std::make_unique<SegmentLog>(directory, partitions, options);
}

}  // namespace refund::log
