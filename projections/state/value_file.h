// Values that are written once and never change, one behind the other in a file beside RocksDB,
// which keeps where each lies: it would merge their bytes again and again with those of all other
// rows. Internal to projections. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/log/posix_file.h"

namespace refund::projections {

class ValueFile {
 public:
  struct Place {
    uint64_t offset = 0;
    uint32_t size = 0;
    uint32_t crc = 0;  // CRC-32C of the value

    std::string Encode() const;
    static absl::StatusOr<Place> Decode(ByteView bytes);
  };

  // `end`: behind the last value that a row names. kDataLoss, naming the file, if it ends before
  // that. What a writer that crashed, or had no room, left behind it is cut off by the next one.
  // The file is made with the first value.
  static absl::StatusOr<std::unique_ptr<ValueFile>> OpenWriter(std::string path, uint64_t end);
  static absl::StatusOr<std::unique_ptr<ValueFile>> OpenReader(std::string path, uint64_t end);
  // Of a reader: there are more values now. From then on it is held open, should it be removed.
  absl::Status CatchUp(uint64_t end);

  // Kept in memory until there is more to write; an error is told by Sync().
  Place Append(ByteView value);
  // All that was appended is on disk.
  absl::Status Sync();
  // Behind all that is.
  uint64_t end() const { return synced_; }

  // kDataLoss, naming the file, if it does not hold the value that was written.
  absl::StatusOr<std::string> Read(const Place& place) const;

 private:
  explicit ValueFile(std::string path) : path_(std::move(path)) {}
  absl::Status Open(int flags, uint64_t end);
  absl::Status Make();
  absl::Status WriteBuffer();
  absl::Status WriteAll();

  const std::string path_;
  std::optional<log::File> file_;
  uint64_t end_ = 0;     // of what is written
  uint64_t synced_ = 0;  // up to here it is on disk
  std::string buffer_;   // what comes behind the end
  absl::Status failed_;  // the first error of writing; there is no second try
};

}  // namespace refund::projections
