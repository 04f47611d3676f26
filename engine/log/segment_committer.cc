#include "engine/log/segment_committer.h"

#include <fcntl.h>

#include <utility>

#include "engine/base/status.h"
#include "engine/log/contract.h"

// A commit is one frame of kind kOutputs, so it is there as a whole or, torn, not at all. Its
// records, with their stamps:
//
//   commit := output* cursor
//   output := stamp: cause offset   u8 topic, u32 k, the output's bytes
//   cursor := stamp: next           u8 255, 32 bytes digest
//
// Every cause lies below `next`, so the frame's highest stamp is `next`, and whoever looks for the
// outputs of an offset passes over frames by their headers.

namespace refund::log {
namespace {

constexpr uint8_t kCursorTag = 0xff;
constexpr size_t kOutputHeadBytes = 5;
constexpr size_t kCursorBytes = 33;

std::string EncodeOutput(const Output& output) {
  std::string out(1, static_cast<char>(output.topic));
  AppendBe32(out, output.k);
  return out.append(output.bytes);
}

std::string EncodeCursor(const Cursor& cursor) {
  return std::string(1, static_cast<char>(kCursorTag)).append(cursor.digest.view());
}

absl::Status BadRecord(const char* expected, const FrameRecord& record) {
  return Errorf(absl::StatusCode::kDataLoss, "commit: expected %s, found %d bytes %s", expected,
                record.bytes.size(), Abs(ToHex(record.bytes.substr(0, kCursorBytes))));
}

absl::StatusOr<Output> DecodeOutput(const FrameRecord& record) {
  const ByteView bytes = record.bytes;
  const bool known =
      !bytes.empty() && static_cast<uint8_t>(bytes[0]) <= static_cast<uint8_t>(Topic::kQuarantined);
  if (!known || bytes.size() < kOutputHeadBytes) return BadRecord("an output", record);
  return Output{.topic = static_cast<Topic>(bytes[0]),
                .cause_offset = record.stamp,
                .k = ReadBe32(bytes.data() + 1),
                .bytes = std::string(bytes.substr(kOutputHeadBytes))};
}

absl::StatusOr<Cursor> DecodeCursor(const FrameRecord& record) {
  const bool known =
      record.bytes.size() == kCursorBytes && static_cast<uint8_t>(record.bytes[0]) == kCursorTag;
  Cursor cursor;
  cursor.next = record.stamp;
  if (!known || !Digest::FromBytes(record.bytes.substr(1), cursor.digest)) {
    return BadRecord("a cursor", record);
  }
  return cursor;
}

absl::StatusOr<FrameBuilder> EncodeCommit(uint32_t partition, const std::vector<Output>& outputs,
                                          const Cursor& cursor) {
  size_t bytes = kRecordHeaderBytes + kCursorBytes;
  for (const Output& output : outputs) {
    bytes += kRecordHeaderBytes + kOutputHeadBytes + output.bytes.size();
  }
  if (bytes > kFramePayloadMax) {
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "commit: expected at most %d bytes, which fit in one frame, found %d",
                  kFramePayloadMax, bytes);
  }
  FrameBuilder frame(FrameKind::kOutputs, partition);
  for (const Output& output : outputs) frame.Add(output.cause_offset, EncodeOutput(output));
  frame.Add(cursor.next, EncodeCursor(cursor));
  return frame;
}

// Where a frame that cannot be understood lies is worth more than its path alone.
absl::Status AtRecords(const std::string& directory, const Frame& frame,
                       const absl::Status& status) {
  return Annotate(status, absl::StrFormat("%s at record %d", directory, frame.header.base));
}

}  // namespace

absl::Status SegmentCommitter::Create(const std::string& directory) {
  return Segments::Create(directory);
}

absl::StatusOr<std::unique_ptr<Committer>> SegmentCommitter::Open(std::string directory,
                                                                  uint32_t partition,
                                                                  uint64_t segment_bytes) {
  ASSIGN_OR_RETURN(File lock, File::Open(directory + "/commit.lock", O_RDWR | O_CREAT));
  ASSIGN_OR_RETURN(const bool locked, lock.TryLock());
  if (!locked) {
    return absl::FailedPreconditionError(
        Abs(directory + ": expected to be the only committer, found it held by another"));
  }
  std::unique_ptr<SegmentCommitter> committer(
      new SegmentCommitter(std::move(directory), partition, segment_bytes, std::move(lock)));
  RETURN_IF_ERROR(committer->Load());
  return committer;
}

absl::Status SegmentCommitter::Load() {
  if (segments_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto segments, Segments::Open(directory_, FrameKind::kOutputs, partition_,
                                                 Segments::Access::kWrite));
  RETURN_IF_ERROR(segments->CutTornTail());
  // The last commit may be of a process that was killed before its sync; from here on it counts.
  RETURN_IF_ERROR(segments->SyncNewest());
  std::optional<Cursor> cursor;
  if (segments->end() > 0) {
    ASSIGN_OR_RETURN(const Frame* last, segments->Seek(segments->end() - 1));
    absl::StatusOr<Cursor> decoded = DecodeCursor(last->records.back());
    if (!decoded.ok()) return AtRecords(directory_, *last, decoded.status());
    cursor = *decoded;
  }
  cursor_ = cursor;
  segments_ = std::move(segments);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Cursor>> SegmentCommitter::ReadCursor() {
  RETURN_IF_ERROR(Load());
  return cursor_;
}

absl::Status SegmentCommitter::Commit(const std::vector<Output>& outputs, const Cursor& cursor) {
  RETURN_IF_ERROR(Load());
  RETURN_IF_ERROR(CheckCommit(outputs, cursor, cursor_));
  ASSIGN_OR_RETURN(FrameBuilder frame, EncodeCommit(partition_, outputs, cursor));
  absl::Status written = Write(frame);
  if (!written.ok()) {
    segments_.reset();
    return written;
  }
  cursor_ = cursor;
  return absl::OkStatus();
}

absl::Status SegmentCommitter::Write(FrameBuilder& frame) {
  RETURN_IF_ERROR(segments_->Append(frame, segment_bytes_));
  return segments_->SyncAppended();
}

absl::StatusOr<std::vector<Output>> SegmentCommitter::ReadOutputs(int64_t from_offset) {
  RETURN_IF_ERROR(Load());
  std::vector<Output> outputs;
  ASSIGN_OR_RETURN(int64_t at, segments_->SegmentBefore(from_offset));
  while (at < segments_->end()) {
    ASSIGN_OR_RETURN(const Frame* frame, segments_->Seek(at));
    for (size_t i = 0; i + 1 < frame->records.size(); ++i) {
      // Once one is found, all that follow it count, whatever their causes.
      if (outputs.empty() && frame->records[i].stamp < from_offset) continue;
      absl::StatusOr<Output> output = DecodeOutput(frame->records[i]);
      if (!output.ok()) return AtRecords(directory_, *frame, output.status());
      outputs.push_back(*std::move(output));
    }
    at = frame->header.end();
  }
  return outputs;
}

absl::StatusOr<std::unique_ptr<OutputReader>> SegmentOutputs::Open(std::string directory,
                                                                   uint32_t partition) {
  std::unique_ptr<SegmentOutputs> outputs(new SegmentOutputs(std::move(directory), partition));
  RETURN_IF_ERROR(outputs->Follow());
  return outputs;
}

// What was shown stays, as with events: what is found is made durable first.
absl::Status SegmentOutputs::Follow() {
  if (segments_ == nullptr) {
    ASSIGN_OR_RETURN(segments_, Segments::Open(directory_, FrameKind::kOutputs, partition_,
                                               Segments::Access::kRead));
    return segments_->SyncNewest();
  }
  ASSIGN_OR_RETURN(const bool changed, segments_->Refresh());
  return changed ? segments_->SyncNewest() : absl::OkStatus();
}

absl::StatusOr<OutputReader::Committed> SegmentOutputs::Read(int64_t from_offset,
                                                             const BatchLimit& limit) {
  absl::StatusOr<Committed> committed = TryRead(from_offset, limit);
  // Begin anew: a commit that failed may have been cut off again under us.
  if (!committed.ok()) {
    segments_.reset();
    next_ = -1;
  }
  return committed;
}

absl::StatusOr<OutputReader::Committed> SegmentOutputs::TryRead(int64_t from_offset,
                                                                const BatchLimit& limit) {
  RETURN_IF_ERROR(Follow());
  int64_t at = record_;
  if (from_offset != next_) {
    ASSIGN_OR_RETURN(at, segments_->SegmentBefore(from_offset));
  }
  return ReadFrom(at, from_offset, limit);
}

absl::StatusOr<OutputReader::Committed> SegmentOutputs::ReadFrom(int64_t at, int64_t from_offset,
                                                                 const BatchLimit& limit) {
  Committed committed;
  if (from_offset == next_) committed.next = next_;
  size_t bytes = 0;
  while (at < segments_->end() && committed.outputs.size() < limit.records && bytes < limit.bytes) {
    ASSIGN_OR_RETURN(const Frame* frame, segments_->Seek(at));
    const absl::Status taken = TakeFrame(*frame, from_offset, bytes, committed);
    if (!taken.ok()) return AtRecords(directory_, *frame, taken);
    at = frame->header.end();
  }
  record_ = at;
  next_ = committed.next;
  return committed;
}

absl::Status SegmentOutputs::TakeFrame(const Frame& frame, int64_t from_offset, size_t& bytes,
                                       Committed& committed) const {
  ASSIGN_OR_RETURN(const Cursor cursor, DecodeCursor(frame.records.back()));
  for (size_t i = 0; i + 1 < frame.records.size(); ++i) {
    if (frame.records[i].stamp < from_offset) continue;
    ASSIGN_OR_RETURN(Output output, DecodeOutput(frame.records[i]));
    bytes += output.bytes.size();
    committed.outputs.push_back(std::move(output));
  }
  committed.next = cursor.next;
  return absl::OkStatus();
}

}  // namespace refund::log
