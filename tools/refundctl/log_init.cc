#include "tools/refundctl/log_init.h"

#include <sys/random.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "engine/base/id.h"
#include "engine/base/status.h"
#include "engine/log/segment_log.h"
#include "server/intake/intake.h"
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

absl::Status Fill(const std::string& directory, uint32_t partitions, Instant at,
                  const std::vector<packc::Compiled>& packs) {
  RETURN_IF_ERROR(log::CreateSegmentLog(directory, partitions));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Log> log, log::OpenSegmentLog(directory));
  RETURN_IF_ERROR(intake::OpenLog(*log, RandomId(), at, kPrincipal));
  for (const packc::Compiled& pack : packs) {
    RETURN_IF_ERROR(intake::PublishPack(*log, pack.bytes, at, kPrincipal).status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status InitLog(const std::string& directory, uint32_t partitions, Instant at,
                     const std::vector<packc::Compiled>& packs) {
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
  const absl::Status filled = Fill(beside, partitions, at, packs);
  if (!filled.ok()) {
    fs::remove_all(beside, error);
    return filled;
  }
  fs::rename(beside, target, error);
  if (!error) return absl::OkStatus();
  const std::string why = error.message();
  fs::remove_all(beside, error);
  return Errorf(absl::StatusCode::kFailedPrecondition, "%s: %s", directory, why);
}

}  // namespace refund::tools
