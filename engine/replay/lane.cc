#include "engine/replay/lane.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/arbiter/authority.h"
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
  std::string input;
  input.reserve(digest.bytes.size() + what.size());
  input += digest.view();
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

// A leg of the order could go but for a PayoutHold.
bool IsHeldByBrake(const Order& order) {
  return std::any_of(order.legs.begin(), order.legs.end(),
                     [](const Leg& leg) { return leg.by_brake; });
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
  if (options_.what_if) packs_.Overlay(*options_.what_if);
  if (parts_.committer != nullptr) {
    ASSIGN_OR_RETURN(committed_, parts_.committer->ReadCursor());
    if (committed_ && !committed_->has_digest) {
      ASSIGN_OR_RETURN(tail_, parts_.committer->ReadOutputs(committed_->next - 1));
    }
  }
  ASSIGN_OR_RETURN(std::optional<PartitionMeta> meta, parts_.store->ReadMeta());
  if (meta) meta_ = *std::move(meta);
  meta_.partition = parts_.partition;
  checkpointed_ = meta_.next;
  for (const StoredPack& stored : meta_.packs) {
    ASSIGN_OR_RETURN(policy::Pack pack, codec::DecodePack(stored.bytes));
    packs_.Add(std::make_shared<const policy::Pack>(std::move(pack)), stored.recorded_at);
  }
  for (const policy::Brake& brake : meta_.brakes) packs_.Hold(brake);
  for (const auto& [key, at] : meta_.wakes) wakes_.insert({at, key});
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
  return committed_ && committed_->has_digest && meta_.next == committed &&
                 meta_.output_digest != committed_->digest
             ? Diverged()
             : absl::OkStatus();
}

// At C, once its last record has been applied.
absl::Status Lane::CompareAtCursor() const {
  if (committed_->has_digest) {
    return meta_.output_digest == committed_->digest ? absl::OkStatus() : Diverged();
  }
  const auto last = std::find_if(outputs_.begin(), outputs_.end(), [&](const auto& output) {
    return output.cause_offset >= committed_->next - 1;
  });
  if (std::equal(last, outputs_.end(), tail_.begin(), tail_.end())) return absl::OkStatus();
  return Errorf(
      absl::StatusCode::kDataLoss,
      "record %d/%d: this binary and state give %d outputs that are not the %d which were "
      "published last. Nothing was written",
      parts_.partition, committed_->next - 1, outputs_.end() - last, tail_.size());
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
    ASSIGN_OR_RETURN(const int64_t taken, Take(most));
    if (taken == 0) break;
    most -= taken;
    if (progress) progress(meta_.next);
  }
  return Checkpoint();
}

absl::StatusOr<int64_t> Lane::Take(int64_t most) {
  log::BatchLimit limit = options_.batch;
  limit.records = std::min<size_t>(limit.records, static_cast<size_t>(most));
  // A batch never reaches across C: there the digests are compared.
  if (committed_ && meta_.next < committed_->next) {
    limit.records =
        std::min<size_t>(limit.records, static_cast<size_t>(committed_->next - meta_.next));
  }
  ASSIGN_OR_RETURN(std::vector<log::Record> records,
                   parts_.reader->Read(parts_.partition, meta_.next, limit));
  const auto taken = static_cast<int64_t>(records.size());
  if (taken > 0) RETURN_IF_ERROR(TakeBatch(std::move(records)));
  return taken;
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
    // One Tick can make a thousand deadlines pass: the steps of a few records may be more than
    // memory was meant for.
    const bool is_full = step_bytes_ > options_.most_step_bytes;
    if (is_full || &record == &records.back()) RETURN_IF_ERROR(Settle());
  }
  return absl::OkStatus();
}

// What was taken goes out, and to disk if it is much.
absl::Status Lane::Settle() {
  RETURN_IF_ERROR(Publish());
  step_bytes_ = 0;
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
  } else if (meta_.next == committed) {
    RETURN_IF_ERROR(CompareAtCursor());
  }
  if (parts_.on_published) parts_.on_published(std::move(outputs_), meta_.next);
  outputs_.clear();
  return absl::OkStatus();
}

absl::Status Lane::Checkpoint() {
  if (meta_.next == checkpointed_) return absl::OkStatus();
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
  if (options_.what_if) {
    meta_.output_digest = Extend(options_.what_if->pack->digest, "refund/what-if/outputs");
  }
  meta_.output_digest = Extend(meta_.output_digest, OpeningOf(*opened));
  return absl::OkStatus();
}

absl::Status Lane::TakeEvent(const log::Record& record, const Event& event) {
  if (IsBroadcast(event.claim.kind())) return TakeBroadcast(record, event);
  if (const uint32_t home = PartitionOf(event.claim.key, meta_.partitions);
      home != parts_.partition) {
    Quarantine(record, absl::StrFormat("key %s belongs to partition %d", event.claim.key, home));
    return absl::OkStatus();
  }
  return TakeOrderEvent(event);
}

absl::Status Lane::TakeBroadcast(const log::Record& record, const Event& event) {
  const EventBody& body = event.claim.body;
  const EventKind kind = event.claim.kind();
  if (kind == EventKind::kLogOpened) {
    Quarantine(record, "expected LogOpened at offset 0 alone");
    return absl::OkStatus();
  }
  const Role role = event.claim.actor.role;
  if (!arbiter::MayBroadcast(kind, role, event.stamp.principal)) {
    Quarantine(record, absl::StrFormat("expected a %s of who may say it, found %s by \"%s\"",
                                       NameOf(kind), NameOf(role), event.stamp.principal));
    return absl::OkStatus();
  }
  if (const auto* published = std::get_if<PolicyPublished>(&body)) {
    return TakePolicy(record, *published);
  }
  if (const auto* barrier = std::get_if<VersionBarrier>(&body)) {
    if (barrier->semantic != codec::kSemantic) {
      return Errorf(absl::StatusCode::kFailedPrecondition,
                    "%s: from here on the log is of semantic %d, this binary knows %d",
                    At(record.at), barrier->semantic, codec::kSemantic);
    }
    ++meta_.counts.events;
    ++meta_.counts.applied;
  } else if (const auto* hold = std::get_if<PayoutHold>(&body)) {
    TakeNews(packs_.Hold({hold->scope, hold->name}));
    meta_.brakes = packs_.brakes();
  } else if (const auto* release = std::get_if<PayoutReleased>(&body)) {
    const bool is_news = packs_.Release({release->scope, release->name});
    meta_.released = meta_.released || is_news;
    meta_.brakes = packs_.brakes();
    TakeNews(is_news);
  } else if (const auto* outage = std::get_if<OutageDeclared>(&body)) {
    TakeOutage(record, *outage);
  } else {
    TakeTick(event.stamp.recorded_at);
  }
  return absl::OkStatus();
}

// A broadcast record counts as an event. One that changes nothing was said before.
void Lane::TakeNews(bool is_news) {
  ++meta_.counts.events;
  ++(is_news ? meta_.counts.applied : meta_.counts.duplicates);
  if (is_news) meta_.output_digest = Extend(meta_.output_digest, record_hash_.view());
}

void Lane::TakeTick(Instant at) {
  ++meta_.counts.events;
  ++meta_.counts.applied;
  // Another Tick at the same instant only goes on with the backlog: it is no news to the digest.
  if (at > meta_.last_tick) {
    meta_.last_tick = at;
    meta_.output_digest = Extend(meta_.output_digest, record_hash_.view());
  }
  if (!std::exchange(meta_.released, false)) return;
  for (const std::string& key : std::exchange(meta_.held, {})) {
    if (meta_.wakes.emplace(key, meta_.last_tick).second) wakes_.insert({meta_.last_tick, key});
  }
}

void Lane::TakeOutage(const log::Record& record, const OutageDeclared& body) {
  if (body.from >= body.to || body.to > record.recorded_at) {
    return Quarantine(record,
                      "expected an outage that began before it ended, and ended before it "
                      "was declared, found " +
                          FormatInstant(body.from) + " to " + FormatInstant(body.to));
  }
  const bool is_news = body.from != meta_.outage_from || body.to != meta_.outage_to;
  TakeNews(is_news);
  if (!is_news) return;
  meta_.outage_from = body.from;
  meta_.outage_to = body.to;
  PendingGrace grace{body.from, body.to, meta_.last_tick, {}};
  for (const DueOrder& each : due_) {
    if (each.due > body.to) break;
    grace.keys.insert(each.key);
  }
  if (!grace.keys.empty()) meta_.graces.push_back(std::move(grace));
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
  if (order->sequence == 0) *order = arbiter::NewOrder(event.claim.key);
  RETURN_IF_ERROR(parts_.store->RecallClaim(*order, event.claim.id));
  RETURN_IF_ERROR(TakeGracesOf(*order));
  const std::optional<Instant> due_before = EarliestDue(*order);
  const Instant clock = std::max({order->clock, meta_.last_tick, event.stamp.recorded_at});
  RETURN_IF_ERROR(Advance(*order, clock));
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

// ---- What happens by itself: deadlines, released brakes, graces ----

// The next instant at which the order has something to do by itself.
std::optional<Instant> Lane::NextOf(const Order& order) const {
  const std::optional<Instant> due = EarliestDue(order);
  if (meta_.wakes.empty()) return due;
  const auto wake = meta_.wakes.find(order.key);
  if (wake == meta_.wakes.end()) return due;
  return due ? std::min(*due, wake->second) : wake->second;
}

absl::Status Lane::Fire(Order& order, const Deadline& deadline) {
  ++meta_.counts.fired;
  return Keep(order, arbiter::Fire(order, deadline, packs_));
}

// Does that. At one instant the deadline comes first.
absl::Status Lane::TakeNext(Order& order) {
  const Deadline* deadline = arbiter::EarliestDeadline(order);
  const auto wake = meta_.wakes.find(order.key);
  if (wake == meta_.wakes.end() || (deadline != nullptr && deadline->due <= wake->second)) {
    return Fire(order, *deadline);
  }
  const Instant at = std::max(order.clock, wake->second);
  wakes_.erase({wake->second, order.key});
  meta_.wakes.erase(wake);
  std::optional<arbiter::Outcome> outcome = arbiter::Release(order, at, packs_);
  if (outcome) return Keep(order, *std::move(outcome));
  NoteHeld(order);  // another brake holds it still
  return absl::OkStatus();
}

absl::Status Lane::Advance(Order& order, Instant clock) {
  for (auto next = NextOf(order); next && *next <= clock; next = NextOf(order)) {
    RETURN_IF_ERROR(TakeNext(order));
  }
  return absl::OkStatus();
}

// What was due before the outage, or by the Tick before it was declared, has passed all the same.
// The grace is a step at the end of the outage: what gets none passes before it.
absl::Status Lane::TakeGrace(Order& order, const PendingGrace& grace) {
  const std::optional<Instant> before = EarliestDue(order);
  RETURN_IF_ERROR(Advance(order, std::max(grace.tick, grace.from + -1)));
  const Instant at = std::max({order.clock, grace.tick, grace.to});
  while (const Deadline* due = arbiter::DueDespiteGrace(order, grace.from, grace.to, at, packs_)) {
    RETURN_IF_ERROR(Fire(order, *due));
  }
  std::optional<arbiter::Outcome> outcome = arbiter::Grace(order, grace.from, grace.to, at, packs_);
  if (outcome) RETURN_IF_ERROR(Keep(order, *std::move(outcome)));
  Reindex(order, before);
  return absl::OkStatus();
}

// Before a record of its own.
absl::Status Lane::TakeGracesOf(Order& order) {
  for (PendingGrace& grace : meta_.graces) {
    if (grace.keys.erase(order.key) > 0) RETURN_IF_ERROR(TakeGrace(order, grace));
  }
  std::erase_if(meta_.graces, [](const PendingGrace& each) { return each.keys.empty(); });
  return absl::OkStatus();
}

absl::Status Lane::GiveGraces(int& left) {
  for (; left > 0 && !meta_.graces.empty(); --left) {
    ASSIGN_OR_RETURN(Order * order, parts_.store->Load(*meta_.graces.front().keys.begin()));
    RETURN_IF_ERROR(TakeGracesOf(*order));
  }
  return absl::OkStatus();
}

// The first of what the newest Tick has made due; null if nothing is left.
const DueOrder* Lane::NextInBacklog() const {
  const DueOrder* next = due_.empty() ? nullptr : &*due_.begin();
  if (!wakes_.empty() && (next == nullptr || *wakes_.begin() < *next)) next = &*wakes_.begin();
  return next != nullptr && next->due <= meta_.last_tick ? next : nullptr;
}

// What the newest Tick has made due on other orders: in the order (due, key, …), a bounded number a
// record, the rest with the next records. Graces come before all that.
absl::Status Lane::FireBacklog() {
  int left = options_.most_fired;
  RETURN_IF_ERROR(GiveGraces(left));
  for (; left > 0; --left) {
    const DueOrder* next = NextInBacklog();
    if (next == nullptr) break;
    const DueOrder expected = *next;
    ASSIGN_OR_RETURN(Order * order, parts_.store->Load(expected.key));
    if (NextOf(*order) != expected.due) {
      return Errorf(absl::StatusCode::kDataLoss,
                    "order %s: the due index says %s, the order does not", expected.key,
                    FormatInstant(expected.due));
    }
    const std::optional<Instant> before = EarliestDue(*order);
    RETURN_IF_ERROR(TakeNext(*order));
    Reindex(*order, before);
  }
  return absl::OkStatus();
}

void Lane::Reindex(const Order& order, const std::optional<Instant>& before) {
  const std::optional<Instant> after = EarliestDue(order);
  if (before == after) return;
  auto node = before ? due_.extract({*before, order.key}) : decltype(due_)::node_type();
  if (!after) return;
  if (node.empty()) {
    due_.insert({*after, order.key});
    return;
  }
  node.value().due = *after;  // the same entry elsewhere: this happens in most steps
  due_.insert(std::move(node));
}

void Lane::NoteHeld(const Order& order) {
  if (IsHeldByBrake(order)) {
    meta_.held.insert(order.key);
  } else if (!meta_.held.empty()) {
    meta_.held.erase(order.key);
  }
}

int64_t Lane::DueUnfired() const {
  std::set<std::string_view> keys;
  for (const auto* all : {&due_, &wakes_}) {
    for (const DueOrder& each : *all) {
      if (each.due > meta_.last_tick) break;
      keys.insert(each.key);
    }
  }
  for (const PendingGrace& grace : meta_.graces) keys.insert(grace.keys.begin(), grace.keys.end());
  return static_cast<int64_t>(keys.size());
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
  step_bytes_ += bytes.size();
  for (OutputSink* sink : parts_.sinks) {
    if (offset_ >= sink->next()) sink->Take(outcome.step, bytes);
  }
  const Step& step = outcome.step;
  Emit(log::Topic::kDecisions, std::move(bytes), order.chain, step.key, step.sequence);
  for (const Payout& payout : outcome.payouts) {
    std::string record = codec::EncodePayout(payout);
    const Digest hash = Sha256(record);
    Emit(log::Topic::kPayouts, std::move(record), hash, payout.leg.hex(), step.sequence);
  }
  for (const auto& message : outcome.messages) {
    std::string claim = codec::EncodeMessage(message);
    const Digest hash = Sha256(claim);
    Emit(log::Topic::kMessages, std::move(claim), hash, message.id);
  }
  NoteHeld(order);
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
  // Whoever may write to the log may write more than any output topic takes.
  if (record.bytes.size() <= codec::kMaxRecordBytes) q.bytes = record.bytes;
  ++meta_.counts.quarantined;
  for (OutputSink* sink : parts_.sinks) {
    if (offset_ >= sink->next()) sink->Take(q);
  }
  // Its address is no part of the digest, so that a log may move.
  const Digest hash = Sha256(std::string(q.hash.view()) + q.why);
  Emit(log::Topic::kQuarantined, codec::EncodeQuarantined(q), hash, q.hash.hex());
}

// Without a digest the outputs of the last record before C are kept too: they are compared there.
int64_t Lane::FirstKept() const {
  if (!committed_ || parts_.on_published) return 0;
  return committed_->has_digest ? committed_->next : committed_->next - 1;
}

void Lane::Emit(log::Topic topic, std::string bytes, const Digest& hash, std::string_view subject,
                std::optional<uint64_t> number) {
  meta_.output_digest = Extend(meta_.output_digest, hash.view());
  const uint32_t k = k_++;
  // An auditor's lane keeps none of what a committer would take.
  const bool goes_out = parts_.committer != nullptr && offset_ >= FirstKept();
  if (!goes_out) return;
  std::string id(subject);
  if (number) id += "/" + std::to_string(*number);
  outputs_.push_back({topic, offset_, k, std::move(bytes), std::move(id)});
}

}  // namespace refund::replay
