// Files of the embedded log: an exported one, a segment of events, or one of outputs, by its magic.
// What is read may be appended to and is read again.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/crc32c.h"
#include "engine/base/sha256.h"
#include "engine/log/file_log.h"
#include "engine/log/frame.h"
#include "engine/log/segment_log.h"
#include "tests/fuzz/harness.h"

namespace refund::fuzz {

const char kCorpus[] = REFUND_CORPORA "/segments";
const char kReached[] = "a segment that was read";

namespace {

constexpr uint32_t kPartitionsTried = 16;  // a header may name a thousand

// A directory in memory, where there is one; removed at the end.
class Directory {
 public:
  Directory() {
    const char* root = std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
    path_ = std::string(root) + "/refund-fuzz-" + std::to_string(::getpid());
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

const Directory& Here() {
  static const Directory directory;
  return directory;
}

void WriteFile(const std::string& path, ByteView bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), std::ssize(bytes));
}

// Nothing that stands in a damaged file is our bug: it is kDataLoss.
bool Sound(const absl::Status& status) {
  CHECK(status.ok() || absl::IsDataLoss(status));
  return status.ok();
}

bool ReadAll(log::Reader& reader) {
  bool any = false;
  for (uint32_t p = 0; p < std::min(reader.partitions(), kPartitionsTried); ++p) {
    const absl::StatusOr<int64_t> end = reader.End(p);
    if (!Sound(end.status())) return false;
    for (int64_t at = 0; at < *end;) {
      const auto records = reader.Read(p, at, {.records = 7});
      if (!Sound(records.status())) return false;
      CHECK(!records->empty());
      for (const log::Record& record : *records) {
        CHECK(record.at == (log::Address{p, at++}));
        PlantedBug(record.recorded_at.ms % 8 == 5);  // the corpus' stamps are whole seconds
        any = true;
      }
    }
  }
  return any;
}

bool TryExport(ByteView input) {
  const std::string path = Here() / "export";
  WriteFile(path, input);
  const auto reader = log::OpenFileLog(path);
  return Sound(reader.status()) && ReadAll(**reader);
}

// A torn tail is cut by who appends; what was there before it is there after.
bool AppendOne(log::Log& log) {
  const auto appender = log.OpenAppender();
  if (!Sound(appender.status())) return false;
  const auto session = (*appender)->Begin();
  if (!Sound(session.status())) return false;
  const int64_t before = (*session)->End(0);
  CHECK((*session)->Add(0, (*session)->highest(), "one more") == (log::Address{0, before}));
  CHECK((*session)->Sync().ok());
  const auto reader = log.OpenReader();
  CHECK(reader.ok());
  CHECK((*reader)->End(0).value() == before + 1);
  return true;
}

bool ReadOutputs(log::Log& log) {
  const auto committer = log.OpenCommitter(0);
  if (!Sound(committer.status())) return false;
  if (!Sound((*committer)->ReadCursor().status())) return false;
  const auto outputs = (*committer)->ReadOutputs(0);
  return Sound(outputs.status()) && !outputs->empty();
}

bool TrySegment(ByteView input, const std::string& kind) {
  const std::string directory = Here() / "log";
  std::filesystem::remove_all(directory);
  CHECK(log::CreateSegmentLog(directory, 1).ok());
  WriteFile(directory + "/" + kind + "/0000/00000000000000000000.seg", input);
  const auto log = log::OpenSegmentLog(directory);
  CHECK(log.ok());
  if (kind == "outputs") return ReadOutputs(**log);
  const auto reader = (*log)->OpenReader();
  return Sound(reader.status()) && ReadAll(**reader) && AppendOne(**log);
}

// ---- Checksums made right again: damage that only a writer of ours could do ----

void PutBe32(std::string& bytes, size_t at, uint32_t value) {
  std::string be;
  AppendBe32(be, value);
  bytes.replace(at, 4, be);
}

void PutCrc(std::string& bytes, size_t from, size_t at) {
  PutBe32(bytes, at, Crc32c(ByteView(bytes).substr(from, at - from)));
}

// Of a partition's payloads.
using Sums = std::map<uint32_t, Sha256Stream>;

// The end of the frame, or 0 if it has none in these bytes.
size_t RepairFrame(std::string& bytes, size_t at, Sums& sums) {
  const size_t size = ReadBe32(bytes.data() + at + 12);
  const size_t payload = at + log::kFrameHeaderBytes;
  if (size > bytes.size() - payload) return 0;
  const ByteView view = ByteView(bytes).substr(payload, size);
  sums[ReadBe32(bytes.data() + at + 4)].Add(view);
  PutBe32(bytes, at + 32, Crc32c(view));
  PutCrc(bytes, at, at + 36);
  return payload + size;
}

void RepairTrailer(std::string& bytes, size_t at, Sums& sums) {
  constexpr size_t kSum = 8 + 32;
  const uint32_t partitions = ReadBe32(bytes.data() + at + 4);
  if (bytes.size() - at != 8 + size_t{partitions} * kSum + 12) return;
  for (uint32_t p = 0; p < partitions; ++p) {
    bytes.replace(at + 8 + p * kSum + 8, 32, sums[p].Finish().view());
  }
  PutCrc(bytes, at, bytes.size() - 4);
}

std::string Repaired(std::string bytes) {
  Sums sums;
  size_t at = 0;
  if (bytes.starts_with("RFNDEXPT") && bytes.size() >= log::kPreambleBytes) {
    PutCrc(bytes, 0, log::kPreambleBytes - 4);
    at = log::kPreambleBytes;
  }
  while (at + log::kFrameHeaderBytes <= bytes.size()) {
    if (bytes.compare(at, 4, "RFT1") == 0) {
      RepairTrailer(bytes, at, sums);
      return bytes;
    }
    at = RepairFrame(bytes, at, sums);
    if (at == 0) return bytes;
  }
  return bytes;
}

// ---- Other records than were written, in frames that are whole ----

// Where the records of whole frames begin.
std::vector<size_t> RecordsOf(ByteView bytes) {
  std::vector<size_t> records;
  size_t at = bytes.starts_with("RFND") ? log::kPreambleBytes : 0;
  while (at + log::kFrameHeaderBytes <= bytes.size() && bytes.substr(at, 2) == "RF") {
    size_t record = at + log::kFrameHeaderBytes;
    const size_t end = std::min(record + ReadBe32(bytes.data() + at + 12), bytes.size());
    while (record + log::kRecordHeaderBytes <= end) {
      records.push_back(record);
      record += log::kRecordHeaderBytes + ReadBe32(bytes.data() + record);
    }
    at = end;
  }
  return records;
}

// One record with another stamp, some seconds away, or with another byte.
std::string Rewritten(std::string bytes, unsigned seed) {
  const std::vector<size_t> records = RecordsOf(bytes);
  if (records.empty()) return bytes;
  std::minstd_rand dice(seed);
  const size_t stamp = records[dice() % records.size()] + 4;
  if (dice() % 2 == 0) {
    const size_t size = ReadBe32(bytes.data() + stamp - 4);
    const size_t at = stamp + 8 + (size == 0 ? 0 : dice() % size);
    if (at < bytes.size()) bytes[at] = static_cast<char>(dice());
    return bytes;
  }
  std::string other;
  AppendBe64(other, ReadBe64(bytes.data() + stamp) + dice() % (8 * kSecondMs) - 4 * kSecondMs);
  return bytes.replace(stamp, other.size(), other);
}

}  // namespace

void Prepare() { Here(); }

bool Run(ByteView input) {
  if (input.starts_with("RFND")) return TryExport(input);
  return TrySegment(input, input.starts_with("RFO") ? "outputs" : "events");
}

std::string Mutate(ByteView input, size_t most, unsigned seed) {
  std::string bytes =
      seed % 4 == 0 ? Rewritten(std::string(input), seed / 32) : Mutated(std::string(input), most);
  return seed / 4 % 8 == 0 ? bytes : Repaired(std::move(bytes));
}

}  // namespace refund::fuzz
