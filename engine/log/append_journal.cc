#include "engine/log/append_journal.h"

#include <fcntl.h>

#include <utility>

#include "engine/base/crc32c.h"
#include "engine/base/status.h"

// journal := "RFNDJRNL", u64 bytes of frames, u32 CRC of the frames, u32 CRC of the 20 bytes before
//            it, frames
//
// A file that does not check is one whose writing was cut off: its session is as if it had never
// been, for partitions are written after the journal is durable.

namespace refund::log {
namespace {

constexpr std::string_view kMagic = "RFNDJRNL";
constexpr size_t kHeaderBytes = 24;

std::string HeaderOf(ByteView frames) {
  std::string header(kMagic);
  AppendBe64(header, frames.size());
  AppendBe32(header, Crc32c(frames));
  AppendBe32(header, Crc32c(header));
  return header;
}

absl::StatusOr<AppendJournal::Entry> ParseEntry(ByteView& left) {
  if (left.size() < kFrameHeaderBytes) return absl::DataLossError("a frame is cut off");
  ASSIGN_OR_RETURN(const FrameHeader header, ParseFrameHeader(left.substr(0, kFrameHeaderBytes)));
  if (left.size() < header.frame_bytes()) return absl::DataLossError("a frame is cut off");
  const ByteView payload = left.substr(kFrameHeaderBytes, header.payload_bytes);
  ASSIGN_OR_RETURN(const std::vector<FrameRecord> records, ParsePayload(header, payload));
  AppendJournal::Entry entry{header, FrameBuilder(header.kind, header.partition)};
  for (const FrameRecord& record : records) entry.frame.Add(record.stamp, record.bytes);
  left.remove_prefix(header.frame_bytes());
  return entry;
}

}  // namespace

absl::StatusOr<AppendJournal> AppendJournal::Open(const std::string& directory) {
  ASSIGN_OR_RETURN(File file, File::Open(directory + "/append.journal", O_RDWR | O_CREAT));
  return AppendJournal(std::move(file));
}

absl::Status AppendJournal::Write(ByteView frames) const {
  RETURN_IF_ERROR(file_.Truncate(0));
  absl::Status written = file_.WriteAt(0, HeaderOf(frames) + std::string(frames));
  written.Update(file_.Sync());
  // Not whole, so it would be passed over; but a full disk wants its room back.
  if (!written.ok()) file_.Truncate(0).IgnoreError();
  return written;
}

absl::StatusOr<std::vector<AppendJournal::Entry>> AppendJournal::Read() const {
  std::vector<Entry> entries;
  ASSIGN_OR_RETURN(const uint64_t size, file_.Size());
  if (size < kHeaderBytes) return entries;
  ASSIGN_OR_RETURN(const std::string bytes, file_.ReadAt(0, size));
  ByteView frames = ByteView(bytes).substr(kHeaderBytes);
  if (ByteView(bytes).substr(0, kHeaderBytes) != HeaderOf(frames)) return entries;
  while (!frames.empty()) {
    absl::StatusOr<Entry> entry = ParseEntry(frames);
    if (!entry.ok()) return At(file_.path(), bytes.size() - frames.size(), entry.status());
    entries.push_back(*std::move(entry));
  }
  return entries;
}

absl::Status AppendJournal::Clear() const { return file_.Truncate(0); }

}  // namespace refund::log
