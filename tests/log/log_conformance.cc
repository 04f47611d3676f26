// What every log that can be written must do, whatever it is made of: the suite itself. Each kind
// of log is put to it where its test is: log_conformance_test.cc, kafka_conformance_test.cc.
#include "tests/log/log_conformance.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

namespace refund::log {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(LogConformanceTest, IsEmptyAtFirst) {
  auto reader = Get(log_->OpenReader());
  EXPECT_EQ(reader->partitions(), kPartitions);
  EXPECT_EQ(Get(log_->OpenAppender())->partitions(), kPartitions);
  for (uint32_t partition = 0; partition < kPartitions; ++partition) {
    EXPECT_EQ(Get(reader->End(partition)), 0);
    EXPECT_THAT(Get(reader->Read(partition, 0, {})), IsEmpty());
  }
  auto session = Get(Get(log_->OpenAppender())->Begin());
  EXPECT_EQ(session->highest(), kMinInstant);
  EXPECT_EQ(session->End(0), 0);
}

TEST_P(LogConformanceTest, SaysWhetherItIsExclusive) {
  EXPECT_EQ(Get(log_->OpenAppender())->exclusive(), GetParam().exclusive);
}

TEST_P(LogConformanceTest, GivesBackWhatWasAppended) {
  const std::string zeros(5, '\0');
  ASSERT_THAT(Append(*log_, {{0, 10, "a"}, {1, 20, ""}, {0, 20, zeros}}), IsOk());
  auto reader = Get(log_->OpenReader());
  const std::vector<Record> first = Get(reader->Read(0, 0, {}));
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[0].at, (Address{0, 0}));
  EXPECT_EQ(first[0].recorded_at.ms, 10);
  EXPECT_EQ(first[0].bytes, "a");
  EXPECT_EQ(first[1].at, (Address{0, 1}));
  EXPECT_EQ(first[1].recorded_at.ms, 20);
  EXPECT_EQ(first[1].bytes, zeros);
  EXPECT_THAT(BytesOf(Get(reader->Read(1, 0, {}))), ElementsAre(""));
  EXPECT_THAT(Get(reader->Read(2, 0, {})), IsEmpty());
}

TEST_P(LogConformanceTest, OffsetsAreDenseOverSessionsAndAppenders) {
  auto appender = Get(log_->OpenAppender());
  for (int i = 0; i < 10; ++i) {
    auto session = Get(i % 2 == 0 ? appender->Begin() : Get(log_->OpenAppender())->Begin());
    EXPECT_EQ(session->End(1), 2 * i);
    EXPECT_EQ(session->Add(1, Instant{i}, "x"), (Address{1, 2 * i}));
    EXPECT_EQ(session->Add(1, Instant{i}, "y"), (Address{1, 2 * i + 1}));
    EXPECT_EQ(session->End(1), 2 * i + 2);
    EXPECT_EQ(session->End(0), 0);
    ASSERT_THAT(session->Sync(), IsOk());
    EXPECT_EQ(session->End(1), 2 * i + 2);
    EXPECT_THAT(session->moved(), IsEmpty());
  }
  EXPECT_THAT(Get(ReadAll(*log_, 1)), SizeIs(20));
}

TEST_P(LogConformanceTest, KnowsTheHighestStampOverAllPartitions) {
  auto other = Get(log_->OpenAppender());
  ASSERT_THAT(Append(*other, {{0, 10, "a"}, {2, 30, "b"}}), IsOk());
  auto appender = Get(log_->OpenAppender());
  {
    auto session = Get(appender->Begin());
    EXPECT_EQ(session->highest().ms, 30);
    session->Add(1, Instant{35}, "c");
    EXPECT_EQ(session->highest().ms, 35);
    ASSERT_THAT(session->Sync(), IsOk());
  }
  EXPECT_EQ(Get(other->Begin())->highest().ms, 35);
}

TEST_P(LogConformanceTest, KeepsNothingOfASessionThatWasNotSynced) {
  auto appender = Get(log_->OpenAppender());
  Get(appender->Begin())->Add(0, Instant{10}, "lost");
  auto session = Get(appender->Begin());
  EXPECT_EQ(session->End(0), 0);
  EXPECT_EQ(session->highest(), kMinInstant);
  EXPECT_THAT(Get(ReadAll(*log_, 0)), IsEmpty());
}

TEST_P(LogConformanceTest, ASessionMaySyncSeveralTimes) {
  auto session = Get(Get(log_->OpenAppender())->Begin());
  auto reader = Get(log_->OpenReader());
  for (int i = 0; i < 3; ++i) {
    session->Add(0, Instant{i}, std::to_string(i));
    EXPECT_EQ(Get(reader->End(0)), i);
    ASSERT_THAT(session->Sync(), IsOk());
    EXPECT_EQ(Get(reader->End(0)), i + 1);
  }
  ASSERT_THAT(session->Sync(), IsOk());
  EXPECT_THAT(BytesOf(Get(ReadAll(*log_, 0))), ElementsAre("0", "1", "2"));
}

TEST_P(LogConformanceTest, ABatchEndsAtWhicheverLimitComesFirst) {
  ASSERT_THAT(Append(*log_, {{0, 1, "aaaa"}, {0, 1, "bbbb"}}), IsOk());
  ASSERT_THAT(Append(*log_, {{0, 1, "cccc"}, {0, 1, "dddd"}}), IsOk());
  auto reader = Get(log_->OpenReader());
  const auto read = [&](int64_t from, BatchLimit limit) {
    return BytesOf(Get(reader->Read(0, from, limit)));
  };
  EXPECT_THAT(read(0, {.records = 3}), ElementsAre("aaaa", "bbbb", "cccc"));
  EXPECT_THAT(read(1, {.records = 2}), ElementsAre("bbbb", "cccc"));
  EXPECT_THAT(read(0, {.records = 4, .bytes = 8}), ElementsAre("aaaa", "bbbb"));
  EXPECT_THAT(read(0, {.records = 4, .bytes = 11}), ElementsAre("aaaa", "bbbb"));
  EXPECT_THAT(read(2, {.records = 4, .bytes = 1}), ElementsAre("cccc"));
  EXPECT_THAT(read(3, {.records = 0, .bytes = 0}), ElementsAre("dddd"));
  EXPECT_THAT(read(4, {}), IsEmpty());
}

TEST_P(LogConformanceTest, RefusesToReadWhereNothingCanBe) {
  ASSERT_THAT(Append(*log_, {{0, 1, "a"}}), IsOk());
  auto reader = Get(log_->OpenReader());
  EXPECT_THAT(reader->Read(0, 2, {}), HasCode(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(reader->Read(0, -1, {}), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(reader->Read(kPartitions, 0, {}), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(reader->End(kPartitions), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(log_->OpenCommitter(kPartitions), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST_P(LogConformanceTest, AReaderSeesWhatIsAppendedLater) {
  auto reader = Get(log_->OpenReader());
  auto appender = Get(log_->OpenAppender());
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(Get(reader->Read(0, i, {})), IsEmpty());
    ASSERT_THAT(Append(*appender, {{0, i, std::to_string(i)}}), IsOk());
    EXPECT_THAT(BytesOf(Get(reader->Read(0, i, {}))), ElementsAre(std::to_string(i)));
    EXPECT_EQ(Get(reader->End(0)), i + 1);
  }
}

// Or what came since the last look would wait for another turn.
TEST_P(LogConformanceTest, AReadTakesAllThatIsThereByThen) {
  auto reader = Get(log_->OpenReader());
  auto appender = Get(log_->OpenAppender());
  ASSERT_THAT(Append(*appender, {{0, 1, "a"}, {0, 1, "b"}}), IsOk());
  EXPECT_EQ(Get(reader->End(0)), 2);
  ASSERT_THAT(Append(*appender, {{0, 1, "c"}}), IsOk());
  EXPECT_THAT(BytesOf(Get(reader->Read(0, 0, {}))), ElementsAre("a", "b", "c"));
  EXPECT_EQ(Get(reader->End(0)), 3);
  ASSERT_THAT(Append(*appender, {{0, 1, "d"}, {0, 1, "e"}}), IsOk());
  EXPECT_THAT(BytesOf(Get(reader->Read(0, 1, {}))), ElementsAre("b", "c", "d", "e"));
}

TEST_P(LogConformanceTest, FindsEveryOffsetInAnyOrder) {
  auto appender = Get(log_->OpenAppender());
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    std::vector<Given> session;
    for (int k = 0; k < 5; ++k) {
      // Some past the reach of one index mark.
      expected.push_back(std::to_string(expected.size()) + std::string((i * 5 + k) * 97, 'x'));
      session.push_back({0, i, expected.back()});
    }
    ASSERT_THAT(Append(*appender, session), IsOk());
  }
  auto reader = Get(log_->OpenReader());
  EXPECT_EQ(BytesOf(Get(ReadAll(*reader, 0, {.records = 7}))), expected);
  for (size_t i = 0; i < 2 * expected.size(); ++i) {
    // 77 and 200 have no common factor, so this visits all.
    const size_t at = i * 77 % expected.size();
    const auto found = Get(reader->Read(0, static_cast<int64_t>(at), {.records = 1}));
    ASSERT_THAT(BytesOf(found), ElementsAre(expected[at]));
  }
}

TEST_P(LogConformanceTest, HoldsRecordsLargerThanAFrame) {
  const std::vector<std::string> large = {std::string(3 << 20, 'a'), "small",
                                          std::string(700 << 10, 'b'), std::string(700 << 10, 'c'),
                                          ""};
  std::vector<Given> session;
  for (const std::string& bytes : large) session.push_back({1, 5, bytes});
  ASSERT_THAT(Append(*log_, session), IsOk());
  EXPECT_EQ(BytesOf(Get(ReadAll(*log_, 1))), large);
}

TEST_P(LogConformanceTest, SessionsExcludeEachOther) {
  std::atomic<bool> inside = false;
  std::atomic<int> overlaps = 0;
  const auto work = [&] {
    auto appender = Get(log_->OpenAppender());
    for (int i = 0; i < 50; ++i) {
      auto session = Get(appender->Begin());
      overlaps += inside.exchange(true) ? 1 : 0;
      // Begin, read, then add: what a session sees must stay true to its end.
      const int64_t end = session->End(0);
      std::this_thread::yield();
      session->Add(0, session->highest() + 1, std::to_string(end));
      EXPECT_THAT(session->Sync(), IsOk());
      inside = false;
    }
  };
  std::thread one(work);
  std::thread two(work);
  std::thread three(work);
  one.join();
  two.join();
  three.join();
  EXPECT_EQ(overlaps, 0);
  const std::vector<Record> records = Get(ReadAll(*log_, 0));
  ASSERT_THAT(records, SizeIs(150));
  for (size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].bytes, std::to_string(i));
    EXPECT_EQ(records[i].recorded_at.ms, static_cast<int64_t>(i) + 1);
  }
}

TEST_P(LogConformanceTest, AWaitingSessionBeginsWhenTheOtherEnds) {
  auto session = Get(Get(log_->OpenAppender())->Begin());
  std::atomic<bool> begun = false;
  std::thread waiting([&] {
    auto appender = Get(log_->OpenAppender());
    auto second = Get(appender->Begin());
    begun = true;
    EXPECT_EQ(second->End(0), 1);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(begun);
  session->Add(0, Instant{1}, "first");
  EXPECT_THAT(session->Sync(), IsOk());
  session.reset();
  waiting.join();
}

TEST_P(LogConformanceTest, ACommitIsReadBackByTheNextCommitter) {
  const std::vector<Output> outputs = {{Topic::kDecisions, 0, 0, "refund"},
                                       {Topic::kPayouts, 0, 1, std::string("\0\xff", 2)},
                                       {Topic::kMessages, 0, 2, "to another key"},
                                       {Topic::kDecisions, 4, 7, ""}};
  auto committer = Get(log_->OpenCommitter(1));
  EXPECT_EQ(Get(committer->ReadCursor()), std::nullopt);
  EXPECT_THAT(Get(committer->ReadOutputs(0)), IsEmpty());
  ASSERT_THAT(committer->Commit(outputs, CursorAt(5)), IsOk());
  EXPECT_EQ(Get(committer->ReadCursor()), CursorAt(5));
  committer.reset();
  committer = Get(log_->OpenCommitter(1));
  EXPECT_EQ(Get(committer->ReadCursor()), CursorAt(5));
  EXPECT_EQ(Get(committer->ReadOutputs(0)), outputs);
  EXPECT_EQ(Get(Get(log_->OpenCommitter(0))->ReadCursor()), std::nullopt);
}

TEST_P(LogConformanceTest, OutputsAreReadFromAnOffsetOn) {
  auto committer = Get(log_->OpenCommitter(0));
  std::vector<Output> all;
  for (int64_t next = 1; next <= 60; ++next) {
    std::vector<Output> outputs;
    // Not every record has an output, and not every commit has one.
    if (next % 3 != 0) {
      outputs.push_back({Topic::kDecisions, next - 1, 0, "d" + std::to_string(next)});
    }
    all.insert(all.end(), outputs.begin(), outputs.end());
    ASSERT_THAT(committer->Commit(outputs, CursorAt(next)), IsOk());
  }
  for (int64_t from = 0; from <= 61; ++from) {
    std::vector<Output> expected;
    for (const Output& output : all) {
      if (output.cause_offset >= from) expected.push_back(output);
    }
    EXPECT_EQ(Get(committer->ReadOutputs(from)), expected) << from;
  }
  EXPECT_EQ(Get(committer->ReadCursor()), CursorAt(60));
}

TEST_P(LogConformanceTest, OutputsAreFollowedBesideTheirCommitter) {
  auto committer = Get(log_->OpenCommitter(0));
  auto following = Get(log_->FollowOutputs(0));
  EXPECT_EQ(Get(following->Read(0, {})).next, 0);
  std::vector<Output> all;
  int64_t followed = 0;
  std::vector<Output> seen;
  for (int64_t next = 2; next <= 40; next += 2) {
    all.push_back({Topic::kMessages, next - 1, 0, "m" + std::to_string(next)});
    ASSERT_THAT(committer->Commit({all.back()}, CursorAt(next)), IsOk());
    if (next % 3 != 0) continue;
    const auto committed = Get(following->Read(followed, {}));
    EXPECT_EQ(committed.next, next);
    followed = committed.next;
    seen.insert(seen.end(), committed.outputs.begin(), committed.outputs.end());
    EXPECT_THAT(Get(following->Read(followed, {})).outputs, IsEmpty());
  }
  const auto rest = Get(following->Read(followed, {}));
  EXPECT_EQ(rest.next, 40);
  seen.insert(seen.end(), rest.outputs.begin(), rest.outputs.end());
  EXPECT_EQ(seen, all);
  EXPECT_EQ(Get(Get(log_->FollowOutputs(0))->Read(0, {})).outputs, all);
  EXPECT_LT(Get(following->Read(99, {})).next, 99) << "fewer is committed";
  EXPECT_EQ(Get(Get(log_->FollowOutputs(1))->Read(7, {})).next, 0);
  EXPECT_THAT(committer->Commit({}, CursorAt(41)), IsOk()) << "nobody was fenced";
}

TEST_P(LogConformanceTest, RefusesACursorThatDoesNotGoOn) {
  auto committer = Get(log_->OpenCommitter(0));
  EXPECT_THAT(committer->Commit({}, CursorAt(0)), HasCode(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(committer->Commit({}, CursorAt(5)), IsOk());
  EXPECT_THAT(committer->Commit({}, CursorAt(5)), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(committer->Commit({}, CursorAt(4)), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(committer->Commit({{Topic::kPayouts, 6, 0, "early"}}, CursorAt(6)),
              HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(committer->Commit({{Topic::kPayouts, -1, 0, "early"}}, CursorAt(6)),
              HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Get(committer->ReadCursor()), CursorAt(5));
  EXPECT_THAT(Get(committer->ReadOutputs(0)), IsEmpty());
  EXPECT_THAT(committer->Commit({}, CursorAt(6)), IsOk());
}

TEST_P(LogConformanceTest, OnlyOneCommitterOfAPartitionCanCommit) {
  auto older = Get(log_->OpenCommitter(0));
  ASSERT_THAT(older->Commit({}, CursorAt(1)), IsOk());
  auto newer = log_->OpenCommitter(0);
  if (newer.ok()) {
    EXPECT_THAT(older->Commit({}, CursorAt(2)), HasCode(absl::StatusCode::kAborted, "fenced"));
    EXPECT_THAT(older->ReadCursor(), HasCode(absl::StatusCode::kAborted, "fenced"));
    EXPECT_THAT(older->ReadOutputs(0), HasCode(absl::StatusCode::kAborted, "fenced"));
    EXPECT_THAT((*newer)->Commit({}, CursorAt(2)), IsOk());
  } else {
    EXPECT_THAT(newer, HasCode(absl::StatusCode::kFailedPrecondition, "outputs/0000"));
    EXPECT_THAT(older->Commit({}, CursorAt(2)), IsOk());
    older.reset();
  }
  EXPECT_THAT(log_->OpenCommitter(1), IsOk());
  EXPECT_EQ(Get(Get(log_->OpenCommitter(0))->ReadCursor()), CursorAt(2));
}

TEST_P(LogConformanceTest, WhatWasOpenedOutlivesTheLogObject) {
  auto appender = Get(log_->OpenAppender());
  auto reader = Get(log_->OpenReader());
  auto committer = Get(log_->OpenCommitter(0));
  log_.reset();
  auto session = Get(appender->Begin());
  appender.reset();
  session->Add(0, Instant{1}, "a");
  EXPECT_THAT(session->Sync(), IsOk());
  EXPECT_EQ(Get(reader->End(0)), 1);
  EXPECT_THAT(committer->Commit({}, CursorAt(1)), IsOk());
}

TEST_P(LogConformanceDeathTest, AStampThatGoesBackIsOurBug) {
  auto session = Get(Get(log_->OpenAppender())->Begin());
  session->Add(0, Instant{10}, "a");
  EXPECT_DEATH(session->Add(1, Instant{9}, "b"), "recorded_at >= highest_");
  EXPECT_DEATH(session->Add(kPartitions, Instant{10}, "b"), "partition <");
}

}  // namespace
}  // namespace refund::log
