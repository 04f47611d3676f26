#include "engine/log/file_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "engine/base/crc32c.h"
#include "engine/base/sha256.h"
#include "engine/base/status.h"
#include "engine/log/contract.h"
#include "engine/log/frame.h"
#include "engine/log/frame_run.h"
#include "engine/log/posix_file.h"

// An exported file (frame and preamble: frame.cc):
//
//   file     := preamble frame* trailer        the frames of partition 0, then those of 1, and so
//   on trailer  := magic "RFT1"
//               u32 partitions
//               (i64 records, 32 bytes digest) for each partition
//               u64 bytes of the file before the trailer
//               u32 CRC of the trailer before it
//   digest   := SHA-256 over the partition's records, each as in a payload: u32 length, i64 stamp,
//   bytes
//
// Frames are cut by size alone and not as they were appended, so one log always gives one file.

namespace refund::log {
namespace {

constexpr std::string_view kTrailerMagic = "RFT1";

struct PartitionSum {
  int64_t records = 0;
  Digest digest;
};

std::string MakeTrailer(const std::vector<PartitionSum>& sums, uint64_t bytes_before) {
  std::string out(kTrailerMagic);
  AppendBe32(out, static_cast<uint32_t>(sums.size()));
  for (const PartitionSum& sum : sums) {
    AppendBe64(out, static_cast<uint64_t>(sum.records));
    out.append(sum.digest.view());
  }
  AppendBe64(out, bytes_before);
  AppendBe32(out, Crc32c(out));
  return out;
}

class Exporter {
 public:
  Exporter(Reader& reader, const File& file, void (*progress)(int64_t done, int64_t total))
      : reader_(reader), file_(file), progress_(progress) {}

  // The number of records.
  absl::StatusOr<int64_t> Run() {
    RETURN_IF_ERROR(FindEnds());
    RETURN_IF_ERROR(Write(MakePreamble(PreambleKind::kExport, reader_.partitions())));
    std::vector<PartitionSum> sums;
    for (uint32_t partition = 0; partition < reader_.partitions(); ++partition) {
      ASSIGN_OR_RETURN(const Digest digest, CopyPartition(partition));
      sums.push_back({ends_[partition], digest});
    }
    RETURN_IF_ERROR(Write(MakeTrailer(sums, position_)));
    RETURN_IF_ERROR(file_.Sync());
    return done_;
  }

 private:
  // Others may append meanwhile: what is there now is exported, and what comes later is not.
  absl::Status FindEnds() {
    for (uint32_t partition = 0; partition < reader_.partitions(); ++partition) {
      ASSIGN_OR_RETURN(const int64_t end, reader_.End(partition));
      ends_.push_back(end);
      total_ += end;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Digest> CopyPartition(uint32_t partition) {
    Sha256Stream digest;
    FrameBuilder frame(FrameKind::kEvents, partition);
    int64_t base = 0;
    for (int64_t at = 0; at < ends_[partition];) {
      ASSIGN_OR_RETURN(const std::vector<Record> records, reader_.Read(partition, at, {}));
      if (records.empty()) return EndedEarly({partition, at});
      for (const Record& record : records) {
        if (at == ends_[partition]) break;
        RETURN_IF_ERROR(CheckNext(record, {partition, at}));
        if (!frame.Fits(record.bytes.size())) RETURN_IF_ERROR(WriteFrame(frame, base, digest));
        frame.Add(record.recorded_at.ms, record.bytes);
        ++at;
      }
      if (progress_ != nullptr) progress_(done_ + at, total_);
    }
    if (frame.records() > 0) RETURN_IF_ERROR(WriteFrame(frame, base, digest));
    done_ += ends_[partition];
    return digest.Finish();
  }

  static absl::Status CheckNext(const Record& record, const Address& expected) {
    if (record.at == expected) return absl::OkStatus();
    return Errorf(absl::StatusCode::kDataLoss, "export: expected record %d/%d, found %d/%d",
                  expected.partition, expected.offset, record.at.partition, record.at.offset);
  }

  absl::Status EndedEarly(const Address& at) const {
    return Errorf(absl::StatusCode::kDataLoss,
                  "export: expected %d records in partition %d, found the end at %d",
                  ends_[at.partition], at.partition, at.offset);
  }

  absl::Status WriteFrame(FrameBuilder& frame, int64_t& base, Sha256Stream& digest) {
    digest.Add(frame.payload());
    RETURN_IF_ERROR(Write(frame.Seal(base)));
    base = frame.header().end();
    frame.Clear();
    return absl::OkStatus();
  }

  absl::Status Write(ByteView bytes) {
    RETURN_IF_ERROR(file_.WriteAt(position_, bytes));
    position_ += bytes.size();
    return absl::OkStatus();
  }

  Reader& reader_;
  const File& file_;
  void (*progress_)(int64_t done, int64_t total);
  std::vector<int64_t> ends_;
  int64_t total_ = 0;
  int64_t done_ = 0;
  uint64_t position_ = 0;
};

absl::StatusOr<int64_t> WriteExport(Reader& reader, const std::string& path,
                                    void (*progress)(int64_t done, int64_t total)) {
  ASSIGN_OR_RETURN(const File file, File::Open(path, O_RDWR | O_CREAT | O_TRUNC));
  return Exporter(reader, file, progress).Run();
}

// Goes through the whole file once. What it has found is what the reader then relies on.
class Checker {
 public:
  using Runs = std::vector<std::unique_ptr<FrameRun>>;

  explicit Checker(std::shared_ptr<const File> file) : file_(std::move(file)) {}

  // The frames of each partition.
  absl::StatusOr<Runs> Run() {
    ASSIGN_OR_RETURN(size_, file_->Size());
    ASSIGN_OR_RETURN(const std::string preamble, file_->ReadAt(0, kPreambleBytes));
    ASSIGN_OR_RETURN(const uint32_t partitions,
                     ParsePreamble(PreambleKind::kExport, file_->path(), preamble));
    position_ = kPreambleBytes;
    for (uint32_t partition = 0; partition < partitions; ++partition) {
      RETURN_IF_ERROR(CheckPart(partition));
    }
    RETURN_IF_ERROR(CheckTrailer());
    return std::move(runs_);
  }

 private:
  absl::Status CheckPart(uint32_t partition) {
    auto run = std::make_unique<FrameRun>(FrameKind::kEvents, partition, position_, 0);
    FrameScanner scanner(file_, FrameKind::kEvents, partition);
    Sha256Stream digest;
    for (;;) {
      ASSIGN_OR_RETURN(const std::optional<FrameHeader> next, PeekFrame());
      if (!next.has_value() || next->partition != partition) break;
      ASSIGN_OR_RETURN(const std::optional<Frame> frame, scanner.At(position_, size_, run->end()));
      if (!frame.has_value()) return EndsInside(next->frame_bytes(), "a frame");
      digest.Add(frame->payload);
      run->Extend(frame->header);
      position_ = run->position();
    }
    sums_.push_back({run->end(), digest.Finish()});
    run->Attach(file_);
    runs_.push_back(std::move(run));
    return absl::OkStatus();
  }

  // The header at the position; absent where the trailer begins.
  absl::StatusOr<std::optional<FrameHeader>> PeekFrame() const {
    ASSIGN_OR_RETURN(const std::string bytes, file_->ReadAt(position_, kFrameHeaderBytes));
    if (ByteView(bytes).substr(0, kTrailerMagic.size()) == kTrailerMagic) return std::nullopt;
    if (bytes.size() < kFrameHeaderBytes) {
      return EndsInside(kFrameHeaderBytes, "a frame or the trailer");
    }
    absl::StatusOr<FrameHeader> header = ParseFrameHeader(bytes);
    if (!header.ok()) return At(file_->path(), position_, header.status());
    return *header;
  }

  // Everything that the trailer says is known by now, so it can be one string only.
  absl::Status CheckTrailer() const {
    const std::string expected = MakeTrailer(sums_, position_);
    ASSIGN_OR_RETURN(const std::string found, file_->ReadAt(position_, expected.size() + 1));
    const auto [e, f] = std::mismatch(expected.begin(), expected.end(), found.begin(), found.end());
    if (e == expected.end() && f == found.end()) return absl::OkStatus();
    const uint64_t position = position_ + static_cast<uint64_t>(f - found.begin());
    if (e == expected.end()) {
      return DataLossAt(file_->path(), position, "expected the end of the file, found more");
    }
    if (f == found.end()) return EndsInside(expected.size(), "the trailer");
    return DataLossAt(file_->path(), position,
                      absl::StrFormat("trailer: expected %s, found %s",
                                      Abs(ToHex(ByteView(&*e, 1))), Abs(ToHex(ByteView(&*f, 1)))));
  }

  absl::Status EndsInside(uint64_t need, const char* what) const {
    return DataLossAt(file_->path(), position_,
                      absl::StrFormat("expected %d bytes of %s, found %d to the end of the file",
                                      need, what, size_ - position_));
  }

  std::shared_ptr<const File> file_;
  uint64_t size_ = 0;
  uint64_t position_ = 0;
  Runs runs_;
  std::vector<PartitionSum> sums_;
};

class FileReader : public Reader {
 public:
  explicit FileReader(Checker::Runs runs) : runs_(std::move(runs)) {}

  uint32_t partitions() const override { return static_cast<uint32_t>(runs_.size()); }

  absl::StatusOr<int64_t> End(uint32_t partition) override {
    RETURN_IF_ERROR(CheckPartition(partition, partitions()));
    return runs_[partition]->end();
  }

  absl::StatusOr<std::vector<Record>> Read(uint32_t partition, int64_t offset,
                                           const BatchLimit& limit) override {
    RETURN_IF_ERROR(CheckPartition(partition, partitions()));
    FrameRun& run = *runs_[partition];
    RETURN_IF_ERROR(CheckReadFrom(offset, run.end()));
    Batch batch(limit);
    while (offset < run.end()) {
      ASSIGN_OR_RETURN(const Frame* frame, run.Seek(offset));
      if (!batch.TakeFrom(*frame, partition, offset)) break;
    }
    return batch.Finish();
  }

 private:
  Checker::Runs runs_;
};

}  // namespace

absl::StatusOr<int64_t> ExportLog(Reader& reader, const std::string& file,
                                  void (*progress)(int64_t done, int64_t total)) {
  const std::string beside = absl::StrFormat("%s.new-%d", file, ::getpid());
  absl::StatusOr<int64_t> records = WriteExport(reader, beside, progress);
  absl::Status done = records.status();
  if (done.ok()) done = Rename(beside, file);
  if (!done.ok()) {
    std::remove(beside.c_str());
    return done;
  }
  RETURN_IF_ERROR(SyncDirectory(ParentDirectory(file)));
  return records;
}

absl::StatusOr<std::unique_ptr<Reader>> OpenFileLog(const std::string& file) {
  ASSIGN_OR_RETURN(File opened, File::Open(file, O_RDONLY));
  Checker checker(std::make_shared<const File>(std::move(opened)));
  ASSIGN_OR_RETURN(Checker::Runs runs, checker.Run());
  return std::make_unique<FileReader>(std::move(runs));
}

}  // namespace refund::log
