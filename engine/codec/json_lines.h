// JSON Lines: how people and other systems write events, and how we print them. One walker over the
// compiled schema; there is no code per event, so a new kind is a change of schemas/event.capnp
// alone (docs/formats/json-lines.md). Nothing throws. All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/bytes.h"
#include "engine/domain/event.h"

namespace refund::codec {

inline constexpr size_t kMaxLineBytes = 4 << 20;
inline constexpr int kMaxLineDepth = 16;

// A line that intake may take: canonical bytes that DecodeRecord reads.
struct ClaimLine {
  std::string claim_bytes;
  Claim claim;
  std::optional<Instant> recorded_at;  // present exactly in as-recorded mode
};

// Bytes to be appended as they are, readable or not: for tests and rescue, in as-recorded mode
// only.
struct RawLine {
  std::string bytes;  // of a record, not of a claim
  uint32_t partition = 0;
  Instant recorded_at;
};

// The first thing that is wrong with a line. Who reads the file adds the line's number.
struct LineError {
  std::string pointer;  // RFC 6901; empty for the line as a whole
  std::string expected;
  std::string found;

  // "/body/ask/units: expected …, found …"
  std::string Text() const;
};

using LineResult = std::variant<ClaimLine, RawLine, LineError>;

// `line` is without its newline.
LineResult ParseLine(std::string_view line, bool as_recorded);

// The same for a line that is parsed already, without `recorded_at`. Internal to the codec.
struct Json;
LineResult ParseTree(const Json& line);

// The same for a line that ClaimToJson wrote, of any kind: LogOpened and PolicyPublished are read
// too. For whoever rebuilds a log from its export. as_recorded is whether the line has a
// recorded_at.
LineResult ParseExportedLine(std::string_view line, bool as_recorded);

// The inverse, exact: parsing the text gives the same claim bytes again. Without a newline. The
// keys stand in the order of docs/formats/json-lines.md, the body's in schema order; what is absent
// is omitted. The bytes must be those of a valid claim (ClaimLine::claim_bytes, or from
// EncodeClaim).
std::string ClaimToJson(const Claim& claim, std::optional<Instant> recorded_at);
std::string ClaimBytesToJson(ByteView claim_bytes, std::optional<Instant> recorded_at);

// The CamelCase names of all kinds, in schema order.
std::vector<std::string> EventTypeNames();

// What `refundctl schema TYPE` prints: class, key, fields with types and limits, one complete
// example line. As JSON one object on one line; else text for people. NotFound, with a suggestion,
// for a name that is not in EventTypeNames().
absl::StatusOr<std::string> DescribeType(std::string_view name, bool json);
// The example line alone; CHECKs that the name is in EventTypeNames().
std::string ExampleLine(std::string_view name);

}  // namespace refund::codec
