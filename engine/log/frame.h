// Frames: what segments and exported files are made of, one for each batch of records. Internal to
// engine/log; the grammar stands in frame.cc, and for other teams in docs/formats/log.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"

namespace refund::log {

// What a frame's records are. It is part of the magic, so that a file put into the wrong directory
// is found out.
enum class FrameKind : uint8_t { kEvents, kOutputs };

inline constexpr size_t kFrameHeaderBytes = 40;
inline constexpr size_t kRecordHeaderBytes = 12;
// Past this a writer begins the next frame; a single larger record has a frame of its own.
inline constexpr size_t kFramePayloadAim = 1 << 20;
inline constexpr size_t kFramePayloadMax = 1 << 30;

struct FrameHeader {
  FrameKind kind = FrameKind::kEvents;
  uint32_t partition = 0;
  uint32_t records = 0;
  uint32_t payload_bytes = 0;
  int64_t base = 0;  // the offset of the first record
  int64_t highest_stamp = 0;
  uint32_t payload_crc = 0;

  int64_t end() const { return base + records; }
  uint64_t frame_bytes() const { return kFrameHeaderBytes + uint64_t{payload_bytes}; }
};

struct FrameRecord {
  int64_t stamp = 0;  // recorded_at of an event, cause offset of an output, `next` of a cursor
  ByteView bytes;
};

// Collects the records of one frame.
class FrameBuilder {
 public:
  FrameBuilder(FrameKind kind, uint32_t partition);
  // False if the record is one too many for this frame: a single record up to kFramePayloadMax
  // always fits.
  bool Fits(size_t record_bytes) const;
  void Add(int64_t stamp, ByteView bytes);
  // As it is stored: the u32 length, the stamp, the bytes of every record.
  ByteView payload() const { return ByteView(frame_).substr(kFrameHeaderBytes); }
  uint32_t records() const { return header_.records; }
  // Writes the header and returns the whole frame, valid until the next call.
  ByteView Seal(int64_t base);
  const FrameHeader& header() const { return header_; }
  void Clear();

 private:
  FrameHeader header_;
  std::string frame_;
};

// The three parsers return kDataLoss with what was expected and what was found; where, the caller
// adds by At().
//
// `bytes` are kFrameHeaderBytes. Checks the header's own CRC, and its values against each other.
absl::StatusOr<FrameHeader> ParseFrameHeader(ByteView bytes);
// That the frame is the one that belongs here.
absl::Status CheckPlace(const FrameHeader& header, FrameKind kind, uint32_t partition,
                        int64_t base);
// Checks the payload's CRC. The records are views into `payload`.
absl::StatusOr<std::vector<FrameRecord>> ParsePayload(const FrameHeader& header, ByteView payload);

// "<path> at byte 40: " before the message.
absl::Status At(const std::string& path, uint64_t position, const absl::Status& status);
absl::Status DataLossAt(const std::string& path, uint64_t position, std::string_view what);

// The 20 bytes that open log.meta and an exported file.
inline constexpr size_t kPreambleBytes = 20;
inline constexpr uint32_t kPartitionsMax = 1024;
enum class PreambleKind : uint8_t { kMeta, kExport };

std::string MakePreamble(PreambleKind kind, uint32_t partitions);
// The number of partitions. `bytes` is the file's beginning, at least what there is of the
// preamble.
absl::StatusOr<uint32_t> ParsePreamble(PreambleKind kind, const std::string& path, ByteView bytes);

}  // namespace refund::log
