#include "engine/domain/key.h"

#include <gtest/gtest.h>

#include <string>

namespace refund {
namespace {

std::string ErrorOf(std::string_view text) {
  KeyParts parts;
  std::string error;
  return ParseKey(text, parts, error) ? "" : error;
}

TEST(KeyTest, HasATypeAPlatformAndALocalPart) {
  KeyParts parts;
  std::string error;
  ASSERT_TRUE(ParseKey("o/TAOBAO/12.3_a:b-C", parts, error));
  EXPECT_EQ(parts.type, KeyType::kOrder);
  EXPECT_EQ(parts.platform, Platform::kTaobao);
  EXPECT_EQ(parts.local, "12.3_a:b-C");
  ASSERT_TRUE(ParseKey("m/JD/7", parts, error));
  EXPECT_EQ(parts.type, KeyType::kMerchant);
  ASSERT_TRUE(ParseKey("c/DOUYIN/7", parts, error));
  EXPECT_EQ(parts.type, KeyType::kConversation);
  ASSERT_TRUE(ParseKey("a/ALIBABA_COM/voucher-budget/7", parts, error));
  EXPECT_EQ(parts.type, KeyType::kAccount);
  EXPECT_EQ(parts.local, "voucher-budget/7");
}

TEST(KeyTest, NoTextIsTheBroadcastKey) {
  KeyParts parts;
  std::string error;
  ASSERT_TRUE(ParseKey("", parts, error));
  EXPECT_EQ(parts.type, KeyType::kBroadcast);
}

TEST(KeyTest, SaysWhyATextIsNoKey) {
  const auto expected = [](const std::string& text, const std::string& why) {
    return "expected a key such as o/TAOBAO/123, found \"" + text + "\": " + why;
  };
  EXPECT_EQ(ErrorOf("order"), expected("order", "no type before the first slash"));
  EXPECT_EQ(ErrorOf("o"), expected("o", "no type before the first slash"));
  EXPECT_EQ(ErrorOf("x/TAOBAO/1"), expected("x/TAOBAO/1", "the type is none of o, m, c, a"));
  EXPECT_EQ(ErrorOf("o/TAOBAO"), expected("o/TAOBAO", "no slash after the platform"));
  EXPECT_EQ(ErrorOf("o/taobao/1"), expected("o/taobao/1", "unknown platform"));
  EXPECT_EQ(ErrorOf("o/UNSPECIFIED/1"), expected("o/UNSPECIFIED/1", "unknown platform"));
  EXPECT_EQ(ErrorOf("o/JD/"), expected("o/JD/", "the last part has 1 to 64 characters"));
  EXPECT_EQ(ErrorOf("o/"), expected("o/", "no slash after the platform"));
  const std::string long_key = "o/JD/" + std::string(65, '1');
  EXPECT_EQ(ErrorOf(long_key), expected(long_key, "the last part has 1 to 64 characters"));
  const std::string endless = "o/JD/" + std::string(200, '1');
  EXPECT_EQ(ErrorOf(endless), expected(endless.substr(0, 160), "longer than 128 bytes"));
  EXPECT_EQ(
      ErrorOf("o/JD/a/b"),
      expected("o/JD/a/b", "the last part holds a character that is none of A-Z a-z 0-9 . _ : -"));
  for (const char other : {'\n', '!', '/', ';', '@', '^', '`', '{', '~', '\x80'}) {
    EXPECT_NE(ErrorOf(std::string("o/JD/1") + other), "") << static_cast<int>(other);
  }
}

// From org.apache.kafka.common.utils.UtilsTest.
TEST(Murmur2Test, MatchesKafkasJavaClient) {
  const auto signed_hash = [](std::string_view text) {
    return static_cast<int32_t>(Murmur2(text));
  };
  EXPECT_EQ(signed_hash("21"), -973932308);
  EXPECT_EQ(signed_hash("foobar"), -790332482);
  EXPECT_EQ(signed_hash("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(signed_hash("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(signed_hash("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(signed_hash("abc"), 479470107);
}

TEST(PartitionOfTest, DropsTheSignAndTakesTheRemainder) {
  EXPECT_EQ(PartitionOf("abc", 4), 479470107U % 4);
  EXPECT_EQ(PartitionOf("21", 7), (static_cast<uint32_t>(-973932308) & 0x7fffffff) % 7);
  EXPECT_EQ(PartitionOf("o/TAOBAO/1", 1), 0U);
}

}  // namespace
}  // namespace refund
