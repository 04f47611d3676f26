#include "tools/refundctl/commands_topics.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "engine/log/kafka_topics.h"

namespace refund::tools {
namespace {

struct Flags {
  log::TopicsOptions topics;
  std::vector<std::string> settings;  // name=value
};

bool TakeSettings(Flags& flags, Context& context) {
  for (const std::string& each : flags.settings) {
    const size_t equals = each.find('=');
    if (equals == std::string::npos || equals == 0) {
      Fail(context, kUsage, "--set: expected name=value, found \"" + each + "\"");
      return false;
    }
    flags.topics.log.settings[each.substr(0, equals)] = each.substr(equals + 1);
  }
  return true;
}

void TellFinding(const log::TopicFinding& finding, const Context& context) {
  if (!context.json) {
    std::printf("%s\n", log::ToString(finding).c_str());
    return;
  }
  std::printf("{\"topic\":%s,\"key\":%s,\"expected\":%s,\"found\":%s,\"advice\":%s}\n",
              Quoted(finding.topic).c_str(), Quoted(finding.key).c_str(),
              Quoted(finding.expected).c_str(), Quoted(finding.found).c_str(),
              Quoted(finding.advice).c_str());
}

void RunCheck(Flags& flags, Context& context) {
  if (!TakeSettings(flags, context)) return;
  const auto findings = log::CheckTopics(flags.topics);
  if (!findings.ok()) return Fail(context, findings.status());
  for (const log::TopicFinding& each : *findings) TellFinding(each, context);
  if (!findings->empty()) context.exit_code = kDifference;
  if (findings->empty() && !context.json) std::printf("the topics are as they must be\n");
}

// What was there before is checked, not changed.
void RunCreate(Flags& flags, Context& context) {
  if (!TakeSettings(flags, context)) return;
  const auto made = log::CreateTopics(flags.topics);
  if (!made.ok()) return Fail(context, made.status());
  for (const std::string& topic : *made) {
    std::printf(
        context.json ? "{\"made\":\"%s\",\"partitions\":%u}\n" : "made %s with %u partitions\n",
        topic.c_str(), flags.topics.partitions);
  }
  RunCheck(flags, context);
}

CLI::App* AddVerb(CLI::App& topics, const char* name, const char* about, Flags& flags) {
  CLI::App* verb = topics.add_subcommand(name, about);
  verb->add_option("--brokers", flags.topics.log.brokers, "host:port, host:port…")
      ->required()
      ->envname("REFUND_KAFKA_BROKERS");
  verb->add_option("--prefix", flags.topics.log.prefix, "of the topics' names")
      ->capture_default_str();
  verb->add_option("--replication", flags.topics.replication, "copies; 1 for a trial on one broker")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  verb->add_option("--set", flags.settings,
                   "a setting of the client: security.protocol=…, sasl.…=…, ssl.…=…");
  return verb;
}

}  // namespace

void AddTopicsCommand(CLI::App& app, Context& context) {
  CLI::App* topics = app.add_subcommand("topics", "Make or check the topics of a log on Kafka");
  topics->require_subcommand(1);
  const auto to_create = std::make_shared<Flags>();
  to_create->topics.partitions = 4;
  CLI::App* create = AddVerb(*topics, "create", "Make those that are not there", *to_create);
  create->add_option("--partitions", to_create->topics.partitions, "fixed for ever")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  create->callback([to_create, &context] { RunCreate(*to_create, context); });
  const auto to_check = std::make_shared<Flags>();
  CLI::App* check = AddVerb(*topics, "check", "Say what is not as it must be", *to_check);
  check
      ->add_option("--partitions", to_check->topics.partitions,
                   "how many they must have (default: as many as the events)")
      ->check(CLI::Range(1, 1024));
  check->callback([to_check, &context] { RunCheck(*to_check, context); });
}

}  // namespace refund::tools
