#include "projections/state/file_checksum.h"

#include <string>

#include "engine/base/bytes.h"
#include "engine/base/crc32c.h"

namespace refund::projections {
namespace {

class Generator final : public rocksdb::FileChecksumGenerator {
 public:
  void Update(const char* data, size_t size) override { crc_ = Crc32c({data, size}, crc_); }
  void Finalize() override { AppendBe32(checksum_, crc_); }
  std::string GetChecksum() const override { return checksum_; }
  const char* Name() const override { return rocksdb::kStandardDbFileChecksumFuncName; }

 private:
  uint32_t crc_ = 0;
  std::string checksum_;
};

class Factory final : public rocksdb::FileChecksumGenFactory {
 public:
  const char* Name() const override { return "RefundFileChecksums"; }
  std::unique_ptr<rocksdb::FileChecksumGenerator> CreateFileChecksumGenerator(
      const rocksdb::FileChecksumGenContext& context) override {
    const std::string& asked = context.requested_checksum_func_name;
    if (!asked.empty() && asked != rocksdb::kStandardDbFileChecksumFuncName) return nullptr;
    return std::make_unique<Generator>();
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileChecksumGenFactory> FileChecksums() {
  return std::make_shared<Factory>();
}

}  // namespace refund::projections
