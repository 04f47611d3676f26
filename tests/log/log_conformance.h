// The conformance suite's fixture: a log of three partitions, of the kind that the test names.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "tests/log/log_testing.h"

namespace refund::log {

constexpr uint32_t kPartitions = 3;

struct Kind {
  std::string name;
  // An empty log; `directory` is there for it alone. Null if it cannot be had: the test is skipped.
  std::function<std::unique_ptr<Log>(const TemporaryDirectory& directory)> make;
  // Sessions exclude those of other Log objects and processes too. Not over Kafka, which gives a
  // producer no such right (docs/decisions/0015-kafka-log.md).
  bool exclusive = true;

  friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
};

inline std::string NameOfKind(const testing::TestParamInfo<Kind>& info) { return info.param.name; }

class LogConformanceTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    log_ = GetParam().make(directory_);
    if (log_ != nullptr) return;
    ASSERT_FALSE(HasFailure()) << "there is no going on";
    GTEST_SKIP();
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Log> log_;
};

// Of those kinds that have no threads of their own: death tests fork.
using LogConformanceDeathTest = LogConformanceTest;
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LogConformanceDeathTest);

}  // namespace refund::log
