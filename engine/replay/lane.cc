#include "engine/replay/lane.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/arbiter/due.h"
#include "engine/base/status.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/pack_codec.h"
#include "engine/codec/step_codec.h"
#include "engine/domain/key.h"

namespace refund::replay {
namespace {

std::optional<Instant> EarliestDue(const Order& order) {
  const Deadline* deadline = arbiter::EarliestDeadline(order);
  return deadline == nullptr ? std::nullopt : std::optional(deadline->due);
}

// The running digest covers what had an effect: each record but absorbed duplicates, and each
// output, in order. So a log in which an unacknowledged record was sent again has the digest of one
// in which it was not, and a LogOpened counts without its id.
Digest Extend(const Digest& digest, ByteView what) {
  std::string input(digest.view());
  input += what;
  return Sha256(input);
}

std::string OpeningOf(const LogOpened& opened) {
  std::string text = "LogOpened";
  AppendBe32(text, opened.partition);
  AppendBe32(text, opened.partitions);
  AppendBe32(text, opened.semantic);
  return text;
}

std::string At(const log::Address& at) {
  return absl::StrFormat("record %d/%d", at.partition, at.offset);
}

}  // namespace

Lane::Lane(const LaneParts& parts, const LaneOptions& options) : parts_(parts), options_(options) {}

absl::StatusOr<std::unique_ptr<Lane>> Lane::Start(const LaneParts& parts,
                                                  const LaneOptions& options) {
  std::unique_ptr<Lane> lane(new Lane(parts, options));
  RETURN_IF_ERROR(lane->Open());
  return lane;
}

// ---- Start ----

absl::Status Lane::Open() {
  if (parts_.committer != nullptr) {
    ASSIGN_OR_RETURN(committed_, parts_.committer->ReadCursor());
  }
  ASSIGN_OR_RETURN(std::optional<PartitionMeta> meta, parts_.store->ReadMeta());
  if (meta) meta_ = *std::move(meta);
  meta_.partition = parts_.partition;
  checkpointed_ = meta_.next;
  for (const StoredPack& stored : meta_.packs) {
    ASSIGN_OR_RETURN(policy::Pack pack, codec::DecodePack(stored.bytes));
    packs_.Add(std::make_shared<const policy::Pack>(std::move(pack)), stored.recorded_at);
  }
  ASSIGN_OR_RETURN(const std::vector<DueOrder> due, parts_.store->ReadDue());
  due_.insert(due.begin(), due.end());
  for (const OutputSink* sink : parts_.sinks) {
    if (sink->next() < meta_.next) {
      return Errorf(
          absl::StatusCode::kOutOfRange,
          "partition %d: the views stand at offset %d, behind the state at %d; both must be "
          "rebuilt from the log",
          parts_.partition, sink->next(), meta_.next);
    }
  }
  return CheckAgainstLog();
}

absl::Status Lane::CheckAgainstLog() {
  ASSIGN_OR_RETURN(const int64_t end, parts_.reader->End(parts_.partition));
  const int64_t committed = committed_ ? committed_->next : 0;
  if (parts_.committer != nullptr && meta_.next > committed) {
    return Errorf(
        absl::StatusCode::kDataLoss,
        "partition %d: the state stands at offset %d, past the outputs committed beside the "
        "log, %d: it was made by another log, by replay --file, or the outputs were lost. "
        "Replay into a new state directory, or put the outputs back",
        parts_.partition, meta_.next, committed);
  }
  if (std::max(meta_.next, committed) > end) {
    return Errorf(
        absl::StatusCode::kDataLoss,
        "partition %d: the log ends at offset %d, before what was applied (%d) or committed "
        "(%d): records are missing",
        parts_.partition, end, meta_.next, committed);
  }
  if (meta_.next > 0) {
    ASSIGN_OR_RETURN(const std::vector<log::Record> last,
                     parts_.reader->Read(parts_.partition, meta_.next - 1, {1, 1}));
    if (last.empty() || Sha256(last.front().bytes) != meta_.last_record) {
      return Errorf(
          absl::StatusCode::kDataLoss,
          "record %d/%d is not the one that the state was made from: the log was rewritten, "
          "or the state belongs to another log",
          parts_.partition, meta_.next - 1);
    }
  }
  return committed_ && meta_.next == committed && meta_.output_digest != committed_->digest
             ? Diverged()
             : absl::OkStatus();
}

absl::Status Lane::Diverged() const {
  return Errorf(
      absl::StatusCode::kDataLoss,
      "partition %d: at offset %d the digest is %s, but %s was committed there: this binary "
      "and state decide otherwise than what was published. Nothing was written",
      parts_.partition, meta_.next, meta_.output_digest.hex(), committed_->digest.hex());
}

// ---- Batches ----

absl::Status Lane::Run(int64_t most, const std::function<void(int64_t)>& progress) {
  while (most > 0) {
    log::BatchLimit limit = options_.batch;
    limit.records = std::min<size_t>(limit.records, static_cast<size_t>(most));
    // A batch never reaches across C: there the digests are compared.
    if (committed_ && meta_.next < committed_->next) {
      limit.records =
          std::min<size_t>(limit.records, static_cast<size_t>(committed_->next - meta_.next));
    }
    ASSIGN_OR_RETURN(std::vector<log::Record> records,
                     parts_.reader->Read(parts_.partition, meta_.next, limit));
    if (records.empty()) break;
    most -= static_cast<int64_t>(records.size());
    RETURN_IF_ERROR(TakeBatch(std::move(records)));
    if (progress) progress(meta_.next);
  }
  return meta_.next > checkpointed_ ? Checkpoint() : absl::OkStatus();
}

absl::Status Lane::TakeBatch(std::vector<log::Record> records) {
  for (const log::Record& record : records) {
    if (record.at.offset != meta_.next) {
      return Errorf(absl::StatusCode::kDataLoss,
                    "partition %d: expected offset %d, found %d: a gap is "
                    "a loss",
                    parts_.partition, meta_.next, record.at.offset);
    }
    offset_ = record.at.offset;
    record_hash_ = Sha256(record.bytes);
    k_ = 0;
    RETURN_IF_ERROR(TakeRecord(record));
    RETURN_IF_ERROR(FireBacklog());
    meta_.last_record = record_hash_;
    ++meta_.next;
    ++records_read_;
  }
  RETURN_IF_ERROR(Publish());
  return parts_.store->ChangedBytes() > options_.checkpoint_bytes ? Checkpoint() : absl::OkStatus();
}

// Commits what lies past C. Up to C outputs are only hashed: they went out before.
absl::Status Lane::Publish() {
  if (parts_.committer == nullptr) return absl::OkStatus();
  const int64_t committed = committed_ ? committed_->next : 0;
  if (meta_.next > committed) {
    const log::Cursor cursor{meta_.next, meta_.output_digest};
    RETURN_IF_ERROR(parts_.committer->Commit(outputs_, cursor));
    committed_ = cursor;
  } else if (meta_.next == committed && meta_.output_digest != committed_->digest) {
    return Diverged();
  }
  outputs_.clear();
  return absl::OkStatus();
}

absl::Status Lane::Checkpoint() {
  for (OutputSink* sink : parts_.sinks) {
    if (meta_.next > sink->next()) RETURN_IF_ERROR(sink->Flush(meta_.next));
  }
  RETURN_IF_ERROR(parts_.store->Checkpoint(meta_));
  checkpointed_ = meta_.next;
  return absl::OkStatus();
}

// ---- Records ----

absl::Status Lane::TakeRecord(const log::Record& record) {
  if (record.at.offset == 0) return TakeFirst(record);
  std::variant<Event, codec::Unreadable> read = codec::DecodeRecord(record.bytes, meta_.semantic);
  if (auto* unreadable = std::get_if<codec::Unreadable>(&read)) {
    Quarantine(record, std::move(unreadable->why));
    return absl::OkStatus();
  }
  const Event& event = std::get<Event>(read);
  if (event.stamp.recorded_at != record.recorded_at) {
    Quarantine(record, "the stamp says " + FormatInstant(event.stamp.recorded_at) + ", the log " +
                           FormatInstant(record.recorded_at));
    return absl::OkStatus();
  }
  return TakeEvent(record, event);
}

// Record 0 says whose log this is; without it nothing may be applied.
absl::Status Lane::TakeFirst(const log::Record& record) {
  const auto read = codec::DecodeRecord(record.bytes, codec::kSemantic);
  const auto* event = std::get_if<Event>(&read);
  const LogOpened* opened = event != nullptr ? std::get_if<LogOpened>(&event->claim.body) : nullptr;
  if (opened == nullptr) {
    return Errorf(absl::StatusCode::kDataLoss, "%s: expected LogOpened, found %s", At(record.at),
                  event == nullptr ? std::get<codec::Unreadable>(read).why
                                   : std::string(NameOf(event->claim.kind())));
  }
  if (opened->partition != parts_.partition || opened->partitions != parts_.reader->partitions()) {
    return Errorf(absl::StatusCode::kDataLoss,
                  "%s: expected partition %d of %d, LogOpened says %d of %d", At(record.at),
                  parts_.partition, parts_.reader->partitions(), opened->partition,
                  opened->partitions);
  }
  if (opened->semantic != codec::kSemantic) {
    return Errorf(absl::StatusCode::kFailedPrecondition,
                  "%s: the log is of semantic %d, this binary knows %d", At(record.at),
                  opened->semantic, codec::kSemantic);
  }
  meta_.log_id = opened->log_id;
  meta_.partitions = opened->partitions;
  meta_.semantic = opened->semantic;
  ++meta_.counts.events;
  ++meta_.counts.applied;
  meta_.output_digest = Extend(meta_.output_digest, OpeningOf(*opened));
  return absl::OkStatus();
}

absl::Status Lane::TakeEvent(const log::Record& record, const Event& event) {
  const EventKind kind = event.claim.kind();
  if (kind == EventKind::kLogOpened) {
    Quarantine(record, "expected LogOpened at offset 0 alone");
    return absl::OkStatus();
  }
  if (kind == EventKind::kPolicyPublished) {
    return TakePolicy(record, std::get<PolicyPublished>(event.claim.body));
  }
  if (kind == EventKind::kTick) {
    if (const Role role = event.claim.actor.role;
        role != Role::kPlatform && role != Role::kEngine) {
      Quarantine(record, "expected a Tick of the PLATFORM or the ENGINE, found " +
                             std::string(NameOf(role)));
      return absl::OkStatus();
    }
    ++meta_.counts.events;
    ++meta_.counts.applied;
    // Another Tick at the same instant only goes on with the backlog: it is no news to the digest.
    if (event.stamp.recorded_at <= meta_.last_tick) return absl::OkStatus();
    meta_.last_tick = event.stamp.recorded_at;
    meta_.output_digest = Extend(meta_.output_digest, record_hash_.view());
    return absl::OkStatus();
  }
  if (const uint32_t home = PartitionOf(event.claim.key, meta_.partitions);
      home != parts_.partition) {
    Quarantine(record, absl::StrFormat("key %s belongs to partition %d", event.claim.key, home));
    return absl::OkStatus();
  }
  return TakeOrderEvent(event);
}

absl::Status Lane::TakePolicy(const log::Record& record, const PolicyPublished& body) {
  absl::StatusOr<policy::Pack> pack = codec::DecodePack(body.pack);
  if (!pack.ok()) {
    Quarantine(record, "the pack cannot be read: " + Message(pack.status()));
    return absl::OkStatus();
  }
  if (pack->digest != body.digest) {
    Quarantine(record, "the pack's digest is " + pack->digest.hex() + ", the record says " +
                           body.digest.hex());
    return absl::OkStatus();
  }
  ++meta_.counts.events;
  if (!packs_.Add(std::make_shared<const policy::Pack>(*std::move(pack)), record.recorded_at)) {
    ++meta_.counts.duplicates;
    return absl::OkStatus();
  }
  ++meta_.counts.applied;
  meta_.packs.push_back({body.digest, record.recorded_at, body.pack});
  meta_.output_digest = Extend(meta_.output_digest, record_hash_.view());
  return absl::OkStatus();
}

absl::Status Lane::TakeOrderEvent(const Event& event) {
  ASSIGN_OR_RETURN(Order * order, parts_.store->Load(event.claim.key));
  if (order->sequence == 0) {
    KeyParts key;
    std::string error;
    ParseKey(event.claim.key, key, error);
    order->platform = key.platform;
  }
  const std::optional<Instant> due_before = EarliestDue(*order);
  const Instant clock = std::max({order->clock, meta_.last_tick, event.stamp.recorded_at});
  RETURN_IF_ERROR(FireDue(*order, clock));
  arbiter::Outcome outcome = arbiter::Apply(*order, event, clock, packs_);
  ++meta_.counts.events;
  if (outcome.duplicate) {
    ++meta_.counts.duplicates;
  } else {
    meta_.output_digest = Extend(meta_.output_digest, record_hash_.view());
    Count(outcome.step);
    RETURN_IF_ERROR(Keep(*order, std::move(outcome)));
  }
  Reindex(*order, due_before);
  return absl::OkStatus();
}

void Lane::Count(const Step& step) {
  switch (step.result) {
    case StepResult::kRefused:
      ++meta_.counts.refused;
      break;
    case StepResult::kConflict:
      ++meta_.counts.conflicts;
      break;
    default:
      ++meta_.counts.applied;
      break;
  }
}

// ---- Deadlines ----

absl::Status Lane::FireDue(Order& order, Instant clock) {
  while (const Deadline* due = arbiter::NextDue(order, clock)) {
    ++meta_.counts.fired;
    RETURN_IF_ERROR(Keep(order, arbiter::Fire(order, *due, packs_)));
  }
  return absl::OkStatus();
}

// What the newest Tick has made due on other orders: in the order (due, key, …), a bounded number a
// record, the rest with the next records.
absl::Status Lane::FireBacklog() {
  for (int fired = 0; fired < options_.most_fired && !due_.empty(); ++fired) {
    const DueOrder next = *due_.begin();
    if (next.due > meta_.last_tick) break;
    ASSIGN_OR_RETURN(Order * order, parts_.store->Load(next.key));
    const Deadline* deadline = arbiter::NextDue(*order, meta_.last_tick);
    if (deadline == nullptr || deadline->due != next.due) {
      return Errorf(absl::StatusCode::kDataLoss,
                    "order %s: the due index says %s, the order does not", next.key,
                    FormatInstant(next.due));
    }
    ++meta_.counts.fired;
    RETURN_IF_ERROR(Keep(*order, arbiter::Fire(*order, *deadline, packs_)));
    Reindex(*order, next.due);
  }
  return absl::OkStatus();
}

void Lane::Reindex(const Order& order, const std::optional<Instant>& before) {
  const std::optional<Instant> after = EarliestDue(order);
  if (before == after) return;
  if (before) due_.erase({*before, order.key});
  if (after) due_.insert({*after, order.key});
}

int64_t Lane::DueUnfired() const {
  int64_t count = 0;
  for (const DueOrder& each : due_) {
    if (each.due > meta_.last_tick) break;
    ++count;
  }
  return count;
}

// ---- What leaves ----

// Puts a step on record: chained to the order's steps before it, handed to the views, and out.
absl::Status Lane::Keep(Order& order, arbiter::Outcome outcome) {
  if (outcome.broken) {
    return Errorf(
        absl::StatusCode::kDataLoss,
        "record %d/%d, order %s: our own step broke an invariant: %s. Nothing of it is kept; "
        "this partition needs a fixed binary",
        parts_.partition, offset_, order.key, *outcome.broken);
  }
  outcome.step.previous = order.chain;
  std::string bytes = codec::EncodeStep(outcome.step);
  order.chain = Sha256(bytes);
  meta_.counts.decisions += static_cast<int64_t>(outcome.step.decisions.size());
  for (OutputSink* sink : parts_.sinks) {
    if (offset_ >= sink->next()) sink->Take(outcome.step, bytes);
  }
  Emit(log::Topic::kDecisions, std::move(bytes), order.chain);
  for (const Payout& payout : outcome.payouts) {
    std::string record = codec::EncodePayout(payout);
    const Digest hash = Sha256(record);
    Emit(log::Topic::kPayouts, std::move(record), hash);
  }
  parts_.store->MarkChanged(order);
  return absl::OkStatus();
}

void Lane::Quarantine(const log::Record& record, std::string why) {
  Quarantined q;
  q.partition = record.at.partition;
  q.offset = record.at.offset;
  q.recorded_at = record.recorded_at;
  q.why = std::move(why);
  q.hash = record_hash_;
  q.bytes = record.bytes;
  ++meta_.counts.quarantined;
  for (OutputSink* sink : parts_.sinks) {
    if (offset_ >= sink->next()) sink->Take(q);
  }
  // Its address is no part of the digest, so that a log may move.
  const Digest hash = Sha256(std::string(q.hash.view()) + q.why);
  Emit(log::Topic::kDecisions, codec::EncodeQuarantined(q), hash);
}

void Lane::Emit(log::Topic topic, std::string bytes, const Digest& hash) {
  meta_.output_digest = Extend(meta_.output_digest, hash.view());
  const uint32_t k = k_++;
  // An auditor's lane keeps none of what a committer would take.
  const bool goes_out = parts_.committer != nullptr && (!committed_ || offset_ >= committed_->next);
  if (goes_out) outputs_.push_back({topic, offset_, k, std::move(bytes)});
}

}  // namespace refund::replay
