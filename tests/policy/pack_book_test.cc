#include "engine/policy/pack_book.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/base/check.h"

namespace refund::policy {
namespace {

Instant At(const std::string& text) {
  Instant at;
  std::string error;
  CHECK(ParseInstant(text, at, error));
  return at;
}

const Instant kSwitch = At("2024-08-09T00:00:00+08:00");

std::shared_ptr<const Pack> Named(const std::string& name, Instant from,
                                  Platform platform = Platform::kTaobao) {
  auto pack = std::make_shared<Pack>();
  pack->platform = platform;
  pack->name = name;
  pack->effective_from = from;
  pack->digest = Sha256(name);
  return pack;
}

std::string InForce(const PackBook& book, Instant at) {
  const Pack* pack = book.InForce(Platform::kTaobao, at);
  return pack == nullptr ? "none" : pack->name;
}

TEST(PackBookTest, IsInForceFromItsDateIfItWasKnownBefore) {
  PackBook book;
  book.Add(Named("old", At("2023-12-31T00:00:00+08:00")), At("2023-12-01T00:00:00+08:00"));
  book.Add(Named("new", kSwitch), At("2024-07-30T00:00:00+08:00"));
  EXPECT_EQ(InForce(book, At("2023-12-30T23:59:59.999+08:00")), "none");
  EXPECT_EQ(InForce(book, At("2023-12-31T00:00:00+08:00")), "old");
  EXPECT_EQ(InForce(book, kSwitch + -1), "old");
  EXPECT_EQ(InForce(book, kSwitch), "new");
}

TEST(PackBookTest, IsInForceFromItsRecordIfThatIsLater) {
  PackBook book;
  book.Add(Named("old", At("2023-12-31T00:00:00+08:00")), At("2023-12-01T00:00:00+08:00"));
  const Instant late = At("2024-08-20T10:00:00+08:00");
  book.Add(Named("new", kSwitch), late);
  EXPECT_EQ(InForce(book, kSwitch), "old");
  EXPECT_EQ(InForce(book, late + -1), "old");
  EXPECT_EQ(InForce(book, late), "new");
}

TEST(PackBookTest, OfPacksRecordedTogetherLateTheLaterDateWins) {
  const Instant record = At("2025-01-01T00:00:00+08:00");
  for (const bool new_first : {true, false}) {
    PackBook book;
    const auto old_pack = Named("old", At("2023-12-31T00:00:00+08:00"));
    const auto new_pack = Named("new", kSwitch);
    book.Add(new_first ? new_pack : old_pack, record);
    book.Add(new_first ? old_pack : new_pack, record);
    EXPECT_EQ(InForce(book, record), "new");
    EXPECT_EQ(InForce(book, record + -1), "none");
  }
}

TEST(PackBookTest, OfTheSameDateTheLaterRecordWins) {
  PackBook book;
  book.Add(Named("first", kSwitch), kSwitch + -2);
  book.Add(Named("second", kSwitch), kSwitch + -1);
  EXPECT_EQ(InForce(book, kSwitch), "second");
}

TEST(PackBookTest, OfTheSameDateAndRecordTheLastPublishedWins) {
  PackBook book;
  book.Add(Named("first", kSwitch), kSwitch);
  book.Add(Named("second", kSwitch), kSwitch);
  EXPECT_EQ(InForce(book, kSwitch), "second");
}

TEST(PackBookTest, APackOfAnotherPlatformIsNotAsked) {
  PackBook book;
  book.Add(Named("other", kSwitch, Platform::kPinduoduo), kSwitch);
  EXPECT_EQ(InForce(book, kSwitch), "none");
  EXPECT_NE(book.InForce(Platform::kPinduoduo, kSwitch), nullptr);
}

TEST(PackBookTest, PublishingIsIdempotentByDigest) {
  PackBook book;
  EXPECT_TRUE(book.Add(Named("one", kSwitch), kSwitch));
  EXPECT_FALSE(book.Add(Named("one", kSwitch), kSwitch + 5));
  ASSERT_EQ(book.packs().size(), 1U);
  EXPECT_EQ(book.packs()[0].recorded_at, kSwitch);  // the first stamp stands
  EXPECT_EQ(book.Find(Sha256("one")), book.packs()[0].pack.get());
  EXPECT_EQ(book.Find(Sha256("two")), nullptr);
}

// ---- What if ----

TEST(PackBookTest, AnOverlayIsReadWhereTheOtherPackIsPublishedAndNamed) {
  const auto was = Named("was", At("2023-12-31T00:00:00+08:00"));
  const auto now = Named("now", kSwitch);
  PackBook book;
  book.Overlay(PutInPlace(*was, *now));
  EXPECT_TRUE(book.Add(was, was->effective_from));
  EXPECT_FALSE(book.Add(was, was->effective_from + 1));
  EXPECT_TRUE(book.Add(now, kSwitch + -1));  // its own publication stays where it is
  EXPECT_EQ(InForce(book, was->effective_from), "now");
  EXPECT_EQ(InForce(book, was->effective_from + -1), "none");
  const Pack* overlay = book.Find(was->digest);
  ASSERT_NE(overlay, nullptr);
  EXPECT_EQ(overlay->name, "now");
  EXPECT_EQ(book.Find(overlay->digest), overlay);
  EXPECT_EQ(book.Find(now->digest), now.get());
}

TEST(PackBookTest, AnOverlaysDigestIsNeitherPacks) {
  const auto was = Named("was", kSwitch);
  const auto now = Named("now", kSwitch);
  const Digest overlay = PutInPlace(*was, *now).pack->digest;
  EXPECT_NE(overlay, was->digest);
  EXPECT_NE(overlay, now->digest);
  EXPECT_NE(overlay, PutInPlace(*now, *was).pack->digest);
  EXPECT_NE(PutInPlace(*was, *was).pack->digest, was->digest);
}

TEST(PackBookTest, ABrakeOnThePackHoldsTheOneInItsPlace) {
  const auto was = Named("was", kSwitch);
  PackBook book;
  book.Overlay(PutInPlace(*was, *Named("now", kSwitch)));
  book.Add(was, kSwitch);
  const Digest pinned = book.InForce(Platform::kTaobao, kSwitch)->digest;
  EXPECT_FALSE(book.IsHeld(Platform::kTaobao, "m-1", pinned));
  book.Hold({HoldScope::kPack, Sha256("another").hex()});
  EXPECT_FALSE(book.IsHeld(Platform::kTaobao, "m-1", pinned));
  book.Release({HoldScope::kPack, Sha256("another").hex()});
  book.Hold({HoldScope::kPack, was->digest.hex()});
  EXPECT_TRUE(book.IsHeld(Platform::kTaobao, "m-1", pinned));
  EXPECT_FALSE(book.IsHeld(Platform::kTaobao, "m-1", Sha256("another")));
}

TEST(PackBookTest, ABrakeHoldsWhatItNamesAndIsPutOnOnce) {
  PackBook book;
  const Digest pack = Sha256("a pack");
  EXPECT_TRUE(book.Hold({HoldScope::kPlatform, "TAOBAO"}));
  EXPECT_FALSE(book.Hold({HoldScope::kPlatform, "TAOBAO"}));
  EXPECT_TRUE(book.IsHeld(Platform::kTaobao, "m-1", pack));
  EXPECT_FALSE(book.IsHeld(Platform::kTmall, "m-1", pack));
  EXPECT_TRUE(book.Release({HoldScope::kPlatform, "TAOBAO"}));
  EXPECT_FALSE(book.Release({HoldScope::kPlatform, "TAOBAO"}));
  EXPECT_FALSE(book.IsHeld(Platform::kTaobao, "m-1", pack));
  EXPECT_TRUE(book.Hold({HoldScope::kPack, pack.hex()}));
  EXPECT_TRUE(book.IsHeld(Platform::kTmall, "m-1", pack));
  EXPECT_FALSE(book.IsHeld(Platform::kTmall, "m-1", Sha256("another")));
}

}  // namespace
}  // namespace refund::policy
