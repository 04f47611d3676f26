#include "engine/codec/event_codec.h"

#include <capnp/message.h>

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/codec/canonical.h"
#include "engine/codec/claim_reader.h"
#include "engine/codec/claim_writer.h"
#include "engine/codec/kj_boundary.h"

namespace refund::codec {
namespace {

constexpr std::string_view kDamaged =
    "expected one segment of well-formed Cap'n Proto, found damaged bytes";
constexpr std::string_view kNotCanonical =
    "not canonical: expected the bytes of capnp::canonicalize";

std::string NotOneSegment(std::string_view what, ByteView bytes) {
  return absl::StrFormat("%s: expected 8-byte words, found %d bytes", what, bytes.size());
}

bool IsWords(ByteView bytes) { return !bytes.empty() && bytes.size() % sizeof(capnp::word) == 0; }

// Bytes at an address where words may be read. Messages that come at such an address already, and
// that is every claim inside a record, are not copied.
class Words {
 public:
  explicit Words(ByteView bytes) : size_(bytes.size() / sizeof(capnp::word)) {
    if (reinterpret_cast<uintptr_t>(bytes.data()) % alignof(uint64_t) == 0) {
      words_ = bytes.data();
      return;
    }
    uint64_t* copy = small_.data();
    if (size_ > small_.size()) {
      large_ = std::make_unique<uint64_t[]>(size_);
      copy = large_.get();
    }
    std::memcpy(copy, bytes.data(), bytes.size());
    words_ = copy;
  }
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  kj::ArrayPtr<const capnp::word> get() const {
    return {reinterpret_cast<const capnp::word*>(words_), size_};
  }

 private:
  size_t size_;
  const void* words_ = nullptr;
  std::array<uint64_t, 256> small_;  // not zeroed
  std::unique_ptr<uint64_t[]> large_;
};

// A message of one segment without a segment table, under our limits. Where our own walk has found
// all of it in place (every pointer inside, to what lies next), the library need not check each
// pointer again as it follows it.
class Message {
 public:
  explicit Message(ByteView bytes)
      : words_(bytes), segment_(words_.get()), plain_(IsPlainlyCanonical(segment_)) {
    if (!plain_) reader_.emplace(kj::arrayPtr(&segment_, 1), Limits(segment_.size()));
  }

  template <class T>
  typename T::Reader Root() {
    if (plain_) return capnp::readMessageUnchecked<T>(segment_.begin());
    return reader_->getRoot<T>();
  }
  bool IsCanonical() { return plain_ || reader_->isCanonical(); }

 private:
  // Canonicity and our own reading walk everything once; what asks for more than four walks is
  // built to cost us time.
  static capnp::ReaderOptions Limits(size_t words) {
    capnp::ReaderOptions options;
    options.traversalLimitInWords = 4 * words + 64;
    options.nestingLimit = 16;
    return options;
  }

  Words words_;
  kj::ArrayPtr<const capnp::word> segment_;
  const bool plain_;
  std::optional<capnp::SegmentArrayMessageReader> reader_;  // where it is not plain
};

bool DecodeInto(ByteView bytes, Claim& claim, std::string& why) {
  if (bytes.size() > kMaxPolicyClaimBytes) {
    why = absl::StrFormat("claim: expected at most %d bytes, found %d", kMaxPolicyClaimBytes,
                          bytes.size());
    return false;
  }
  if (!IsWords(bytes)) {
    why = NotOneSegment("claim", bytes);
    return false;
  }
  Message message(bytes);
  const auto root = message.Root<schema::Claim>();
  if (bytes.size() > kMaxClaimBytes && !root.getBody().isPolicyPublished()) {
    why =
        absl::StrFormat("claim: expected at most %d bytes, found %d", kMaxClaimBytes, bytes.size());
    return false;
  }
  if (!message.IsCanonical()) {
    why = absl::StrFormat("claim: %s", kNotCanonical);
    return false;
  }
  Reading in;
  if (ReadClaim(in, root, claim)) return true;
  why = in.why();
  return false;
}

bool DecodeClaimInto(ByteView bytes, Claim& claim, std::string& why) {
  bool good = false;
  if (CatchKj([&] { good = DecodeInto(bytes, claim, why); })) return good;
  why = absl::StrFormat("claim: %s", kDamaged);
  return false;
}

enum class ClaimHash { kTaken, kLeftOut };

bool DecodeRecordInto(ByteView bytes, ClaimHash hash, Event& event, std::string& why) {
  Message message(bytes);
  const auto record = message.Root<schema::Record>();
  if (!message.IsCanonical()) {
    why = absl::StrFormat("record: %s", kNotCanonical);
    return false;
  }
  Reading in;
  if (!ReadStamp(in, record, event.stamp)) {
    why = in.why();
    return false;
  }
  const ByteView claim = View(record.getClaim());
  if (hash == ClaimHash::kTaken) event.claim_hash = Sha256(claim);
  return DecodeClaimInto(claim, event.claim, why);
}

std::variant<Event, Unreadable> Decode(ByteView bytes, uint32_t semantic, ClaimHash hash) {
  if (semantic != kSemantic) {
    return Unreadable{
        absl::StrFormat("record: expected semantic %d, found %d", kSemantic, semantic)};
  }
  if (bytes.size() > kMaxRecordBytes) {
    return Unreadable{absl::StrFormat("record: expected at most %d bytes, found %d",
                                      kMaxRecordBytes, bytes.size())};
  }
  if (!IsWords(bytes)) return Unreadable{NotOneSegment("record", bytes)};
  std::variant<Event, Unreadable> result;
  Unreadable unreadable;
  bool good = false;
  const bool sound = CatchKj(
      [&] { good = DecodeRecordInto(bytes, hash, *std::get_if<Event>(&result), unreadable.why); });
  if (!sound) unreadable.why = absl::StrFormat("record: %s", kDamaged);
  if (!sound || !good) result = std::move(unreadable);
  return result;
}

}  // namespace

std::variant<Event, Unreadable> DecodeRecord(ByteView bytes, uint32_t semantic) {
  return Decode(bytes, semantic, ClaimHash::kTaken);
}

std::variant<Event, Unreadable> DecodeUnhashed(ByteView bytes, uint32_t semantic) {
  return Decode(bytes, semantic, ClaimHash::kLeftOut);
}

absl::StatusOr<Claim> DecodeClaim(ByteView bytes) {
  Claim claim;
  std::string why;
  if (DecodeClaimInto(bytes, claim, why)) return claim;
  return absl::InvalidArgumentError(Abs(why));
}

std::string EncodeClaim(const Claim& claim) {
  MessageBuilder message;
  WriteClaim(claim, message->initRoot<schema::Claim>());
  return message.CanonicalBytes();
}

std::string EncodeRecord(ByteView claim_bytes, const Stamp& stamp) {
  MessageBuilder message;
  auto record = message->initRoot<schema::Record>();
  if (!claim_bytes.empty()) {
    record.setClaim(capnp::Data::Reader(reinterpret_cast<const capnp::byte*>(claim_bytes.data()),
                                        claim_bytes.size()));
  }
  auto out = record.initStamp();
  out.setRecordedAt(stamp.recorded_at.ms);
  if (!stamp.principal.empty()) {
    out.setPrincipal(capnp::Text::Reader(stamp.principal.c_str(), stamp.principal.size()));
  }
  return message.CanonicalBytes();
}

}  // namespace refund::codec
