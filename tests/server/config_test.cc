// The configuration: what the Python tests of refundd cannot see from outside.
#include "server/refundd/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace refund::daemon {
namespace {

TEST(ConfigTest, TheDefaultFileSaysTheDefaults) {
  std::vector<std::string> errors;
  const auto config = ParseConfig("default.toml", DefaultConfigFile(), errors);
  EXPECT_THAT(errors, ::testing::IsEmpty());
  EXPECT_EQ(config, Config{});
}

TEST(ConfigTest, AnEmptyFileSaysThemToo) {
  std::vector<std::string> errors;
  EXPECT_EQ(ParseConfig("empty.toml", "", errors), Config{});
}

TEST(ConfigTest, EveryKeyIsTaken) {
  std::vector<std::string> errors;
  const auto config = ParseConfig("x.toml", R"(
role = "lanes"
[log]
directory = "a"
[state]
directory = "b"
[lanes]
partitions = [3, 1]
threads = 2
commit_interval = "1s"
batch_records = 7
checkpoint_interval = "2s"
checkpoint_bytes = 65536
[ticker]
interval = "500ms"
principal = "platform:clock"
[http]
listen = "[::]:0"
allow_remote = true
[logging]
level = "error"
)",
                                  errors);
  ASSERT_THAT(errors, ::testing::IsEmpty());
  Config expected;
  expected.role = Role::kLanes;
  expected.log_directory = "a";
  expected.state_directory = "b";
  expected.partitions = {1, 3};
  expected.threads = 2;
  expected.commit_interval_ms = 1000;
  expected.batch_records = 7;
  expected.checkpoint_interval_ms = 2000;
  expected.checkpoint_bytes = 65536;
  expected.tick_interval_ms = 500;
  expected.ticker_principal = "platform:clock";
  expected.http_address = "::";
  expected.http_port = 0;
  expected.log_level = LogLevel::kError;
  EXPECT_EQ(*config, expected);
  EXPECT_EQ(config->listen(), "[::]:0");
}

TEST(ConfigTest, NoTopicOfTheLogIsAnInbox) {
  for (const std::string its :
       {"events", "decisions", "payouts", "messages", "quarantined", "returned", "clock"}) {
    std::vector<std::string> errors;
    const std::string inbox = "\"mine." + its + "\" = \"platform\"";
    ParseConfig("x.toml",
                "[kafka]\nbrokers = \"b:1\"\nprefix = \"mine\"\n[kafka.inboxes]\n" + inbox, errors);
    EXPECT_THAT(errors, ::testing::ElementsAre(::testing::HasSubstr("one of the log's"))) << its;
  }
}

}  // namespace
}  // namespace refund::daemon
