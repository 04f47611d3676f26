#include "tools/refundctl/replayer_messages.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <tuple>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "server/intake/intake.h"
#include "tools/refundctl/times.h"

// messages.cursor := "refund messages 1" newline, then for each partition, in order, the first
//                    offset whose messages have not been carried, newline

namespace refund::tools {
namespace {

constexpr char kHeading[] = "refund messages 1";

std::string CursorPath(const std::string& log_directory) {
  return log_directory + "/messages.cursor";
}

// Beside it and renamed: a torn one would only be read as none.
absl::Status WriteMessageCursor(const std::string& log_directory,
                                const std::vector<int64_t>& cursor) {
  const std::string path = CursorPath(log_directory);
  const std::string beside = path + ".new";
  std::ofstream file(beside, std::ios::trunc);
  file << kHeading << '\n';
  for (const int64_t next : cursor) file << next << '\n';
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(beside, path, error);
  if (file && !error) return absl::OkStatus();
  return Errorf(absl::StatusCode::kUnavailable, "%s: cannot be written", path);
}

struct Letter {
  Instant at;
  std::string id;
  std::string bytes;
};

// In the order of their instants, whichever partitions they came from: so an account grants in the
// same order however the log is divided.
absl::StatusOr<std::vector<Letter>> Sorted(std::vector<std::string> messages) {
  std::vector<Letter> letters;
  for (std::string& bytes : messages) {
    ASSIGN_OR_RETURN(const Claim claim, codec::DecodeClaim(bytes));
    letters.push_back({claim.occurred_at, claim.id, std::move(bytes)});
  }
  std::sort(letters.begin(), letters.end(), [](const Letter& a, const Letter& b) {
    return std::tie(a.at, a.id) < std::tie(b.at, b.id);
  });
  return letters;
}

}  // namespace

absl::StatusOr<int64_t> AppendMessages(log::Log& log, std::vector<std::string> messages) {
  if (messages.empty()) return 0;
  ASSIGN_OR_RETURN(const std::vector<Letter> letters, Sorted(std::move(messages)));
  intake::Intake intake(log, kPrincipal);
  RETURN_IF_ERROR(intake.Open());
  RETURN_IF_ERROR(intake.Begin());
  for (const Letter& each : letters) RETURN_IF_ERROR(intake.TakeMessage(each.bytes).status());
  RETURN_IF_ERROR(intake.End());
  return static_cast<int64_t>(letters.size());
}

absl::Status RememberingCommitter::Commit(const std::vector<log::Output>& outputs,
                                          const log::Cursor& cursor) {
  RETURN_IF_ERROR(inner_->Commit(outputs, cursor));
  Remember(outputs);
  next_ = cursor.next;
  return absl::OkStatus();
}

absl::Status RememberingCommitter::Recall(int64_t from_offset) {
  ASSIGN_OR_RETURN(const std::optional<log::Cursor> cursor, inner_->ReadCursor());
  next_ = cursor ? cursor->next : 0;
  if (from_offset == next_) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<log::Output> outputs,
                   inner_->ReadOutputs(from_offset < next_ ? from_offset : 0));
  Remember(outputs);
  return absl::OkStatus();
}

void RememberingCommitter::Remember(const std::vector<log::Output>& outputs) {
  for (const log::Output& output : outputs) {
    if (output.topic == log::Topic::kMessages) messages_.push_back(output.bytes);
  }
}

std::vector<int64_t> ReadMessageCursor(const std::string& log_directory, uint32_t partitions) {
  std::ifstream file(CursorPath(log_directory));
  std::string heading;
  std::getline(file, heading);
  std::vector<int64_t> cursor(partitions, 0);
  for (int64_t& next : cursor) file >> next;
  const bool readable = file && heading == kHeading &&
                        std::all_of(cursor.begin(), cursor.end(), [](int64_t n) { return n >= 0; });
  return readable ? cursor : std::vector<int64_t>(partitions, 0);
}

absl::StatusOr<int64_t> CarryMessages(
    log::Log& log, const std::string& log_directory,
    const std::vector<std::unique_ptr<RememberingCommitter>>& committers) {
  std::vector<std::string> messages;
  std::vector<int64_t> cursor;
  for (const auto& committer : committers) {
    for (std::string& each : committer->TakeMessages()) messages.push_back(std::move(each));
    cursor.push_back(committer->next());
  }
  ASSIGN_OR_RETURN(const int64_t carried, AppendMessages(log, std::move(messages)));
  if (cursor != ReadMessageCursor(log_directory, static_cast<uint32_t>(cursor.size()))) {
    RETURN_IF_ERROR(WriteMessageCursor(log_directory, cursor));
  }
  return carried;
}

}  // namespace refund::tools
