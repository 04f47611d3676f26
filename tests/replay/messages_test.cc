// Messages between keys over the embedded log: goodwill vouchers that draw on the platform's budget
// and on their buyer's cap (G-85), with the bundled packs, as `refundctl replay` does it.
#include "server/intake/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/check.h"
#include "engine/codec/event_codec.h"
#include "engine/log/file_log.h"
#include "engine/log/segment_log.h"
#include "engine/replay/memory_order_store.h"
#include "projections/state/read.h"
#include "server/intake/intake.h"
#include "tools/refundctl/bundled_packs.h"
#include "tools/refundctl/log_init.h"
#include "tools/refundctl/pack_files.h"
#include "tools/refundctl/replayer.h"

namespace refund::tools {
namespace {

namespace fs = std::filesystem;

// ¥100.00 in 30 days, at ¥5.00 each.
constexpr int kFit = 20;
constexpr char kBudget[] = "a/PINDUODUO/voucher-budget";
constexpr char kCap[] = "a/PINDUODUO/buyer-cap/b-1";

template <class T>
T Value(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  CHECK(result.ok());
  return *std::move(result);
}

Instant At(const std::string& text) {
  Instant at;
  std::string error;
  CHECK(ParseInstant(text, at, error));
  return at;
}

class MessagesTest : public ::testing::Test {
 protected:
  MessagesTest() {
    std::string pattern = (fs::temp_directory_path() / "refund-messages-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    dir_ = pattern;
    CHECK(InitLog(LogDir(), 4, at_, CompileAll(BundledPacks()).packs).ok());
  }
  ~MessagesTest() override { fs::remove_all(dir_); }

  std::string LogDir() const { return dir_ + "/log"; }
  std::string Path(const std::string& name) const { return dir_ + "/" + name; }

  void Append(const std::string& key, Actor actor, EventBody body) {
    codec::ClaimLine line;
    line.claim.id = "claim-" + std::to_string(++said_);
    line.claim.key = key;
    at_ = at_ + kSecondMs;
    line.claim.occurred_at = at_;
    line.claim.actor = std::move(actor);
    line.claim.body = std::move(body);
    line.claim_bytes = codec::EncodeClaim(line.claim);
    const auto log = Value(log::OpenSegmentLog(LogDir()));
    intake::Intake intake(*log, "local");
    ASSERT_TRUE(intake.Open().ok());
    ASSERT_TRUE(intake.Begin().ok());
    const auto answer = Value(intake.Take(line, {at_, at_}));
    EXPECT_TRUE(std::holds_alternative<intake::Taken>(answer));
    ASSERT_TRUE(intake.End().ok());
  }
  // An order of the buyer b-1, and a goodwill voucher for it.
  void GrantOnOrder(int number) {
    const std::string key = "o/PINDUODUO/" + std::to_string(number);
    PaidLine line;
    line.line = "1";
    line.sku = "sku";
    line.quantity = 1;
    line.paid = {10'000, Currency::kCny};
    OrderPaid paid;
    paid.buyer = "b-1";
    paid.merchant = "m-7";
    paid.lines = {line};
    Append(key, {Role::kPlatform, "shop"}, paid);
    Append(key, {Role::kAgent, "agent-3"},
           VoucherGrantRequested{VoucherKind::kExperienceComp, {500, Currency::kCny}, "long wait"});
  }

  ReplayResult ReplayInto(const std::string& state) {
    Source source = Value(OpenSource(LogDir(), ""));
    return Value(Replay(source, Path(state), {}));
  }
  std::map<std::string, Order> Orders(const std::string& state) {
    std::map<std::string, Order> orders;
    const auto reader = Value(projections::StateReader::Open(Path(state)));
    EXPECT_TRUE(reader
                    ->ForEachOrder([&](const Order& order, const projections::AsOf&) {
                      orders[order.key] = order;
                      return true;
                    })
                    .ok());
    return orders;
  }
  int64_t RecordsInLog() {
    Source source = Value(OpenSource(LogDir(), ""));
    int64_t records = 0;
    for (uint32_t p = 0; p < 4; ++p) records += Value(source.reader->End(p));
    return records;
  }
  static std::pair<int, int> IssuedAndVoid(const std::map<std::string, Order>& orders) {
    int issued = 0;
    int refused = 0;
    for (const auto& [key, order] : orders) {
      for (const Voucher& each : order.vouchers) issued += each.state == VoucherState::kIssued;
      for (const Leg& each : order.legs) refused += each.state == LegState::kVoid;
    }
    return {issued, refused};
  }
  static int Standing(const Order& account) {
    int standing = 0;
    for (const AccountDraw& each : account.draws) standing += each.given_back ? 0 : 1;
    return standing;
  }

  std::string dir_;
  Instant at_ = At("2024-03-01T10:00:00+08:00");
  int said_ = 0;
};

TEST_F(MessagesTest, GrantedWhileTheCapLastsThenRefusedAndGivenBack) {
  for (int i = 0; i <= kFit; ++i) GrantOnOrder(i);
  const ReplayResult result = ReplayInto("state");
  // 21 draws on each of the two, as many answers, and one that is given back.
  EXPECT_EQ(result.messages, 4 * (kFit + 1) + 1);
  EXPECT_EQ(result.counts.quarantined, 0);
  const auto orders = Orders("state");
  EXPECT_EQ(IssuedAndVoid(orders), std::pair(kFit, 1));
  EXPECT_EQ(Standing(orders.at(kCap)), kFit);
  EXPECT_EQ(orders.at(kBudget).draws.size(), static_cast<size_t>(kFit + 1));
  EXPECT_EQ(Standing(orders.at(kBudget)), kFit);
}

TEST_F(MessagesTest, ASecondReplayCarriesNothingAndComesToTheSame) {
  for (int i = 0; i <= kFit; ++i) GrantOnOrder(i);
  const ReplayResult first = ReplayInto("state");
  const int64_t records = RecordsInLog();
  const ReplayResult again = ReplayInto("state");
  EXPECT_EQ(again.messages, 0);
  EXPECT_EQ(again.digest, first.digest);
  const ReplayResult fresh = ReplayInto("fresh");
  EXPECT_EQ(fresh.messages, 0);
  EXPECT_EQ(fresh.digest, first.digest);
  EXPECT_EQ(RecordsInLog(), records);
}

TEST_F(MessagesTest, WithoutItsCursorAllIsCarriedAgainAndAbsorbed) {
  for (int i = 0; i <= kFit; ++i) GrantOnOrder(i);
  const ReplayResult first = ReplayInto("state");
  ASSERT_TRUE(fs::remove(LogDir() + "/messages.cursor"));
  const ReplayResult again = ReplayInto("state");
  EXPECT_EQ(again.messages, first.messages);
  EXPECT_EQ(again.counts.duplicates, first.counts.duplicates + first.messages);
  EXPECT_EQ(again.digest, first.digest);
  EXPECT_EQ(IssuedAndVoid(Orders("state")), std::pair(kFit, 1));
}

// The process ended after the outputs were committed, and before a message was appended.
TEST_F(MessagesTest, WhatWasPutOutBeforeACrashIsCarriedByTheNextRun) {
  GrantOnOrder(1);
  {
    Source source = Value(OpenSource(LogDir(), ""));
    for (uint32_t p = 0; p < 4; ++p) {
      replay::MemoryOrderStore store;
      const auto committer = Value(source.OpenCommitter(p));
      const auto lane =
          Value(replay::Lane::Start({p, source.reader.get(), committer.get(), &store, {}}, {}));
      ASSERT_TRUE(lane->Run().ok());
    }
  }
  const ReplayResult result = ReplayInto("state");
  EXPECT_EQ(result.messages, 4);
  EXPECT_EQ(IssuedAndVoid(Orders("state")), std::pair(1, 0));
}

TEST_F(MessagesTest, ACursorThatCannotBeReadIsNone) {
  GrantOnOrder(1);
  ReplayInto("state");
  for (const std::string text : {"", "refund messages 1\n1\n", "refund messages 2\n1\n1\n1\n1\n"}) {
    std::ofstream(LogDir() + "/messages.cursor", std::ios::trunc) << text;
    EXPECT_THAT(intake::ReadMessageCursor(intake::MessageCursorPath(LogDir()), 4),
                ::testing::Each(0))
        << text;
  }
  EXPECT_EQ(ReplayInto("state").messages, 4);
  EXPECT_THAT(intake::ReadMessageCursor(intake::MessageCursorPath(LogDir()), 4),
              ::testing::Each(::testing::Gt(0)));
}

TEST_F(MessagesTest, AnExportedLogIsOnlyRead) {
  GrantOnOrder(1);
  Source source = Value(OpenSource(LogDir(), ""));
  ASSERT_TRUE(log::ExportLog(*source.reader, Path("log.refund")).ok());
  const int64_t records = RecordsInLog();
  Source file = Value(OpenSource(LogAddress(), Path("log.refund")));
  const ReplayResult result = Value(Replay(file, Path("state"), {}));
  EXPECT_EQ(result.messages, 0);
  EXPECT_EQ(RecordsInLog(), records);
  EXPECT_EQ(IssuedAndVoid(Orders("state")), std::pair(0, 0)) << "its legs wait";
}

// ---- The door ----

TEST_F(MessagesTest, NobodyElseBringsAMessageIn) {
  const auto log = Value(log::OpenSegmentLog(LogDir()));
  intake::Intake intake(*log, "local");
  ASSERT_TRUE(intake.Open().ok());
  ASSERT_TRUE(intake.Begin().ok());
  Claim claim;
  claim.id = "forged";
  claim.key = "o/PINDUODUO/1";
  claim.occurred_at = at_;
  claim.actor = {Role::kEngine, "engine"};
  claim.body = DrawGranted{MakeId("leg", claim.key, Id{}, 0, "x", 0), kBudget};
  const codec::ClaimLine line{codec::EncodeClaim(claim), claim, at_};
  const auto answer = Value(intake.Take(line, {at_, at_}));
  ASSERT_TRUE(std::holds_alternative<intake::Refused>(answer));
  EXPECT_EQ(std::get<intake::Refused>(answer).found, "DrawGranted");
  // The engine's own way takes it, and no other kind, and from no other role.
  EXPECT_TRUE(intake.TakeMessage(line.claim_bytes).ok());
  claim.actor.role = Role::kPlatform;
  EXPECT_EQ(intake.TakeMessage(codec::EncodeClaim(claim)).status().code(),
            absl::StatusCode::kDataLoss);
  claim.actor.role = Role::kEngine;
  claim.body = RefundWithdrawn{};
  EXPECT_EQ(intake.TakeMessage(codec::EncodeClaim(claim)).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(intake.TakeMessage("no claim").status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace refund::tools
