#include "engine/codec/order_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>

#include "tests/projections/every_field.h"

namespace refund::codec {
namespace {

using refund::testing::Full;
using refund::testing::Random;
using refund::testing::Same;
using ::testing::HasSubstr;

// As the bytes have them.
Order WithSortedDeadlines(Order order) {
  std::sort(order.deadlines.begin(), order.deadlines.end(),
            [](const Deadline& a, const Deadline& b) { return a.due < b.due; });
  return order;
}

Order FullOrder() {
  Order order = WithSortedDeadlines(Full<Order>());
  order.key = "o/TAOBAO/1";
  return order;
}

TEST(OrderCodecTest, KeepsEveryField) {
  const Order order = FullOrder();
  const absl::StatusOr<Order> read = DecodeOrder(EncodeOrder(order));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(Same(*read, order));
  EXPECT_EQ(EncodeOrder(*read), EncodeOrder(order));
}

TEST(OrderCodecTest, KeepsAnOrderWithNothingInIt) {
  const absl::StatusOr<Order> read = DecodeOrder(EncodeOrder(Order{}));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(Same(*read, Order{}));
}

TEST(OrderCodecTest, KeepsListsOfNothing) {
  Order order;
  order.lines.resize(100);
  order.cases.resize(10);
  order.legs.resize(10);
  order.cases[3].slots.resize(5);
  const absl::StatusOr<Order> read = DecodeOrder(EncodeOrder(order));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(Same(*read, order));
}

TEST(OrderCodecTest, KeepsWhatIsThereAndWhatIsNot) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const Order order = WithSortedDeadlines(Random<Order>(seed));
    const std::string bytes = EncodeOrder(order);
    const absl::StatusOr<Order> read = DecodeOrder(bytes);
    ASSERT_TRUE(read.ok()) << seed << ": " << read.status();
    EXPECT_TRUE(Same(*read, order)) << seed;
    EXPECT_EQ(EncodeOrder(*read), bytes) << seed;
  }
}

TEST(OrderCodecTest, TellsAbsentFromZero) {
  Order order;
  order.paid_at = Instant{0};
  order.facts.standing.emplace();
  order.cases.emplace_back().finding.emplace();
  const absl::StatusOr<Order> read = DecodeOrder(EncodeOrder(order));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(Same(*read, order));
}

TEST(OrderCodecTest, TellsAbsentNumbersAndWordsFromZero) {
  Order order;
  order.cases.resize(3);
  order.cases[0].return_freight = 0;
  order.cases[1].return_freight = -1;
  order.cases[1].in_default = Role::kBuyer;
  order.parcels.emplace_back().scanned_at = Instant{0};
  const absl::StatusOr<Order> read = DecodeOrder(EncodeOrder(order));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(Same(*read, order));
  EXPECT_FALSE(read->cases[2].return_freight.has_value());
  EXPECT_FALSE(read->cases[0].in_default.has_value());
}

template <class Body>
void ExpectParked() {
  Order order;
  order.parked = {{"claim-1", Full<Body>(), Instant{7}}};
  const absl::StatusOr<Order> read = DecodeOrder(EncodeOrder(order));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(Same(*read, order));
  EXPECT_TRUE(std::holds_alternative<Body>(read->parked[0].body));
}

TEST(OrderCodecTest, KeepsEveryAnswerToALegThatIsParked) {
  ExpectParked<RefundPaid>();
  ExpectParked<RefundFailed>();
  ExpectParked<RefundReversed>();
  ExpectParked<DrawGranted>();
  ExpectParked<DrawRefused>();
  ExpectParked<PayoutDestinationGiven>();
}

TEST(OrderCodecDeathTest, NothingElseIsParked) {
  Order order;
  order.parked = {{"claim-1", Tick{}, Instant{7}}};
  EXPECT_DEATH(EncodeOrder(order), "");
}

TEST(OrderCodecTest, TheOrderOfDeadlinesInMemoryDoesNotShow) {
  Order order = FullOrder();
  order.deadlines.resize(6);
  for (size_t i = 0; i < order.deadlines.size(); ++i) {
    order.deadlines[i] = order.deadlines[0];
    order.deadlines[i].generation = static_cast<uint32_t>(i);
  }
  const std::string bytes = EncodeOrder(order);
  std::reverse(order.deadlines.begin(), order.deadlines.end());
  EXPECT_EQ(EncodeOrder(order), bytes);
  std::rotate(order.deadlines.begin(), order.deadlines.begin() + 2, order.deadlines.end());
  EXPECT_EQ(EncodeOrder(order), bytes);
}

TEST(OrderCodecTest, RefusesBytesThatAreCutOff) {
  const std::string bytes = EncodeOrder(FullOrder());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeOrder(ByteView(bytes).substr(0, size)).status().code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
}

// What can be read is what these bytes are the one form of, so a flip is never taken for nothing.
TEST(OrderCodecTest, SurvivesFlippedBits) {
  const std::string bytes = EncodeOrder(FullOrder());
  size_t refused = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; bit += 3) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const absl::StatusOr<Order> read = DecodeOrder(flipped);
    if (read.ok()) {
      ASSERT_TRUE(EncodeOrder(*read) == flipped) << bit;
    } else {
      ASSERT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
      ++refused;
    }
  }
  EXPECT_GT(refused, 0U);
}

TEST(OrderCodecTest, NamesTheOrderWhereItsKeyCanBeRead) {
  Order order;
  order.key = "o/TAOBAO/77";
  order.deadlines.resize(2);
  order.deadlines[0].due = Instant{1};
  order.deadlines[1].due = Instant{2};
  std::string bytes = EncodeOrder(order);
  const size_t first = bytes.find(std::string("\x01\0\0\0\0\0\0\0", 8));
  ASSERT_NE(first, std::string::npos);
  bytes[first] = 9;  // now it is behind the second
  const absl::Status status = DecodeOrder(bytes).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("order o/TAOBAO/77: "));
  EXPECT_THAT(std::string(DecodeOrder("").status().message()), HasSubstr("order (its key"));
}

TEST(OrderCodecTest, PrintsWordsAndInstants) {
  Order order = FullOrder();
  order.platform = Platform::kTaobao;
  const std::string json = OrderToJson(order);
  EXPECT_THAT(json, HasSubstr("\"key\":\"o/TAOBAO/1\""));
  EXPECT_THAT(json, HasSubstr("\"platform\":\"TAOBAO\""));
  EXPECT_THAT(json, HasSubstr("+08:00\""));
  EXPECT_EQ(json.find('\n'), std::string::npos);
}

TEST(OrderCodecTest, PrintsACaseWithItsLegsAndDeadlines) {
  Order order = FullOrder();
  order.cases[0].number = 1;
  order.legs[0].case_number = 1;
  order.legs[0].line = "of-the-case";
  order.legs[1].case_number = 2;
  order.legs[1].line = "of-another";
  const std::string json = CaseToJson(order, order.cases[0]);
  EXPECT_THAT(json, HasSubstr("\"key\":\"o/TAOBAO/1\""));
  EXPECT_THAT(json, HasSubstr(order.cases[0].id.hex()));
  EXPECT_THAT(json, HasSubstr("of-the-case"));
  EXPECT_EQ(json.find("of-another"), std::string::npos);
}

}  // namespace
}  // namespace refund::codec
