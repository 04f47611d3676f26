// CRC-32C, SHA-256 and ids against published vectors.
#include <gtest/gtest.h>

#include <boost/crc.hpp>
#include <set>
#include <string>

#include "engine/base/crc32c.h"
#include "engine/base/id.h"
#include "engine/base/sha256.h"

namespace refund {
namespace {

std::string Ascending(size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i * 31 + 7));
  return bytes;
}

TEST(Crc32cTest, MatchesRfc3720) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(Crc32c(""), 0U);
}

TEST(Crc32cTest, MatchesBoostAtEveryLength) {
  using Castagnoli = boost::crc_optimal<32, 0x1edc6f41, 0xffffffff, 0xffffffff, true, true>;
  for (size_t size = 0; size < 300; ++size) {
    const std::string bytes = Ascending(size);
    Castagnoli boost_crc;
    boost_crc.process_bytes(bytes.data(), bytes.size());
    ASSERT_EQ(Crc32c(bytes), boost_crc.checksum()) << size;
  }
}

TEST(Crc32cTest, DoesNotDependOnAlignmentOrPieces) {
  const std::string bytes = Ascending(100);
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    const ByteView view = bytes;
    EXPECT_EQ(Crc32c(view.substr(cut), Crc32c(view.substr(0, cut))), Crc32c(bytes));
  }
}

TEST(Sha256Test, MatchesFips180) {
  EXPECT_EQ(Sha256("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256("abc").hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256Test, AStreamIsTheHashOfItsPiecesAndReusable) {
  Sha256Stream stream;
  stream.Add("a");
  stream.Add("");
  stream.Add("bc");
  EXPECT_EQ(stream.Finish(), Sha256("abc"));
  EXPECT_EQ(stream.Finish(), Sha256(""));
}

TEST(DigestTest, IsMadeOf32Bytes) {
  Digest digest;
  EXPECT_TRUE(digest.IsZero());
  EXPECT_FALSE(Digest::FromBytes(std::string(31, 'x'), digest));
  EXPECT_TRUE(digest.IsZero());
  EXPECT_TRUE(Digest::FromBytes(std::string(32, 'x'), digest));
  EXPECT_EQ(digest.view(), std::string(32, 'x'));
}

TEST(IdTest, IsTheFirstHalfOfAHashOverItsCause) {
  std::string input;
  AppendSized(input, "decision");
  AppendSized(input, "o/TAOBAO/1");
  AppendSized(input, std::string(16, '\0'));
  AppendBe32(input, 2);
  AppendSized(input, "claim-1");
  AppendBe32(input, 3);
  EXPECT_EQ(MakeId("decision", "o/TAOBAO/1", Id{}, 2, "claim-1", 3).hex(),
            Sha256(input).hex().substr(0, 32));
}

TEST(IdTest, DiffersWithEachPartOfTheCause) {
  const Id one = MakeId("leg", "o/TAOBAO/1", Id{}, 0, "claim", 0);
  const std::set<Id> ids = {
      one,
      MakeId("decision", "o/TAOBAO/1", Id{}, 0, "claim", 0),
      MakeId("leg", "o/TAOBAO/2", Id{}, 0, "claim", 0),
      MakeId("leg", "o/TAOBAO/1", one, 0, "claim", 0),
      MakeId("leg", "o/TAOBAO/1", Id{}, 1, "claim", 0),
      MakeId("leg", "o/TAOBAO/1", Id{}, 0, "claim2", 0),
      MakeId("leg", "o/TAOBAO/1", Id{}, 0, "claim", 1),
      MakeId("lego", "/TAOBAO/1", Id{}, 0, "claim", 0),
  };
  EXPECT_EQ(ids.size(), 8U);
}

TEST(IdTest, IsMadeOf16Bytes) {
  Id id;
  EXPECT_FALSE(Id::FromBytes("short", id));
  EXPECT_TRUE(id.IsZero());
  EXPECT_TRUE(Id::FromBytes("0123456789abcdef", id));
  EXPECT_EQ(id.hex(), "30313233343536373839616263646566");
}

}  // namespace
}  // namespace refund
