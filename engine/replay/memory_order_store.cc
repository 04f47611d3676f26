#include "engine/replay/memory_order_store.h"

#include <utility>

#include "engine/arbiter/due.h"
#include "engine/base/bytes.h"
#include "engine/base/check.h"
#include "engine/base/sha256.h"
#include "engine/base/status.h"
#include "engine/codec/order_codec.h"

namespace refund::replay {
namespace {

constexpr size_t kBytesPerOrder = 4096;  // a guess: only the budget of a lane reads it

void AddSized(Sha256Stream& stream, ByteView bytes) {
  std::string sized;
  AppendSized(sized, bytes);
  stream.Add(sized);
}

// What of the meta is logical content (docs/decisions/0002): no offsets, no counts, no log id.
std::string TextOf(const PartitionMeta& meta) {
  std::string text = std::to_string(meta.semantic) + " " + std::to_string(meta.last_tick.ms);
  for (const StoredPack& pack : meta.packs) {
    text += " " + pack.digest.hex() + "@" + std::to_string(pack.recorded_at.ms);
  }
  for (const policy::Brake& brake : meta.brakes) {
    text += " hold " + std::string(NameOf(brake.scope)) + " " + brake.name;
  }
  for (const std::string& key : meta.held) text += " held " + key;
  for (const auto& [key, at] : meta.wakes) text += " wake " + key + "@" + std::to_string(at.ms);
  for (const PendingGrace& grace : meta.graces) {
    for (const std::string& key : grace.keys) text += " grace " + key;
  }
  return text;
}

}  // namespace

absl::StatusOr<std::optional<PartitionMeta>> MemoryOrderStore::ReadMeta() { return meta_; }

absl::StatusOr<Order*> MemoryOrderStore::Load(std::string_view key) {
  if (const auto found = residents_.find(key); found != residents_.end()) {
    return found->second.get();
  }
  auto order = std::make_unique<Order>();
  order->key = key;
  if (const auto found = stored_.find(std::string(key)); found != stored_.end()) {
    ASSIGN_OR_RETURN(*order, codec::DecodeOrder(found->second));
    CHECK(order->key == key);
  }
  return residents_.emplace(std::string(key), std::move(order)).first->second.get();
}

// Its orders keep all that they have seen.
absl::Status MemoryOrderStore::RecallClaim(Order&, const std::string&) { return absl::OkStatus(); }

void MemoryOrderStore::MarkChanged(const Order& order) {
  const auto found = residents_.find(order.key);
  CHECK(found != residents_.end() && found->second.get() == &order);
  changed_.insert(order.key);
}

absl::StatusOr<std::vector<DueOrder>> MemoryOrderStore::ReadDue() {
  return std::vector<DueOrder>(due_.begin(), due_.end());
}

size_t MemoryOrderStore::ChangedBytes() const { return changed_.size() * kBytesPerOrder; }

absl::Status MemoryOrderStore::Checkpoint(const PartitionMeta& meta) {
  for (const std::string& key : changed_) {
    const Order& order = *residents_.find(key)->second;
    std::erase_if(due_, [&](const DueOrder& row) { return row.key == key; });
    stored_[key] = codec::EncodeOrder(order);
    if (const Deadline* due = arbiter::EarliestDeadline(order); due != nullptr) {
      due_.insert({due->due, key});
    }
  }
  meta_ = meta;
  Drop();  // so that the next Load() decodes
  return absl::OkStatus();
}

absl::StatusOr<Digest> MemoryOrderStore::StateDigest() {
  Sha256Stream stream;
  AddSized(stream, meta_ ? TextOf(*meta_) : "");
  for (const auto& [key, bytes] : stored_) {
    AddSized(stream, key);
    AddSized(stream, bytes);
  }
  return stream.Finish();
}

void MemoryOrderStore::Drop() {
  residents_.clear();
  changed_.clear();
}

}  // namespace refund::replay
