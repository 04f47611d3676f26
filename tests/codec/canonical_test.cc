#include "engine/codec/canonical.h"

#include <capnp/message.h>

#include <cstring>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "engine/codec/claim_writer.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/json_lines.h"
#include "engine/codec/kj_boundary.h"
#include "event.capnp.h"
#include "gtest/gtest.h"

namespace refund::codec {
namespace {

using Words = std::vector<uint64_t>;  // a capnp::word cannot be constructed from another

Words WordsOf(ByteView bytes) {
  Words words(bytes.size() / sizeof(capnp::word));
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

kj::ArrayPtr<const capnp::word> Ptr(const Words& words) {
  return {reinterpret_cast<const capnp::word*>(words.data()), words.size()};
}

Claim Example(const std::string& type) {
  return std::get<ClaimLine>(ParseExportedLine(ExampleLine(type), false)).claim;
}

std::string LibrarysForm(schema::Claim::Reader claim) {
  const auto words = capnp::canonicalize(claim);
  return std::string(words.asChars().begin(), words.asChars().size());
}

bool LibrarySaysCanonical(const Words& words) {
  bool canonical = false;
  const bool whole = CatchKj([&] {
    const kj::ArrayPtr<const capnp::word> segments[] = {Ptr(words)};
    capnp::SegmentArrayMessageReader reader(segments);
    canonical = reader.isCanonical();
  });
  return whole && canonical;
}

TEST(Canonical, BytesAreThoseOfTheLibrary) {
  for (const std::string& type : EventTypeNames()) {
    MessageBuilder message;
    auto root = message->initRoot<schema::Claim>();
    WriteClaim(Example(type), root);
    EXPECT_EQ(message.CanonicalBytes(), LibrarysForm(root.asReader())) << type;
  }
}

// What is set and then emptied again leaves structs longer than they need be, and holes.
TEST(Canonical, WhatIsDefaultIsCutOff) {
  MessageBuilder message;
  auto root = message->initRoot<schema::Claim>();
  auto lines = root.initBody().initOrderPaid().initLines(3);
  lines[0].setLine("a line that is taken away again");
  lines[1].initBuckets(2)[1].initAmount().setUnits(7);
  lines[1].setSku("sku");
  lines[2].initPaid();
  lines[0].disownLine();
  EXPECT_EQ(message.CanonicalBytes(), LibrarysForm(root.asReader()));
}

TEST(Canonical, WhatOverflowsTheFirstSegmentToo) {
  MessageBuilder message;
  auto root = message->initRoot<schema::Claim>();
  root.setId(std::string(100'000, 'x'));
  root.setKey("o/TAOBAO/1");
  EXPECT_EQ(message.CanonicalBytes(), LibrarysForm(root.asReader()));
}

TEST(Canonical, OneMessageLeavesNothingToTheNext) {
  const Claim claim = Example("OrderPaid");
  const std::string first = EncodeClaim(claim);
  EncodeClaim(Example("RefundRequested"));
  EXPECT_EQ(EncodeClaim(claim), first);
}

TEST(Canonical, OurOwnRecordsAreSeenToBe) {
  for (const std::string& type : EventTypeNames()) {
    EXPECT_TRUE(IsPlainlyCanonical(Ptr(WordsOf(EncodeClaim(Example(type)))))) << type;
  }
}

TEST(Canonical, NothingIsThatTheLibraryCallsOtherwise) {
  std::mt19937_64 random(7);
  int canonical = 0;
  int others = 0;
  for (const std::string& type : EventTypeNames()) {
    const Words good = WordsOf(EncodeClaim(Example(type)));
    for (int i = 0; i < 2000; ++i) {
      Words words = good;
      // One bit, or a pointer's worth of them, or a word more or less.
      auto* bytes = reinterpret_cast<unsigned char*>(words.data());
      const size_t at = random() % (words.size() * sizeof(capnp::word));
      bytes[at] = static_cast<unsigned char>(bytes[at] ^ (1U << random() % 8));
      if (i % 16 == 1) words.pop_back();
      if (i % 16 == 2) words.emplace_back();
      if (i % 16 == 3) words[random() % words.size()] = {};
      if (IsPlainlyCanonical(Ptr(words))) {
        ++canonical;
        EXPECT_TRUE(LibrarySaysCanonical(words)) << type << " " << i;
      } else {
        ++others;
      }
    }
  }
  EXPECT_GT(canonical, 1000);
  EXPECT_GT(others, 1000);
}

}  // namespace
}  // namespace refund::codec
