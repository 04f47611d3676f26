#include "projections/state/state_dir.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/cord.h"
#include "engine/base/status.h"
#include "projections/state/files.h"

namespace refund::projections {
namespace {

using absl::StatusCode;

//   refund state 1
//   log 00112233445566778899aabbccddeeff
//   partitions 4
constexpr std::string_view kTitle = "refund state ";
constexpr std::string_view kLog = "log ";
constexpr std::string_view kPartitions = "partitions ";
constexpr uint32_t kFormat = 1;
constexpr char kInUse[] = "refund/state-in-use";

std::string FilePath(const std::string& root) { return root + "/STATE"; }

std::string TextOf(const StateDirInfo& info) {
  return absl::StrFormat("%s%d\n%s%s\n%s%d\n", kTitle, kFormat, kLog, info.log_id.hex(),
                         kPartitions, info.partitions);
}

// Takes "<word><value>\n" off the front.
std::optional<std::string_view> TakeLine(std::string_view& text, std::string_view word) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos || text.substr(0, word.size()) != word) return std::nullopt;
  const std::string_view value = text.substr(word.size(), end - word.size());
  text.remove_prefix(end + 1);
  return value;
}

std::optional<uint32_t> TakeNumber(std::string_view& text, std::string_view word) {
  const std::optional<std::string_view> value = TakeLine(text, word);
  uint32_t number = 0;
  if (!value) return std::nullopt;
  const char* const end = value->data() + value->size();
  const auto [stop, error] = std::from_chars(value->data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

absl::Status Unreadable(const std::string& root, std::string_view expected) {
  return Errorf(StatusCode::kDataLoss, "%s: expected a line \"%s…\"", FilePath(root), expected);
}

absl::StatusOr<StateDirInfo> Parse(const std::string& root, std::string_view text) {
  const std::optional<uint32_t> format = TakeNumber(text, kTitle);
  if (!format || *format == 0) return Unreadable(root, kTitle);
  if (*format > kFormat) {
    return Errorf(StatusCode::kFailedPrecondition,
                  "%s has format %d, which is newer than %d, the newest that this program knows",
                  root, *format, kFormat);
  }
  StateDirInfo info;
  std::string id;
  const std::optional<std::string_view> log = TakeLine(text, kLog);
  if (!log || !FromHex(*log, id) || !Id::FromBytes(id, info.log_id)) return Unreadable(root, kLog);
  const std::optional<uint32_t> partitions = TakeNumber(text, kPartitions);
  if (!partitions || *partitions == 0 || !text.empty()) return Unreadable(root, kPartitions);
  info.partitions = *partitions;
  return info;
}

std::string PartitionPath(const std::string& root, uint32_t partition) {
  return absl::StrFormat("%s/%04d", root, partition);
}

}  // namespace

absl::Status CreateStateDir(const std::string& root, const StateDirInfo& info) {
  const absl::StatusOr<StateDirInfo> found = OpenStateDir(root);
  if (found.ok()) return CheckStateDir(root, info);
  if (!absl::IsNotFound(found.status())) return found.status();
  RETURN_IF_ERROR(MakeDirectory(root));
  return WriteFileAtomically(FilePath(root), TextOf(info));
}

absl::StatusOr<StateDirInfo> OpenStateDir(const std::string& root) {
  ASSIGN_OR_RETURN(const std::optional<std::string> text, ReadSmallFile(FilePath(root)));
  if (text) return Parse(root, *text);
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(root));
  // A crash while it was made leaves only the unfinished file.
  if (names.empty() || names == std::vector<std::string>{"STATE.new"}) {
    return Errorf(StatusCode::kNotFound, "there is no state at %s", root);
  }
  return Errorf(StatusCode::kFailedPrecondition, "%s holds something else: it has no file STATE",
                root);
}

absl::Status CheckStateDir(const std::string& root, const StateDirInfo& info) {
  ASSIGN_OR_RETURN(const StateDirInfo found, OpenStateDir(root));
  if (found == info) return absl::OkStatus();
  return Errorf(StatusCode::kFailedPrecondition,
                "%s belongs to log %s with %d partitions, not to %s with %d", root,
                found.log_id.hex(), found.partitions, info.log_id.hex(), info.partitions);
}

absl::Status InUse(const std::string& directory) {
  absl::Status in_use =
      Errorf(StatusCode::kFailedPrecondition, "%s is in use by another process", directory);
  in_use.SetPayload(kInUse, absl::Cord());
  return in_use;
}

bool IsInUse(const absl::Status& status) { return status.GetPayload(kInUse).has_value(); }

std::string StateDbPath(const std::string& root, uint32_t partition) {
  return PartitionPath(root, partition) + "/state";
}

std::string ViewsDbPath(const std::string& root, uint32_t partition) {
  return PartitionPath(root, partition) + "/views";
}

}  // namespace refund::projections
