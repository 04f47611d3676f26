// What a task of Kafka Streams makes of a partition with our core is what a lane makes of it: the
// steps of each order up to its last record.
#include "tools/peer/fold.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/codec/json_lines.h"
#include "engine/codec/pack_codec.h"
#include "engine/codec/step_codec.h"
#include "tests/cases/world.h"
#include "tools/generate/generator.h"

namespace refund::peer {
namespace {

constexpr int64_t kEvents = 20'000;
constexpr uint64_t kSeed = 1;

// By order.
using Steps = std::map<std::string, std::vector<std::string>>;

const std::vector<std::string>& PackNames() {
  static const std::vector<std::string> names = {"pinduoduo/2015-09-01", "taobao/2023-12-31",
                                                 "tmall/2023-12-31",     "douyin/2024-01-01",
                                                 "taobao/2024-08-09",    "taobao/2025-01-01"};
  return names;
}

policy::PackBook Book() {
  policy::PackBook book;
  for (const std::string& name : PackNames()) {
    auto pack = codec::DecodePack(*cases::PackBytes(name));
    EXPECT_TRUE(pack.ok()) << pack.status();
    book.Add(std::make_shared<const policy::Pack>(*std::move(pack)), generate::kStart);
  }
  return book;
}

std::unique_ptr<cases::World> WorldOfGenerated() {
  auto world = cases::World::Open(PackNames(), generate::kStart, 2);
  EXPECT_TRUE(world.ok()) << world.status();
  const policy::PackBook book = Book();
  generate::Generator generator({kEvents, kSeed}, book);
  generate::Record record;
  while (generator.Next(record)) {
    const std::string line = ToLine(record);
    const absl::Status taken = (*world)->Append({codec::ParseLine(line, /*as_recorded=*/true), ""});
    EXPECT_TRUE(taken.ok()) << taken << "\n" << line;
  }
  return *std::move(world);
}

Steps LanesSteps(cases::World& world) {
  const absl::Status run = world.Run();
  EXPECT_TRUE(run.ok()) << run;
  Steps steps;
  for (uint32_t p = 0; p < world.partitions(); ++p) {
    for (const Step& step : world.partition(p).sink.steps) {
      steps[step.key].push_back(codec::EncodeStep(step));
    }
  }
  return steps;
}

// What the Java around it does, without the Java.
class Task {
 public:
  void Take(ByteView record, Steps& steps) {
    const absl::StatusOr<std::string> key = fold_.Take(record);
    ASSERT_TRUE(key.ok()) << key.status();
    if (key->empty()) return;
    if (key->front() == '!') {
      states_[*key] = std::string(record);
      return;
    }
    absl::StatusOr<Stepped> stepped = fold_.Step(states_[*key]);
    ASSERT_TRUE(stepped.ok()) << stepped.status();
    if (stepped->steps.empty()) return;
    states_[*key] = std::move(stepped->state);
    for (std::string& each : stepped->steps) steps[*key].push_back(std::move(each));
  }

  // The task has moved to another thread, with its store.
  void Move() {
    fold_ = Fold();
    for (auto at = states_.lower_bound("!"); at != states_.end() && at->first < "\""; ++at) {
      ASSERT_TRUE(fold_.Take(at->second).ok());
    }
  }

 private:
  Fold fold_;
  std::map<std::string, std::string> states_;
};

void TakePartition(log::Reader& reader, uint32_t partition, Steps& steps) {
  constexpr int64_t kMoved = 5000;
  Task task;
  int64_t next = 0;
  while (true) {
    const auto records = reader.Read(partition, next, {});
    ASSERT_TRUE(records.ok()) << records.status();
    if (records->empty()) return;
    for (const log::Record& record : *records) {
      task.Take(record.bytes, steps);
      if (++next == kMoved) task.Move();
    }
  }
}

bool IsByRecord(const std::string& bytes) { return !codec::DecodeStep(bytes)->cause.IsDeadline(); }

void DropAfterLastRecord(Steps& steps) {
  for (auto& [key, all] : steps) {
    while (!all.empty() && !IsByRecord(all.back())) all.pop_back();
  }
}

std::string Json(const std::string& bytes) { return codec::StepToJson(*codec::DecodeStep(bytes)); }

TEST(Fold, MakesTheStepsOfALane) {
  const std::unique_ptr<cases::World> world = WorldOfGenerated();
  Steps lanes = LanesSteps(*world);
  Steps tasks;
  for (uint32_t p = 0; p < world->partitions(); ++p) TakePartition(world->reader(), p, tasks);
  DropAfterLastRecord(lanes);
  DropAfterLastRecord(tasks);
  ASSERT_EQ(tasks.size(), lanes.size());
  for (const auto& [key, steps] : lanes) {
    ASSERT_EQ(tasks[key].size(), steps.size()) << key;
    for (size_t i = 0; i < steps.size(); ++i) {
      ASSERT_TRUE(tasks[key][i] == steps[i]) << key << " step " << i + 1 << "\nlane "
                                             << Json(steps[i]) << "\ntask " << Json(tasks[key][i]);
    }
  }
}

}  // namespace
}  // namespace refund::peer
