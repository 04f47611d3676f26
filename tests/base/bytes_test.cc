#include "engine/base/bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace refund {
namespace {

using namespace std::string_literals;

TEST(BytesTest, BigEndianOrderIsNumberOrder) {
  std::string out;
  AppendBe16(out, 0x0102);
  AppendBe32(out, 0x03040506);
  AppendBe64(out, 0x0708090a0b0c0d0e);
  EXPECT_EQ(ToHex(out), "0102030405060708090a0b0c0d0e");
  EXPECT_EQ(ReadBe16(out.data()), 0x0102);
  EXPECT_EQ(ReadBe32(out.data() + 2), 0x03040506U);
  EXPECT_EQ(ReadBe64(out.data() + 6), 0x0708090a0b0c0d0eU);
}

TEST(BytesTest, BigEndianKeepsTheHighestBit) {
  std::string out;
  AppendBe64(out, UINT64_MAX - 1);
  EXPECT_EQ(ReadBe64(out.data()), UINT64_MAX - 1);
  EXPECT_EQ(ReadBe16(out.data()), UINT16_MAX);
}

TEST(BytesTest, SizedFieldsDoNotRunIntoEachOther) {
  std::string ab_c, a_bc;
  AppendSized(ab_c, "ab");
  AppendSized(ab_c, "c");
  AppendSized(a_bc, "a");
  AppendSized(a_bc, "bc");
  EXPECT_NE(ab_c, a_bc);
  EXPECT_EQ(ab_c, "\0\0\0\2ab\0\0\0\1c"s);
}

TEST(BytesTest, HexGoesBothWays) {
  std::string out;
  EXPECT_TRUE(FromHex("00ffA5", out));
  EXPECT_EQ(out, "\x00\xff\xa5"s);
  EXPECT_EQ(ToHex(out), "00ffa5");
  EXPECT_TRUE(FromHex("", out));
  EXPECT_EQ(out, "");
  EXPECT_FALSE(FromHex("0", out));
  EXPECT_FALSE(FromHex("0g", out));
  EXPECT_FALSE(FromHex("0x", out));
}

TEST(BytesTest, Base64IsStandardAndPadded) {
  std::string out;
  EXPECT_EQ(ToBase64("a"), "YQ==");
  EXPECT_EQ(ToBase64("\xfb\xff"), "+/8=");
  EXPECT_TRUE(FromBase64("YQ==", out));
  EXPECT_EQ(out, "a");
  EXPECT_FALSE(FromBase64("YQ", out));
  EXPECT_FALSE(FromBase64("Y Q==", out));
  EXPECT_FALSE(FromBase64("-_8=", out));
  EXPECT_FALSE(FromBase64("YR==", out));  // bits that no byte has
}

}  // namespace
}  // namespace refund
