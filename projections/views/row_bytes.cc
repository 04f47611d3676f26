#include "projections/views/row_bytes.h"

namespace refund::projections {
namespace {

constexpr int64_t kNoInstant = -1;

}  // namespace

RowWriter& RowWriter::U8(uint8_t value) {
  bytes_ += static_cast<char>(value);
  return *this;
}

RowWriter& RowWriter::U32(uint32_t value) {
  AppendBe32(bytes_, value);
  return *this;
}

RowWriter& RowWriter::I64(int64_t value) {
  AppendBe64(bytes_, static_cast<uint64_t>(value));
  return *this;
}

RowWriter& RowWriter::Text(ByteView text) {
  AppendSized(bytes_, text);
  return *this;
}

RowWriter& RowWriter::Of(const Id& id) {
  bytes_ += id.view();
  return *this;
}

RowWriter& RowWriter::MaybeAt(std::optional<Instant> at) { return I64(at ? at->ms : kNoInstant); }

ByteView RowReader::Take(size_t size) {
  ok_ = ok_ && rest_.size() >= size;
  if (!ok_) return {};
  const ByteView taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

uint8_t RowReader::U8() {
  const ByteView bytes = Take(1);
  return ok_ ? static_cast<uint8_t>(bytes[0]) : 0;
}

uint32_t RowReader::U32() {
  const ByteView bytes = Take(4);
  return ok_ ? ReadBe32(bytes.data()) : 0;
}

int64_t RowReader::I64() {
  const ByteView bytes = Take(8);
  return ok_ ? static_cast<int64_t>(ReadBe64(bytes.data())) : 0;
}

std::string RowReader::Text() {
  const uint32_t size = U32();
  return std::string(Take(size));
}

Id RowReader::OfId() {
  Id id;
  ok_ = Id::FromBytes(Take(sizeof(id.bytes)), id) && ok_;
  return id;
}

std::optional<Instant> RowReader::MaybeAt() {
  const int64_t ms = I64();
  return ms == kNoInstant ? std::nullopt : std::optional(Instant{ms});
}

}  // namespace refund::projections
