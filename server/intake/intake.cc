#include "server/intake/intake.h"

#include <algorithm>
#include <variant>

#include "engine/arbiter/authority.h"
#include "engine/base/sha256.h"
#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/pack_codec.h"
#include "engine/domain/event.h"
#include "engine/domain/key.h"

namespace refund::intake {
namespace {

Claim BroadcastClaim(std::string id, Instant at, EventBody body) {
  Claim claim;
  claim.id = std::move(id);
  claim.occurred_at = at;
  claim.actor = {Role::kPlatform, "intake"};
  claim.body = std::move(body);
  return claim;
}

std::string RecordOf(const Claim& claim, Instant at, const std::string& principal) {
  return codec::EncodeRecord(codec::EncodeClaim(claim), {at, principal});
}

Refused BeforeHighest(Instant recorded_at, Instant highest) {
  return {"/recorded_at", "a recorded_at at or after the log's highest, " + FormatInstant(highest),
          FormatInstant(recorded_at)};
}

// What this principal may not bring in by this door, whatever the log holds.
std::optional<Refused> NotAtThisDoor(const Claim& claim, const std::string& principal) {
  const EventKind kind = claim.kind();
  const std::string name(NameOf(kind));
  if (IsMessage(kind)) return Refused{"/type", "a kind that is no message of the engine's", name};
  if (!IsBroadcast(kind) || arbiter::MayBroadcast(kind, claim.actor.role, principal)) {
    return std::nullopt;
  }
  if (kind == EventKind::kTick) {
    return Refused{"/actor/role", "PLATFORM or ENGINE for a Tick",
                   std::string(NameOf(claim.actor.role))};
  }
  return Refused{"/actor/role", "who may say " + name,
                 std::string(NameOf(claim.actor.role)) + " by \"" + principal + "\""};
}

absl::StatusOr<Claim> DecodeMessage(ByteView bytes) {
  absl::StatusOr<Claim> claim = codec::DecodeClaim(bytes);
  const bool is_message =
      claim.ok() && IsMessage(claim->kind()) && claim->actor.role == Role::kEngine;
  if (is_message) return claim;
  return Errorf(absl::StatusCode::kDataLoss, "a message of the engine cannot be read: %s",
                claim.ok() ? "it is a " + std::string(NameOf(claim->kind())) + " by " +
                                 std::string(NameOf(claim->actor.role))
                           : Message(claim.status()));
}

// A published pack never changes: another one may not take its name, nor its platform and date.
absl::Status CheckBeside(const PolicyPublished& published, const policy::Pack& pack) {
  const absl::StatusOr<policy::Pack> other = codec::DecodePack(published.pack);
  if (!other.ok() || other->digest == pack.digest) return absl::OkStatus();
  const bool same_date =
      other->platform == pack.platform && other->effective_from == pack.effective_from;
  if (other->name != pack.name && !same_date) return absl::OkStatus();
  return Errorf(
      absl::StatusCode::kAlreadyExists,
      "%s: another pack, %s of %s, is published under this %s, and a published pack never "
      "changes",
      pack.name, other->digest.hex().substr(0, 12), FormatInstant(other->effective_from),
      other->name == pack.name ? "name" : "date");
}

// Which partitions hold a PolicyPublished of that digest. kAlreadyExists if another stands in its
// place.
absl::StatusOr<std::vector<bool>> PartitionsWithPack(log::Log& log, const policy::Pack& pack) {
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log.OpenReader());
  std::vector<bool> shown(reader->partitions(), false);
  for (uint32_t p = 0; p < reader->partitions(); ++p) {
    for (int64_t offset = 0; !shown[p];) {
      ASSIGN_OR_RETURN(const std::vector<log::Record> records, reader->Read(p, offset, {}));
      if (records.empty()) break;
      offset = records.back().at.offset + 1;
      for (const log::Record& record : records) {
        const auto read = codec::DecodeRecord(record.bytes, codec::kSemantic);
        const auto* event = std::get_if<Event>(&read);
        const auto* body =
            event != nullptr ? std::get_if<PolicyPublished>(&event->claim.body) : nullptr;
        if (body == nullptr) continue;
        RETURN_IF_ERROR(CheckBeside(*body, pack));
        if (body->digest == pack.digest) shown[p] = true;
      }
    }
  }
  return shown;
}

// A line that publishes a pack (JSON Lines, as recorded) is held to what PublishPack is.
absl::StatusOr<std::optional<Refused>> WhyNotPublished(log::Log& log,
                                                       const PolicyPublished& published) {
  const absl::StatusOr<policy::Pack> pack = codec::DecodePack(published.pack);
  if (!pack.ok()) return Refused{"/body/pack", "a pack", Message(pack.status())};
  if (pack->digest != published.digest) {
    return Refused{"/body/digest", pack->digest.hex(), published.digest.hex()};
  }
  const absl::StatusOr<std::vector<bool>> shown = PartitionsWithPack(log, *pack);
  if (shown.ok()) return std::nullopt;
  if (!absl::IsAlreadyExists(shown.status())) return shown.status();
  return Refused{"/body/pack", "a pack that takes no other's place", Message(shown.status())};
}

Claim TickClaim(Instant at) { return BroadcastClaim("tick/" + std::to_string(at.ms), at, Tick{}); }

bool IsTick(const log::Record& record) {
  const auto read = codec::DecodeRecord(record.bytes, codec::kSemantic);
  const auto* event = std::get_if<Event>(&read);
  return event != nullptr && event->claim.kind() == EventKind::kTick;
}

void AddToAll(log::AppendSession& session, uint32_t partitions, const Claim& claim, Instant at,
              const std::string& principal) {
  const std::string record = RecordOf(claim, at, principal);
  for (uint32_t p = 0; p < partitions; ++p) session.Add(p, at, record);
}

}  // namespace

Intake::Intake(log::Log& log, std::string principal)
    : log_(log), principal_(std::move(principal)) {}
Intake::~Intake() = default;

absl::Status Intake::Open() {
  ASSIGN_OR_RETURN(appender_, log_.OpenAppender());
  return absl::OkStatus();
}

absl::Status Intake::Begin() {
  moved_.clear();
  ASSIGN_OR_RETURN(session_, appender_->Begin());
  // Not before: Begin() finishes what an appender that was killed had begun.
  for (uint32_t p = static_cast<uint32_t>(ends_before_.size()); p < partitions(); ++p) {
    ends_before_.push_back(session_->End(p));
  }
  return absl::OkStatus();
}

Instant Intake::highest() const { return session_->highest(); }
uint32_t Intake::partitions() const { return appender_->partitions(); }

absl::StatusOr<std::variant<Taken, Refused>> Intake::Take(const codec::ClaimLine& line,
                                                          const Stamping& stamping) {
  return TakeAs(principal_, line, stamping);
}

absl::StatusOr<std::variant<Taken, Refused>> Intake::TakeAs(const std::string& principal,
                                                            const codec::ClaimLine& line,
                                                            const Stamping& stamping) {
  if (std::optional<Refused> refused = NotAtThisDoor(line.claim, principal)) return *refused;
  if (const auto* published = std::get_if<PolicyPublished>(&line.claim.body)) {
    ASSIGN_OR_RETURN(const std::optional<Refused> refused, WhyNotPublished(log_, *published));
    if (refused) return *refused;
  }
  const Instant highest = session_->highest();
  const Instant at = stamping.as_recorded ? *stamping.as_recorded : std::max(stamping.now, highest);
  const std::string record = codec::EncodeRecord(line.claim_bytes, {at, principal});
  const bool broadcast = IsBroadcast(line.claim.kind());
  const uint32_t home = broadcast ? 0 : PartitionOf(line.claim.key, partitions());
  if (at < highest) return TakeFromBefore(home, at, record);
  if (!broadcast) return Taken{session_->Add(home, at, record), false};
  Taken first;
  for (uint32_t p = 0; p < partitions(); ++p) {
    const log::Address address = session_->Add(p, at, record);
    if (p == 0) first.at = address;
  }
  return first;
}

absl::StatusOr<Taken> Intake::TakeMessage(ByteView bytes) {
  ASSIGN_OR_RETURN(const Claim claim, DecodeMessage(bytes));
  const Instant at = session_->highest();
  const std::string record = codec::EncodeRecord(bytes, {at, kEnginePrincipal});
  return Taken{session_->Add(PartitionOf(claim.key, partitions()), at, record), false};
}

absl::StatusOr<std::variant<Taken, Refused>> Intake::TakeRaw(const codec::RawLine& line) {
  if (line.partition >= partitions()) {
    return Refused{"/partition", "a partition below " + std::to_string(partitions()),
                   std::to_string(line.partition)};
  }
  // At the highest stamp too: what nobody can read has no id by which it would be absorbed.
  if (line.recorded_at <= session_->highest()) {
    ASSIGN_OR_RETURN(const auto known,
                     TakeFromBefore(line.partition, line.recorded_at, line.bytes));
    const bool goes_back = line.recorded_at < session_->highest();
    if (goes_back || std::holds_alternative<Taken>(known)) return known;
  }
  return Taken{session_->Add(line.partition, line.recorded_at, line.bytes), false};
}

absl::Status Intake::End() {
  const absl::Status synced = session_->Sync();
  for (const log::Moved& each : session_->moved()) moved_[each.announced] = each.at;
  session_.reset();
  return synced;
}

log::Address Intake::Landed(const log::Address& announced) const {
  const auto moved = moved_.find(announced);
  return moved == moved_.end() ? announced : moved->second;
}

absl::StatusOr<std::variant<Taken, Refused>> Intake::TakeFromBefore(uint32_t partition, Instant at,
                                                                    const std::string& record) {
  ASSIGN_OR_RETURN(const std::optional<log::Address> known, FindFromBefore(partition, record));
  if (!known) return BeforeHighest(at, session_->highest());
  return Taken{*known, true};
}

absl::StatusOr<std::optional<log::Address>> Intake::FindFromBefore(uint32_t partition,
                                                                   const std::string& record) {
  if (!index_.contains(partition)) RETURN_IF_ERROR(IndexPartition(partition));
  auto& index = index_[partition];
  const auto found = index.find(Sha256(record));
  if (found == index.end()) return std::nullopt;
  const log::Address at = found->second;
  index.erase(found);
  return at;
}

absl::Status Intake::IndexPartition(uint32_t partition) {
  auto& index = index_[partition];
  const int64_t end = ends_before_[partition];
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Reader> reader, log_.OpenReader());
  for (int64_t offset = 0; offset < end;) {
    ASSIGN_OR_RETURN(const std::vector<log::Record> records, reader->Read(partition, offset, {}));
    if (records.empty()) break;
    offset = records.back().at.offset + 1;
    for (const log::Record& record : records) {
      if (record.at.offset < end) index.emplace(Sha256(record.bytes), record.at);
    }
  }
  return absl::OkStatus();
}

absl::Status OpenLog(log::Log& log, const Id& log_id, Instant at, const std::string& principal) {
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Appender> appender, log.OpenAppender());
  ASSIGN_OR_RETURN(const std::unique_ptr<log::AppendSession> session, appender->Begin());
  const uint32_t partitions = appender->partitions();
  for (uint32_t p = 0; p < partitions; ++p) {
    const LogOpened opened{log_id, p, partitions, "murmur2", codec::kSemantic};
    session->Add(p, at, RecordOf(BroadcastClaim("log-opened", at, opened), at, principal));
  }
  return session->Sync();
}

absl::StatusOr<bool> PublishPack(log::Log& log, const std::string& pack, Instant at,
                                 const std::string& principal) {
  ASSIGN_OR_RETURN(const policy::Pack decoded, codec::DecodePack(pack));
  const Digest digest = decoded.digest;
  ASSIGN_OR_RETURN(const std::vector<bool> shown, PartitionsWithPack(log, decoded));
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Appender> appender, log.OpenAppender());
  ASSIGN_OR_RETURN(const std::unique_ptr<log::AppendSession> session, appender->Begin());
  const Instant stamp = std::max(at, session->highest());
  const Claim claim =
      BroadcastClaim("policy/" + digest.hex(), stamp, PolicyPublished{digest, pack});
  bool appended = false;
  for (uint32_t p = 0; p < appender->partitions(); ++p) {
    if (shown[p]) continue;
    session->Add(p, stamp, RecordOf(claim, stamp, principal));
    appended = true;
  }
  RETURN_IF_ERROR(session->Sync());
  return appended;
}

absl::StatusOr<Instant> HighestStamp(log::Log& log) {
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Appender> appender, log.OpenAppender());
  ASSIGN_OR_RETURN(const std::unique_ptr<log::AppendSession> session, appender->Begin());
  return session->highest();
}

absl::Status AppendTick(log::Log& log, Instant at, const std::string& principal) {
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Appender> appender, log.OpenAppender());
  ASSIGN_OR_RETURN(const std::unique_ptr<log::AppendSession> session, appender->Begin());
  if (at < session->highest()) {
    return Errorf(absl::StatusCode::kInvalidArgument,
                  "expected a Tick at or after the log's highest stamp, %s, found %s",
                  FormatInstant(session->highest()), FormatInstant(at));
  }
  AddToAll(*session, appender->partitions(), TickClaim(at), at, principal);
  return session->Sync();
}

absl::StatusOr<Ticked> TickNow(log::Log& log, Instant last, Instant now,
                               const std::string& principal) {
  ASSIGN_OR_RETURN(const std::unique_ptr<log::Appender> appender, log.OpenAppender());
  ASSIGN_OR_RETURN(const std::unique_ptr<log::AppendSession> session, appender->Begin());
  Ticked ticked;
  ticked.at = std::max(now, session->highest());
  ticked.outage = ticked.at - last > kOutageMs;
  if (ticked.outage) {
    const std::string id = absl::StrFormat("outage/%d/%d", last.ms, ticked.at.ms);
    const Claim claim = BroadcastClaim(id, ticked.at, OutageDeclared{last, ticked.at});
    AddToAll(*session, appender->partitions(), claim, ticked.at, principal);
  }
  AddToAll(*session, appender->partitions(), TickClaim(ticked.at), ticked.at, principal);
  RETURN_IF_ERROR(session->Sync());
  return ticked;
}

// Backwards, a piece at a time: the newest Tick is seldom far from the end.
absl::StatusOr<Instant> LastTick(log::Reader& reader) {
  constexpr int64_t kPiece = 512;
  ASSIGN_OR_RETURN(int64_t end, reader.End(0));
  Instant found = kMinInstant;
  for (; end > 0 && found == kMinInstant; end -= std::min(end, kPiece)) {
    for (int64_t at = std::max<int64_t>(0, end - kPiece); at < end;) {
      ASSIGN_OR_RETURN(const std::vector<log::Record> records,
                       reader.Read(0, at, {static_cast<size_t>(end - at)}));
      if (records.empty()) break;
      at = records.back().at.offset + 1;
      for (const log::Record& record : records) {
        if (record.at.offset == 0 || IsTick(record)) found = record.recorded_at;
      }
    }
  }
  return found;
}

}  // namespace refund::intake
