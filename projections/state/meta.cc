#include "projections/state/meta.h"

#include <cstdint>

#include "engine/base/status.h"

namespace refund::projections {
namespace {

using replay::kCounts;
using replay::PartitionMeta;

//   be32 layout (1), log id (16), be32 partition, be32 partitions, be32 semantic, be64 next,
//   last record (32), output digest (32), be64 last tick, be64 of each of the counts,
//   be32 number of packs, and of each: digest (32), be64 recorded at,
//   be32 number of brakes, and of each: be32 scope, sized name,
//   be32 released, be32 number of held orders, and of each: sized key,
//   be32 number of wakes, and of each: sized key, be64 at,
//   be64 outage from, be64 outage to, be32 number of graces, and of each: be64 from, be64 to,
//   be64 tick, be32 number of keys, and of each: sized key
constexpr uint32_t kLayout = 2;

void AppendSigned(std::string& out, int64_t value) {
  AppendBe64(out, static_cast<uint64_t>(value));
}

// Takes fields off the front. Past the end everything is zero, and Ended() is false for ever.
class Fields {
 public:
  explicit Fields(ByteView bytes) : rest_(bytes) {}

  ByteView Take(size_t size) {
    if (rest_.size() < size) whole_ = false;
    if (!whole_) return {};
    const ByteView taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  uint32_t Take32() {
    const ByteView bytes = Take(4);
    return bytes.empty() ? 0 : ReadBe32(bytes.data());
  }
  int64_t TakeSigned() {
    const ByteView bytes = Take(8);
    return bytes.empty() ? 0 : static_cast<int64_t>(ReadBe64(bytes.data()));
  }
  Instant TakeInstant() { return {TakeSigned()}; }
  std::string TakeSized() { return std::string(Take(Take32())); }
  template <class Hash>
  void TakeHash(Hash& hash) {
    Hash::FromBytes(Take(hash.bytes.size()), hash);
  }
  bool whole() const { return whole_; }
  bool Ended() const { return whole_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool whole_ = true;
};

void ReadPacks(Fields& fields, PartitionMeta& meta) {
  const uint32_t packs = fields.Take32();
  for (uint32_t i = 0; i < packs && fields.whole(); ++i) {
    replay::StoredPack& pack = meta.packs.emplace_back();
    fields.TakeHash(pack.digest);
    pack.recorded_at = fields.TakeInstant();
  }
}

void AppendKeys(std::string& out, const std::set<std::string>& keys) {
  AppendBe32(out, static_cast<uint32_t>(keys.size()));
  for (const std::string& key : keys) AppendSized(out, key);
}

void ReadKeys(Fields& fields, std::set<std::string>& keys) {
  const uint32_t count = fields.Take32();
  for (uint32_t i = 0; i < count && fields.whole(); ++i) keys.insert(fields.TakeSized());
}

void ReadBrakes(Fields& fields, PartitionMeta& meta) {
  const uint32_t brakes = fields.Take32();
  for (uint32_t i = 0; i < brakes && fields.whole(); ++i) {
    policy::Brake& brake = meta.brakes.emplace_back();
    brake.scope = static_cast<HoldScope>(fields.Take32());
    brake.name = fields.TakeSized();
  }
  meta.released = fields.Take32() != 0;
  ReadKeys(fields, meta.held);
  const uint32_t wakes = fields.Take32();
  for (uint32_t i = 0; i < wakes && fields.whole(); ++i) {
    const std::string key = fields.TakeSized();
    meta.wakes[key] = fields.TakeInstant();
  }
}

void ReadOutages(Fields& fields, PartitionMeta& meta) {
  meta.outage_from = fields.TakeInstant();
  meta.outage_to = fields.TakeInstant();
  const uint32_t graces = fields.Take32();
  for (uint32_t i = 0; i < graces && fields.whole(); ++i) {
    replay::PendingGrace& grace = meta.graces.emplace_back();
    grace.from = fields.TakeInstant();
    grace.to = fields.TakeInstant();
    grace.tick = fields.TakeInstant();
    ReadKeys(fields, grace.keys);
  }
}

}  // namespace

std::string EncodePending(const PartitionMeta& meta) {
  std::string out;
  AppendBe32(out, static_cast<uint32_t>(meta.brakes.size()));
  for (const policy::Brake& brake : meta.brakes) {
    AppendBe32(out, static_cast<uint32_t>(brake.scope));
    AppendSized(out, brake.name);
  }
  AppendBe32(out, meta.released ? 1 : 0);
  AppendKeys(out, meta.held);
  AppendBe32(out, static_cast<uint32_t>(meta.wakes.size()));
  for (const auto& [key, at] : meta.wakes) {
    AppendSized(out, key);
    AppendSigned(out, at.ms);
  }
  AppendSigned(out, meta.outage_from.ms);
  AppendSigned(out, meta.outage_to.ms);
  AppendBe32(out, static_cast<uint32_t>(meta.graces.size()));
  for (const replay::PendingGrace& grace : meta.graces) {
    AppendSigned(out, grace.from.ms);
    AppendSigned(out, grace.to.ms);
    AppendSigned(out, grace.tick.ms);
    AppendKeys(out, grace.keys);
  }
  return out;
}

std::string EncodeMeta(const PartitionMeta& meta) {
  std::string out;
  AppendBe32(out, kLayout);
  out += meta.log_id.view();
  AppendBe32(out, meta.partition);
  AppendBe32(out, meta.partitions);
  AppendBe32(out, meta.semantic);
  AppendSigned(out, meta.next);
  out += meta.last_record.view();
  out += meta.output_digest.view();
  AppendSigned(out, meta.last_tick.ms);
  for (const auto count : kCounts) AppendSigned(out, meta.counts.*count);
  AppendBe32(out, static_cast<uint32_t>(meta.packs.size()));
  for (const replay::StoredPack& pack : meta.packs) {
    out += pack.digest.view();
    AppendSigned(out, pack.recorded_at.ms);
  }
  return out + EncodePending(meta);
}

absl::StatusOr<PartitionMeta> DecodeMeta(ByteView bytes) {
  Fields fields(bytes);
  PartitionMeta meta;
  const uint32_t layout = fields.Take32();
  fields.TakeHash(meta.log_id);
  meta.partition = fields.Take32();
  meta.partitions = fields.Take32();
  meta.semantic = fields.Take32();
  meta.next = fields.TakeSigned();
  fields.TakeHash(meta.last_record);
  fields.TakeHash(meta.output_digest);
  meta.last_tick.ms = fields.TakeSigned();
  for (const auto count : kCounts) meta.counts.*count = fields.TakeSigned();
  ReadPacks(fields, meta);
  ReadBrakes(fields, meta);
  ReadOutages(fields, meta);
  // Written again it must be the same: no set is out of order then.
  if (layout == kLayout && fields.Ended() && EncodeMeta(meta) == bytes) return meta;
  return Errorf(absl::StatusCode::kDataLoss,
                "meta: expected layout %d and nothing behind it, found layout %d in %d bytes",
                kLayout, layout, bytes.size());
}

}  // namespace refund::projections
