#include "server/intake/door.h"

#include <utility>
#include <variant>

#include "engine/base/check.h"
#include "engine/base/status.h"
#include "engine/codec/cloud_event.h"

namespace refund::intake {

Door::Door(log::Log& log, PrincipalByTopic principals)
    : principals_(std::move(principals)), intake_(log, "") {}

absl::Status Door::Open() { return intake_.Open(); }

absl::StatusOr<DoorResult> Door::Take(const std::vector<log::InboxMessage>& messages, Instant now) {
  DoorResult result;
  if (messages.empty()) return result;
  RETURN_IF_ERROR(intake_.Begin());
  for (const log::InboxMessage& each : messages) {
    ASSIGN_OR_RETURN(std::string why, TakeOne(each, now));
    if (why.empty()) {
      ++(IsOurs(each) ? result.carried : result.taken);
    } else {
      result.returned.push_back({each, std::move(why)});
    }
  }
  RETURN_IF_ERROR(intake_.End());
  return result;
}

const std::string& Door::PrincipalOf(const log::InboxMessage& message) const {
  const auto principal = principals_.find(message.topic);
  CHECK(principal != principals_.end());
  return principal->second;
}

bool Door::IsOurs(const log::InboxMessage& message) const {
  return PrincipalOf(message) == kEnginePrincipal;
}

// Why not; empty when it was taken.
absl::StatusOr<std::string> Door::TakeOne(const log::InboxMessage& message, Instant now) {
  if (IsOurs(message)) {
    const absl::Status taken = intake_.TakeMessage(message.value.value_or("")).status();
    // Only committers write there, so somebody else has: for a person to see.
    if (absl::IsDataLoss(taken)) return Message(taken);
    RETURN_IF_ERROR(taken);
    return "";
  }
  codec::LineResult line = codec::ParseCloudEvent(message.headers, message.value);
  if (const auto* error = std::get_if<codec::LineError>(&line)) return error->Text();
  const auto* claim = std::get_if<codec::ClaimLine>(&line);
  CHECK(claim != nullptr);
  ASSIGN_OR_RETURN(const auto taken,
                   intake_.TakeAs(PrincipalOf(message), *claim, {std::nullopt, now}));
  const auto* refused = std::get_if<Refused>(&taken);
  if (refused == nullptr) return "";
  return codec::LineError{refused->pointer, refused->expected, refused->found}.Text();
}

}  // namespace refund::intake
