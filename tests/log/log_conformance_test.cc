// The memory and the embedded log, put to the conformance suite; and what only a log in memory can.
#include "tests/log/log_conformance.h"

#include "engine/log/memory_log.h"
#include "engine/log/segment_log.h"

namespace refund::log {
namespace {

using testing::IsEmpty;

Kind Memory() {
  return {"Memory", [](const auto&) { return MakeMemoryLog(kPartitions); }};
}

Kind Segments(const char* name, uint64_t segment_bytes) {
  return {name, [=](const TemporaryDirectory& directory) {
            EXPECT_THAT(CreateSegmentLog(directory / "log", kPartitions), IsOk());
            return Get(OpenSegmentLog(directory / "log", {.segment_bytes = segment_bytes}));
          }};
}

INSTANTIATE_TEST_SUITE_P(Logs, LogConformanceTest,
                         testing::Values(Memory(), Segments("Segments", 64 << 20),
                                         Segments("TinySegments", 1)),
                         NameOfKind);
INSTANTIATE_TEST_SUITE_P(Logs, LogConformanceDeathTest,
                         testing::Values(Memory(), Segments("Segments", 64 << 20)), NameOfKind);

TEST(MemoryLogTest, AFaultIsReturnedAndNothingIsKept) {
  std::string failing = "sync";
  auto log = MakeMemoryLog(1, [&](const char* operation) {
    return failing == operation ? absl::UnavailableError("asked for") : absl::OkStatus();
  });
  EXPECT_THAT(Append(*log, {{0, 1, "a"}}), HasCode(absl::StatusCode::kUnavailable, "asked for"));
  EXPECT_THAT(Get(ReadAll(*log, 0)), IsEmpty());
  failing = "commit";
  EXPECT_THAT(Append(*log, {{0, 1, "a"}}), IsOk());
  auto committer = Get(log->OpenCommitter(0));
  EXPECT_THAT(committer->Commit({{Topic::kPayouts, 0, 0, "p"}}, CursorAt(1)),
              HasCode(absl::StatusCode::kUnavailable, "asked for"));
  EXPECT_EQ(Get(committer->ReadCursor()), std::nullopt);
  EXPECT_THAT(Get(committer->ReadOutputs(0)), IsEmpty());
  failing.clear();
  EXPECT_THAT(committer->Commit({{Topic::kPayouts, 0, 0, "p"}}, CursorAt(1)), IsOk());
}

TEST(MemoryLogTest, AFaultMayFenceTheCommitThatIsUnderWay) {
  std::function<void()> meanwhile;
  auto log = MakeMemoryLog(1, [&](const char*) {
    if (meanwhile) meanwhile();
    return absl::OkStatus();
  });
  auto older = Get(log->OpenCommitter(0));
  std::unique_ptr<Committer> newer;
  meanwhile = [&] { newer = Get(log->OpenCommitter(0)); };
  EXPECT_THAT(older->Commit({}, CursorAt(1)), HasCode(absl::StatusCode::kAborted));
  meanwhile = {};
  EXPECT_EQ(Get(newer->ReadCursor()), std::nullopt);
}

}  // namespace
}  // namespace refund::log
