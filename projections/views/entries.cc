#include "projections/views/entries.h"

#include "engine/base/status.h"
#include "engine/codec/step_codec.h"
#include "projections/state/keys.h"
#include "projections/views/row_bytes.h"

namespace refund::projections {
namespace {

absl::Status NotOfItsTable(ByteView key) {
  return Errorf(absl::StatusCode::kDataLoss, "%s: not a row of its table", DescribeKey(key));
}

template <class Entry>
absl::StatusOr<Entry> Checked(const RowReader& in, ByteView key, Entry entry) {
  if (in.Finished()) return entry;
  return NotOfItsTable(key);
}

void WriteLeg(RowWriter& out, const LegSummary& leg) {
  out.Of(leg.id).U32(leg.case_number).Word(leg.kind).Word(leg.bearer).Word(leg.to);
  out.Text(leg.line).Word(leg.bucket).I64(leg.amount).I64(leg.reversed);
  out.Word(leg.state).U32(leg.attempt);
}

LegSummary ReadLeg(RowReader& in) {
  LegSummary leg;
  leg.id = in.OfId();
  leg.case_number = in.U32();
  leg.kind = in.Word<LegKind>();
  leg.bearer = in.Word<Bearer>();
  leg.to = in.Word<Bearer>();
  leg.line = in.Text();
  leg.bucket = in.Word<Bucket>();
  leg.amount = in.I64();
  leg.reversed = in.I64();
  leg.state = in.Word<LegState>();
  leg.attempt = in.U32();
  return leg;
}

}  // namespace

// be32 priority, then the summary as the engine stores it.
std::string Encode(const CaseEntry& entry) {
  std::string bytes;
  AppendBe32(bytes, entry.priority);
  return bytes + codec::EncodeSummary(entry.summary);
}

template <>
absl::StatusOr<CaseEntry> Decode(ByteView key, ByteView value) {
  constexpr size_t kPriorityBytes = 4;
  if (value.size() < kPriorityBytes) return NotOfItsTable(key);
  absl::StatusOr<CaseSummary> summary = codec::DecodeSummary(value.substr(kPriorityBytes));
  if (!summary.ok()) return Annotate(summary.status(), DescribeKey(key));
  if (summary->next_due && summary->next_due->ms < 0) return NotOfItsTable(key);  // has no place
  return CaseEntry{*std::move(summary), ReadBe32(value.data())};
}

std::string Encode(const LegEntry& entry) {
  RowWriter out;
  out.Text(entry.key);
  WriteLeg(out, entry.leg);
  out.At(entry.made_at).At(entry.since).U32(entry.queries);
  return out.Done();
}

template <>
absl::StatusOr<LegEntry> Decode(ByteView key, ByteView value) {
  RowReader in(value);
  LegEntry entry;
  entry.key = in.Text();
  entry.leg = ReadLeg(in);
  entry.made_at = in.At();
  entry.since = in.At();
  entry.queries = in.U32();
  return Checked(in, key, std::move(entry));
}

std::string Encode(const OrderEntry& entry) {
  RowWriter out;
  out.Text(entry.key).Word(entry.currency).At(entry.first_at).At(entry.last_at);
  out.I64(entry.sequence).U32(entry.refused);
  out.Word(entry.entrance).MaybeAt(entry.entrance_since);
  return out.Done();
}

template <>
absl::StatusOr<OrderEntry> Decode(ByteView key, ByteView value) {
  RowReader in(value);
  OrderEntry entry;
  entry.key = in.Text();
  entry.currency = in.Word<Currency>();
  entry.first_at = in.At();
  entry.last_at = in.At();
  entry.sequence = in.I64();
  entry.refused = in.U32();
  entry.entrance = in.Word<Entrance>();
  entry.entrance_since = in.MaybeAt();
  return Checked(in, key, std::move(entry));
}

std::string Encode(const DeadlineEntry& entry) {
  RowWriter out;
  out.Text(entry.key).U32(entry.name.case_number).Word(entry.name.timer).Word(entry.name.role);
  out.U32(entry.name.generation).At(entry.due).At(entry.armed_at);
  out.U8(entry.paused ? 1 : 0).I64(entry.remaining_ms);
  return out.Done();
}

template <>
absl::StatusOr<DeadlineEntry> Decode(ByteView key, ByteView value) {
  RowReader in(value);
  DeadlineEntry entry;
  entry.key = in.Text();
  entry.name.case_number = in.U32();
  entry.name.timer = in.Word<Timer>();
  entry.name.role = in.Word<Role>();
  entry.name.generation = in.U32();
  entry.due = in.At();
  entry.armed_at = in.At();
  entry.paused = in.U8() == 1;
  entry.remaining_ms = in.I64();
  return Checked(in, key, std::move(entry));
}

std::string Encode(const VoucherEntry& entry) {
  RowWriter out;
  out.Text(entry.key).Of(entry.id).U32(entry.case_number).Text(entry.kind).I64(entry.amount);
  out.Word(entry.state).At(entry.granted_at).At(entry.since);
  out.MaybeAt(entry.expires_at);
  return out.Done();
}

template <>
absl::StatusOr<VoucherEntry> Decode(ByteView key, ByteView value) {
  RowReader in(value);
  VoucherEntry entry;
  entry.key = in.Text();
  entry.id = in.OfId();
  entry.case_number = in.U32();
  entry.kind = in.Text();
  entry.amount = in.I64();
  entry.state = in.Word<VoucherState>();
  entry.granted_at = in.At();
  entry.since = in.At();
  entry.expires_at = in.MaybeAt();
  return Checked(in, key, std::move(entry));
}

std::string Encode(const TallyEntry& entry) {
  RowWriter out;
  out.U32(static_cast<uint32_t>(entry.name.day)).Word(entry.name.platform).Text(entry.name.what);
  out.Word(entry.name.currency).I64(entry.count).I64(absl::Int128High64(entry.sum));
  out.I64(static_cast<int64_t>(absl::Int128Low64(entry.sum)));
  return out.Done();
}

template <>
absl::StatusOr<TallyEntry> Decode(ByteView key, ByteView value) {
  RowReader in(value);
  TallyEntry entry;
  entry.name.day = static_cast<int32_t>(in.U32());
  entry.name.platform = in.Word<Platform>();
  entry.name.what = in.Text();
  entry.name.currency = in.Word<Currency>();
  entry.count = in.I64();
  const int64_t high = in.I64();
  entry.sum = absl::MakeInt128(high, static_cast<uint64_t>(in.I64()));
  return Checked(in, key, std::move(entry));
}

std::string Encode(const ParkedEntry& entry) {
  RowWriter out;
  out.Text(entry.key).U32(entry.times).At(entry.newest_at);
  return out.Done();
}

template <>
absl::StatusOr<ParkedEntry> Decode(ByteView key, ByteView value) {
  RowReader in(value);
  ParkedEntry entry;
  entry.key = in.Text();
  entry.times = in.U32();
  entry.newest_at = in.At();
  return Checked(in, key, std::move(entry));
}

}  // namespace refund::projections
