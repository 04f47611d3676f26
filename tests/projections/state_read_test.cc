#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "engine/domain/key.h"
#include "projections/state/read.h"
#include "projections/state/state_dir.h"
#include "tests/projections/store_testing.h"

namespace refund::projections {
namespace {

using absl::StatusCode;
using refund::testing::DueAt;
using refund::testing::Full;
using refund::testing::MetaAt;
using refund::testing::OpenStore;
using refund::testing::ReadFile;
using refund::testing::StepOrder;
using refund::testing::TempDir;
using refund::testing::Value;
using refund::testing::WriteFile;
using ::testing::HasSubstr;

StateDirInfo InfoOf(uint32_t partitions) { return {Full<Id>(), partitions}; }

TEST(StateDirTest, IsFoundAsItWasMade) {
  const TempDir dir;
  const std::string root = dir / "a/state";
  EXPECT_EQ(OpenStateDir(root).status().code(), StatusCode::kNotFound);
  ASSERT_TRUE(CreateStateDir(root, InfoOf(4)).ok());
  EXPECT_EQ(Value(OpenStateDir(root)), InfoOf(4));
  EXPECT_TRUE(CreateStateDir(root, InfoOf(4)).ok());
  EXPECT_TRUE(CheckStateDir(root, InfoOf(4)).ok());
  EXPECT_EQ(StateDbPath(root, 3), root + "/0003/state");
  EXPECT_EQ(ViewsDbPath(root, 12), root + "/0012/views");
}

TEST(StateDirTest, RefusesAnotherLog) {
  const TempDir dir;
  const std::string root = dir / "state";
  ASSERT_TRUE(CreateStateDir(root, InfoOf(4)).ok());
  const std::string before = ReadFile(root + "/STATE");
  EXPECT_EQ(CreateStateDir(root, InfoOf(8)).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(CheckStateDir(root, {Id{}, 4}).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadFile(root + "/STATE"), before);
}

TEST(StateDirTest, RefusesWhatItDoesNotKnow) {
  const TempDir dir;
  WriteFile(dir / "letter.txt", "dear all");
  EXPECT_EQ(CreateStateDir(dir.path(), InfoOf(4)).code(), StatusCode::kFailedPrecondition);
  EXPECT_FALSE(std::filesystem::exists(dir / "STATE"));
  const std::string root = dir / "state";
  ASSERT_TRUE(CreateStateDir(root, InfoOf(4)).ok());
  const std::string text = ReadFile(root + "/STATE");
  WriteFile(root + "/STATE", "refund state 2\nanything\n");
  EXPECT_EQ(OpenStateDir(root).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(OpenStateDir(root).status().message()), HasSubstr("newer"));
  for (size_t size = 0; size < text.size(); ++size) {
    WriteFile(root + "/STATE", text.substr(0, size));
    EXPECT_EQ(OpenStateDir(root).status().code(), StatusCode::kDataLoss) << size;
  }
}

class StateReaderTest : public ::testing::Test {
 protected:
  StateReaderTest() {
    EXPECT_TRUE(CreateStateDir(root_, InfoOf(2)).ok());
    while (PartitionOf(Key(first_), 2) != 0) ++first_;
    while (PartitionOf(Key(second_), 2) != 1) ++second_;
  }

  static std::string Key(int number) { return "o/TAOBAO/" + std::to_string(number); }

  TempDir dir_;
  const std::string root_ = dir_ / "state";
  int first_ = 0;   // an order of partition 0
  int second_ = 0;  // and of partition 1
};

TEST_F(StateReaderTest, FindsNothingBeforeTheFirstCheckpoint) {
  const auto reader = Value(StateReader::Open(root_));
  const Found<Order> order = Value(reader->ReadOrder(Key(second_)));
  EXPECT_FALSE(order.value.has_value());
  EXPECT_EQ(order.as_of, (AsOf{1, 0}));
  EXPECT_FALSE(Value(reader->ReadMeta(0)).value.has_value());
  EXPECT_FALSE(Value(reader->ReadPack(Digest{})).value.has_value());
  EXPECT_TRUE(reader->ForEachOrder([](const Order&, const AsOf&) { return false; }).ok());
  EXPECT_EQ(reader->ReadMeta(2).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(StateReaderTest, AnOrderHasAllThatItHasSeen) {
  const SeenClaim seen{Sha256("claim"), 1, Sha256("another")};
  const auto store = OpenStore(StateDbPath(root_, 0));
  StepOrder(*store, Key(first_), {}).seen = {{"a", seen}, {"b", seen}};
  StepOrder(*store, Key(first_) + "0", {}).seen = {{"c", seen}};
  ASSERT_TRUE(store->Checkpoint(MetaAt(3)).ok());
  const auto reader = Value(StateReader::Open(root_));
  const std::map<std::string, SeenClaim> expected{{"a", seen}, {"b", seen}};
  EXPECT_EQ(Value(reader->ReadOrder(Key(first_))).value->seen, expected);
  std::map<std::string, size_t> seen_by;
  ASSERT_TRUE(reader
                  ->ForEachOrder([&](const Order& order, const AsOf&) {
                    seen_by[order.key] = order.seen.size();
                    return true;
                  })
                  .ok());
  EXPECT_EQ(seen_by[Key(first_)], 2U);
  EXPECT_EQ(seen_by[Key(first_) + "0"], 1U);
}

TEST_F(StateReaderTest, ReadsBesideTheWriterAndSaysAsOfWhere) {
  const auto store = OpenStore(StateDbPath(root_, 0));
  StepOrder(*store, Key(first_), {DueAt(5)});
  ASSERT_TRUE(store->Checkpoint(MetaAt(3)).ok());
  const auto reader = Value(StateReader::Open(root_));
  Found<Order> order = Value(reader->ReadOrder(Key(first_)));
  EXPECT_EQ(order.value->sequence, 1U);
  EXPECT_EQ(order.as_of, (AsOf{0, 3}));
  StepOrder(*store, Key(first_), {});
  ASSERT_TRUE(store->Checkpoint(MetaAt(9)).ok());
  EXPECT_EQ(Value(reader->ReadOrder(Key(first_))).as_of, (AsOf{0, 3}));
  ASSERT_TRUE(reader->Refresh().ok());
  order = Value(reader->ReadOrder(Key(first_)));
  EXPECT_EQ(order.value->sequence, 2U);
  EXPECT_EQ(order.as_of, (AsOf{0, 9}));
  EXPECT_EQ(*Value(reader->ReadDigest(0)).value, Value(store->StateDigest()));
}

TEST_F(StateReaderTest, WritesNothingIntoTheDirectory) {
  {
    const auto store = OpenStore(StateDbPath(root_, 0));
    ASSERT_TRUE(store->Checkpoint(MetaAt(3)).ok());
    ASSERT_TRUE(store->Close().ok());
  }
  const auto contents = [this] {
    std::set<std::string> files;
    for (const auto& each : std::filesystem::recursive_directory_iterator(root_)) {
      files.insert(each.path().string());
    }
    return files;
  };
  const std::set<std::string> before = contents();
  {
    const auto reader = Value(StateReader::Open(root_));
    EXPECT_TRUE(Value(reader->ReadMeta(0)).value.has_value());
    ASSERT_TRUE(reader->Refresh().ok());
  }
  EXPECT_EQ(contents(), before);
}

TEST_F(StateReaderTest, ReadsPacksByDigest) {
  const auto store = OpenStore(StateDbPath(root_, 1));
  replay::PartitionMeta meta = MetaAt(3);
  meta.packs = {{Sha256("a pack"), Instant{1}, "a pack"}};
  ASSERT_TRUE(store->Checkpoint(meta).ok());
  const auto reader = Value(StateReader::Open(root_));
  EXPECT_EQ(*Value(reader->ReadPack(Sha256("a pack"))).value, "a pack");
  EXPECT_FALSE(Value(reader->ReadPack(Sha256("another"))).value.has_value());
  EXPECT_EQ(Value(reader->ReadMeta(1)).value->packs[0].bytes, "a pack");
}

TEST_F(StateReaderTest, VisitsAllOrders) {
  const auto zero = OpenStore(StateDbPath(root_, 0));
  const auto one = OpenStore(StateDbPath(root_, 1));
  std::set<std::string> expected;
  for (int i = 0; i < 20; ++i) {
    StepOrder(PartitionOf(Key(i), 2) == 0 ? *zero : *one, Key(i), {});
    expected.insert(Key(i));
  }
  ASSERT_TRUE(zero->Checkpoint(MetaAt(3)).ok());
  ASSERT_TRUE(one->Checkpoint(MetaAt(4)).ok());
  const auto reader = Value(StateReader::Open(root_));
  std::set<std::string> seen;
  ASSERT_TRUE(reader
                  ->ForEachOrder([&](const Order& order, const AsOf& as_of) {
                    EXPECT_EQ(as_of.partition, PartitionOf(order.key, 2));
                    EXPECT_EQ(as_of.offset, as_of.partition == 0 ? 3 : 4);
                    seen.insert(order.key);
                    return true;
                  })
                  .ok());
  EXPECT_EQ(seen, expected);
  int visits = 0;
  ASSERT_TRUE(reader->ForEachOrder([&](const Order&, const AsOf&) { return ++visits < 3; }).ok());
  EXPECT_EQ(visits, 3);
}

}  // namespace
}  // namespace refund::projections
