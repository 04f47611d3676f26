#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/codec/step_codec.h"
#include "engine/domain/key.h"
#include "projections/state/rocks.h"
#include "projections/state/state_dir.h"
#include "projections/views/read.h"
#include "projections/views/view_keys.h"
#include "projections/views/view_sink.h"
#include "tests/projections/store_testing.h"

namespace refund::projections {
namespace {

using absl::StatusCode;
using refund::testing::Full;
using refund::testing::ReadFile;
using refund::testing::Same;
using refund::testing::TempDir;
using refund::testing::Value;
using refund::testing::WriteFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Id IdOf(std::string_view hex_start) {
  std::string bytes;
  std::string hex(hex_start);
  hex.resize(32, '0');
  EXPECT_TRUE(FromHex(hex, bytes));
  Id id;
  EXPECT_TRUE(Id::FromBytes(bytes, id));
  return id;
}

// Of an order every id has a number of its own.
CaseSummary CaseOf(std::string_view id, std::string_view key, std::optional<int64_t> due) {
  CaseSummary summary;
  summary.id = IdOf(id);
  summary.key = key;
  summary.number = ReadBe32(reinterpret_cast<const char*>(summary.id.bytes.data()));
  if (due) summary.next_due = Instant{*due};
  return summary;
}

Step StepOf(std::string_view key, uint64_t sequence, const std::vector<CaseSummary>& cases = {}) {
  Step step;
  step.key = key;
  step.sequence = sequence;
  step.cases = cases;
  return step;
}

Quarantined RecordAt(int64_t offset, uint32_t partition) {
  Quarantined record = Full<Quarantined>();
  record.offset = offset;
  record.partition = partition;
  return record;
}

// Starts of the ids in a listing.
std::vector<std::string> Ids(const Listing<CaseSummary>& listing) {
  std::vector<std::string> ids;
  for (const CaseSummary& each : listing.rows) ids.push_back(each.id.hex().substr(0, 4));
  return ids;
}

std::vector<uint64_t> Sequences(const Listing<Step>& listing) {
  std::vector<uint64_t> sequences;
  for (const Step& each : listing.rows) sequences.push_back(each.sequence);
  return sequences;
}

class ViewsTest : public ::testing::Test {
 protected:
  ViewsTest() {
    EXPECT_TRUE(CreateStateDir(root_, {Full<Id>(), 2}).ok());
    for (int i = 0; keys_[0].empty() || keys_[1].empty(); ++i) {
      const std::string key = "o/TAOBAO/" + std::to_string(i);
      keys_[PartitionOf(key, 2)] = key;
    }
    Open();
  }

  void Open() {
    for (uint32_t i = 0; i < 2; ++i) {
      sinks_[i] = nullptr;
      sinks_[i] = Value(ViewSink::Open(ViewsDbPath(root_, i), {}));
    }
  }

  void Take(uint32_t partition, const Step& step) {
    sinks_[partition]->Take(step, codec::EncodeStep(step));
  }

  void Flush(uint32_t partition, int64_t next) { ASSERT_TRUE(sinks_[partition]->Flush(next).ok()); }

  std::unique_ptr<ViewReader> Reader() { return Value(ViewReader::Open(root_)); }

  TempDir dir_;
  const std::string root_ = dir_ / "state";
  std::string keys_[2];  // an order of each partition
  std::unique_ptr<ViewSink> sinks_[2];
};

TEST_F(ViewsTest, AreEmptyAtFirst) {
  EXPECT_EQ(sinks_[0]->next(), 0);
  const Listing<CaseSummary> cases = Value(Reader()->ListCases({}));
  EXPECT_TRUE(cases.rows.empty());
  EXPECT_THAT(cases.as_of, ElementsAre(ViewAsOf{0, 0}, ViewAsOf{1, 0}));
  EXPECT_TRUE(Value(Reader()->ReadTimeline(keys_[0])).rows.empty());
  EXPECT_TRUE(Value(Reader()->ListQuarantined()).rows.empty());
}

TEST_F(ViewsTest, ATimelineIsOneRowForEachFlush) {
  for (uint64_t sequence = 1; sequence <= 5; ++sequence) Take(0, StepOf(keys_[0], sequence));
  Flush(0, 5);
  for (uint64_t sequence = 6; sequence <= 300; ++sequence) {
    Take(0, StepOf(keys_[0], sequence));
  }
  Take(0, StepOf(keys_[0] + "1", 1));  // whose key starts with the other's
  Flush(0, 301);
  const Listing<Step> timeline = Value(Reader()->ReadTimeline(keys_[0]));
  ASSERT_EQ(timeline.rows.size(), 300U);
  for (uint64_t i = 0; i < 300; ++i) EXPECT_EQ(timeline.rows[i].sequence, i + 1);
  EXPECT_THAT(timeline.as_of, ElementsAre(ViewAsOf{0, 301}));
  sinks_[0] = nullptr;
  const RocksMemory memory(1 << 20);
  const auto db = Value(OpenWriter(ViewsDbPath(root_, 0), Contents::kViews, memory));
  int rows = 0;
  ASSERT_TRUE(
      ScanRows(*db, TimelinePrefix(keys_[0]), [&](ByteView, ByteView) -> absl::StatusOr<bool> {
        ++rows;
        return true;
      }).ok());
  EXPECT_EQ(rows, 2);
}

TEST_F(ViewsTest, AStepComesBackWhole) {
  Step step = Full<Step>();
  step.key = keys_[0];
  for (CaseSummary& each : step.cases) each.key = keys_[0];
  Take(0, step);
  Flush(0, 1);
  EXPECT_TRUE(Same(Value(Reader()->ReadTimeline(keys_[0])).rows.at(0), step));
}

TEST_F(ViewsTest, GoOnWhereTheyWereAfterReopening) {
  Take(0, StepOf(keys_[0], 1, {CaseOf("aa", keys_[0], 10)}));
  Flush(0, 4);
  Take(0, StepOf(keys_[0], 2, {CaseOf("aa", keys_[0], 20)}));  // never flushed
  Open();
  EXPECT_EQ(sinks_[0]->next(), 4);
  EXPECT_THAT(Sequences(Value(Reader()->ReadTimeline(keys_[0]))), ElementsAre(1));
  Take(0, StepOf(keys_[0], 2, {CaseOf("aa", keys_[0], 30)}));
  Flush(0, 5);
  ASSERT_TRUE(sinks_[0]->Close().ok());
  EXPECT_THAT(Sequences(Value(Reader()->ReadTimeline(keys_[0]))), ElementsAre(1, 2));
  EXPECT_EQ(Value(Reader()->ListCases({})).rows.at(0).next_due, Instant{30});
}

TEST_F(ViewsTest, CasesOfAllPartitionsAreMergedByDueThenId) {
  Take(0, StepOf(keys_[0], 1, {CaseOf("0a", keys_[0], std::nullopt)}));
  Take(0, StepOf(keys_[0], 2, {CaseOf("0d", keys_[0], 256)}));
  Take(0, StepOf(keys_[0], 3, {CaseOf("0c", keys_[0], 100)}));
  Take(1, StepOf(keys_[1], 1, {CaseOf("0b", keys_[1], 100)}));
  Take(1, StepOf(keys_[1], 2, {CaseOf("01", keys_[1], std::nullopt)}));
  Take(1, StepOf(keys_[1], 3, {CaseOf("0e", keys_[1], 255)}));
  Flush(0, 10);
  Flush(1, 20);
  const Listing<CaseSummary> all = Value(Reader()->ListCases({}));
  EXPECT_THAT(Ids(all), ElementsAre("0b00", "0c00", "0e00", "0d00", "0100", "0a00"));
  EXPECT_THAT(all.as_of, ElementsAre(ViewAsOf{0, 10}, ViewAsOf{1, 20}));
  CaseQuery query;
  query.limit = 2;
  EXPECT_THAT(Ids(Value(Reader()->ListCases(query))), ElementsAre("0b00", "0c00"));
  query.wanted = [](const CaseSummary& each) { return !each.next_due.has_value(); };
  EXPECT_THAT(Ids(Value(Reader()->ListCases(query))), ElementsAre("0100", "0a00"));
  query.limit = 0;
  EXPECT_THAT(Ids(Value(Reader()->ListCases(query))), IsEmpty());
}

TEST_F(ViewsTest, ACaseStandsAtItsNewestDueOnly) {
  Take(0, StepOf(keys_[0], 1, {CaseOf("aa", keys_[0], 10)}));
  Take(0, StepOf(keys_[0], 2, {CaseOf("aa", keys_[0], 20)}));
  Flush(0, 1);
  Take(0, StepOf(keys_[0], 3, {CaseOf("aa", keys_[0], std::nullopt)}));
  Flush(0, 2);
  Take(0, StepOf(keys_[0], 4, {CaseOf("aa", keys_[0], 5)}));
  Take(0, StepOf(keys_[0], 5, {CaseOf("bb", keys_[0], 1)}));
  Flush(0, 3);
  EXPECT_THAT(Ids(Value(Reader()->ListCases({}))), ElementsAre("bb00", "aa00"));
}

TEST_F(ViewsTest, CasesAreFoundByIdPrefixAndOrder) {
  CaseSummary first = CaseOf("abc3", keys_[0], 10);
  CaseSummary second = CaseOf("abc2", keys_[0], 20);
  first.number = 1;
  second.number = 2;
  Take(0, StepOf(keys_[0], 1, {first}));
  Take(0, StepOf(keys_[0], 2, {second}));
  Take(1, StepOf(keys_[1], 1, {CaseOf("abd1", keys_[1], 10)}));
  Flush(0, 10);
  Flush(1, 20);
  const auto reader = Reader();
  const auto find = [&](std::string_view text) { return Ids(Value(reader->FindCases(text))); };
  EXPECT_THAT(find(IdOf("abc3").hex()), ElementsAre("abc3"));
  EXPECT_THAT(find("abc3"), ElementsAre("abc3"));
  EXPECT_THAT(find("ABD"), ElementsAre("abd1"));
  EXPECT_THAT(find("abc"), ElementsAre("abc2", "abc3"));  // ambiguous: all of them
  EXPECT_THAT(find("ab"), ElementsAre("abc2", "abc3", "abd1"));
  EXPECT_THAT(find("a"), ElementsAre("abc2", "abc3", "abd1"));
  EXPECT_THAT(find("abe"), IsEmpty());
  EXPECT_THAT(find("f"), IsEmpty());
  EXPECT_THAT(find(keys_[0]), ElementsAre("abc3", "abc2"));  // by number
  EXPECT_THAT(find(keys_[1]), ElementsAre("abd1"));
  EXPECT_THAT(find("o/TAOBAO/404"), IsEmpty());
  EXPECT_THAT(Value(reader->FindCases(keys_[1])).as_of, ElementsAre(ViewAsOf{1, 20}));
  for (const std::string bad : {"", "xyz", "m/TAOBAO/1", "0123456789abcdef0123456789abcdef0"}) {
    EXPECT_EQ(reader->FindCases(bad).status().code(), StatusCode::kInvalidArgument) << bad;
  }
}

TEST_F(ViewsTest, QuarantinedRecordsStandByPartitionAndOffset) {
  sinks_[1]->Take(RecordAt(300, 1));
  sinks_[1]->Take(RecordAt(2, 1));
  sinks_[0]->Take(RecordAt(7, 0));
  Flush(0, 8);
  Flush(1, 301);
  const Listing<Quarantined> listing = Value(Reader()->ListQuarantined());
  ASSERT_EQ(listing.rows.size(), 3U);
  EXPECT_TRUE(Same(listing.rows[0], RecordAt(7, 0)));
  EXPECT_TRUE(Same(listing.rows[1], RecordAt(2, 1)));
  EXPECT_TRUE(Same(listing.rows[2], RecordAt(300, 1)));
}

TEST_F(ViewsTest, SeveralReadersSeeWhatIsFlushedWhileTheWriterGoesOn) {
  const auto first = Reader();
  const auto second = Reader();
  EXPECT_TRUE(Value(first->ListCases({})).rows.empty());
  Take(0, StepOf(keys_[0], 1, {CaseOf("aa", keys_[0], 10)}));
  Flush(0, 1);
  EXPECT_TRUE(Value(first->ListCases({})).rows.empty());
  ASSERT_TRUE(first->Refresh().ok());
  EXPECT_THAT(Ids(Value(first->ListCases({}))), ElementsAre("aa00"));
  EXPECT_THAT(Ids(Value(second->ListCases({}))), ElementsAre("aa00"));  // first asked only now
}

TEST_F(ViewsTest, APositionWithoutStepsIsKept) {
  Flush(0, 17);
  Open();
  EXPECT_EQ(sinks_[0]->next(), 17);
}

TEST_F(ViewsTest, ADamagedRowIsFoundAndNamed) {
  Take(0, StepOf(keys_[0], 1));
  Flush(0, 1);
  sinks_[0] = nullptr;
  {
    const RocksMemory memory(1 << 20);
    const auto db = Value(OpenWriter(ViewsDbPath(root_, 0), Contents::kViews, memory));
    const std::string key = TimelineKey(keys_[0], 1);
    std::string bytes;
    ASSERT_TRUE(db->rocks->Get({}, key, &bytes).ok());
    bytes[5] ^= 1;
    ASSERT_TRUE(db->rocks->Put({}, key, bytes).ok());
  }
  const absl::Status status = Reader()->ReadTimeline(keys_[0]).status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("timelines"));
}

// Every case has a place by its due, which no instant before 1970 has (-1 is none).
TEST_F(ViewsTest, ACaseThatIsDueBeforeTimeBeganIsDamaged) {
  const std::string key = CaseKey(keys_[0], 1);
  const auto read = [&](int64_t due) {
    return Decode<CaseEntry>(key, Encode(CaseEntry{CaseOf("c1", keys_[0], due), 0})).status();
  };
  EXPECT_TRUE(read(-1).ok());
  EXPECT_EQ(read(-2).code(), StatusCode::kDataLoss);
  EXPECT_THAT(std::string(read(-2).message()), HasSubstr("rows of orders " + keys_[0]));
}

TEST_F(ViewsTest, RowsOfAnOrderAreNamedByTheirViewAndTheirTableByItsOwn) {
  const auto name = [](const std::string& key) {
    const RowName row = NameRow(key);
    return row.view + "|" + row.row;
  };
  EXPECT_EQ(name(OrderEntryKey(keys_[0])), "orders|" + keys_[0]);
  EXPECT_EQ(name(CaseKey(keys_[0], 7)), "cases|" + keys_[0] + " 00000007");
  EXPECT_EQ(name(ParkedKey(keys_[0])), "parked facts|" + keys_[0]);
  for (const Table table : ViewTables()) {
    EXPECT_EQ(name(TablePrefix(table)), std::string(NameOf(table)) + "|");
  }
}

TEST_F(ViewsTest, AStepThatIsNoLongerWhatWasWrittenIsFoundAndNamed) {
  Take(0, StepOf(keys_[0], 1));
  Flush(0, 1);
  sinks_[0] = nullptr;
  const std::string path = std::filesystem::canonical(ViewsDbPath(root_, 0)).string() + "/values";
  std::string bytes = ReadFile(path);
  ASSERT_FALSE(bytes.empty());
  bytes.back() ^= 1;
  WriteFile(path, bytes);
  const auto reader = Reader();
  for (const absl::Status& status :
       {reader->ReadTimeline(keys_[0]).status(), reader->VerifyFiles(0)}) {
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("timelines " + keys_[0] + " 0000000000000001: "));
    EXPECT_THAT(std::string(status.message()), HasSubstr("/values: the"));
  }
}

TEST_F(ViewsTest, RefuseTheStatesDirectoryAndANewerFormat) {
  sinks_[0] = nullptr;
  const std::string marker = ViewsDbPath(root_, 0) + "/REFUND";
  for (const std::string text : {"state 1\n", "views 2\n"}) {
    WriteFile(marker, text);
    EXPECT_EQ(ViewSink::Open(ViewsDbPath(root_, 0), {}).status().code(),
              StatusCode::kFailedPrecondition);
    EXPECT_EQ(Reader()->ListCases({}).status().code(), StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReadFile(marker), text);
  }
}

}  // namespace
}  // namespace refund::projections
