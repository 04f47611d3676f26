#include "tools/refundctl/log_init.h"

#include <sys/random.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "engine/base/id.h"
#include "engine/base/status.h"
#include "engine/log/kafka_clock.h"
#include "engine/log/kafka_log.h"
#include "engine/log/segment_log.h"
#include "server/intake/clock.h"
#include "server/intake/intake.h"
#include "server/lanes/partition.h"
#include "tools/refundctl/times.h"

namespace refund::tools {
namespace {

namespace fs = std::filesystem;

Id RandomId() {
  Id id;
  if (::getrandom(id.bytes.data(), id.bytes.size(), 0) != static_cast<ssize_t>(id.bytes.size())) {
    std::abort();  // the kernel has no randomness: nothing here can go on
  }
  return id;
}

absl::Status Fill(log::Log& log, Instant at, const std::vector<packc::Compiled>& packs) {
  RETURN_IF_ERROR(intake::OpenLog(log, RandomId(), at, kPrincipal));
  for (const packc::Compiled& pack : packs) {
    RETURN_IF_ERROR(intake::PublishPack(log, pack.bytes, at, kPrincipal).status());
  }
  return absl::OkStatus();
}

absl::Status FillDirectory(const std::string& directory, uint32_t partitions, Instant at,
                           const std::vector<packc::Compiled>& packs) {
  RETURN_IF_ERROR(log::CreateSegmentLog(directory, partitions));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Log> log, log::OpenSegmentLog(directory));
  return Fill(*log, at, packs);
}

absl::StatusOr<int64_t> CountRecords(log::Reader& reader) {
  int64_t records = 0;
  for (uint32_t p = 0; p < reader.partitions(); ++p) {
    ASSIGN_OR_RETURN(const int64_t end, reader.End(p));
    records += end;
  }
  return records;
}

// Of partitions that were opened by halves there is no way back: LogOpened must be record 0.
absl::StatusOr<uint32_t> FillTopics(const LogAddress& address, Instant at,
                                    const std::vector<packc::Compiled>& packs) {
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Log> log, log::OpenKafkaLog(*address.kafka));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log->OpenReader());
  ASSIGN_OR_RETURN(const int64_t records, CountRecords(*reader));
  if (records > 0) {
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "%s: expected topics without a record, found %d; init makes a new log only",
                  address.name(), records);
  }
  RETURN_IF_ERROR(Fill(*log, at, packs));
  return reader->partitions();
}

}  // namespace

std::string LogAddress::name() const {
  return kafka ? "kafka://" + kafka->brokers + "/" + kafka->prefix : directory;
}

absl::StatusOr<std::unique_ptr<log::Log>> OpenLogAt(const LogAddress& address) {
  if (!address.kafka) return log::OpenSegmentLog(address.directory);
  ASSIGN_OR_RETURN(std::unique_ptr<log::Log> log, log::OpenKafkaLog(*address.kafka));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log->OpenReader());
  ASSIGN_OR_RETURN(const int64_t records, CountRecords(*reader));
  if (records > 0) {
    // A key goes where their number says: one more, and it would go astray.
    RETURN_IF_ERROR(lanes::ReadOpening(*reader).status());
    return log;
  }
  return absl::NotFoundError(Abs(address.name() +
                                 ": the topics are there, but no log was made in them; "
                                 "refundctl init makes one"));
}

absl::Status CheckClockAt(const LogAddress& address) {
  if (!address.kafka) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::unique_ptr<log::LogClock> clock, log::OpenKafkaClock(*address.kafka));
  return intake::CheckClock(*clock, Now());
}

absl::StatusOr<Instant> StampFor(const LogAddress& address, const std::string& at) {
  if (!at.empty()) return ParseTime("--at", at);
  RETURN_IF_ERROR(CheckClockAt(address));
  return Now();
}

absl::StatusOr<uint32_t> InitLog(const LogAddress& address, uint32_t partitions, Instant at,
                                 const std::vector<packc::Compiled>& packs) {
  if (address.kafka) return FillTopics(address, at, packs);
  const std::string& directory = address.directory;
  std::error_code error;
  if (fs::exists(directory, error) &&
      !(fs::is_directory(directory, error) && fs::is_empty(directory, error))) {
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "%s is there already; init makes a new log only, and overwrites nothing",
                  directory);
  }
  fs::path target = fs::path(directory).lexically_normal();
  if (target.filename().empty()) target = target.parent_path();  // "log/"
  const std::string beside = target.string() + ".new-" + std::to_string(::getpid());
  fs::create_directories(target.has_parent_path() ? target.parent_path() : ".", error);
  const absl::Status filled = FillDirectory(beside, partitions, at, packs);
  if (!filled.ok()) {
    fs::remove_all(beside, error);
    return filled;
  }
  fs::rename(beside, target, error);
  if (!error) return partitions;
  const std::string why = error.message();
  fs::remove_all(beside, error);
  return Errorf(absl::StatusCode::kFailedPrecondition, "%s: %s", directory, why);
}

}  // namespace refund::tools
