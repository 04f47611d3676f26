#include "tools/refundctl/whatif/recorded_log.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/json_lines.h"
#include "engine/log/file_log.h"
#include "engine/log/memory_log.h"
#include "engine/log/segment_log.h"
#include "engine/log/whole_file.h"
#include "server/intake/intake.h"
#include "tools/refundctl/times.h"

namespace refund::tools {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kPartitions = 4;

absl::Status TimeGoesBack(const log::Record& record) {
  return Errorf(absl::StatusCode::kDataLoss, "record %d/%d: its stamp lies before the one before",
                record.at.partition, record.at.offset);
}

absl::Status ReadPartition(log::Reader& reader, uint32_t partition, RecordedLog& log) {
  ASSIGN_OR_RETURN(const int64_t end, reader.End(partition));
  Instant highest = kMinInstant;
  for (int64_t offset = 0; offset < end;) {
    ASSIGN_OR_RETURN(std::vector<log::Record> records, reader.Read(partition, offset, {}));
    for (log::Record& record : records) {
      if (record.recorded_at < highest) return TimeGoesBack(record);
      highest = record.recorded_at;
      offset = record.at.offset + 1;
      log.records.push_back(std::move(record));
    }
  }
  return absl::OkStatus();
}

absl::Status DoesNotGoIn(size_t line, const std::string& pointer, const std::string& expected,
                         const std::string& found) {
  return Errorf(absl::StatusCode::kInvalidArgument, "line %d: %s: expected %s, found %s", line,
                pointer.empty() ? "/" : pointer, expected, found);
}

absl::Status Take(intake::Intake& intake, const codec::LineResult& line, size_t number) {
  std::variant<intake::Taken, intake::Refused> answer;
  if (const auto* raw = std::get_if<codec::RawLine>(&line)) {
    ASSIGN_OR_RETURN(answer, intake.TakeRaw(*raw));
  } else {
    const auto& claim = std::get<codec::ClaimLine>(line);
    ASSIGN_OR_RETURN(answer, intake.Take(claim, {claim.recorded_at, *claim.recorded_at}));
  }
  const auto* refused = std::get_if<intake::Refused>(&answer);
  if (refused == nullptr) return absl::OkStatus();
  return DoesNotGoIn(number, refused->pointer, refused->expected, refused->found);
}

Instant RecordedAt(const codec::LineResult& line) {
  const auto* raw = std::get_if<codec::RawLine>(&line);
  return raw != nullptr ? raw->recorded_at : *std::get<codec::ClaimLine>(line).recorded_at;
}

absl::Status OpenWithPacks(log::Log& log, Instant at, const std::vector<std::string>& packs) {
  RETURN_IF_ERROR(intake::OpenLog(log, Id{}, at, kPrincipal));
  for (const std::string& pack : packs) {
    RETURN_IF_ERROR(intake::PublishPack(log, pack, at, kPrincipal).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<RecordedLog> ReadLines(const std::string& path,
                                      const std::vector<std::string>& packs) {
  ASSIGN_OR_RETURN(const std::string text, log::ReadWholeFile(path));
  std::vector<std::string_view> lines;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    lines.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  absl::StatusOr<RecordedLog> log = LogOfLines(lines, path, packs);
  if (!log.ok()) return Errorf(log.status().code(), "%s: %s", path, Message(log.status()));
  return log;
}

bool IsExport(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string magic(8, '\0');
  in.read(magic.data(), static_cast<std::streamsize>(magic.size()));
  return in && magic == "RFNDEXPT";
}

}  // namespace

absl::StatusOr<RecordedLog> ReadLog(log::Reader& reader, std::string name) {
  RecordedLog log{std::move(name), reader.partitions(), {}};
  for (uint32_t p = 0; p < log.partitions; ++p) RETURN_IF_ERROR(ReadPartition(reader, p, log));
  std::stable_sort(
      log.records.begin(), log.records.end(),
      [](const log::Record& a, const log::Record& b) { return a.recorded_at < b.recorded_at; });
  return log;
}

absl::StatusOr<RecordedLog> LogOfLines(const std::vector<std::string_view>& lines, std::string name,
                                       const std::vector<std::string>& packs) {
  const std::unique_ptr<log::Log> log = log::MakeMemoryLog(kPartitions);
  std::unique_ptr<intake::Intake> intake;
  for (size_t i = 0; i < lines.size(); ++i) {
    const codec::LineResult line = codec::ParseLine(lines[i], /*as_recorded=*/true);
    if (const auto* error = std::get_if<codec::LineError>(&line)) {
      return DoesNotGoIn(i + 1, error->pointer, error->expected, error->found);
    }
    if (!intake) {
      RETURN_IF_ERROR(OpenWithPacks(*log, RecordedAt(line), packs));
      intake = std::make_unique<intake::Intake>(*log, kPrincipal);
      RETURN_IF_ERROR(intake->Open());
      RETURN_IF_ERROR(intake->Begin());
    }
    RETURN_IF_ERROR(Take(*intake, line, i + 1));
  }
  if (!intake) return absl::InvalidArgumentError("expected lines, found none");
  RETURN_IF_ERROR(intake->End());
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log->OpenReader());
  return ReadLog(*reader, std::move(name));
}

absl::StatusOr<RecordedLog> OpenRecordedLog(const std::string& path,
                                            const std::vector<std::string>& packs) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    if (!IsExport(path)) return ReadLines(path, packs);
    ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log::OpenFileLog(path));
    return ReadLog(*reader, path);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Log> log, log::OpenSegmentLog(path));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log->OpenReader());
  return ReadLog(*reader, path);
}

bool Publishes(const RecordedLog& log, const Digest& pack) {
  return std::any_of(log.records.begin(), log.records.end(), [&](const log::Record& record) {
    if (record.at.partition != 0) return false;  // every partition has the same
    const auto read = codec::DecodeRecord(record.bytes, codec::kSemantic);
    const auto* event = std::get_if<Event>(&read);
    const auto* published =
        event != nullptr ? std::get_if<PolicyPublished>(&event->claim.body) : nullptr;
    return published != nullptr && published->digest == pack;
  });
}

absl::StatusOr<std::unique_ptr<log::Log>> CopyInMemory(const RecordedLog& log) {
  std::unique_ptr<log::Log> copy = log::MakeMemoryLog(log.partitions);
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Appender> appender, copy->OpenAppender());
  ASSIGN_OR_RETURN(const std::unique_ptr<log::AppendSession> session, appender->Begin());
  for (const log::Record& record : log.records) {
    session->Add(record.at.partition, record.recorded_at, record.bytes);
  }
  RETURN_IF_ERROR(session->Sync());
  return copy;
}

}  // namespace refund::tools
