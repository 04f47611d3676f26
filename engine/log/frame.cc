#include "engine/log/frame.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/crc32c.h"
#include "engine/base/status.h"

// All integers are big-endian. Every CRC is CRC-32C (Castagnoli).
//
//   frame    := header payload
//   header   := magic "RFE1" (events) or "RFO1" (outputs)
//               u32 partition
//               u32 records             at least 1
//               u32 payload bytes       at most 2^30
//               i64 base offset         of the first record; the others follow without a gap
//               i64 highest stamp       over the records
//               u32 CRC of the payload
//               u32 CRC of the 36 bytes before it
//   payload  := record*
//   record   := u32 length, i64 stamp, `length` bytes
//
//   preamble := magic "RFNDMETA" (log.meta) or "RFNDEXPT" (exported file)
//               u32 format version, u32 partitions, u32 CRC of the 16 bytes before it
//
// The header has a CRC of its own so that a length that changed on the disk is found out as such.
// Without it such a frame could seem to reach past the end of its file, be taken for a torn tail,
// and be cut: acknowledged records would vanish in silence.

namespace refund::log {
namespace {

constexpr std::string_view kEventsMagic = "RFE1";
constexpr std::string_view kOutputsMagic = "RFO1";
constexpr std::string_view kMetaMagic = "RFNDMETA";
constexpr std::string_view kExportMagic = "RFNDEXPT";
constexpr uint32_t kFormatVersion = 1;
constexpr size_t kHeaderCrcAt = kFrameHeaderBytes - 4;
constexpr size_t kPreambleCrcAt = kPreambleBytes - 4;

std::string_view MagicOf(FrameKind kind) {
  return kind == FrameKind::kEvents ? kEventsMagic : kOutputsMagic;
}

std::string_view MagicOf(PreambleKind kind) {
  return kind == PreambleKind::kMeta ? kMetaMagic : kExportMagic;
}

template <class... A>
absl::Status Corrupt(const absl::FormatSpec<A...>& format, const A&... args) {
  return Errorf(absl::StatusCode::kDataLoss, format, args...);
}

absl::Status CheckCrc(const char* of, uint32_t expected, ByteView bytes) {
  const uint32_t found = Crc32c(bytes);
  if (found == expected) return absl::OkStatus();
  return Corrupt("%s CRC: expected %08x, found %08x", of, expected, found);
}

absl::Status CheckMagic(std::string_view expected, ByteView found) {
  if (found == expected) return absl::OkStatus();
  return Corrupt("magic: expected %s (%s), found %s", Abs(ToHex(expected)), Abs(expected),
                 Abs(ToHex(found)));
}

std::string EncodeHeader(const FrameHeader& header) {
  std::string out(MagicOf(header.kind));
  AppendBe32(out, header.partition);
  AppendBe32(out, header.records);
  AppendBe32(out, header.payload_bytes);
  AppendBe64(out, static_cast<uint64_t>(header.base));
  AppendBe64(out, static_cast<uint64_t>(header.highest_stamp));
  AppendBe32(out, header.payload_crc);
  AppendBe32(out, Crc32c(out));
  return out;
}

FrameHeader DecodeHeader(ByteView bytes) {
  return {.kind = bytes.substr(0, 4) == kOutputsMagic ? FrameKind::kOutputs : FrameKind::kEvents,
          .partition = ReadBe32(bytes.data() + 4),
          .records = ReadBe32(bytes.data() + 8),
          .payload_bytes = ReadBe32(bytes.data() + 12),
          .base = static_cast<int64_t>(ReadBe64(bytes.data() + 16)),
          .highest_stamp = static_cast<int64_t>(ReadBe64(bytes.data() + 24)),
          .payload_crc = ReadBe32(bytes.data() + 32)};
}

}  // namespace

FrameBuilder::FrameBuilder(FrameKind kind, uint32_t partition)
    : header_{.kind = kind, .partition = partition} {
  Clear();
}

bool FrameBuilder::Fits(size_t record_bytes) const {
  const size_t limit = header_.records == 0 ? kFramePayloadMax : kFramePayloadAim;
  return payload().size() + kRecordHeaderBytes + record_bytes <= limit;
}

void FrameBuilder::Add(int64_t stamp, ByteView bytes) {
  CHECK(payload().size() + kRecordHeaderBytes + bytes.size() <= kFramePayloadMax);
  AppendBe32(frame_, static_cast<uint32_t>(bytes.size()));
  AppendBe64(frame_, static_cast<uint64_t>(stamp));
  frame_.append(bytes);
  header_.highest_stamp = header_.records == 0 ? stamp : std::max(header_.highest_stamp, stamp);
  ++header_.records;
}

ByteView FrameBuilder::Seal(int64_t base) {
  CHECK(header_.records > 0);
  header_.base = base;
  header_.payload_bytes = static_cast<uint32_t>(payload().size());
  header_.payload_crc = Crc32c(payload());
  // Room for the header was left in front, so that a frame is one buffer and one write.
  const std::string bytes = EncodeHeader(header_);
  std::copy(bytes.begin(), bytes.end(), frame_.begin());
  return frame_;
}

void FrameBuilder::Clear() {
  header_ = {.kind = header_.kind, .partition = header_.partition};
  frame_.assign(kFrameHeaderBytes, '\0');
}

absl::StatusOr<FrameHeader> ParseFrameHeader(ByteView bytes) {
  CHECK(bytes.size() == kFrameHeaderBytes);
  const ByteView magic = bytes.substr(0, 4);
  if (magic != kOutputsMagic) {
    if (absl::Status status = CheckMagic(kEventsMagic, magic); !status.ok()) return status;
  }
  RETURN_IF_ERROR(CheckCrc("frame header", ReadBe32(bytes.data() + kHeaderCrcAt),
                           bytes.substr(0, kHeaderCrcAt)));
  const FrameHeader header = DecodeHeader(bytes);
  if (header.records == 0) return Corrupt("records of a frame: expected some, found 0");
  if (header.payload_bytes > kFramePayloadMax) {
    return Corrupt("payload bytes: expected at most %d, found %d", kFramePayloadMax,
                   header.payload_bytes);
  }
  return header;
}

absl::Status CheckPlace(const FrameHeader& header, FrameKind kind, uint32_t partition,
                        int64_t base) {
  if (header.kind != kind) return CheckMagic(MagicOf(kind), MagicOf(header.kind));
  if (header.partition != partition) {
    return Corrupt("partition: expected %d, found %d", partition, header.partition);
  }
  if (header.base != base) {
    return Corrupt("base offset: expected %d, found %d", base, header.base);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FrameRecord>> ParsePayload(const FrameHeader& header, ByteView payload) {
  CHECK(payload.size() == header.payload_bytes);
  RETURN_IF_ERROR(CheckCrc("frame payload", header.payload_crc, payload));
  std::vector<FrameRecord> records;
  records.reserve(std::min<size_t>(header.records, payload.size() / kRecordHeaderBytes));
  while (payload.size() >= kRecordHeaderBytes) {
    const size_t length = ReadBe32(payload.data());
    const auto stamp = static_cast<int64_t>(ReadBe64(payload.data() + 4));
    payload.remove_prefix(kRecordHeaderBytes);
    if (length > payload.size()) {
      return Corrupt("record length: expected at most %d, found %d", payload.size(), length);
    }
    records.push_back({stamp, payload.substr(0, length)});
    payload.remove_prefix(length);
  }
  if (!payload.empty() || records.size() != header.records) {
    return Corrupt("records of a frame: expected %d, found %d and %d bytes", header.records,
                   records.size(), payload.size());
  }
  return records;
}

absl::Status At(const std::string& path, uint64_t position, const absl::Status& status) {
  return Annotate(status, path + " at byte " + std::to_string(position));
}

absl::Status DataLossAt(const std::string& path, uint64_t position, std::string_view what) {
  return At(path, position, absl::DataLossError(Abs(what)));
}

std::string MakePreamble(PreambleKind kind, uint32_t partitions) {
  std::string out(MagicOf(kind));
  AppendBe32(out, kFormatVersion);
  AppendBe32(out, partitions);
  AppendBe32(out, Crc32c(out));
  return out;
}

absl::StatusOr<uint32_t> ParsePreamble(PreambleKind kind, const std::string& path, ByteView bytes) {
  if (bytes.size() < kPreambleBytes) {
    return At(path, bytes.size(),
              Corrupt("expected %d bytes, found the end of the file", kPreambleBytes));
  }
  absl::Status sound = CheckMagic(MagicOf(kind), bytes.substr(0, 8));
  if (!sound.ok()) return At(path, 0, sound);
  sound = CheckCrc("preamble", ReadBe32(bytes.data() + kPreambleCrcAt),
                   bytes.substr(0, kPreambleCrcAt));
  if (!sound.ok()) return At(path, 0, sound);
  const uint32_t version = ReadBe32(bytes.data() + 8);
  if (version != kFormatVersion) {
    return At(path, 8,
              Corrupt("format version: expected %d, found %d: use a newer release", kFormatVersion,
                      version));
  }
  const uint32_t partitions = ReadBe32(bytes.data() + 12);
  if (partitions == 0 || partitions > kPartitionsMax) {
    return At(path, 12,
              Corrupt("partitions: expected 1 to %d, found %d", kPartitionsMax, partitions));
  }
  return partitions;
}

}  // namespace refund::log
