#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <random>
#include <string>

#include "engine/codec/order_codec.h"
#include "projections/state/meta.h"
#include "projections/state/rocks_order_store.h"
#include "tests/projections/store_testing.h"

namespace refund::projections {
namespace {

using absl::StatusCode;
using refund::testing::DueAt;
using refund::testing::DueText;
using refund::testing::Full;
using refund::testing::MetaAt;
using refund::testing::OpenStore;
using refund::testing::ReadFile;
using refund::testing::Same;
using refund::testing::StepOrder;
using refund::testing::TempDir;
using refund::testing::Value;
using refund::testing::WriteFile;
using ::testing::HasSubstr;

replay::StoredPack PackOf(const std::string& bytes) {
  return {Sha256(bytes), Instant{1'700'000'000'000}, bytes};
}

TEST(OrderStoreTest, IsEmptyAtFirst) {
  const TempDir dir;
  const auto store = OpenStore(dir / "state");
  EXPECT_FALSE(Value(store->ReadMeta()).has_value());
  EXPECT_TRUE(Value(store->ReadDue()).empty());
  EXPECT_EQ(store->ChangedBytes(), 0U);
}

TEST(OrderStoreTest, FindsACheckpointAgain) {
  const TempDir dir;
  Order full = Full<Order>();
  full.key = "o/TAOBAO/1";
  {
    const auto store = OpenStore(dir / "state");
    Order* const order = Value(store->Load(full.key));
    EXPECT_EQ(order->key, full.key);
    EXPECT_EQ(order->sequence, 0U);
    *order = full;
    store->MarkChanged(*order);
    EXPECT_GT(store->ChangedBytes(), 0U);
    replay::PartitionMeta meta = MetaAt(7);
    meta.packs = {PackOf("pack one"), PackOf("pack two")};
    ASSERT_TRUE(store->Checkpoint(meta).ok());
    EXPECT_EQ(store->ChangedBytes(), 0U);
  }  // without Close(): as a crash would
  const auto store = OpenStore(dir / "state");
  const replay::PartitionMeta meta = *Value(store->ReadMeta());
  EXPECT_EQ(meta.next, 7);
  ASSERT_EQ(meta.packs.size(), 2U);
  EXPECT_EQ(meta.packs[1].bytes, "pack two");
  Order* const order = Value(store->Load(full.key));
  EXPECT_TRUE(order->seen.empty());  // until it is asked for
  for (const auto& [claim_id, seen] : full.seen) {
    ASSERT_TRUE(store->RecallClaim(*order, claim_id).ok());
    EXPECT_EQ(order->seen.at(claim_id), seen);
  }
  order->seen = full.seen;
  EXPECT_EQ(codec::EncodeOrder(*order), codec::EncodeOrder(full));
}

TEST(OrderStoreTest, RecallsWhatAnOrderHasSeen) {
  const TempDir dir;
  const SeenClaim first{Sha256("one"), 1, {}};
  const SeenClaim conflict{Sha256("one"), 1, Sha256("another")};
  const auto checkpoint = [](RocksOrderStore& store) {
    ASSERT_TRUE(store.Checkpoint(MetaAt(1)).ok());
  };
  const auto recalled = [](RocksOrderStore& store, const std::string& key, const std::string& id) {
    Order* const order = Value(store.Load(key));
    EXPECT_TRUE(store.RecallClaim(*order, id).ok());
    const auto found = order->seen.find(id);
    return found == order->seen.end() ? std::nullopt : std::optional(found->second);
  };
  {
    const auto store = OpenStore(dir / "state");
    StepOrder(*store, "o/TAOBAO/1", {}).seen["c"] = first;
    StepOrder(*store, "o/TAOBAO/11", {});
    EXPECT_EQ(recalled(*store, "o/TAOBAO/1", "c"), first);  // nothing is stored yet
    checkpoint(*store);
    const Digest before = Value(store->StateDigest());
    EXPECT_EQ(recalled(*store, "o/TAOBAO/1", "c"), first);
    EXPECT_EQ(recalled(*store, "o/TAOBAO/1", "cc"), std::nullopt);
    EXPECT_EQ(recalled(*store, "o/TAOBAO/11", "c"), std::nullopt);
    Value(store->Load("o/TAOBAO/1"))->seen["c"] = conflict;
    store->MarkChanged(*Value(store->Load("o/TAOBAO/1")));
    checkpoint(*store);
    EXPECT_NE(Value(store->StateDigest()), before);
  }
  const auto store = OpenStore(dir / "state");
  EXPECT_EQ(recalled(*store, "o/TAOBAO/1", "c"), conflict);
}

TEST(OrderStoreTest, LosesWhatWasNotCheckpointed) {
  const TempDir dir;
  {
    const auto store = OpenStore(dir / "state");
    StepOrder(*store, "o/TAOBAO/1", {DueAt(5)});
    ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok());
    StepOrder(*store, "o/TAOBAO/1", {DueAt(9)});
    StepOrder(*store, "o/TAOBAO/2", {});
  }
  const auto store = OpenStore(dir / "state");
  EXPECT_EQ(Value(store->Load("o/TAOBAO/1"))->sequence, 1U);
  EXPECT_EQ(Value(store->Load("o/TAOBAO/2"))->sequence, 0U);
  EXPECT_EQ(DueText(*store), "5 o/TAOBAO/1");
}

TEST(OrderStoreTest, DoesNotWriteAnOrderThatWasOnlyLookedAt) {
  const TempDir dir;
  const auto store = OpenStore(dir / "state");
  ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok());
  const Digest before = Value(store->StateDigest());
  Value(store->Load("o/TAOBAO/404"));
  ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok());
  EXPECT_EQ(Value(store->StateDigest()), before);
}

TEST(OrderStoreTest, ADueRowFollowsTheEarliestRunningDeadline) {
  const TempDir dir;
  auto store = OpenStore(dir / "state", /*resident_bytes=*/0);
  const auto checkpoint = [&] { ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok()); };
  Deadline paused = DueAt(1);
  paused.paused = true;
  StepOrder(*store, "o/TAOBAO/1", {DueAt(20), DueAt(10), paused});
  StepOrder(*store, "o/TAOBAO/2", {DueAt(10)});
  StepOrder(*store, "o/TAOBAO/3", {paused});
  EXPECT_EQ(DueText(*store), "");
  checkpoint();
  EXPECT_EQ(DueText(*store), "10 o/TAOBAO/1, 10 o/TAOBAO/2");
  StepOrder(*store, "o/TAOBAO/1", {DueAt(20)});
  StepOrder(*store, "o/TAOBAO/2", {});
  checkpoint();
  EXPECT_EQ(DueText(*store), "20 o/TAOBAO/1");
  store.reset();
  store = OpenStore(dir / "state");
  StepOrder(*store, "o/TAOBAO/1", {DueAt(256)});
  StepOrder(*store, "o/TAOBAO/3", {DueAt(255)});
  checkpoint();
  EXPECT_EQ(DueText(*store), "255 o/TAOBAO/3, 256 o/TAOBAO/1");
  StepOrder(*store, "o/TAOBAO/1", {paused});
  checkpoint();
  EXPECT_EQ(DueText(*store), "255 o/TAOBAO/3");
}

// A random history, with checkpoints after every `interval` steps and the last one at its end.
Digest DigestOfHistory(int interval, size_t resident_bytes) {
  const TempDir dir;
  const auto store = OpenStore(dir / "state", resident_bytes);
  std::mt19937 random(7);
  for (int step = 1; step <= 600; ++step) {
    const std::string key = "o/TAOBAO/" + std::to_string(random() % 40);
    std::vector<Deadline> deadlines(random() % 3);
    for (Deadline& each : deadlines) each = DueAt(static_cast<int64_t>(random() % 1000));
    StepOrder(*store, key, deadlines);
    if (step % interval != 0) continue;
    EXPECT_TRUE(store->Checkpoint(MetaAt(step)).ok());
  }
  EXPECT_TRUE(store->Checkpoint(MetaAt(600)).ok());
  return Value(store->StateDigest());
}

TEST(OrderStoreTest, CheckpointsDoNotShowInTheDigest) {
  const Digest once = DigestOfHistory(600, 64 << 20);
  EXPECT_EQ(DigestOfHistory(1, 64 << 20), once);
  EXPECT_EQ(DigestOfHistory(1, 0), once);
  EXPECT_EQ(DigestOfHistory(37, 4096), once);
}

TEST(OrderStoreTest, TheDigestCoversMetaAndOrders) {
  const TempDir dir;
  const auto store = OpenStore(dir / "state");
  const Digest empty = Value(store->StateDigest());
  ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok());
  const Digest with_meta = Value(store->StateDigest());
  EXPECT_NE(with_meta, empty);
  StepOrder(*store, "o/TAOBAO/1", {});
  EXPECT_EQ(Value(store->StateDigest()), with_meta);  // as of the newest checkpoint
  ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok());
  EXPECT_NE(Value(store->StateDigest()), with_meta);
}

TEST(OrderStoreTest, RefusesAPackUnderAnotherDigest) {
  const TempDir dir;
  const auto store = OpenStore(dir / "state");
  replay::PartitionMeta meta = MetaAt(1);
  meta.packs = {PackOf("pack one")};
  meta.packs[0].bytes = "another";
  EXPECT_EQ(store->Checkpoint(meta).code(), StatusCode::kInternal);
}

TEST(OrderStoreTest, ClosesCleanly) {
  const TempDir dir;
  const auto store = OpenStore(dir / "state");
  StepOrder(*store, "o/TAOBAO/1", {});
  ASSERT_TRUE(store->Checkpoint(MetaAt(1)).ok());
  ASSERT_TRUE(store->Close().ok());
  EXPECT_EQ(Value(OpenStore(dir / "state")->ReadMeta())->next, 1);
}

TEST(OrderStoreTest, RefusesASecondOpener) {
  const TempDir dir;
  const auto store = OpenStore(dir / "state");
  const absl::Status again = RocksOrderStore::Open(dir / "state", {}).status();
  EXPECT_EQ(again.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(again.message()), HasSubstr("in use by another process"));
}

TEST(OrderStoreTest, RefusesAnotherProcess) {
  const TempDir dir;
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  char byte = 0;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto store = OpenStore(dir / "state");
    (void)!::write(ready[1], "x", 1);
    (void)!::read(done[0], &byte, 1);
    ::_exit(0);
  }
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const absl::Status status = RocksOrderStore::Open(dir / "state", {}).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("in use by another process"));
  ASSERT_EQ(::write(done[1], "x", 1), 1);
  int exit_code = 0;
  ASSERT_EQ(::waitpid(child, &exit_code, 0), child);
  EXPECT_TRUE(RocksOrderStore::Open(dir / "state", {}).ok());
}

TEST(OrderStoreTest, RefusesADirectoryOfSomethingElse) {
  const TempDir dir;
  WriteFile(dir / "letter.txt", "dear all");
  EXPECT_EQ(RocksOrderStore::Open(dir.path(), {}).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadFile(dir / "letter.txt"), "dear all");
  EXPECT_FALSE(std::filesystem::exists(dir / "CURRENT"));
  EXPECT_EQ(RocksOrderStore::Open(dir / "letter.txt", {}).status().code(),
            StatusCode::kFailedPrecondition);
}

TEST(OrderStoreTest, RefusesOtherContents) {
  const TempDir dir;
  Value(RocksOrderStore::Open(dir / "state", {}))->Close().IgnoreError();
  for (const std::string marker : {"views 1\n", "state\n", "garbage", "", "state 0\n"}) {
    WriteFile(dir / "state/REFUND", marker);
    EXPECT_EQ(RocksOrderStore::Open(dir / "state", {}).status().code(),
              StatusCode::kFailedPrecondition)
        << marker;
  }
}

// What is said of a database that says this of itself.
absl::Status OpenedWith(const TempDir& dir, const std::string& marker) {
  Value(RocksOrderStore::Open(dir / "state", {}))->Close().IgnoreError();
  WriteFile(dir / "state/REFUND", marker);
  return RocksOrderStore::Open(dir / "state", {}).status();
}

TEST(OrderStoreTest, RefusesANewerFormat) {
  const TempDir dir;
  const absl::Status status = OpenedWith(dir, "state 3\n");
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("newer"));
  WriteFile(dir / "state/REFUND", "state 2\n");
  EXPECT_TRUE(RocksOrderStore::Open(dir / "state", {}).ok());
}

TEST(OrderStoreTest, DoesNotGoOnWithAnOlderFormat) {
  const TempDir dir;
  const absl::Status status = OpenedWith(dir, "state 1\n");
  EXPECT_EQ(status.code(), StatusCode::kOutOfRange);
  EXPECT_THAT(std::string(status.message()), HasSubstr("from the log again"));
}

TEST(OrderStoreTest, GoesOnAfterACrashWhileItWasMade) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "state");
  WriteFile(dir / "state/REFUND.new", "sta");
  EXPECT_TRUE(RocksOrderStore::Open(dir / "state", {}).ok());
}

TEST(MetaTest, KeepsEveryField) {
  replay::PartitionMeta meta = Full<replay::PartitionMeta>();
  const std::string bytes = EncodeMeta(meta);
  for (replay::StoredPack& pack : meta.packs) pack.bytes.clear();
  EXPECT_TRUE(Same(Value(DecodeMeta(bytes)), meta));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeMeta(ByteView(bytes).substr(0, size)).status().code(), StatusCode::kDataLoss);
  }
  EXPECT_EQ(DecodeMeta(bytes + "x").status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace refund::projections
