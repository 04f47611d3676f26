#include "server/intake/messages.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <tuple>
#include <utility>

#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "server/intake/intake.h"

// messages.cursor := "refund messages 1" newline, then for each partition, in order, the first
//                    offset whose messages have not been carried, newline

namespace refund::intake {
namespace {

constexpr char kHeading[] = "refund messages 1";

// Beside it and renamed: a torn one would only be read as none.
absl::Status WriteMessageCursor(const std::string& path, const std::vector<int64_t>& cursor) {
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

absl::StatusOr<int64_t> AppendMessages(log::Log& log, std::vector<std::string> messages) {
  if (messages.empty()) return 0;
  ASSIGN_OR_RETURN(const std::vector<Letter> letters, Sorted(std::move(messages)));
  Intake intake(log, kEnginePrincipal);
  RETURN_IF_ERROR(intake.Open());
  RETURN_IF_ERROR(intake.Begin());
  for (const Letter& each : letters) RETURN_IF_ERROR(intake.TakeMessage(each.bytes).status());
  RETURN_IF_ERROR(intake.End());
  return static_cast<int64_t>(letters.size());
}

}  // namespace

std::vector<int64_t> ReadMessageCursor(const std::string& path, uint32_t partitions) {
  std::ifstream file(path);
  std::string heading;
  std::getline(file, heading);
  std::vector<int64_t> cursor(partitions, 0);
  for (int64_t& next : cursor) file >> next;
  const bool readable = file && heading == kHeading &&
                        std::all_of(cursor.begin(), cursor.end(), [](int64_t n) { return n >= 0; });
  return readable ? cursor : std::vector<int64_t>(partitions, 0);
}

absl::StatusOr<std::unique_ptr<MessageCarrier>> MessageCarrier::Open(log::Log& log,
                                                                     std::string cursor_path) {
  std::unique_ptr<MessageCarrier> carrier(new MessageCarrier(log, std::move(cursor_path)));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log.OpenReader());
  for (uint32_t p = 0; p < reader->partitions(); ++p) {
    ASSIGN_OR_RETURN(carrier->outputs_.emplace_back(), log.FollowOutputs(p));
  }
  carrier->cursor_ = ReadMessageCursor(carrier->cursor_path_, reader->partitions());
  carrier->saved_ = carrier->cursor_;
  return carrier;
}

absl::StatusOr<int64_t> MessageCarrier::Carry() {
  std::vector<std::string> messages;
  std::vector<int64_t> reached = cursor_;
  for (uint32_t p = 0; p < outputs_.size(); ++p) {
    RETURN_IF_ERROR(Gather(p, reached[p], messages));
  }
  ASSIGN_OR_RETURN(const int64_t carried, AppendMessages(log_, std::move(messages)));
  cursor_ = std::move(reached);
  return carried;
}

absl::Status MessageCarrier::Gather(uint32_t partition, int64_t& next,
                                    std::vector<std::string>& messages) {
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(log::OutputReader::Committed committed, outputs_[partition]->Read(next, {}));
    // A cursor past the end is of other outputs than these: then all of it.
    if (committed.next < next) {
      next = 0;
      continue;
    }
    for (log::Output& each : committed.outputs) {
      if (each.topic == log::Topic::kMessages) messages.push_back(std::move(each.bytes));
    }
    more = committed.next > next;
    next = committed.next;
  }
  return absl::OkStatus();
}

absl::Status MessageCarrier::Save() {
  if (cursor_ == saved_) return absl::OkStatus();
  RETURN_IF_ERROR(WriteMessageCursor(cursor_path_, cursor_));
  saved_ = cursor_;
  return absl::OkStatus();
}

}  // namespace refund::intake
