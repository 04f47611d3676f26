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
#include "tests/fuzz/mutators.h"

namespace refund::fuzz {

const char kCorpus[] = REFUND_CORPORA "/json_lines";
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

namespace {

// The line as we would write it, up to two seconds later; as it was if nobody can read it.
std::string Later(ByteView line, unsigned seed) {
  const codec::LineResult read = codec::ParseLine(line, true);
  const auto* claim = std::get_if<codec::ClaimLine>(&read);
  if (claim == nullptr || !claim->recorded_at) return std::string(line);
  const Instant at = *claim->recorded_at + seed % (2 * kSecondMs);
  return codec::ClaimBytesToJson(claim->claim_bytes, at);
}

}  // namespace

std::string Mutate(ByteView input, size_t most, unsigned seed) {
  if (seed % 4 != 0 || input.empty()) return MutatedText(input, most, seed);
  // The line around some byte.
  const size_t at = seed / 4 % input.size();
  const size_t before = input.rfind('\n', at == 0 ? 0 : at - 1);
  const size_t begin = before == ByteView::npos ? 0 : before + 1;
  const size_t end = std::min(input.find('\n', begin), input.size());
  const std::string line = Later(input.substr(begin, end - begin), seed / 16);
  return std::string(input).replace(begin, end - begin, line);
}

}  // namespace refund::fuzz
