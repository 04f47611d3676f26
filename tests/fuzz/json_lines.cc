// Lines of JSON as people send them. What is read is written and read again, and goes to the core;
// the same text is tried as a structured CloudEvent.
#include "engine/codec/json_lines.h"

#include <algorithm>
#include <variant>

#include "engine/base/check.h"
#include "engine/codec/cloud_event.h"
#include "engine/codec/event_codec.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/judge.h"

namespace refund::fuzz {

const char kReached[] = "an applied event";

void Prepare() { BundledPacks(); }

namespace {

void TakeClaim(Judge& judge, const codec::ClaimLine& line) {
  CHECK(codec::DecodeClaim(line.claim_bytes).ok());
  const std::string text = codec::ClaimBytesToJson(line.claim_bytes, line.recorded_at);
  const codec::LineResult again = codec::ParseLine(text, true);
  const auto* same = std::get_if<codec::ClaimLine>(&again);
  CHECK(same != nullptr);
  CHECK(same->claim_bytes == line.claim_bytes);
  CHECK(same->recorded_at == line.recorded_at);
  judge.Take(codec::EncodeRecord(line.claim_bytes, {*line.recorded_at, "local"}));
}

void TakeLine(Judge& judge, std::string_view line) {
  const codec::LineResult read = codec::ParseLine(line, true);
  if (const auto* claim = std::get_if<codec::ClaimLine>(&read)) {
    TakeClaim(judge, *claim);
  } else if (const auto* raw = std::get_if<codec::RawLine>(&read)) {
    judge.Take(raw->bytes);
  } else {
    CHECK(!std::get<codec::LineError>(read).Text().empty());
  }
  codec::ParseCloudEvent({{"content-type", "application/cloudevents+json"}}, line);
}

}  // namespace

bool Run(ByteView input) {
  Judge judge;
  while (!input.empty()) {
    const ByteView line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    TakeLine(judge, line);
  }
  return judge.applied() > 0;
}

}  // namespace refund::fuzz
