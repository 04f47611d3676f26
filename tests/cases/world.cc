#include "tests/cases/world.h"

#include <map>
#include <utility>
#include <variant>

#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/step_codec.h"
#include "engine/domain/key.h"
#include "engine/log/memory_log.h"
#include "tests/cases/script.h"
#include "tools/packc/packc.h"

namespace refund::cases {
namespace {

// The shell's own user (docs/decisions/0010-principals.md).
constexpr char kPrincipal[] = "local";

absl::StatusOr<std::string> Compile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string toml, ReadWholeFile(SourcePath(path)));
  packc::Compiled compiled = packc::CompilePack(toml, path);
  for (const packc::Diagnostic& error : compiled.errors) {
    return Errorf(absl::StatusCode::kInvalidArgument, "%s", error.Text());
  }
  return std::move(compiled.bytes);
}

}  // namespace

absl::StatusOr<std::string> PackBytes(const std::string& name) {
  static std::map<std::string, std::string> compiled;
  if (const auto found = compiled.find(name); found != compiled.end()) return found->second;
  const bool is_path = name.starts_with("tests/") || name.starts_with("tools/");
  ASSIGN_OR_RETURN(std::string bytes, Compile((is_path ? "" : "policies/") + name + ".toml"));
  return compiled[name] = std::move(bytes);
}

World::World(uint32_t partitions, const replay::LaneOptions& options)
    : options_(options), log_(log::MakeMemoryLog(partitions)) {
  for (uint32_t p = 0; p < partitions; ++p) partitions_.push_back(std::make_unique<Partition>());
}

absl::StatusOr<std::unique_ptr<World>> World::Open(const std::vector<std::string>& packs,
                                                   Instant at, uint32_t partitions,
                                                   const replay::LaneOptions& options) {
  std::unique_ptr<World> world(new World(partitions, options));
  RETURN_IF_ERROR(intake::OpenLog(*world->log_, Id{}, at, kPrincipal));
  for (const std::string& pack : packs) {
    ASSIGN_OR_RETURN(const std::string bytes, PackBytes(pack));
    const absl::StatusOr<bool> published = intake::PublishPack(*world->log_, bytes, at, kPrincipal);
    RETURN_IF_ERROR(published.status());
  }
  ASSIGN_OR_RETURN(world->reader_, world->log_->OpenReader());
  RETURN_IF_ERROR(world->StartLanes());
  return world;
}

absl::Status World::StartLanes() {
  for (uint32_t p = 0; p < partitions(); ++p) {
    Partition& each = *partitions_[p];
    each.lane.reset();
    each.store.Drop();
    ASSIGN_OR_RETURN(each.committer, log_->OpenCommitter(p));
    const replay::LaneParts parts{
        p, reader_.get(), each.committer.get(), &each.store, {&each.sink}};
    ASSIGN_OR_RETURN(each.lane, replay::Lane::Start(parts, options_));
  }
  return absl::OkStatus();
}

absl::Status World::Restart() { return StartLanes(); }

absl::StatusOr<intake::Intake*> World::IntakeOf(const std::string& principal) {
  std::unique_ptr<intake::Intake>& intake = intakes_[principal];
  if (intake == nullptr) {
    intake = std::make_unique<intake::Intake>(*log_, principal.empty() ? kPrincipal : principal);
    RETURN_IF_ERROR(intake->Open());
  }
  return intake.get();
}

absl::StatusOr<std::variant<intake::Taken, intake::Refused>> World::TakeBy(
    intake::Intake& intake, const codec::LineResult& line) {
  if (const auto* raw = std::get_if<codec::RawLine>(&line)) return intake.TakeRaw(*raw);
  const auto& claim = std::get<codec::ClaimLine>(line);
  if (!IsMessage(claim.claim.kind())) return intake.Take(claim, {claim.recorded_at, {}});
  ASSIGN_OR_RETURN(const intake::Taken taken, intake.TakeMessage(claim.claim_bytes));
  return taken;
}

absl::StatusOr<std::vector<Recorded>> World::CarryMessages() {
  std::vector<Recorded> carried;
  for (const auto& each : partitions_) {
    ASSIGN_OR_RETURN(const std::vector<log::Output> outputs, each->committer->ReadOutputs(0));
    size_t seen = 0;
    for (const log::Output& output : outputs) {
      if (output.topic != log::Topic::kMessages || seen++ < each->messages_carried) continue;
      ++each->messages_carried;
      ASSIGN_OR_RETURN(Claim claim, codec::DecodeClaim(output.bytes));
      ASSIGN_OR_RETURN(const Instant at, intake::HighestStamp(*log_));
      carried.push_back({codec::ClaimLine{output.bytes, std::move(claim), at}, ""});
    }
  }
  for (const Recorded& each : carried) RETURN_IF_ERROR(Append(each));
  return carried;
}

absl::Status World::Append(const Recorded& recorded) {
  if (const auto* error = std::get_if<codec::LineError>(&recorded.line)) {
    return Errorf(absl::StatusCode::kInvalidArgument, "%s", error->Text());
  }
  ASSIGN_OR_RETURN(intake::Intake* const intake, IntakeOf(recorded.principal));
  RETURN_IF_ERROR(intake->Begin());
  auto taken = TakeBy(*intake, recorded.line);
  RETURN_IF_ERROR(taken.status());
  RETURN_IF_ERROR(intake->End());
  if (const auto* refused = std::get_if<intake::Refused>(&*taken)) {
    return Errorf(absl::StatusCode::kInvalidArgument, "at the door: expected %s, found %s",
                  refused->expected, refused->found);
  }
  return absl::OkStatus();
}

absl::Status World::Run(int64_t most) {
  for (const auto& each : partitions_) RETURN_IF_ERROR(each->lane->Run(most));
  return absl::OkStatus();
}

bool World::AtEnd() {
  for (uint32_t p = 0; p < partitions(); ++p) {
    if (partitions_[p]->lane->meta().next < *reader_->End(p)) return false;
  }
  return true;
}

bool World::AnythingDueUnfired() const {
  for (const auto& each : partitions_) {
    if (each->lane->DueUnfired() > 0) return true;
  }
  return false;
}

absl::StatusOr<std::vector<Payout>> World::Payouts() {
  std::vector<Payout> payouts;
  for (const auto& each : partitions_) {
    ASSIGN_OR_RETURN(const std::vector<log::Output> outputs, each->committer->ReadOutputs(0));
    for (const log::Output& output : outputs) {
      if (output.topic != log::Topic::kPayouts) continue;
      ASSIGN_OR_RETURN(payouts.emplace_back(), codec::DecodePayout(output.bytes));
    }
  }
  return payouts;
}

absl::StatusOr<Order*> World::FindOrder(const std::string& key) {
  return partitions_[PartitionOf(key, partitions())]->store.Load(key);
}

}  // namespace refund::cases
