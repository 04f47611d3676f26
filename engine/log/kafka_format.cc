#include "engine/log/kafka_format.h"

#include <random>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "engine/base/status.h"

namespace refund::log {
namespace {

constexpr char kRecordedAt[] = "recorded_at";
constexpr char kSource[] = "src";
constexpr char kId[] = "id";
constexpr char kAgain[] = "again";
constexpr std::string_view kCursorFormat = "refund-cursor/1 ";
constexpr size_t kDigestDigits = 64;

}  // namespace

KafkaHeaders EventHeaders(Instant recorded_at) {
  return {{kRecordedAt, std::to_string(recorded_at.ms)}};
}

Instant StampOf(const KafkaMessage& event) {
  const std::string* text = event.Header(kRecordedAt);
  int64_t ms = 0;
  const bool readable = text != nullptr && absl::SimpleAtoi(*text, &ms) && ms >= kMinInstant.ms &&
                        ms <= kMaxInstant.ms;
  return readable ? Instant{ms} : kMinInstant;
}

std::string SourceOf(uint32_t partition, const Output& output) {
  return absl::StrFormat("%d,%d,%d", partition, output.cause_offset, output.k);
}

KafkaHeaders OutputHeaders(uint32_t partition, const Output& output, bool again) {
  KafkaHeaders headers = {{kSource, SourceOf(partition, output)}};
  if (!output.id.empty()) headers.emplace_back(kId, output.id);
  if (again) headers.emplace_back(kAgain, "1");
  return headers;
}

absl::StatusOr<Output> OutputOf(const KafkaPlace& place, Topic topic, KafkaMessage message) {
  const std::string* text = message.Header(kSource);
  Output output;
  output.topic = topic;
  int64_t partition = -1;
  int64_t k = -1;
  const size_t first = text == nullptr ? std::string::npos : text->find(',');
  const size_t second = first == std::string::npos ? first : text->find(',', first + 1);
  const bool readable =
      second != std::string::npos && absl::SimpleAtoi(text->substr(0, first), &partition) &&
      absl::SimpleAtoi(text->substr(first + 1, second - first - 1), &output.cause_offset) &&
      absl::SimpleAtoi(text->substr(second + 1), &k);
  if (!readable || partition != place.partition || output.cause_offset < 0 || k < 0 ||
      k > UINT32_MAX) {
    return Errorf(absl::StatusCode::kDataLoss,
                  "%s at offset %d: expected a header src of \"%d,offset,k\", found %s",
                  ToString(place), message.offset, place.partition,
                  text == nullptr ? "none" : "\"" + *text + "\"");
  }
  output.k = static_cast<uint32_t>(k);
  output.bytes = std::move(message.bytes);
  if (const std::string* id = message.Header(kId)) output.id = *id;
  return output;
}

bool IsAgain(const KafkaMessage& output) { return output.Header(kAgain) != nullptr; }

const std::string& Owner() {
  static const std::string owner = [] {
    std::random_device random;
    return absl::StrFormat("%08x%08x", random(), random());
  }();
  return owner;
}

std::string MetadataOf(const Cursor& cursor) {
  return std::string(kCursorFormat) + cursor.digest.hex() + " " + Owner();
}

absl::StatusOr<Cursor> CursorOf(const KafkaAsker::Committed& committed, const std::string& where) {
  Cursor cursor;
  cursor.next = committed.next;
  std::string bytes;
  const std::string& text = committed.metadata;
  const bool known = text.compare(0, kCursorFormat.size(), kCursorFormat) == 0 &&
                     FromHex(text.substr(kCursorFormat.size(), kDigestDigits), bytes) &&
                     Digest::FromBytes(bytes, cursor.digest);
  if (known) return cursor;
  return Errorf(absl::StatusCode::kDataLoss,
                "committed offset %d of %s: expected the metadata \"%s<64 hex digits>\", found "
                "\"%s\": something but a committer has moved it. Delete it, and it is made again "
                "from the outputs",
                committed.next, where, std::string(kCursorFormat), text);
}

std::string OwnerOf(const KafkaAsker::Committed& committed) {
  const size_t at = kCursorFormat.size() + kDigestDigits + 1;
  return committed.metadata.size() > at ? committed.metadata.substr(at) : "";
}

}  // namespace refund::log
