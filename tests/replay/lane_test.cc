// The lane: brakes, releases, outages, barriers and messages. The arbiter here is the test's own
// (its symbols stand before those of the library): an order does as it is told by BuyerMessages, so
// what is seen is the lane's doing alone.
#include "engine/replay/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/arbiter/apply.h"
#include "engine/base/check.h"
#include "engine/codec/event_codec.h"
#include "engine/log/memory_log.h"
#include "engine/replay/memory_order_store.h"
#include "server/intake/intake.h"
#include "tests/support/collecting_sink.h"

namespace refund::arbiter {

// Words that orders obey: "leg" reserves a leg, "due 7" arms a deadline at 7 s, "chain 7 9" one
// that arms another, "tell o/TAOBAO/b" says something to that key. Legs go when no brake holds
// them.
namespace {

Instant Seconds(int64_t s) { return {s * kSecondMs}; }

void Arm(Order& order, Instant due, int64_t then) {
  Deadline d;
  d.timer = Timer::kT20;
  d.role = Role::kBuyer;
  d.generation = ++order.generations[{d.timer, d.role}];
  d.due = due;
  d.remaining_ms = then;
  order.deadlines.push_back(d);
}

bool SendLegs(Order& order, const policy::PackBook& packs) {
  bool sent = false;
  for (Leg& leg : order.legs) {
    if (leg.state != LegState::kReserved) continue;
    leg.by_brake = packs.IsHeld(order.platform, order.merchant, Digest{});
    if (leg.by_brake) continue;
    leg.state = LegState::kSubmitted;
    sent = true;
  }
  return sent;
}

Outcome Finish(Order& order, Instant at, std::string what, bool sent) {
  Outcome outcome;
  order.clock = std::max(order.clock, at);
  outcome.step.key = order.key;
  outcome.step.sequence = ++order.sequence;
  outcome.step.at = at;
  outcome.step.detail = std::move(what) + (sent ? ", sent" : "");
  return outcome;
}

void Obey(Order& order, const std::string& word, Outcome& outcome, Instant at) {
  const size_t space = word.find(' ');
  const std::string rest = space == std::string::npos ? "" : word.substr(space + 1);
  if (word == "leg") {
    Leg leg;
    leg.id = MakeId("leg", order.key, Id{}, 0, "", static_cast<uint32_t>(order.legs.size()));
    leg.state = LegState::kReserved;
    order.legs.push_back(leg);
  } else if (word.starts_with("due ")) {
    Arm(order, Seconds(std::stoll(rest)), 0);
  } else if (word.starts_with("chain ")) {
    Arm(order, Seconds(std::stoll(rest)), std::stoll(rest.substr(rest.find(' '))) * kSecondMs);
  } else if (word.starts_with("tell ")) {
    outcome.messages.push_back({"said by " + order.key, rest, at, DrawGranted{Id{}, order.key}});
  }
}

}  // namespace

Order NewOrder(std::string key) {
  Order order;
  order.key = std::move(key);
  order.platform = Platform::kTaobao;
  return order;
}

Outcome Apply(Order& order, const Event& event, Instant at, const policy::PackBook& packs) {
  Outcome obeyed;
  const auto* said = std::get_if<BuyerMessage>(&event.claim.body);
  if (said != nullptr) Obey(order, said->message, obeyed, at);
  Outcome outcome =
      Finish(order, at, said != nullptr ? said->message : "heard", SendLegs(order, packs));
  outcome.step.cause.claim_id = event.claim.id;
  outcome.messages = std::move(obeyed.messages);
  return outcome;
}

Outcome Fire(Order& order, const Deadline& deadline, const policy::PackBook& packs) {
  const Deadline firing = deadline;
  std::erase_if(order.deadlines,
                [&](const Deadline& d) { return d.generation == firing.generation; });
  if (firing.remaining_ms > 0) Arm(order, {firing.remaining_ms}, 0);
  return Finish(order, firing.due, "fired", SendLegs(order, packs));
}

std::optional<Outcome> Release(Order& order, Instant at, const policy::PackBook& packs) {
  if (!SendLegs(order, packs)) return std::nullopt;
  return Finish(order, at, "released", true);
}

const Deadline* DueDespiteGrace(const Order&, Instant, Instant, Instant, const policy::PackBook&) {
  return nullptr;
}

std::optional<Outcome> Grace(Order& order, Instant from, Instant to, Instant at,
                             const policy::PackBook& packs) {
  bool touched = false;
  for (Deadline& each : order.deadlines) {
    if (each.due < from || each.due > to) continue;
    each.due = to + 100 * kSecondMs;
    touched = true;
  }
  if (!touched) return std::nullopt;
  return Finish(order, at, "grace", SendLegs(order, packs));
}

}  // namespace refund::arbiter

namespace refund::replay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kA[] = "o/TAOBAO/a";
constexpr char kB[] = "o/TAOBAO/b";
constexpr char kC[] = "o/TAOBAO/c";

template <class T>
T Value(absl::StatusOr<T> result) {
  EXPECT_TRUE(result.ok()) << result.status();
  CHECK(result.ok());
  return *std::move(result);
}

class ForgetfulCommitter : public log::Committer {
 public:
  explicit ForgetfulCommitter(std::vector<log::Output> tail) : tail_(std::move(tail)) {}
  absl::StatusOr<std::optional<log::Cursor>> ReadCursor() override {
    return log::Cursor{tail_.back().cause_offset + 1, {}, /*has_digest=*/false};
  }
  absl::StatusOr<std::vector<log::Output>> ReadOutputs(int64_t from_offset) override {
    EXPECT_EQ(from_offset, tail_.back().cause_offset);
    return tail_;
  }
  absl::Status Commit(const std::vector<log::Output>& outputs, const log::Cursor&) override {
    for (const log::Output& each : outputs) EXPECT_GT(each.cause_offset, tail_.back().cause_offset);
    return absl::OkStatus();
  }

 private:
  std::vector<log::Output> tail_;
};

// One partition. Records are appended at so many seconds, then taken.
class Bench {
 public:
  explicit Bench(int most_fired = 1000) : log_(log::MakeMemoryLog(1)) {
    options_.most_fired = most_fired;
    EXPECT_TRUE(intake::OpenLog(*log_, Id{}, Instant{0}, "local").ok());
    reader_ = Value(log_->OpenReader());
    Restart();
  }

  void Say(int64_t second, EventBody body, Role role = Role::kPlatform,
           const std::string& principal = "local", const std::string& key = "") {
    Claim claim;
    claim.id = "claim-" + std::to_string(++said_);
    claim.key = key;
    claim.occurred_at = {second * kSecondMs};
    claim.actor = {role, "x"};
    claim.body = std::move(body);
    last_ = {codec::EncodeRecord(codec::EncodeClaim(claim), {claim.occurred_at, principal}),
             claim.occurred_at};
    Again();
  }
  // The newest record once more. Past intake, which would let in no more than the lane takes.
  void Again() {
    const auto appender = Value(log_->OpenAppender());
    const auto session = Value(appender->Begin());
    session->Add(0, last_.second, last_.first);
    EXPECT_TRUE(session->Sync().ok());
  }
  void Tell(int64_t second, const std::string& key, const std::string& word) {
    Say(second, BuyerMessage{word}, Role::kBuyer, "local", key);
  }
  void Tick(int64_t second) { Say(second, refund::Tick{}); }
  void Hold(int64_t second, HoldScope scope = HoldScope::kAll, const std::string& name = "") {
    Say(second, PayoutHold{scope, name});
  }
  void Release(int64_t second, HoldScope scope = HoldScope::kAll, const std::string& name = "") {
    Say(second, PayoutReleased{scope, name});
  }
  void Outage(int64_t second, int64_t from, int64_t to) {
    Say(second, OutageDeclared{{from * kSecondMs}, {to * kSecondMs}});
  }

  absl::Status Take() { return lane_->Run(); }
  // Everything, by a new lane for each record, as if the process ended after each.
  void TakeWithRestarts() {
    while (lane_->meta().next < Value(reader_->End(0))) {
      EXPECT_TRUE(lane_->Run(1).ok());
      Restart();
    }
  }
  void Restart() {
    lane_.reset();
    store_.Drop();
    committer_ = Value(log_->OpenCommitter(0));
    lane_ = Value(Lane::Start({0, reader_.get(), committer_.get(), &store_, {&sink_}}, options_));
  }

  // The same log from its beginning, with a pack in the place of one.
  absl::Status TakeAsWhatIf() {
    const policy::Pack pack;
    LaneOptions options = options_;
    options.what_if = policy::PutInPlace(pack, pack);
    MemoryOrderStore store;
    committer_ = Value(log_->OpenCommitter(0));
    const auto lane = Value(Lane::Start({0, reader_.get(), committer_.get(), &store, {}}, options));
    return lane->Run();
  }

  // The same log from its beginning, committed whenever steps have come to more bytes than that:
  // how often, and the digest.
  std::pair<int, Digest> TakeInParts(size_t most_step_bytes) {
    int parts = 0;
    LaneOptions options = options_;
    options.most_step_bytes = most_step_bytes;
    MemoryOrderStore store;
    committer_ = Value(log_->OpenCommitter(0));
    const auto lane =
        Value(Lane::Start({0,
                           reader_.get(),
                           committer_.get(),
                           &store,
                           {},
                           [&](const std::vector<log::Output>&, int64_t) { ++parts; }},
                          options));
    EXPECT_TRUE(lane->Run().ok());
    return {parts, lane->meta().output_digest};
  }

  // As if the state were gone, and a broker had lost C: it is made again from the outputs' tail,
  // without a digest, and `tail` is what was published last. Whether the lane gets past it.
  absl::Status ReplayWithoutCursor(const std::vector<log::Output>& tail,
                                   size_t most_step_bytes = 1 << 20) {
    LaneOptions options = options_;
    options.most_step_bytes = most_step_bytes;
    MemoryOrderStore store;
    ForgetfulCommitter committer(tail);
    absl::StatusOr<std::unique_ptr<Lane>> lane =
        Lane::Start({0, reader_.get(), &committer, &store, {}}, options);
    return lane.ok() ? (*lane)->Run() : lane.status();
  }

  // "key@second what" of each step since the last call.
  std::vector<std::string> Steps() {
    EXPECT_TRUE(Take().ok());
    std::vector<std::string> all;
    for (; shown_ < sink_.steps.size(); ++shown_) {
      const Step& step = sink_.steps[shown_];
      all.push_back(step.key.substr(step.key.size() - 1) + "@" +
                    std::to_string(step.at.ms / kSecondMs) + " " + step.detail);
    }
    return all;
  }
  const PartitionMeta& meta() const { return lane_->meta(); }
  const Lane& lane() const { return *lane_; }
  const testing::CollectingSink& sink() const { return sink_; }
  Digest StateDigest() { return Value(store_.StateDigest()); }
  std::vector<log::Output> Outputs() { return Value(committer_->ReadOutputs(0)); }

 private:
  LaneOptions options_;
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<log::Reader> reader_;
  replay::MemoryOrderStore store_;
  testing::CollectingSink sink_;
  std::unique_ptr<log::Committer> committer_;
  std::unique_ptr<Lane> lane_;
  int said_ = 0;
  std::pair<std::string, Instant> last_;
  size_t shown_ = 0;
};

// ---- A cursor without a digest ----

TEST(LostCursorTest, TheLastOutputsAreComparedInstead) {
  Bench bench;
  bench.Tell(1, kA, "leg");
  bench.Tell(2, kB, "due 3");
  bench.Tick(5);
  EXPECT_TRUE(bench.Take().ok());
  std::vector<log::Output> all = bench.Outputs();
  // Past what was published last: a record that gave nothing, and one that goes out now.
  bench.Tick(6);
  bench.Tell(7, kA, "word");
  const int64_t last = all.back().cause_offset;
  std::erase_if(all, [&](const log::Output& each) { return each.cause_offset != last; });
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(bench.ReplayWithoutCursor(all), absl::OkStatus());
  EXPECT_EQ(bench.ReplayWithoutCursor(all, /*most_step_bytes=*/1), absl::OkStatus());
  all.back().bytes += "otherwise";
  const absl::Status diverged = bench.ReplayWithoutCursor(all);
  EXPECT_TRUE(absl::IsDataLoss(diverged)) << diverged;
  EXPECT_THAT(std::string(Std(diverged.message())), HasSubstr("published last"));
}

// ---- The brake ----

TEST(BrakeTest, ALegWaitsForTheFirstTickAfterTheRelease) {
  Bench bench;
  bench.Hold(1);
  bench.Tell(2, kA, "leg");
  bench.Tick(3);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@2 leg"));
  bench.Release(4);
  EXPECT_THAT(bench.Steps(), IsEmpty());
  bench.Tick(5);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@5 released, sent"));
  EXPECT_THAT(bench.meta().held, IsEmpty());
  EXPECT_THAT(bench.meta().wakes, IsEmpty());
  bench.Tick(6);
  EXPECT_THAT(bench.Steps(), IsEmpty());
}

TEST(BrakeTest, ATickAtTheSameInstantAsTheOneBeforeWakesToo) {
  Bench bench;
  bench.Hold(1);
  bench.Tell(2, kA, "leg");
  bench.Tick(5);
  bench.Release(5);
  bench.Tick(5);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@2 leg", "a@5 released, sent"));
}

TEST(BrakeTest, TheOrdersOwnRecordIsSoonEnough) {
  Bench bench;
  bench.Hold(1);
  bench.Tell(2, kA, "leg");
  bench.Release(4);
  bench.Tell(5, kA, "word");
  bench.Tick(6);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@2 leg", "a@5 word, sent"));
}

TEST(BrakeTest, AnotherBrakeHoldsOn) {
  Bench bench;
  bench.Hold(1);
  bench.Hold(1, HoldScope::kPlatform, "TAOBAO");
  bench.Tell(2, kA, "leg");
  bench.Release(3);
  bench.Tick(4);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@2 leg"));
  bench.Release(5, HoldScope::kPlatform, "TAOBAO");
  bench.Tick(6);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@6 released, sent"));
}

TEST(BrakeTest, AtMostSoManyARecordAndTheRestStandsInTheCount) {
  Bench bench(/*most_fired=*/1);
  bench.Hold(1);
  for (const char* key : {kA, kB, kC}) bench.Tell(2, key, "leg");
  bench.Tell(2, kB, "due 5");
  bench.Release(3);
  bench.Tick(6);
  EXPECT_THAT(bench.Steps(),
              ElementsAre("a@2 leg", "b@2 leg", "c@2 leg", "b@2 due 5", "b@5 fired, sent"));
  EXPECT_EQ(bench.lane().DueUnfired(), 3);  // b is looked at as well
  bench.Tick(9);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@6 released, sent"));
  bench.Tell(9, kC, "word");
  EXPECT_THAT(bench.Steps(), ElementsAre("c@6 released, sent", "c@9 word"))
      << "at the Tick's instant, and before the order's own record";
  EXPECT_EQ(bench.lane().DueUnfired(), 0);
}

TEST(BrakeTest, WhoMayNotIsQuarantined) {
  Bench bench;
  bench.Say(1, PayoutHold{HoldScope::kAll, ""}, Role::kBuyer, "buyer:b-1");
  bench.Say(1, PayoutHold{HoldScope::kAll, ""}, Role::kPlatform, "seller:m-1");
  bench.Say(1, OutageDeclared{{0}, {1}}, Role::kSeller);
  bench.Say(1, Tick{}, Role::kBuyer);
  bench.Tell(2, kA, "leg");
  EXPECT_THAT(bench.Steps(), ElementsAre("a@2 leg, sent"));
  EXPECT_EQ(bench.meta().counts.quarantined, 4);
  EXPECT_THAT(bench.sink().quarantined[1].why, HasSubstr("found PLATFORM by \"seller:m-1\""));
  EXPECT_EQ(bench.meta().last_tick, Instant{0});
}

TEST(BrakeTest, SaidTwiceItIsNoNews) {
  Bench once;
  Bench twice;
  for (Bench* each : {&once, &twice}) {
    each->Hold(1);
    if (each == &twice) each->Again();
    each->Release(2);
    if (each == &twice) each->Again();
    each->Tick(3);
    EXPECT_TRUE(each->Take().ok());
  }
  EXPECT_EQ(once.meta().output_digest, twice.meta().output_digest);
  EXPECT_EQ(once.StateDigest(), twice.StateDigest());
  EXPECT_EQ(twice.meta().counts.duplicates, 2);
}

// ---- What if ----

TEST(WhatIfTest, ItCannotBeTakenForTheRealRunOfTheLog) {
  Bench bench;
  bench.Tell(1, kA, "word");
  EXPECT_THAT(bench.Steps(), ElementsAre("a@1 word"));
  const size_t committed = bench.Outputs().size();
  const absl::Status taken = bench.TakeAsWhatIf();
  EXPECT_TRUE(absl::IsDataLoss(taken)) << taken;
  EXPECT_THAT(std::string(taken.message()), HasSubstr("decide otherwise than what was published"));
  EXPECT_EQ(bench.Outputs().size(), committed);
}

// ---- Outages ----

TEST(OutageTest, WhatWouldHavePassedInsideIsMovedAndNothingElse) {
  Bench bench;
  bench.Tell(1, kA, "due 20");  // inside
  bench.Tell(1, kB, "due 5");   // before, though nothing has come since
  bench.Tell(1, kC, "due 31");  // after
  bench.Outage(32, 10, 30);
  EXPECT_THAT(bench.Steps(),
              ElementsAre("a@1 due 20", "b@1 due 5", "c@1 due 31", "a@30 grace", "b@5 fired"));
  bench.Tick(40);
  EXPECT_THAT(bench.Steps(), ElementsAre("c@31 fired"));
  bench.Tick(200);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@130 fired"));
}

TEST(OutageTest, WhatIsArmedOnTheWayAndWouldPassInsideIsMovedToo) {
  Bench bench;
  bench.Tell(1, kA, "chain 5 20");
  bench.Outage(32, 10, 30);
  bench.Tick(32);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@1 chain 5 20", "a@5 fired", "a@30 grace"));
}

TEST(OutageTest, WhatATickHasMadeDueHasPassed) {
  Bench bench(/*most_fired=*/1);
  bench.Tell(1, kA, "due 11");
  bench.Tell(1, kB, "due 12");
  bench.Tick(13);  // fires one of the two
  bench.Outage(32, 10, 30);
  bench.Tick(32);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@1 due 11", "b@1 due 12", "a@11 fired", "b@12 fired"));
}

TEST(OutageTest, AtMostSoManyARecordAndBeforeTheOrdersOwn) {
  Bench bench(/*most_fired=*/1);
  for (const char* key : {kA, kB, kC}) bench.Tell(1, key, "due 20");
  bench.Outage(32, 10, 30);
  EXPECT_THAT(bench.Steps(), ElementsAre("a@1 due 20", "b@1 due 20", "c@1 due 20", "a@30 grace"));
  EXPECT_EQ(bench.lane().DueUnfired(), 2);
  bench.Tell(33, kC, "word");
  EXPECT_THAT(bench.Steps(), ElementsAre("c@30 grace", "c@33 word", "b@30 grace"));
  EXPECT_EQ(bench.lane().DueUnfired(), 0);
}

TEST(OutageTest, DeclaredAgainOrBackwardsItDoesNothing) {
  Bench bench;
  bench.Tell(1, kA, "due 20");
  bench.Outage(32, 10, 30);
  bench.Outage(32, 10, 30);
  bench.Outage(33, 30, 10);
  bench.Outage(33, 10, 34);  // has not ended yet
  EXPECT_THAT(bench.Steps(), ElementsAre("a@1 due 20", "a@30 grace"));
  EXPECT_EQ(bench.meta().counts.duplicates, 1);
  EXPECT_EQ(bench.meta().counts.quarantined, 2);
}

// ---- The same bytes ----

TEST(LaneTest, EndingAfterEveryRecordCannotBeSeen) {
  Bench calm(/*most_fired=*/1);
  Bench stormy(/*most_fired=*/1);
  for (Bench* each : {&calm, &stormy}) {
    each->Hold(1);
    for (const char* key : {kA, kB, kC}) each->Tell(2, key, "leg");
    for (const char* key : {kA, kB, kC}) each->Tell(2, key, "due 20");
    each->Outage(32, 10, 30);
    each->Release(33);
    for (int i = 0; i < 4; ++i) each->Tick(200);
    each->Tell(201, kA, "tell o/TAOBAO/b");
    each->Tick(202);
  }
  EXPECT_TRUE(calm.Take().ok());
  stormy.TakeWithRestarts();
  EXPECT_EQ(calm.lane().DueUnfired(), 0);
  EXPECT_EQ(calm.meta().output_digest, stormy.meta().output_digest);
  EXPECT_EQ(calm.StateDigest(), stormy.StateDigest());
  EXPECT_EQ(calm.Steps(), stormy.Steps());
  EXPECT_EQ(calm.Outputs(), stormy.Outputs());
}

TEST(LaneTest, ABatchThatComesToMuchIsCommittedInParts) {
  Bench bench;
  for (const char* key : {kA, kB, kC}) bench.Tell(1, key, "due 20");
  bench.Tick(200);
  bench.Tick(201);
  const auto whole = bench.TakeInParts(1 << 20);
  const auto in_parts = bench.TakeInParts(1);
  EXPECT_EQ(whole.first, 1);
  EXPECT_EQ(in_parts.first, 5);  // three orders, the Tick that fires, and what is left: a Tick
  EXPECT_EQ(in_parts.second, whole.second);
}

TEST(LaneTest, MessagesGoOutAndAreInTheDigest) {
  Bench silent;
  Bench bench;
  silent.Tell(1, kA, "say it");
  bench.Tell(1, kA, "tell o/TAOBAO/b");
  EXPECT_TRUE(silent.Take().ok());
  EXPECT_TRUE(bench.Take().ok());
  std::vector<log::Output> outputs = bench.Outputs();
  std::erase_if(outputs, [](const auto& each) { return each.topic != log::Topic::kMessages; });
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].k, 1U);
  const Claim claim = Value(codec::DecodeClaim(outputs[0].bytes));
  EXPECT_EQ(claim.key, kB);
  EXPECT_EQ(claim.actor.role, Role::kEngine);
  EXPECT_NE(bench.meta().output_digest, silent.meta().output_digest);
}

TEST(LaneTest, ABarrierOfAnotherMeaningStopsThePartition) {
  Bench bench;
  bench.Say(1, VersionBarrier{codec::kSemantic});
  EXPECT_TRUE(bench.Take().ok());
  EXPECT_EQ(bench.meta().counts.quarantined, 0);
  bench.Say(2, VersionBarrier{codec::kSemantic + 1});
  const absl::Status stopped = bench.Take();
  EXPECT_EQ(stopped.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(stopped.message()), HasSubstr("record 0/2: from here on"));
}

}  // namespace
}  // namespace refund::replay
