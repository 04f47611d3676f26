// A byte that flips in any file of a store is found, or changes nothing that anybody reads: what
// can be read is then the content at one of the checkpoints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "projections/state/file_checksum.h"
#include "projections/state/keys.h"
#include "projections/state/rocks.h"
#include "projections/state/rocks_order_store.h"
#include "tests/projections/store_testing.h"

namespace refund::projections {
namespace {

namespace fs = std::filesystem;

using absl::StatusCode;
using refund::testing::DueAt;
using refund::testing::DueText;
using refund::testing::MetaAt;
using refund::testing::OpenStore;
using refund::testing::ReadFile;
using refund::testing::StepOrder;
using refund::testing::TempDir;
using refund::testing::Value;
using refund::testing::WriteFile;
using ::testing::HasSubstr;

constexpr int kOrders = 12;

std::string KeyOf(int order) { return "o/TAOBAO/" + std::to_string(order); }

// Everything that can be asked, as one text, or the first error.
absl::StatusOr<std::string> ReadAll(const std::string& path) {
  absl::StatusOr<std::unique_ptr<RocksOrderStore>> store = RocksOrderStore::Open(path, {});
  if (!store.ok()) return store.status();
  const auto digest = (*store)->StateDigest();
  if (!digest.ok()) return digest.status();
  const auto meta = (*store)->ReadMeta();
  if (!meta.ok()) return meta.status();
  const auto due = (*store)->ReadDue();
  if (!due.ok()) return due.status();
  std::string text = digest->hex() + DueText(**store);
  for (int i = 0; i < kOrders; ++i) {
    const auto order = (*store)->Load(KeyOf(i));
    if (!order.ok()) return order.status();
    text += " " + std::to_string((*order)->sequence);
  }
  return text;
}

// Two checkpoints; the first of them flushed to an SST file where `flushed`.
class DamagedStore {
 public:
  explicit DamagedStore(bool flushed) {
    contents_.insert(Value(ReadAll(path_)));
    WriteCheckpoint(1);
    contents_.insert(Value(ReadAll(path_)));
    if (flushed) Flush();
    WriteCheckpoint(2);
    contents_.insert(Value(ReadAll(path_)));
    fs::copy(path_, original_, fs::copy_options::recursive);
  }

  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(original_)) {
      names.push_back(each.path().filename().string());
    }
    return names;
  }

  // As it was, but for one byte of one file.
  absl::StatusOr<std::string> ReadFlipped(const std::string& name, size_t at) {
    fs::remove_all(path_);
    fs::copy(original_, path_, fs::copy_options::recursive);
    std::string bytes = ReadFile(path_ + "/" + name);
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    WriteFile(path_ + "/" + name, bytes);
    return ReadAll(path_);
  }

  size_t SizeOf(const std::string& name) const { return fs::file_size(original_ + "/" + name); }
  const std::set<std::string>& contents() const { return contents_; }

 private:
  void WriteCheckpoint(int64_t next) {
    const auto store = OpenStore(path_);
    for (int i = 0; i < kOrders; ++i) StepOrder(*store, KeyOf(i), {DueAt(100 * next + i)});
    ASSERT_TRUE(store->Checkpoint(MetaAt(next)).ok());
    ASSERT_TRUE(store->Close().ok());
  }

  void Flush() {
    const RocksMemory memory(1 << 20);
    const auto db = Value(OpenWriter(path_, Contents::kState, memory));
    ASSERT_TRUE(db->rocks->Flush(rocksdb::FlushOptions()).ok());
  }

  const TempDir dir_;
  const std::string path_ = dir_ / "state";
  const std::string original_ = dir_ / "original";
  std::set<std::string> contents_;
};

class DamagedStoreTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(WalAndSst, DamagedStoreTest, ::testing::Bool());

TEST_P(DamagedStoreTest, AFlippedByteIsFoundOrHarmless) {
  DamagedStore store(GetParam());
  int found = 0;
  for (const std::string& name : store.Files()) {
    const size_t size = store.SizeOf(name);
    for (size_t at = 0; at < size; at += 1 + size / 40) {
      const absl::StatusOr<std::string> read = store.ReadFlipped(name, at);
      if (!read.ok()) {
        ++found;
        continue;
      }
      EXPECT_TRUE(store.contents().contains(*read)) << name << " at " << at;
    }
  }
  EXPECT_GT(found, 0);
}

TEST(DamagedRowTest, ARowIsFoundThatWasDamagedBeforeRocksDbSawIt) {
  const TempDir dir;
  {
    const auto store = OpenStore(dir / "state");
    StepOrder(*store, "o/TAOBAO/1", {DueAt(7)});
    ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok());
  }
  {
    const RocksMemory memory(1 << 20);
    const auto db = Value(OpenWriter(dir / "state", Contents::kState, memory));
    const std::string key = OrderKey("o/TAOBAO/1");
    std::string bytes;
    ASSERT_TRUE(db->rocks->Get({}, key, &bytes).ok());
    ASSERT_TRUE(
        db->rocks->Put({}, OrderKey("o/TAOBAO/2"), bytes).ok());  // a good row, not in its place
    bytes[bytes.size() / 2] ^= 1;
    ASSERT_TRUE(db->rocks->Put({}, key, bytes).ok());
  }
  const auto store = OpenStore(dir / "state");
  for (const std::string key : {"o/TAOBAO/1", "o/TAOBAO/2"}) {
    const absl::Status status = store->Load(key).status();
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr("orders " + key));
  }
  EXPECT_EQ(store->StateDigest().status().code(), StatusCode::kDataLoss);
}

TEST(DamagedRowTest, AClaimThatNoEngineWroteIsNoDuplicate) {
  const TempDir dir;
  {
    const auto store = OpenStore(dir / "state");
    StepOrder(*store, "o/TAOBAO/1", {});
    ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok());
  }
  {
    const RocksMemory memory(1 << 20);
    const auto db = Value(OpenWriter(dir / "state", Contents::kState, memory));
    rocksdb::WriteBatch batch;
    PutRow(*db, batch, SeenKey("o/TAOBAO/1", "c1"), "too short");
    ASSERT_TRUE(WriteRows(*db, batch, /*sync=*/false).ok());
  }
  const auto store = OpenStore(dir / "state");
  const absl::Status status = store->RecallClaim(*Value(store->Load("o/TAOBAO/1")), "c1");
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("seen claims"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("expected 40 or 72 bytes, found 9"));
}

// What RocksDB's own would say of the same bytes, so that either checks what the other wrote.
TEST(FileChecksumsTest, AreRocksDbsOwn) {
  std::string ours;
  std::string theirs;
  for (auto& [factory, checksum] : {std::pair(FileChecksums(), &ours),
                                    std::pair(std::shared_ptr<rocksdb::FileChecksumGenFactory>(
                                                  rocksdb::GetFileChecksumGenCrc32cFactory()),
                                              &theirs)}) {
    const auto generator = factory->CreateFileChecksumGenerator({});
    for (const std::string& piece :
         {std::string("a"), std::string(1000, 'b'), std::string("cde")}) {
      generator->Update(piece.data(), piece.size());
    }
    generator->Finalize();
    *checksum = std::string(generator->Name()) + ": " + generator->GetChecksum();
  }
  EXPECT_EQ(ours, theirs);
  rocksdb::FileChecksumGenContext other;
  other.requested_checksum_func_name = "another";
  EXPECT_EQ(FileChecksums()->CreateFileChecksumGenerator(other), nullptr);
}

TEST(DamagedStoreFilesTest, AMissingFileIsDataLossAndNotANewStore) {
  for (const std::string victim : {"CURRENT", "MANIFEST", ".sst"}) {
    const TempDir dir;
    {
      const auto store = OpenStore(dir / "state");
      StepOrder(*store, "o/TAOBAO/1", {});
      ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok());
      ASSERT_TRUE(store->Close().ok());
    }
    {
      const RocksMemory memory(1 << 20);
      const auto db = Value(OpenWriter(dir / "state", Contents::kState, memory));
      ASSERT_TRUE(db->rocks->Flush(rocksdb::FlushOptions()).ok());
    }
    for (const auto& each : fs::directory_iterator(dir / "state")) {
      if (each.path().filename().string().find(victim) != std::string::npos) {
        fs::remove(each.path());
        break;
      }
    }
    const absl::Status status = RocksOrderStore::Open(dir / "state", {}).status();
    EXPECT_EQ(status.code(), StatusCode::kDataLoss) << victim << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(dir / "state/"));
  }
}

}  // namespace
}  // namespace refund::projections
