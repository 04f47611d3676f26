#include "engine/log/file_log.h"

#include "engine/log/memory_log.h"
#include "engine/log/segment_log.h"
#include "tests/log/log_testing.h"

namespace refund::log {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;

class FileLogTest : public testing::Test {
 protected:
  // Three partitions; the middle one is empty.
  std::string ExportSmall() {
    auto log = MakeMemoryLog(3);
    EXPECT_THAT(Append(*log, {{0, 10, "a"}, {2, 20, "bc"}, {0, 30, ""}}), IsOk());
    EXPECT_EQ(Get(ExportLog(*Get(log->OpenReader()), file_)), 3);
    return ReadFile(file_);
  }

  // What opening a file of these bytes gives.
  absl::Status Open(const std::string& bytes) {
    const std::string changed = directory_ / "changed";
    WriteFile(changed, bytes);
    return OpenFileLog(changed).status();
  }

  TemporaryDirectory directory_;
  const std::string file_ = directory_ / "export";
};

TEST_F(FileLogTest, GivesBackTheLog) {
  auto log = MakeMemoryLog(4);
  auto appender = Get(log->OpenAppender());
  for (int i = 0; i < 300; ++i) {
    const uint32_t partition = i % 3 == 0 ? 0 : 2;
    ASSERT_THAT(Append(*appender, {{partition, i, std::string(i * 113 % 30000, 'a')}}), IsOk());
  }
  auto source = Get(log->OpenReader());
  EXPECT_EQ(Get(ExportLog(*source, file_)), 300);
  auto exported = Get(OpenFileLog(file_));
  EXPECT_EQ(exported->partitions(), 4u);
  for (uint32_t partition = 0; partition < 4; ++partition) {
    EXPECT_EQ(Get(exported->End(partition)), Get(source->End(partition)));
  }
  EXPECT_EQ(Get(Dump(*exported)), Get(Dump(*source)));
  for (const int64_t at : {199, 0, 100, 57, 58, 198}) {
    EXPECT_EQ(BytesOf(Get(exported->Read(2, at, {.records = 2}))),
              BytesOf(Get(source->Read(2, at, {.records = 2}))));
  }
  EXPECT_THAT(Get(exported->Read(2, 200, {})), IsEmpty());
  EXPECT_THAT(exported->Read(2, 201, {}), HasCode(absl::StatusCode::kOutOfRange));
}

TEST_F(FileLogTest, AnEmptyLogIsAFileToo) {
  auto log = MakeMemoryLog(2);
  EXPECT_EQ(Get(ExportLog(*Get(log->OpenReader()), file_)), 0);
  auto exported = Get(OpenFileLog(file_));
  EXPECT_EQ(exported->partitions(), 2u);
  EXPECT_EQ(Get(exported->End(1)), 0);
}

TEST_F(FileLogTest, OneLogGivesOneFileHoweverItWasAppendedOrStored) {
  ASSERT_THAT(CreateSegmentLog(directory_ / "log", 2), IsOk());
  auto segments = Get(OpenSegmentLog(directory_ / "log", {.segment_bytes = 1}));
  auto memory = MakeMemoryLog(2);
  std::vector<Given> all;
  for (int i = 0; i < 30; ++i) {
    all.push_back({static_cast<uint32_t>(i % 2), i, std::string(100'000, 'x')});
    ASSERT_THAT(Append(*segments, {all.back()}), IsOk());
  }
  ASSERT_THAT(Append(*memory, all), IsOk());
  ASSERT_THAT(ExportLog(*Get(segments->OpenReader()), directory_ / "one"), IsOk());
  ASSERT_THAT(ExportLog(*Get(memory->OpenReader()), directory_ / "two"), IsOk());
  // An export of an export is the same again.
  ASSERT_THAT(ExportLog(*Get(OpenFileLog(directory_ / "one")), directory_ / "three"), IsOk());
  EXPECT_TRUE(ReadFile(directory_ / "one") == ReadFile(directory_ / "two"));
  EXPECT_TRUE(ReadFile(directory_ / "one") == ReadFile(directory_ / "three"));
}

TEST_F(FileLogTest, ReplacesAnOlderExportAndLeavesNothingBeside) {
  WriteFile(file_, "older");
  ExportSmall();
  EXPECT_THAT(OpenFileLog(file_), IsOk());
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_ / "")) {
    files += entry.exists() ? 1 : 0;
  }
  EXPECT_EQ(files, 1);
}

TEST_F(FileLogTest, TellsProgressUpToTheTotal) {
  static std::vector<std::pair<int64_t, int64_t>> told;
  told.clear();
  auto log = MakeMemoryLog(2);
  ASSERT_THAT(Append(*log, {{0, 1, "a"}, {1, 1, "b"}, {1, 1, "c"}}), IsOk());
  ASSERT_THAT(ExportLog(*Get(log->OpenReader()), file_,
                        [](int64_t done, int64_t total) { told.emplace_back(done, total); }),
              IsOk());
  EXPECT_THAT(told, ElementsAre(std::pair(1, 3), std::pair(3, 3)));
}

TEST_F(FileLogTest, LeavesOutWhatIsAppendedMeanwhile) {
  static Log* growing;
  auto log = MakeMemoryLog(2);
  growing = log.get();
  ASSERT_THAT(Append(*log, {{0, 1, "a"}, {1, 1, "b"}}), IsOk());
  const auto grow = [](int64_t, int64_t) {
    EXPECT_THAT(Append(*growing, {{0, 2, "late"}, {1, 2, "late"}}), IsOk());
  };
  EXPECT_EQ(Get(ExportLog(*Get(log->OpenReader()), file_, grow)), 2);
  auto exported = Get(OpenFileLog(file_));
  EXPECT_THAT(BytesOf(Get(ReadAll(*exported, 0))), ElementsAre("a"));
  EXPECT_THAT(BytesOf(Get(ReadAll(*exported, 1))), ElementsAre("b"));
}

TEST_F(FileLogTest, SaysWhatIsMissing) {
  EXPECT_THAT(OpenFileLog(directory_ / "none"), HasCode(absl::StatusCode::kNotFound, "none"));
  auto log = MakeMemoryLog(1);
  EXPECT_THAT(ExportLog(*Get(log->OpenReader()), directory_ / "no/such/file"),
              HasCode(absl::StatusCode::kNotFound, "no/such/file"));
}

TEST_F(FileLogTest, EveryOtherByteIsFoundOut) {
  const std::string bytes = ExportSmall();
  ASSERT_THAT(Open(bytes), IsOk());
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const int change : {0x01, 0x80, 0xff, 'E' ^ 'T', 'E' ^ 'O'}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ change);
      ASSERT_THAT(Open(changed), HasCode(kDataLoss, "changed at byte ")) << at << " " << change;
    }
  }
}

TEST_F(FileLogTest, EveryTruncationIsFoundOut) {
  const std::string bytes = ExportSmall();
  for (size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_THAT(Open(bytes.substr(0, length)), HasCode(kDataLoss, "changed at byte ")) << length;
  }
}

TEST_F(FileLogTest, EveryAppendedByteIsFoundOut) {
  const std::string bytes = ExportSmall();
  for (int byte = 0; byte < 256; ++byte) {
    ASSERT_THAT(Open(bytes + static_cast<char>(byte)), HasCode(kDataLoss, "found more")) << byte;
  }
  EXPECT_THAT(Open(bytes + bytes), HasCode(kDataLoss, "found more"));
}

TEST_F(FileLogTest, AWholeFrameThatIsLeftOutOrRepeatedIsFoundOut) {
  auto log = MakeMemoryLog(1);
  std::vector<Given> records(4, {0, 5, std::string(600'000, 'x')});
  ASSERT_THAT(Append(*log, records), IsOk());
  ASSERT_THAT(ExportLog(*Get(log->OpenReader()), file_), IsOk());
  const std::string bytes = ReadFile(file_);
  const size_t preamble = 20;
  const size_t frame = 40 + 12 + 600'000;
  ASSERT_THAT(bytes, SizeIs(preamble + 4 * frame + 60));
  std::string missing = bytes;
  missing.erase(preamble + 3 * frame, frame);
  EXPECT_THAT(Open(missing), HasCode(kDataLoss, "trailer: expected 03, found 04"));
  missing = bytes;
  missing.erase(preamble + frame, frame);
  EXPECT_THAT(Open(missing), HasCode(kDataLoss, "base offset: expected 1, found 2"));
  std::string repeated = bytes;
  repeated.insert(preamble, bytes.substr(preamble, frame));
  EXPECT_THAT(Open(repeated), HasCode(kDataLoss, "base offset: expected 1, found 0"));
}

}  // namespace
}  // namespace refund::log
