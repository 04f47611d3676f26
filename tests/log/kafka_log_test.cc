// What only the log on Kafka does, on a real broker: fencing, aborted transactions, gaps, sizes,
// lost cursors, topics, brokers that are not there.
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iterator>
#include <random>
#include <thread>
#include <tuple>
#include <utility>

#include "engine/log/kafka_client.h"
#include "tests/log/kafka_testing.h"

namespace refund::log {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class KafkaLogTest : public testing::Test {
 protected:
  void SetUp() override {
    if (Broker::Instance().IsThere()) return;
    ASSERT_FALSE(HasFailure()) << "there is no going on";
    GTEST_SKIP();
  }

  void Make(uint32_t partitions) {
    options_ = NewTopics(partitions);
    log_ = Get(OpenKafkaLog(options_));
  }

  KafkaPlace Place(const std::string& topic, uint32_t partition = 0) const {
    return {options_.prefix + "." + topic, partition};
  }

  // A producer of anybody's, with that transactional id.
  std::unique_ptr<KafkaProducer> Transactional(const std::string& id) {
    auto producer = Get(
        KafkaProducer::Open({{"bootstrap.servers", options_.brokers}, {"transactional.id", id}}));
    EXPECT_THAT(producer->InitTransactions(10'000), IsOk());
    return producer;
  }

  void WriteInATransaction(const KafkaPlace& place) {
    auto producer = Transactional("somebody");
    EXPECT_THAT(producer->BeginTransaction(), IsOk());
    EXPECT_THAT(producer->Send({{place, "foreign", {}}}), IsOk());
    EXPECT_THAT(producer->CommitTransaction(), IsOk());
  }

  KafkaLogOptions options_;
  std::unique_ptr<Log> log_;
};

Output Decision(int64_t cause, const std::string& bytes, uint32_t k = 0) {
  return {Topic::kDecisions, cause, k, bytes};
}

int64_t MsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start)
      .count();
}

// Again and again while the broker comes back, as whoever owns a lane would.
template <class Call>
auto Patiently(Call call) {
  const auto start = std::chrono::steady_clock::now();
  auto result = call();
  while (absl::IsUnavailable(result.status()) && MsSince(start) < 60'000) result = call();
  return result;
}

// What lz4 makes no smaller.
std::string Noise(size_t bytes) {
  std::mt19937_64 random(7);
  std::string noise(bytes, '\0');
  for (char& each : noise) each = static_cast<char>(random());
  return noise;
}

// ---- Committers ----

TEST_F(KafkaLogTest, OfTwoCommittersTheOlderIsFencedAndTheNewerGoesOn) {
  Make(2);
  auto older = Get(log_->OpenCommitter(0));
  auto other_partition = Get(log_->OpenCommitter(1));
  ASSERT_THAT(older->Commit({Decision(0, "first")}, CursorAt(1)), IsOk());
  // Another process, as far as Kafka can tell.
  auto newer = Get(Get(OpenKafkaLog(options_))->OpenCommitter(0));
  EXPECT_EQ(Get(newer->ReadCursor()), CursorAt(1));
  EXPECT_THAT(older->Commit({Decision(1, "zombie's")}, CursorAt(2)),
              HasCode(absl::StatusCode::kAborted, "fenced"));
  // For good.
  EXPECT_THAT(older->Commit({Decision(1, "zombie's")}, CursorAt(2)),
              HasCode(absl::StatusCode::kAborted, "fenced"));
  EXPECT_THAT(newer->Commit({Decision(1, "second")}, CursorAt(2)), IsOk());
  EXPECT_EQ(Get(newer->ReadOutputs(0)),
            (std::vector<Output>{Decision(0, "first"), Decision(1, "second")}));
  EXPECT_THAT(other_partition->Commit({}, CursorAt(7)), IsOk());
}

TEST_F(KafkaLogTest, AZombiesOpenTransactionIsAbortedAndNeverSeen) {
  Make(1);
  // A committer that was stopped after its outputs, before its cursor.
  auto zombie = Transactional("refund/" + options_.prefix + "/0");
  ASSERT_THAT(zombie->BeginTransaction(), IsOk());
  ASSERT_THAT(zombie->Send({{Place("decisions"), "zombie's", {{"src", "0,0,0"}}}}), IsOk());
  auto committer = Get(log_->OpenCommitter(0));
  EXPECT_EQ(Get(committer->ReadCursor()), std::nullopt);
  EXPECT_THAT(Get(committer->ReadOutputs(0)), IsEmpty());
  const absl::Status late =
      zombie->SendWithOffset({}, {"refund", Place("events"), 1, "refund-cursor/1 00"});
  EXPECT_THAT(late.ok() ? zombie->CommitTransaction() : late, HasCode(absl::StatusCode::kAborted));
  ASSERT_THAT(committer->Commit({Decision(0, "the only one")}, CursorAt(1)), IsOk());
  EXPECT_EQ(Get(committer->ReadOutputs(0)), std::vector<Output>{Decision(0, "the only one")});
  EXPECT_EQ(Get(Get(log_->OpenCommitter(0))->ReadCursor()), CursorAt(1));
}

TEST_F(KafkaLogTest, TheCursorNeverGoesBackWhoeverCommits) {
  Make(1);
  ASSERT_THAT(Get(log_->OpenCommitter(0))->Commit({}, CursorAt(5)), IsOk());
  auto next = Get(log_->OpenCommitter(0));
  EXPECT_THAT(next->Commit({}, CursorAt(5)), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(next->Commit({}, CursorAt(2)), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(next->Commit({}, CursorAt(6)), IsOk());
}

TEST_F(KafkaLogTest, ReadsOutputsFromAnOffsetOverManyTransactions) {
  Make(1);
  auto committer = Get(log_->OpenCommitter(0));
  std::vector<Output> all;
  for (int64_t next = 10; next <= 3000; next += 10) {
    std::vector<Output> outputs;
    for (int64_t cause = next - 10; cause < next; ++cause) {
      outputs.push_back(Decision(cause, "d" + std::to_string(cause)));
      outputs.push_back({Topic::kPayouts, cause, 1, "p" + std::to_string(cause)});
    }
    ASSERT_THAT(committer->Commit(outputs, CursorAt(next)), IsOk());
    all.insert(all.end(), outputs.begin(), outputs.end());
  }
  for (const int64_t from : {0, 1, 777, 1500, 2999, 3000}) {
    EXPECT_EQ(Get(committer->ReadOutputs(from)),
              std::vector<Output>(all.begin() + 2 * from, all.end()))
        << from;
  }
}

// One call of the broker's client brings 256 at the most.
TEST_F(KafkaLogTest, FollowsLargeOutputsByThePiece) {
  Make(1);
  auto committer = Get(log_->OpenCommitter(0));
  const std::string large = Noise(64 << 10);
  std::vector<Output> all;
  for (int64_t next = 50; next <= 300; next += 50) {
    std::vector<Output> outputs;
    for (int64_t cause = next - 50; cause < next; ++cause)
      outputs.push_back(Decision(cause, large));
    outputs.push_back({Topic::kPayouts, next - 50, 1, "p"});
    ASSERT_THAT(committer->Commit(outputs, CursorAt(next)), IsOk());
    all.insert(all.end(), outputs.begin(), outputs.end());
  }
  std::stable_sort(all.begin(), all.end(), [](const Output& a, const Output& b) {
    return std::tie(a.cause_offset, a.k) < std::tie(b.cause_offset, b.k);
  });
  auto following = Get(log_->FollowOutputs(0));
  std::vector<Output> found;
  for (int64_t next = 0; next < 300;) {
    OutputReader::Committed some = Get(following->Read(next, {1 << 16, 1 << 20}));
    ASSERT_GT(some.next, next);
    EXPECT_LT(some.outputs.size(), 300U);
    next = some.next;
    std::move(some.outputs.begin(), some.outputs.end(), std::back_inserter(found));
  }
  EXPECT_EQ(found, all);
}

// Of two that take turns there is always one whose transaction is open, and none that hangs.
TEST_F(KafkaLogTest, FollowsWhileTransactionsEndWithoutAPause) {
  Make(1);
  options_.timeout_ms = 2000;
  ASSERT_THAT(Get(log_->OpenCommitter(0))->Commit({Decision(0, "d")}, CursorAt(1'000'000)), IsOk());
  std::atomic<bool> done = false;
  std::thread writing([&] {
    std::unique_ptr<KafkaProducer> one = Transactional("one");
    std::unique_ptr<KafkaProducer> other = Transactional("other");
    for (int64_t cause = 1; !done; ++cause) {
      const KafkaHeaders headers = {{"src", "0," + std::to_string(cause) + ",0"}};
      ASSERT_THAT(one->BeginTransaction(), IsOk());
      ASSERT_THAT(one->Send({{Place("decisions"), "d", headers}}), IsOk());
      const absl::Status ended = cause > 1 ? other->CommitTransaction() : absl::OkStatus();
      ASSERT_THAT(ended, IsOk());
      std::swap(one, other);
    }
    EXPECT_THAT(other->CommitTransaction(), IsOk());
  });
  std::this_thread::sleep_for(std::chrono::seconds(2));
  auto following = Get(Get(OpenKafkaLog(options_))->FollowOutputs(0));
  const absl::StatusOr<OutputReader::Committed> some = following->Read(0, {});
  done = true;
  writing.join();
  ASSERT_THAT(some, IsOk());
  ASSERT_GT(some->outputs.size(), 1U);
  for (size_t i = 0; i < some->outputs.size(); ++i) {
    ASSERT_EQ(some->outputs[i], Decision(static_cast<int64_t>(i), "d"));
  }
}

void DeleteGroup(const KafkaLogOptions& options) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", options.brokers.c_str(), nullptr, 0);
  rd_kafka_t* const rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  rd_kafka_queue_t* const queue = rd_kafka_queue_new(rk);
  rd_kafka_DeleteGroup_t* group = rd_kafka_DeleteGroup_new(options.app.c_str());
  rd_kafka_DeleteGroups(rk, &group, 1, nullptr, queue);
  rd_kafka_event_t* const event = rd_kafka_queue_poll(queue, 20'000);
  EXPECT_EQ(rd_kafka_event_error(event), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_event_destroy(event);
  rd_kafka_DeleteGroup_destroy(group);
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(rk);
}

TEST_F(KafkaLogTest, ACursorThatTheBrokerLostIsMadeAgainFromTheOutputs) {
  Make(1);
  options_.app = "loses-its-offsets";
  log_ = Get(OpenKafkaLog(options_));
  auto committer = Get(log_->OpenCommitter(0));
  ASSERT_THAT(committer->Commit({Decision(1, "d"), {Topic::kPayouts, 3, 1, "p"}}, CursorAt(5)),
              IsOk());
  ASSERT_THAT(committer->Commit({Decision(6, "e")}, CursorAt(9)), IsOk());
  committer.reset();
  DeleteGroup(options_);
  committer = Get(log_->OpenCommitter(0));
  EXPECT_EQ(Get(committer->ReadCursor()), (Cursor{7, {}, /*has_digest=*/false}));
  EXPECT_THAT(committer->Commit({}, CursorAt(7)), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(committer->Commit({}, CursorAt(9)), IsOk());
  EXPECT_EQ(Get(Get(log_->OpenCommitter(0))->ReadCursor()), CursorAt(9));
}

TEST_F(KafkaLogTest, ACursorThatAToolMovedIsNotBelieved) {
  Make(1);
  ASSERT_THAT(Get(log_->OpenCommitter(0))->Commit({}, CursorAt(5)), IsOk());
  auto tool = Transactional("a tool");
  ASSERT_THAT(tool->BeginTransaction(), IsOk());
  ASSERT_THAT(tool->SendWithOffset({}, {"refund", Place("events"), 3, ""}), IsOk());
  ASSERT_THAT(tool->CommitTransaction(), IsOk());
  EXPECT_THAT(log_->OpenCommitter(0),
              HasCode(absl::StatusCode::kDataLoss, "expected the metadata \"refund-cursor/1"));
}

// ---- Reader ----

TEST_F(KafkaLogTest, AControlRecordAmongTheEventsIsAGap) {
  Make(2);
  ASSERT_THAT(Append(*log_, {{1, 10, "a"}, {1, 20, "b"}}), IsOk());
  WriteInATransaction(Place("events", 1));
  auto reader = Get(log_->OpenReader());
  // At the end, where no record follows it.
  EXPECT_THAT(ReadAll(*reader, 1),
              HasCode(absl::StatusCode::kDataLoss,
                      options_.prefix + ".events partition 1: expected a record at offset 3, found "
                                        "the end at 4"));
  ASSERT_THAT(Append(*log_, {{0, 30, "c"}, {1, 30, "d"}}), IsOk());
  EXPECT_THAT(ReadAll(*reader, 1), HasCode(absl::StatusCode::kDataLoss,
                                           "expected a record at offset 3, found a record "
                                           "at 4"));
  // What lies before it and after it can be read, and so can other partitions.
  EXPECT_THAT(BytesOf(Get(reader->Read(1, 0, {.records = 3}))), ElementsAre("a", "b", "foreign"));
  EXPECT_THAT(BytesOf(Get(reader->Read(1, 4, {}))), ElementsAre("d"));
  EXPECT_THAT(BytesOf(Get(ReadAll(*reader, 0))), ElementsAre("c"));
}

TEST_F(KafkaLogTest, ARecordThatIntakeDidNotWriteHasNoStamp) {
  Make(1);
  auto producer = Get(KafkaProducer::Open({{"bootstrap.servers", options_.brokers}}));
  ASSERT_THAT(producer->Send({{Place("events"), "foreign", {}},
                              {Place("events"), "odd", {{"recorded_at", "yesterday"}}}}),
              IsOk());
  const auto records = Get(ReadAll(*log_, 0));
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].recorded_at, kMinInstant);
  EXPECT_EQ(records[1].recorded_at, kMinInstant);
}

void DeleteRecordsBefore(const KafkaLogOptions& options, const KafkaPlace& place, int64_t offset) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", options.brokers.c_str(), nullptr, 0);
  rd_kafka_t* const rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  rd_kafka_queue_t* const queue = rd_kafka_queue_new(rk);
  rd_kafka_topic_partition_list_t* const list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, place.topic.c_str(), static_cast<int>(place.partition))
      ->offset = offset;
  rd_kafka_DeleteRecords_t* before = rd_kafka_DeleteRecords_new(list);
  rd_kafka_DeleteRecords(rk, &before, 1, nullptr, queue);
  rd_kafka_event_t* const event = rd_kafka_queue_poll(queue, 20'000);
  EXPECT_EQ(rd_kafka_event_error(event), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_event_destroy(event);
  rd_kafka_DeleteRecords_destroy(before);
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(rk);
}

TEST_F(KafkaLogTest, WhatRetentionRemovedIsALoss) {
  Make(1);
  ASSERT_THAT(Append(*log_, {{0, 1, "a"}, {0, 2, "b"}, {0, 3, "c"}}), IsOk());
  auto reader = Get(log_->OpenReader());
  EXPECT_THAT(BytesOf(Get(reader->Read(0, 0, {.records = 1}))), ElementsAre("a"));
  DeleteRecordsBefore(options_, Place("events"), 2);
  auto fresh = Get(log_->OpenReader());
  EXPECT_THAT(fresh->Read(0, 0, {}), HasCode(absl::StatusCode::kDataLoss, "retention removed"));
  EXPECT_THAT(fresh->Read(0, 1, {}), HasCode(absl::StatusCode::kDataLoss, "retention removed"));
  EXPECT_THAT(BytesOf(Get(fresh->Read(0, 2, {}))), ElementsAre("c"));
  // One that had looked before it happened finds out when it asks the broker.
  EXPECT_THAT(reader->Read(0, 0, {}), HasCode(absl::StatusCode::kDataLoss, "retention removed"));
}

// ---- Appender ----

TEST_F(KafkaLogTest, TheDeliveryReportsSayWhereRecordsLie) {
  Make(2);
  auto elsewhere = Get(OpenKafkaLog(options_));
  auto one = Get(Get(log_->OpenAppender())->Begin());
  auto two = Get(Get(elsewhere->OpenAppender())->Begin());
  EXPECT_EQ(one->Add(0, Instant{10}, "one"), (Address{0, 0}));
  EXPECT_EQ(two->Add(0, Instant{5}, "two"), (Address{0, 0}));
  EXPECT_EQ(two->Add(1, Instant{6}, "three"), (Address{1, 0}));
  ASSERT_THAT(one->Sync(), IsOk());
  ASSERT_THAT(two->Sync(), IsOk());
  EXPECT_THAT(one->moved(), IsEmpty());
  ASSERT_THAT(two->moved(), SizeIs(1));
  EXPECT_EQ(two->moved()[0].announced, (Address{0, 0}));
  EXPECT_EQ(two->moved()[0].at, (Address{0, 1}));
  EXPECT_EQ(two->End(0), 2);
  EXPECT_THAT(BytesOf(Get(ReadAll(*log_, 0))), ElementsAre("one", "two"));
  // The next session of either knows the highest stamp, though it is not the last one's.
  one.reset();
  two.reset();
  EXPECT_EQ(Get(Get(log_->OpenAppender())->Begin())->highest(), Instant{10});
  EXPECT_EQ(Get(Get(elsewhere->OpenAppender())->Begin())->highest(), Instant{10});
}

TEST_F(KafkaLogTest, TakesTheLargestRecordAndNotOneByteMore) {
  Make(1);
  const std::string largest = Noise(options_.record_bytes_max);
  ASSERT_THAT(Append(*log_, {{0, 1, largest}}), IsOk());
  EXPECT_THAT(Append(*log_, {{0, 2, "small"}, {0, 2, largest + "x"}}),
              HasCode(absl::StatusCode::kInvalidArgument, "nothing was appended"));
  EXPECT_TRUE(Get(ReadAll(*log_, 0)).front().bytes == largest);
  EXPECT_EQ(Get(Get(log_->OpenReader())->End(0)), 1);
  auto committer = Get(log_->OpenCommitter(0));
  EXPECT_THAT(committer->Commit({Decision(0, largest + "x")}, CursorAt(1)),
              HasCode(absl::StatusCode::kInvalidArgument, "nothing was committed"));
  ASSERT_THAT(committer->Commit({Decision(0, largest)}, CursorAt(1)), IsOk());
  EXPECT_TRUE(Get(committer->ReadOutputs(0)).front().bytes == largest);
}

// ---- Topics ----

TEST_F(KafkaLogTest, TopicsThatWereMadeForItPassTheCheck) {
  Make(3);
  TopicsOptions topics = TopicsFor(options_, 3);
  EXPECT_THAT(Get(CheckTopics(topics)), IsEmpty());
  EXPECT_THAT(Get(CreateTopics(topics)), IsEmpty()) << "they are there";
  topics.partitions = 0;
  EXPECT_THAT(Get(CheckTopics(topics)), IsEmpty());
  topics.replication = 3;
  EXPECT_THAT(Get(CheckTopics(topics)), Contains(Field(&TopicFinding::key, "replication")));
  topics.log.prefix = NewPrefix();
  topics.partitions = 3;
  EXPECT_THAT(CreateTopics(topics), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST_F(KafkaLogTest, TopicsWithTheBrokersDefaultsAreFoundOut) {
  options_ = OptionsFor(NewPrefix());
  auto admin = Get(KafkaAdmin::Open({{"bootstrap.servers", options_.brokers}}));
  ASSERT_THAT(admin->CreateTopic(Place("events").topic, 2, 1, {}, 10'000), IsOk());
  ASSERT_THAT(
      admin->CreateTopic(Place("decisions").topic, 1, 1, {{"cleanup.policy", "compact"}}, 10'000),
      IsOk());
  // What has been made is known to the broker a little later.
  auto findings = Get(CheckTopics(TopicsFor(options_, 0)));
  const auto is_unknown = [&](const TopicFinding& each) {
    return each.key == "topic" &&
           (each.topic == Place("events").topic || each.topic == Place("decisions").topic);
  };
  while (std::any_of(findings.begin(), findings.end(), is_unknown)) {
    findings = Get(CheckTopics(TopicsFor(options_, 0)));
  }
  const auto finding = [&](const std::string& topic, const std::string& key,
                           const std::string& found) {
    return Contains(AllOf(Field(&TopicFinding::topic, Place(topic).topic),
                          Field(&TopicFinding::key, key), Field(&TopicFinding::found, found)));
  };
  EXPECT_THAT(findings, finding("events", "retention.ms", "604800000"));
  EXPECT_THAT(findings, finding("events", "message.timestamp.type", "CreateTime"));
  EXPECT_THAT(findings, finding("events", "max.message.bytes", "1048588"));
  EXPECT_THAT(findings, finding("decisions", "cleanup.policy", "compact"));
  EXPECT_THAT(findings, finding("decisions", "partitions", "1"));
  EXPECT_THAT(findings, finding("messages", "topic", "none"));
  EXPECT_THAT(ToString(findings.front()), HasSubstr("kafka-configs.sh --alter --topic"));
  EXPECT_THAT(OpenKafkaLog(options_),
              HasCode(absl::StatusCode::kFailedPrecondition,
                      "decisions: expected 2 partitions, as " + Place("events").topic + " has, "));
}

TEST_F(KafkaLogTest, ALogWithoutTopicsIsNotFound) {
  EXPECT_THAT(OpenKafkaLog(OptionsFor(NewPrefix())),
              HasCode(absl::StatusCode::kNotFound, "refundctl topics create"));
}

TEST_F(KafkaLogTest, WhatTheLogDependsOnCannotBeSet) {
  KafkaLogOptions options = OptionsFor(NewPrefix());
  options.settings = {{"isolation.level", "read_uncommitted"}};
  EXPECT_THAT(OpenKafkaLog(options),
              HasCode(absl::StatusCode::kInvalidArgument, "isolation.level"));
  options.settings = {{"ssl.no.such", "x"}};
  EXPECT_THAT(OpenKafkaLog(options), HasCode(absl::StatusCode::kInvalidArgument, "ssl.no.such"));
}

TEST(KafkaAddressTest, IsReadAndRefused) {
  EXPECT_TRUE(IsKafkaAddress("kafka://a:1"));
  EXPECT_FALSE(IsKafkaAddress("var/run/log"));
  EXPECT_EQ(Get(ParseKafkaAddress("kafka://a:1,b:2/mine")).brokers, "a:1,b:2");
  EXPECT_EQ(Get(ParseKafkaAddress("kafka://a:1,b:2/mine")).prefix, "mine");
  EXPECT_EQ(Get(ParseKafkaAddress("kafka://a:1")).prefix, "refund");
  EXPECT_EQ(Get(ParseKafkaAddress("kafka://a:1/")).prefix, "refund");
  for (const char* bad : {"kafka://", "kafka:///mine", "kafka://a:1/x/y", "directory"}) {
    EXPECT_THAT(ParseKafkaAddress(bad), HasCode(absl::StatusCode::kInvalidArgument, bad));
  }
}

// ---- Brokers that are not there ----

TEST(KafkaAbsentTest, NobodyAnswersAndSoItSaysInTime) {
  KafkaLogOptions options;
  options.brokers = "127.0.0.1:9";
  options.timeout_ms = 1500;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(OpenKafkaLog(options), HasCode(absl::StatusCode::kUnavailable, "127.0.0.1:9"));
  EXPECT_LT(MsSince(start), 5000);
}

TEST_F(KafkaLogTest, ABrokerThatStopsIsUnavailableAndOneThatComesBackGoesOn) {
  Make(1);
  options_.timeout_ms = 2000;
  options_.transaction_timeout_ms = 3000;
  log_ = Get(OpenKafkaLog(options_));
  auto appender = Get(log_->OpenAppender());
  auto reader = Get(log_->OpenReader());
  auto committer = Get(log_->OpenCommitter(0));
  ASSERT_THAT(Append(*appender, {{0, 1, "before"}}), IsOk());
  ASSERT_THAT(committer->Commit({Decision(0, "d0")}, CursorAt(1)), IsOk());
  EXPECT_THAT(Get(ReadAll(*reader, 0)), SizeIs(1));
  auto session = Get(appender->Begin());
  session->Add(0, Instant{2}, "during");

  Broker::Instance().Kill();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(session->Sync(), HasCode(absl::StatusCode::kUnavailable));
  session.reset();
  EXPECT_THAT(appender->Begin(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(reader->End(0), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(committer->Commit({Decision(1, "d1")}, CursorAt(2)),
              HasCode(absl::StatusCode::kUnavailable, "commit of partition 0 up to 2"));
  EXPECT_THAT(committer->ReadCursor(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(log_->OpenCommitter(0), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_LT(MsSince(start), 60'000);
  Broker::Instance().Start();

  // What was not acknowledged may be there; what was, is.
  EXPECT_GE(Get(Patiently([&] { return ReadAll(*reader, 0); })).size(), 1u);
  const auto append = [&]() -> absl::StatusOr<int> {
    RETURN_IF_ERROR(Append(*appender, {{0, 3, "after"}}));
    return 0;
  };
  EXPECT_THAT(Patiently(append), IsOk());
  EXPECT_EQ(Get(Patiently([&] { return ReadAll(*reader, 0); })).back().bytes, "after");
  const auto again = Get(Patiently([&] { return log_->OpenCommitter(0); }));
  const Cursor cursor = *Get(again->ReadCursor());
  EXPECT_TRUE(cursor == CursorAt(1) || cursor == CursorAt(2)) << cursor.next;
  if (cursor == CursorAt(1)) {
    ASSERT_THAT(again->Commit({Decision(1, "d1")}, CursorAt(2)), IsOk());
  }
  EXPECT_EQ(Get(again->ReadOutputs(0)),
            (std::vector<Output>{Decision(0, "d0"), Decision(1, "d1")}));
}

TEST_F(KafkaLogTest, ARestartThatIsShortEnoughIsNotNoticed) {
  Make(1);
  auto appender = Get(log_->OpenAppender());
  auto reader = Get(log_->OpenReader());
  auto committer = Get(log_->OpenCommitter(0));
  ASSERT_THAT(Append(*appender, {{0, 1, "before"}}), IsOk());
  ASSERT_THAT(committer->Commit({Decision(0, "d0")}, CursorAt(1)), IsOk());
  Broker::Instance().Stop();
  Broker::Instance().Start();
  ASSERT_THAT(Append(*appender, {{0, 2, "after"}}), IsOk());
  EXPECT_THAT(BytesOf(Get(ReadAll(*reader, 0))), ElementsAre("before", "after"));
  ASSERT_THAT(committer->Commit({Decision(1, "d1")}, CursorAt(2)), IsOk());
  EXPECT_EQ(Get(committer->ReadOutputs(0)),
            (std::vector<Output>{Decision(0, "d0"), Decision(1, "d1")}));
}

}  // namespace
}  // namespace refund::log
