// Between the bytes of the log and plain values. Everything that reads or writes a record goes
// through here; nothing here throws, and no Cap'n Proto type is seen outside. Bytes are canonical:
// one segment without a segment table, no default written out, nothing that the schema does not
// know, so that a value has exactly one form (docs/formats/event.md). All functions may be called
// from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/domain/event.h"

namespace refund::codec {

// The meaning of records that this binary knows (design/README.md §9).
inline constexpr uint32_t kSemantic = 1;

// Of a claim. Only PolicyPublished, which carries a pack, may use the second.
inline constexpr size_t kMaxClaimBytes = 256 << 10;
inline constexpr size_t kMaxPolicyClaimBytes = 2 << 20;
// Of a record, checked before anything is parsed: the largest claim and room for the stamp.
inline constexpr size_t kMaxRecordBytes = kMaxPolicyClaimBytes + 4096;

// Why a record is quarantined. The text depends on the bytes alone, not on the version of a
// library.
struct Unreadable {
  std::string why;
};

// Reads untrusted bytes of the log. `semantic` is the one in force at the record's offset.
std::variant<Event, Unreadable> DecodeRecord(ByteView bytes, uint32_t semantic);
// The same without the claim's hash, which is left zero: for who measures the two apart.
std::variant<Event, Unreadable> DecodeUnhashed(ByteView bytes, uint32_t semantic);

// The canonical bytes of a claim. What DecodeClaim would refuse is encoded all the same: the writer
// checks with DecodeClaim at the door, and tests need records that are wrong.
std::string EncodeClaim(const Claim& claim);

// InvalidArgument, with the text that DecodeRecord would give, unless the bytes are a valid claim.
absl::StatusOr<Claim> DecodeClaim(ByteView bytes);

// The canonical bytes of a record around the exact bytes of a claim.
std::string EncodeRecord(ByteView claim_bytes, const Stamp& stamp);

}  // namespace refund::codec
