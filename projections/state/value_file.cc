#include "projections/state/value_file.h"

#include <fcntl.h>

#include <limits>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/crc32c.h"
#include "engine/base/status.h"

namespace refund::projections {
namespace {

using absl::StatusCode;

constexpr size_t kBufferBytes = 1 << 20;
constexpr size_t kPlaceBytes = 16;

// As RocksDB's are told (FromRocks): a full disk may have room again, all else is for people.
absl::Status FromFile(const absl::Status& status) {
  if (status.ok() || absl::IsResourceExhausted(status)) return status;
  return absl::Status(StatusCode::kInternal, status.message());
}

absl::Status FailedRead(const absl::Status& status) {
  return absl::IsNotFound(status) ? absl::Status(StatusCode::kDataLoss, status.message())
                                  : FromFile(status);
}

}  // namespace

std::string ValueFile::Place::Encode() const {
  std::string bytes;
  AppendBe64(bytes, offset);
  AppendBe32(bytes, size);
  AppendBe32(bytes, crc);
  return bytes;
}

absl::StatusOr<ValueFile::Place> ValueFile::Place::Decode(ByteView bytes) {
  if (bytes.size() != kPlaceBytes) {
    return Errorf(StatusCode::kDataLoss, "expected a place of %d bytes, found %d", kPlaceBytes,
                  bytes.size());
  }
  return Place{ReadBe64(bytes.data()), ReadBe32(bytes.data() + 8), ReadBe32(bytes.data() + 12)};
}

absl::StatusOr<std::unique_ptr<ValueFile>> ValueFile::OpenWriter(std::string path, uint64_t end) {
  std::unique_ptr<ValueFile> file(new ValueFile(std::move(path)));
  RETURN_IF_ERROR(file->Open(O_RDWR, end));
  if (file->file_) RETURN_IF_ERROR(FromFile(file->file_->Truncate(end)));
  file->end_ = file->synced_ = end;
  return file;
}

absl::StatusOr<std::unique_ptr<ValueFile>> ValueFile::OpenReader(std::string path, uint64_t end) {
  std::unique_ptr<ValueFile> file(new ValueFile(std::move(path)));
  RETURN_IF_ERROR(file->CatchUp(end));
  return file;
}

absl::Status ValueFile::CatchUp(uint64_t end) { return Open(O_RDONLY, end); }

absl::Status ValueFile::Open(int flags, uint64_t end) {
  if (!file_) {
    absl::StatusOr<log::File> file = log::File::Open(path_, flags);
    if (absl::IsNotFound(file.status()) && end == 0) return absl::OkStatus();
    if (!file.ok()) return FailedRead(file.status());
    file_ = *std::move(file);
  }
  const absl::StatusOr<uint64_t> size = file_->Size();
  if (!size.ok()) return FromFile(size.status());
  if (*size >= end) return absl::OkStatus();
  return Errorf(StatusCode::kDataLoss, "%s: expected at least %d bytes, found %d", path_, end,
                *size);
}

absl::Status ValueFile::Make() {
  ASSIGN_OR_RETURN(file_, log::File::Open(path_, O_RDWR | O_CREAT));
  return log::SyncDirectory(log::ParentDirectory(path_));
}

absl::Status ValueFile::WriteBuffer() {
  if (!file_) RETURN_IF_ERROR(Make());
  RETURN_IF_ERROR(file_->WriteAt(end_, buffer_));
  end_ += buffer_.size();
  buffer_.clear();
  return absl::OkStatus();
}

ValueFile::Place ValueFile::Append(ByteView value) {
  CHECK(value.size() <= std::numeric_limits<uint32_t>::max());
  const Place place{end_ + buffer_.size(), static_cast<uint32_t>(value.size()), Crc32c(value)};
  if (!failed_.ok()) return place;
  buffer_ += value;
  if (buffer_.size() >= kBufferBytes) failed_ = WriteBuffer();
  return place;
}

absl::Status ValueFile::WriteAll() {
  RETURN_IF_ERROR(failed_);
  RETURN_IF_ERROR(WriteBuffer());
  return file_->Sync();
}

absl::Status ValueFile::Sync() {
  if (failed_.ok() && end_ + buffer_.size() == synced_) return absl::OkStatus();
  failed_ = WriteAll();
  RETURN_IF_ERROR(FromFile(failed_));
  synced_ = end_;
  return absl::OkStatus();
}

absl::StatusOr<std::string> ValueFile::Read(const Place& place) const {
  if (!file_) return Errorf(StatusCode::kDataLoss, "%s is missing", path_);
  absl::StatusOr<std::string> value = file_->ReadAt(place.offset, place.size);
  if (!value.ok()) return FailedRead(value.status());
  if (value->size() == place.size && Crc32c(*value) == place.crc) return value;
  return Errorf(StatusCode::kDataLoss, "%s: the %d bytes at %d are not those written", path_,
                place.size, place.offset);
}

}  // namespace refund::projections
