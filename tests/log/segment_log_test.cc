// What is particular to the embedded log: its files, and what processes and crashes do to them.
#include "engine/log/segment_log.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>

#include "engine/base/crc32c.h"
#include "tests/log/log_testing.h"

namespace {

int syncs = 0;
bool syncs_fail = false;

}  // namespace

// In place of the C library's, so that a test can count the calls and make them fail.
extern "C" int fdatasync(int fd) {
  ++syncs;
  if (!syncs_fail) return static_cast<int>(::syscall(SYS_fdatasync, fd));
  errno = EIO;
  return -1;
}

namespace refund::log {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;
constexpr absl::StatusCode kFailedPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr char kFirstEvents[] = "/events/0000/00000000000000000000.seg";
constexpr char kFirstOutputs[] = "/outputs/0000/00000000000000000000.seg";

class SegmentLogTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(CreateSegmentLog(path_, 2), IsOk()); }

  std::unique_ptr<Log> Open(uint64_t segment_bytes = 64 << 20) {
    return Get(OpenSegmentLog(path_, {.segment_bytes = segment_bytes}));
  }
  std::vector<std::string> Events(uint32_t partition = 0) {
    return BytesOf(Get(ReadAll(*Open(), partition)));
  }
  absl::Status ReadStatus() { return ReadAll(*Open(), 0).status(); }
  absl::Status BeginStatus() { return Get(Open()->OpenAppender())->Begin().status(); }
  absl::Status CommitterStatus() { return Open()->OpenCommitter(0).status(); }
  std::vector<std::string> FilesOf(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_ + folder)) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_ / "log";
  const std::string events_ = path_ + kFirstEvents;
  const std::string outputs_ = path_ + kFirstOutputs;
};

TEST_F(SegmentLogTest, IsCreatedOnceAndOnlyWhereNothingIs) {
  EXPECT_THAT(CreateSegmentLog(path_, 2), HasCode(kFailedPrecondition, path_));
  WriteFile(directory_ / "file", "x");
  EXPECT_THAT(CreateSegmentLog(directory_ / "file", 2), HasCode(kFailedPrecondition));
  std::filesystem::create_directory(directory_ / "empty");
  EXPECT_THAT(CreateSegmentLog(directory_ / "empty/", 2), IsOk());
  EXPECT_THAT(OpenSegmentLog(directory_ / "empty"), IsOk());
  EXPECT_THAT(CreateSegmentLog(directory_ / "no/parent", 2), HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(CreateSegmentLog(directory_ / "a", 0), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CreateSegmentLog(directory_ / "a", 1025),
              HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(FilesOf("/.."), ElementsAre("empty", "file", "log"));
}

TEST_F(SegmentLogTest, SaysWhenThereIsNoLog) {
  EXPECT_THAT(OpenSegmentLog(directory_ / "none"), HasCode(absl::StatusCode::kNotFound, "none"));
  std::filesystem::create_directory(directory_ / "empty");
  EXPECT_THAT(OpenSegmentLog(directory_ / "empty"), HasCode(absl::StatusCode::kNotFound));
}

TEST_F(SegmentLogTest, EveryChangeOfTheMetaFileIsFoundOut) {
  const std::string file = path_ + "/log.meta";
  const std::string bytes = ReadFile(file);
  ASSERT_THAT(bytes, SizeIs(20));
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      WriteFile(file, changed);
      ASSERT_THAT(OpenSegmentLog(path_), HasCode(kDataLoss, "log.meta at byte 0")) << at;
    }
    WriteFile(file, bytes.substr(0, at));
    ASSERT_THAT(OpenSegmentLog(path_), HasCode(kDataLoss, "log.meta at byte ")) << at;
  }
  WriteFile(file, bytes + "x");
  EXPECT_THAT(OpenSegmentLog(path_), HasCode(kDataLoss, "found more"));
  std::filesystem::remove(file);
  EXPECT_THAT(OpenSegmentLog(path_), HasCode(kDataLoss, "log.meta"));
}

TEST_F(SegmentLogTest, RefusesANewerFormat) {
  std::string meta = ReadFile(path_ + "/log.meta").substr(0, 8);
  AppendBe32(meta, 2);
  AppendBe32(meta, 2);
  AppendBe32(meta, Crc32c(meta));
  WriteFile(path_ + "/log.meta", meta + "and what format 2 may add");
  EXPECT_THAT(OpenSegmentLog(path_), HasCode(kDataLoss, "version: expected 1, found 2"));
}

TEST_F(SegmentLogTest, ATornTailIsIgnoredByReadersAndCutByAnAppender) {
  ASSERT_THAT(Append(*Open(), {{0, 10, "first"}}), IsOk());
  const std::string one = ReadFile(events_);
  ASSERT_THAT(Append(*Open(), {{0, 20, "second"}, {0, 30, "third"}}), IsOk());
  const std::string two = ReadFile(events_);
  for (size_t length = one.size(); length < two.size(); ++length) {
    WriteFile(events_, two.substr(0, length));
    auto reader = Get(Open()->OpenReader());
    ASSERT_THAT(BytesOf(Get(ReadAll(*reader, 0))), ElementsAre("first")) << length;
    ASSERT_THAT(ReadFile(events_), SizeIs(length));
    auto appender = Get(Open()->OpenAppender());
    ASSERT_EQ(Get(appender->Begin())->highest().ms, 10);
    ASSERT_EQ(ReadFile(events_), one) << length;
    ASSERT_THAT(Append(*appender, {{0, 15, "again"}}), IsOk());
    // The reader had seen the torn tail.
    ASSERT_THAT(BytesOf(Get(reader->Read(0, 1, {}))), ElementsAre("again")) << length;
  }
}

TEST_F(SegmentLogTest, ATailTornByAnotherAppenderIsCutByOneThatIsOpen) {
  auto appender = Get(Open()->OpenAppender());
  ASSERT_THAT(Append(*appender, {{0, 10, "first"}}), IsOk());
  const std::string whole = ReadFile(events_);
  WriteFile(events_, whole + whole.substr(0, whole.size() - 1));
  // Its header names offset 0 again: that is no torn tail.
  EXPECT_THAT(appender->Begin(), HasCode(kDataLoss, "base offset: expected 1, found 0"));
  WriteFile(events_, whole + whole.substr(0, 39));
  ASSERT_THAT(Append(*appender, {{0, 20, "second"}}), IsOk());
  EXPECT_THAT(Events(), ElementsAre("first", "second"));
}

TEST_F(SegmentLogTest, EveryFlippedBitIsFoundOut) {
  ASSERT_THAT(Append(*Open(), {{0, 10, "first"}}), IsOk());
  ASSERT_THAT(Append(*Open(), {{0, 20, "second"}, {0, 30, "third"}}), IsOk());
  const std::string bytes = ReadFile(events_);
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      WriteFile(events_, changed);
      ASSERT_THAT(ReadStatus(), HasCode(kDataLoss, events_ + " at byte ")) << at;
      ASSERT_THAT(BeginStatus(), HasCode(kDataLoss, events_ + " at byte ")) << at;
      // Nothing was cut.
      ASSERT_EQ(ReadFile(events_), changed);
    }
  }
  WriteFile(events_, bytes);
  EXPECT_THAT(ReadStatus(), IsOk());
}

TEST_F(SegmentLogTest, AFlippedBitUnderAReaderIsFoundOut) {
  ASSERT_THAT(Append(*Open(), {{0, 10, "first"}, {0, 10, "second"}}), IsOk());
  auto reader = Get(Open()->OpenReader());
  ASSERT_EQ(Get(reader->End(0)), 2);
  std::string bytes = ReadFile(events_);
  bytes.back() ^= 1;
  WriteFile(events_, bytes);
  EXPECT_THAT(reader->Read(0, 0, {}), HasCode(kDataLoss, "at byte 40: frame payload CRC"));
  WriteFile(events_, "");
  EXPECT_THAT(reader->Read(0, 0, {}), HasCode(kDataLoss, "end of the file"));
  EXPECT_THAT(reader->End(0), HasCode(kDataLoss, "end of the file"));
}

TEST_F(SegmentLogTest, RollsToANewSegmentNamedByItsFirstOffset) {
  auto log = Open(100);
  auto appender = Get(log->OpenAppender());
  auto reader = Get(log->OpenReader());
  std::vector<std::string> expected;
  for (int i = 0; i < 12; ++i) {
    // 40 bytes header, 12 record header: 82 bytes a frame, so each segment takes two.
    expected.push_back(std::string(30, static_cast<char>('a' + i)));
    ASSERT_THAT(Append(*appender, {{0, i, expected.back()}}), IsOk());
    // A reader that follows goes over to each new segment.
    ASSERT_EQ(Get(reader->End(0)), i + 1);
  }
  EXPECT_THAT(FilesOf("/events/0000"),
              ElementsAre("00000000000000000000.seg", "00000000000000000002.seg",
                          "00000000000000000004.seg", "00000000000000000006.seg",
                          "00000000000000000008.seg", "00000000000000000010.seg"));
  EXPECT_EQ(Events(), expected);
  EXPECT_EQ(BytesOf(Get(ReadAll(*reader, 0))), expected);
  EXPECT_EQ(Get(Get(Open()->OpenAppender())->Begin())->highest().ms, 11);
}

TEST_F(SegmentLogTest, AnEmptyNewestSegmentIsWhereAnAppenderWasKilled) {
  ASSERT_THAT(Append(*Open(), {{0, 10, "first"}, {0, 20, "second"}}), IsOk());
  auto reader = Get(Open()->OpenReader());
  auto appender = Get(Open()->OpenAppender());
  ASSERT_EQ(Get(appender->Begin())->End(0), 2);
  WriteFile(path_ + "/events/0000/00000000000000000002.seg", "");
  EXPECT_THAT(BytesOf(Get(ReadAll(*reader, 0))), ElementsAre("first", "second"));
  EXPECT_EQ(Get(Get(Open()->OpenAppender())->Begin())->highest().ms, 20);
  EXPECT_EQ(Get(appender->Begin())->highest().ms, 20);
  ASSERT_THAT(Append(*appender, {{0, 30, "third"}}), IsOk());
  EXPECT_THAT(Events(), ElementsAre("first", "second", "third"));
  EXPECT_THAT(BytesOf(Get(reader->Read(0, 2, {}))), ElementsAre("third"));
}

TEST_F(SegmentLogTest, ATornFrameBeforeAnotherSegmentIsCorruption) {
  auto log = Open(1);
  ASSERT_THAT(Append(*log, {{0, 10, "first"}}), IsOk());
  ASSERT_THAT(Append(*log, {{0, 10, "second"}}), IsOk());
  ASSERT_THAT(Append(*log, {{0, 10, "third"}}), IsOk());
  const std::string second = path_ + "/events/0000/00000000000000000001.seg";
  const std::string bytes = ReadFile(second);
  for (size_t length = 0; length < bytes.size(); ++length) {
    WriteFile(second, bytes.substr(0, length));
    ASSERT_THAT(ReadStatus(), HasCode(kDataLoss, second)) << length;
  }
  WriteFile(second, bytes + bytes.substr(0, 7));
  EXPECT_THAT(ReadStatus(), HasCode(kDataLoss, "found 7 bytes of one"));
  std::filesystem::remove(second);
  EXPECT_THAT(ReadStatus(), HasCode(kDataLoss, "up to offset 2, where the next segment begins"));
  WriteFile(second, bytes);
  EXPECT_THAT(ReadStatus(), IsOk());
  std::filesystem::remove(events_);
  EXPECT_THAT(ReadStatus(), HasCode(kDataLoss, events_));
}

TEST_F(SegmentLogTest, ATornFrameBeforeASegmentThatAppearsIsCorruption) {
  ASSERT_THAT(Append(*Open(), {{0, 10, "first"}}), IsOk());
  auto reader = Get(Open()->OpenReader());
  auto appender = Get(Open()->OpenAppender());
  ASSERT_EQ(Get(reader->End(0)), 1);
  ASSERT_EQ(Get(appender->Begin())->End(0), 1);
  WriteFile(events_, ReadFile(events_) + "RFE1");
  ASSERT_EQ(Get(reader->End(0)), 1);
  WriteFile(path_ + "/events/0000/00000000000000000001.seg", "");
  EXPECT_THAT(reader->End(0), HasCode(kDataLoss, "found 4 bytes of one"));
  EXPECT_THAT(appender->Begin(), HasCode(kDataLoss, "found 4 bytes of one"));
}

TEST_F(SegmentLogTest, NothingIsShownBeforeItIsDurable) {
  auto appender = Get(Open()->OpenAppender());
  auto reader = Get(Open()->OpenReader());
  ASSERT_EQ(Get(reader->End(0)), 0);
  syncs = 0;
  ASSERT_THAT(Append(*appender, {{0, 10, "first"}, {1, 10, "first"}}), IsOk());
  EXPECT_EQ(syncs, 3);  // the journal, and both partitions
  // The writer may have been killed before its own sync.
  ASSERT_THAT(Get(reader->Read(0, 0, {})), SizeIs(1));
  EXPECT_EQ(syncs, 4);
  ASSERT_EQ(Get(reader->End(0)), 1);
  EXPECT_EQ(syncs, 4);
  ASSERT_THAT(Append(*appender, {{0, 20, "second"}}), IsOk());
  syncs_fail = true;
  EXPECT_THAT(reader->Read(0, 1, {}), HasCode(absl::StatusCode::kUnavailable, "sync"));
  EXPECT_THAT(reader->Read(0, 1, {}), HasCode(absl::StatusCode::kUnavailable, "sync"));
  syncs_fail = false;
  EXPECT_THAT(BytesOf(Get(reader->Read(0, 1, {}))), ElementsAre("second"));
}

TEST_F(SegmentLogTest, AFailedSyncTakesBackWhatItWroteAndNoMore) {
  auto log = Open();
  ASSERT_THAT(Append(*log, {{0, 10, "first"}}), IsOk());
  ASSERT_THAT(Get(log->OpenCommitter(0))->Commit({}, CursorAt(1)), IsOk());
  // Both of these find a log that others have written.
  auto appender = Get(log->OpenAppender());
  auto committer = Get(log->OpenCommitter(0));
  const std::string events = ReadFile(events_);
  const std::string outputs = ReadFile(outputs_);
  syncs_fail = true;
  EXPECT_THAT(Append(*appender, {{0, 20, "second"}}), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(committer->Commit({}, CursorAt(2)), HasCode(absl::StatusCode::kUnavailable));
  syncs_fail = false;
  EXPECT_EQ(ReadFile(events_), events);
  EXPECT_EQ(ReadFile(outputs_), outputs);
  EXPECT_EQ(Get(committer->ReadCursor()), CursorAt(1));
  EXPECT_THAT(committer->Commit({}, CursorAt(3)), IsOk());
  ASSERT_THAT(Append(*appender, {{0, 20, "third"}}), IsOk());
  EXPECT_THAT(Events(), ElementsAre("first", "third"));
}

TEST_F(SegmentLogTest, AFileOfAnotherPartitionOrKindIsFoundOut) {
  ASSERT_THAT(Append(*Open(), {{0, 10, "x"}}), IsOk());
  const std::string bytes = ReadFile(events_);
  WriteFile(path_ + "/events/0001/00000000000000000000.seg", bytes);
  EXPECT_THAT(ReadAll(*Open(), 1), HasCode(kDataLoss, "partition: expected 1, found 0"));
  WriteFile(outputs_, bytes);
  EXPECT_THAT(CommitterStatus(), HasCode(kDataLoss, "magic"));
}

TEST_F(SegmentLogTest, TwoProcessesAppendWithoutLossOrGap) {
  constexpr int kEach = 1000;
  const auto work = [&](const std::string& name) {
    auto appender = Get(Open(4096)->OpenAppender());
    for (int i = 0; i < kEach; ++i) {
      auto session = Get(appender->Begin());
      session->Add(0, session->highest() + 1, name + std::to_string(i));
      if (!session->Sync().ok()) return 1;
    }
    return 0;
  };
  const pid_t one = Fork([&] { return work("one "); });
  const pid_t two = Fork([&] { return work("two "); });
  ASSERT_EQ(WaitFor(one), 0);
  ASSERT_EQ(WaitFor(two), 0);
  const std::vector<Record> records = Get(ReadAll(*Open(), 0));
  ASSERT_THAT(records, SizeIs(2 * kEach));
  std::vector<std::string> found = BytesOf(records);
  std::vector<std::string> expected;
  for (int i = 0; i < kEach; ++i) {
    expected.push_back("one " + std::to_string(i));
    expected.push_back("two " + std::to_string(i));
  }
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(expected));
  for (size_t i = 0; i < records.size(); ++i) {
    ASSERT_EQ(records[i].at.offset, static_cast<int64_t>(i));
    // Each session saw what the one before it, in whichever process, had appended.
    ASSERT_EQ(records[i].recorded_at.ms, static_cast<int64_t>(i) + 1);
  }
}

// Appends for ever, and tells each record that was acknowledged through the pipe.
int AppendAndTell(const std::string& path, int pipe) {
  auto appender = Get(Get(OpenSegmentLog(path, {.segment_bytes = 20000}))->OpenAppender());
  for (;;) {
    auto session = Get(appender->Begin());
    const uint32_t partition = session->highest().ms % 2;
    const int64_t offset = session->End(partition);
    session->Add(partition, session->highest() + 1, std::string(offset % 5000, 'x'));
    if (!session->Sync().ok()) return 1;
    const int64_t told[2] = {partition, offset};
    if (::write(pipe, told, sizeof(told)) != sizeof(told)) return 1;
  }
}

TEST_F(SegmentLogTest, AKilledWriterLosesNothingThatItAcknowledged) {
  int64_t acknowledged[2] = {0, 0};
  for (int round = 0; round < 15; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = Fork([&] { return AppendAndTell(path_, pipe[1]); });
    ::close(pipe[1]);
    ::usleep(5000 + 1300 * round);
    ::kill(child, SIGKILL);
    EXPECT_EQ(WaitFor(child), -1);
    int64_t told[2];
    while (::read(pipe[0], told, sizeof(told)) == sizeof(told)) {
      acknowledged[told[0]] = std::max(acknowledged[told[0]], told[1] + 1);
    }
    ::close(pipe[0]);
    auto reader = Get(Open()->OpenReader());
    for (uint32_t partition = 0; partition < 2; ++partition) {
      const std::vector<Record> records = Get(ReadAll(*reader, partition));
      ASSERT_GE(static_cast<int64_t>(records.size()), acknowledged[partition]);
      for (const Record& record : records) {
        ASSERT_EQ(record.bytes, std::string(record.at.offset % 5000, 'x'));
      }
    }
  }
  EXPECT_GT(acknowledged[0] + acknowledged[1], 0);
}

// Sessions over both partitions; each record says which one it is, counted over the whole log.
int AppendNumbered(const std::string& path) {
  auto appender = Get(Get(OpenSegmentLog(path, {.segment_bytes = 200000}))->OpenAppender());
  for (;;) {
    auto session = Get(appender->Begin());
    int64_t number = session->End(0) + session->End(1);
    for (int i = 0; i < 37; ++i, ++number) {
      // Partition 1 first, though partition 0 is written first.
      session->Add(i % 5 == 0 ? 1 : 0, Instant{number},
                   std::to_string(number) + std::string(700, ' '));
    }
    if (!session->Sync().ok()) return 1;
  }
}

TEST_F(SegmentLogTest, WhatAKillLeavesIsABeginningOfWhatWasAdded) {
  size_t known = 0;
  for (int round = 0; round < 40; ++round) {
    const pid_t child = Fork([&] { return AppendNumbered(path_); });
    ::usleep(3000 + 700 * round);
    ::kill(child, SIGKILL);
    EXPECT_EQ(WaitFor(child), -1);
    ASSERT_THAT(BeginStatus(), IsOk());
    std::vector<bool> there;
    for (uint32_t partition = 0; partition < 2; ++partition) {
      for (const Record& record : Get(ReadAll(*Open(), partition))) {
        const size_t number = std::stoul(record.bytes);
        if (there.size() <= number) there.resize(number + 1);
        ASSERT_FALSE(there[number]) << number << " stands twice";
        there[number] = true;
      }
    }
    EXPECT_THAT(there, testing::Each(true)) << "after round " << round;
    known = there.size();
  }
  EXPECT_GT(known, 0u);
}

void LimitFileSize(rlim_t bytes) {
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit;
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

// Exits 0 if each step was as it should be, else with the number of the step.
int FillTheDisk(const std::string& path) {
  auto log = Get(OpenSegmentLog(path));
  auto appender = Get(log->OpenAppender());
  if (!Append(*appender, {{0, 10, "first"}}).ok()) return 1;
  const std::string before = ReadFile(path + kFirstEvents);
  LimitFileSize(3000);
  const std::string large(5000, 'x');
  const absl::Status full = Append(*appender, {{0, 20, large}, {1, 20, large}});
  if (full.code() != absl::StatusCode::kResourceExhausted) return 2;
  if (Message(full).find(path + "/append.journal: File too large") == std::string::npos) return 3;
  if (ReadFile(path + kFirstEvents) != before) return 4;
  // What is small enough still fits, in the same appender.
  if (!Append(*appender, {{0, 20, "second"}}).ok()) return 5;
  // A session over several partitions is all or nothing.
  if (Append(*appender, {{0, 25, "not kept"}, {1, 25, large}}).ok()) return 11;
  auto committer = Get(log->OpenCommitter(0));
  if (!committer->Commit({{Topic::kDecisions, 0, 0, "d"}}, CursorAt(1)).ok()) return 6;
  const absl::Status refused = committer->Commit({{Topic::kPayouts, 1, 0, large}}, CursorAt(2));
  if (refused.code() != absl::StatusCode::kResourceExhausted) return 7;
  if (Get(committer->ReadCursor()) != CursorAt(1)) return 8;
  LimitFileSize(RLIM_INFINITY);
  if (!committer->Commit({{Topic::kPayouts, 1, 0, large}}, CursorAt(2)).ok()) return 9;
  return Append(*appender, {{0, 30, large}, {1, 30, "third"}}).ok() ? 0 : 10;
}

TEST_F(SegmentLogTest, AFullDiskLeavesALogThatOpensAndAppends) {
  ASSERT_EQ(WaitFor(Fork([&] { return FillTheDisk(path_); })), 0);
  EXPECT_THAT(Events(0), ElementsAre("first", "second", std::string(5000, 'x')));
  EXPECT_THAT(Events(1), ElementsAre("third"));
  auto committer = Get(Open()->OpenCommitter(0));
  EXPECT_EQ(Get(committer->ReadCursor()), CursorAt(2));
  EXPECT_THAT(Get(committer->ReadOutputs(0)), SizeIs(2));
}

// Large records, so that a kill often hits in the middle of a write.
int AppendLarge(const std::string& path) {
  auto appender = Get(Get(OpenSegmentLog(path, {.segment_bytes = 8 << 20}))->OpenAppender());
  for (int64_t i = 0;; ++i) {
    auto session = Get(appender->Begin());
    session->Add(0, session->highest(), std::string(10'000 + i * 70'001 % 900'000, 'x'));
    if (!session->Sync().ok()) return 1;
  }
}

TEST_F(SegmentLogTest, AReaderFollowsWhileWritersAreKilledAndTornTailsAreCut) {
  auto reader = Get(Open()->OpenReader());
  int64_t offset = 0;
  int torn = 0;
  for (int round = 0; round < 40; ++round) {
    const pid_t child = Fork([&] { return AppendLarge(path_); });
    for (int i = 0; i < 20 + round; ++i) {
      const auto records = reader->Read(0, offset, {});
      if (!records.ok()) ::kill(child, SIGKILL);
      ASSERT_THAT(records, IsOk());
      for (const Record& record : *records) ASSERT_EQ(record.at.offset, offset++);
      ::usleep(100);
    }
    ::kill(child, SIGKILL);
    EXPECT_EQ(WaitFor(child), -1);
    const std::string newest = path_ + "/events/0000/" + FilesOf("/events/0000").back();
    const auto before = std::filesystem::file_size(newest);
    ASSERT_THAT(BeginStatus(), IsOk());
    torn += std::filesystem::file_size(newest) < before ? 1 : 0;
  }
  EXPECT_GT(offset, 0);
  RecordProperty("torn", torn);
}

// How many frames a segment has, by the lengths in their headers.
int CountFrames(const std::string& segment) {
  int frames = 0;
  for (size_t at = 0; at < segment.size(); ++frames) at += 40 + ReadBe32(&segment[at + 12]);
  return frames;
}

TEST_F(SegmentLogTest, ASessionIsOneFrameAPartitionUpToAMebibyte) {
  const std::string quarter(200 << 10, 'x');
  ASSERT_THAT(Append(*Open(), {{0, 1, quarter}, {1, 1, quarter}, {0, 1, quarter}}), IsOk());
  EXPECT_EQ(CountFrames(ReadFile(events_)), 1);
  ASSERT_THAT(Append(*Open(), std::vector<Given>(11, {0, 1, quarter})), IsOk());
  EXPECT_EQ(CountFrames(ReadFile(events_)), 1 + 3);
  EXPECT_THAT(Events(), SizeIs(13));
}

TEST_F(SegmentLogTest, ATornCommitIsCut) {
  ASSERT_THAT(Get(Open()->OpenCommitter(0))->Commit({{Topic::kPayouts, 0, 0, "a"}}, CursorAt(1)),
              IsOk());
  const std::string one = ReadFile(outputs_);
  ASSERT_THAT(Get(Open()->OpenCommitter(0))->Commit({{Topic::kPayouts, 1, 0, "b"}}, CursorAt(2)),
              IsOk());
  const std::string two = ReadFile(outputs_);
  for (size_t length = one.size(); length < two.size(); ++length) {
    WriteFile(outputs_, two.substr(0, length));
    auto committer = Get(Open()->OpenCommitter(0));
    ASSERT_EQ(Get(committer->ReadCursor()), CursorAt(1)) << length;
    ASSERT_EQ(ReadFile(outputs_), one) << length;
    ASSERT_THAT(committer->Commit({{Topic::kPayouts, 1, 0, "b"}}, CursorAt(2)), IsOk());
    // The very bytes again.
    ASSERT_EQ(ReadFile(outputs_), two);
  }
}

TEST_F(SegmentLogTest, EveryFlippedBitOfACommitIsFoundOut) {
  ASSERT_THAT(Get(Open()->OpenCommitter(0))->Commit({{Topic::kPayouts, 0, 0, "a"}}, CursorAt(1)),
              IsOk());
  const std::string bytes = ReadFile(outputs_);
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      WriteFile(outputs_, changed);
      ASSERT_THAT(CommitterStatus(), HasCode(kDataLoss, outputs_ + " at byte ")) << at;
    }
  }
}

TEST_F(SegmentLogTest, ACommitterOfAnotherProcessIsRefused) {
  auto committer = Get(Open()->OpenCommitter(0));
  const pid_t child = Fork([&] { return CommitterStatus().code() == kFailedPrecondition ? 0 : 1; });
  EXPECT_EQ(WaitFor(child), 0);
}

}  // namespace
}  // namespace refund::log
