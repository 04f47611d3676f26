#include "tools/refundctl/commands_topics.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/log/kafka_topics.h"
#include "tools/refundctl/log_flags.h"

namespace refund::tools {
namespace {

struct Flags {
  log::TopicsOptions topics;
  std::string brokers;
  std::string prefix;
  ClientFlags client;
};

// Which topics are meant, and how to get in there.
bool Complete(Flags& flags, Context& context) {
  log::KafkaLogOptions& options = flags.topics.log;
  if (!flags.client.config.empty()) {
    const std::optional<daemon::Config> config = ReadDaemonConfig(flags.client.config, context);
    if (!config) return false;
    if (config->kafka) options = *config->kafka;
  }
  if (!flags.brokers.empty()) options.brokers = flags.brokers;
  if (!flags.prefix.empty()) options.prefix = flags.prefix;
  if (options.brokers.empty()) {
    Fail(context, kUsage,
         "--brokers is missing: name them, or a configuration of refundd's by --config that does");
    return false;
  }
  return TakeSettings(flags.client.settings, options, context);
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

void Check(const Flags& flags, Context& context) {
  const auto findings = log::CheckTopics(flags.topics);
  if (!findings.ok()) return Fail(context, findings.status());
  for (const log::TopicFinding& each : *findings) TellFinding(each, context);
  if (!findings->empty()) context.exit_code = kDifference;
  if (findings->empty() && !context.json) std::printf("the topics are as they must be\n");
}

void RunCheck(Flags& flags, Context& context) {
  if (Complete(flags, context)) Check(flags, context);
}

// What was there before is checked, not changed.
void RunCreate(Flags& flags, Context& context) {
  if (!Complete(flags, context)) return;
  const auto made = log::CreateTopics(flags.topics);
  if (!made.ok()) return Fail(context, made.status());
  for (const std::string& topic : *made) {
    std::printf(
        context.json ? "{\"made\":\"%s\",\"partitions\":%u}\n" : "made %s with %u partitions\n",
        topic.c_str(), flags.topics.partitions);
  }
  Check(flags, context);
}

CLI::App* AddVerb(CLI::App& topics, const char* name, const char* about, Flags& flags) {
  CLI::App* verb = topics.add_subcommand(name, about);
  verb->add_option("--brokers", flags.brokers, "host:port, host:port… (default: --config's)")
      ->envname("REFUND_KAFKA_BROKERS");
  verb->add_option("--prefix", flags.prefix,
                   "of the topics' names (default: --config's, or refund)");
  verb->add_option("--replication", flags.topics.replication, "copies; 1 for a trial on one broker")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  AddClientFlags(*verb, flags.client);
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
