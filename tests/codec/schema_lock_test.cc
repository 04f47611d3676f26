#include "engine/codec/schema_lock.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace refund::codec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kPath[] = REFUND_SOURCE_DIR "/schemas/schema.lock";

std::string ReadLock() {
  std::ostringstream text;
  text << std::ifstream(kPath).rdbuf();
  return text.str();
}

// The lock of today with `from` replaced by `to`, once.
std::string Edited(const std::string& from, const std::string& to) {
  std::string text = SchemaLockText();
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::vector<std::string> Edit(const std::string& from, const std::string& to) {
  return IncompatibleEdits(SchemaLockText(), Edited(from, to));
}

TEST(SchemaLock, TheCheckedInLockIsTheCompiledSchema) {
  if (std::getenv("REFUND_UPDATE_LOCK") != nullptr) {
    std::ofstream(kPath) << SchemaLockText();
  }
  const std::string lock = ReadLock();
  EXPECT_THAT(IncompatibleEdits(lock, SchemaLockText()), IsEmpty())
      << "an old log would be read otherwise; append fields and enumerants instead";
  EXPECT_EQ(lock, SchemaLockText())
      << "the schemas have grown; run this test with REFUND_UPDATE_LOCK=1 and commit " << kPath;
}

TEST(SchemaLock, AppendedThingsAreCompatible) {
  EXPECT_THAT(
      Edit("  @1 quantity :UInt32 at 0\n", "  @1 quantity :UInt32 at 0\n  @2 note :Text at 1\n"),
      IsEmpty());
  EXPECT_THAT(Edit("  @17 kwd\n", "  @17 kwd\n  @18 aud\n"), IsEmpty());
  EXPECT_THAT(IncompatibleEdits(SchemaLockText(),
                                SchemaLockText() + "struct event.New 0x1\n  @0 a :Bool at 0\n"),
              IsEmpty());
}

TEST(SchemaLock, ARemovedFieldIsNamed) {
  EXPECT_THAT(Edit("  @1 quantity :UInt32 at 0\n", ""),
              ElementsAre("event.LineUnits.quantity: expected \"@1 quantity :UInt32 at 0\", "
                          "found it removed"));
}

TEST(SchemaLock, ARenamedFieldIsNamed) {
  EXPECT_THAT(Edit("  @1 quantity :UInt32 at 0\n", "  @1 count :UInt32 at 0\n"),
              ElementsAre("event.LineUnits.quantity: expected \"@1 quantity :UInt32 at 0\", "
                          "found \"@1 count :UInt32 at 0\""));
}

TEST(SchemaLock, ARenumberedFieldIsNamed) {
  EXPECT_THAT(Edit("  @1 quantity :UInt32 at 0\n", "  @2 quantity :UInt32 at 0\n"),
              ElementsAre("event.LineUnits.quantity: expected \"@1 quantity :UInt32 at 0\", "
                          "found it removed"));
}

TEST(SchemaLock, AChangedTypeIsNamed) {
  EXPECT_THAT(Edit("  @1 quantity :UInt32 at 0\n", "  @1 quantity :UInt64 at 0\n"),
              ElementsAre("event.LineUnits.quantity: expected \"@1 quantity :UInt32 at 0\", "
                          "found \"@1 quantity :UInt64 at 0\""));
}

TEST(SchemaLock, AChangedDefaultOrLimitIsNamed) {
  EXPECT_THAT(
      Edit("at 1 default=-1 optional", "at 1 optional"),
      ElementsAre("event.Claim.expectedVersion: expected \"@5 expectedVersion :Int64 at 1 "
                  "default=-1 optional\", found \"@5 expectedVersion :Int64 at 1 optional\""));
  EXPECT_THAT(
      Edit("  @0 tier :Text at 0 maximum=64\n", "  @0 tier :Text at 0 maximum=65\n"),
      ElementsAre("event.BuyerTierSnapshot.tier: expected \"@0 tier :Text at 0 maximum=64\", "
                  "found \"@0 tier :Text at 0 maximum=65\""));
}

TEST(SchemaLock, AChangedEnumerantOrUnionMemberIsNamed) {
  EXPECT_THAT(Edit("  @17 kwd\n", ""),
              ElementsAre("types.Currency.kwd: expected \"@17 kwd\", found it removed"));
  EXPECT_THAT(
      Edit("  @2 tick :event.Tick at 0 member 2\n", "  @2 tick :event.Tick at 0 member 3\n"),
      ElementsAre("event.Body.tick: expected \"@2 tick :event.Tick at 0 member 2\", "
                  "found \"@2 tick :event.Tick at 0 member 3\""));
}

TEST(SchemaLock, ARemovedOrReplacedTypeIsNamed) {
  const std::string lock = "struct event.Gone 0x0000000000000007\n";
  EXPECT_THAT(IncompatibleEdits(lock, ""),
              ElementsAre("event.Gone: expected \"struct event.Gone 0x0000000000000007\", "
                          "found it removed"));
  EXPECT_THAT(IncompatibleEdits(lock, "struct event.Gone 0x0000000000000008\n"),
              ElementsAre("event.Gone: expected \"struct event.Gone 0x0000000000000007\", "
                          "found \"struct event.Gone 0x0000000000000008\""));
}

}  // namespace
}  // namespace refund::codec
