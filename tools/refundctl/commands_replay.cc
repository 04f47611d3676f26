#include "tools/refundctl/commands_replay.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "tools/refundctl/log_flags.h"
#include "tools/refundctl/replayer.h"
#include "tools/refundctl/verifier.h"
#include "tools/terminal/progress_bar.h"

namespace refund::tools {
namespace {

struct SourceOptions {
  LogFlags log;
  std::string file;
  std::string state;
  int64_t batch = 4096;
  int64_t checkpoint_bytes = static_cast<int64_t>(replay::LaneOptions().checkpoint_bytes);
  int64_t memory = static_cast<int64_t>(lanes::kDefaultMemoryBytes >> 20);  // MiB
};

long long L(int64_t n) { return static_cast<long long>(n); }

void PrintJson(const ReplayResult& r, double seconds) {
  const replay::Counts& c = r.counts;
  std::printf(
      "{\"read\":%lld,\"events\":%lld,\"applied\":%lld,\"refused\":%lld,\"duplicates\":%lld,"
      "\"conflicts\":%lld,\"quarantined\":%lld,\"fired\":%lld,\"decisions\":%lld,\"due_unfired\":%"
      "lld,"
      "\"digest\":\"%s\",\"digests\":[",
      L(r.read), L(c.events), L(c.applied), L(c.refused), L(c.duplicates), L(c.conflicts),
      L(c.quarantined), L(c.fired), L(c.decisions), L(r.due_unfired), r.digest.hex().c_str());
  for (size_t i = 0; i < r.partitions.size(); ++i) {
    const PartitionResult& p = r.partitions[i];
    std::printf("%s{\"partition\":%u,\"offset\":%lld,\"output\":\"%s\",\"state\":\"%s\"}",
                i == 0 ? "" : ",", p.partition, L(p.next), p.output.hex().c_str(),
                p.state.hex().c_str());
  }
  std::printf("],\"messages\":%lld,\"seconds\":%.3f}\n", L(r.messages), seconds);
}

void PrintText(const ReplayResult& r, double seconds) {
  const replay::Counts& c = r.counts;
  std::printf("read         %12lld   records by this run, in %.2f s\n", L(r.read), seconds);
  if (r.messages > 0) {
    std::printf("messages     %12lld   from key to key, carried by this run\n", L(r.messages));
  }
  std::printf("events       %12lld   readable records, since the log began:\n", L(c.events));
  std::printf("  applied    %12lld\n", L(c.applied));
  std::printf("  refused    %12lld   requests that were not allowed then\n", L(c.refused));
  std::printf("  duplicates %12lld   the same claim again: absorbed\n", L(c.duplicates));
  std::printf("  conflicts  %12lld   another claim under the same id: the first stands\n",
              L(c.conflicts));
  std::printf("quarantined  %12lld   records that nobody can read\n", L(c.quarantined));
  std::printf("fired        %12lld   deadlines that passed\n", L(c.fired));
  std::printf("decisions    %12lld\n", L(c.decisions));
  std::printf("due_unfired  %12lld   orders with a deadline due and not fired yet\n",
              L(r.due_unfired));
  std::printf("digest       %s\n", r.digest.hex().c_str());
}

// Of the log that is named, or of the exported one.
absl::StatusOr<Source> OpenNamed(const SourceOptions& options, Context& context) {
  if (!options.file.empty()) return OpenSource(LogAddress(), options.file);
  const std::optional<LogAddress> log = FindLog(options.log, context);
  if (!log) return absl::CancelledError();  // said already
  return OpenSource(*log, "");
}

void FailUnlessSaid(Context& context, const absl::Status& status) {
  if (!absl::IsCancelled(status)) Fail(context, status);
}

void RunReplay(const SourceOptions& options, Context& context) {
  absl::StatusOr<Source> source = OpenNamed(options, context);
  if (!source.ok()) return FailUnlessSaid(context, source.status());
  std::unique_ptr<terminal::ProgressBar> bar;
  ReplayOptions replay;
  replay.lane.batch.records = static_cast<size_t>(options.batch);
  replay.lane.checkpoint_bytes = static_cast<size_t>(options.checkpoint_bytes);
  replay.memory_bytes = static_cast<size_t>(options.memory) << 20;
  replay.progress = [&](int64_t done, int64_t total) {
    if (!bar) bar = std::make_unique<terminal::ProgressBar>("replay", total);
    bar->Set(done);
  };
  const auto start = std::chrono::steady_clock::now();
  const absl::StatusOr<ReplayResult> result = Replay(*source, options.state, replay);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (bar) bar->Finish();
  if (!result.ok()) return Fail(context, result.status());
  (context.json ? PrintJson : PrintText)(*result, took.count());
}

void RunVerify(const SourceOptions& options, Context& context) {
  absl::StatusOr<Source> source = OpenNamed(options, context);
  if (!source.ok()) return FailUnlessSaid(context, source.status());
  const absl::StatusOr<Verification> verified = Verify(*source, options.state);
  if (!verified.ok()) return Fail(context, verified.status());
  if (!verified->difference.empty()) context.exit_code = kDifference;
  if (context.json) {
    std::printf(
        "{\"equal\":%s,\"difference\":%s,\"records\":%lld,\"orders\":%lld,\"outputs\":%lld,"
        "\"behind\":%lld}\n",
        verified->difference.empty() ? "true" : "false", Quoted(verified->difference).c_str(),
        L(verified->records), L(verified->orders), L(verified->outputs), L(verified->behind));
  } else if (verified->difference.empty()) {
    std::printf("verified: %lld records give the same %lld orders, their views, and %lld outputs\n",
                L(verified->records), L(verified->orders), L(verified->outputs));
    if (verified->behind > 0) {
      std::printf("the state is behind: the log has %lld records more; replay goes on from there\n",
                  L(verified->behind));
    }
  } else {
    std::printf("DIFFERS: %s\n", verified->difference.c_str());
  }
}

void AddSourceOptions(CLI::App& command, SourceOptions& options) {
  CLI::Option* log = AddLogFlags(command, options.log);
  command.add_option("--file", options.file, "an exported log")
      ->excludes(log)
      ->excludes(command.get_option("--config"));
  command.add_option("--state", options.state, "directory of the state")->required();
}

}  // namespace

void AddReplayCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<SourceOptions>();
  CLI::App* command =
      app.add_subcommand("replay", "Decide: apply the log to a state, from where it stands");
  AddSourceOptions(*command, *options);
  command->add_option("--batch", options->batch, "records taken at once; never seen in the result")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command
      ->add_option(
          "--checkpoint-bytes", options->checkpoint_bytes,
          "of changed orders, after which a partition is written; never seen in the result")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 36))
      ->capture_default_str();
  command
      ->add_option("--memory", options->memory,
                   "MiB of orders and databases kept in memory; never seen in the result")
      ->check(CLI::Range(8, 1 << 20))
      ->capture_default_str();
  command->callback([options, &context] { RunReplay(*options, context); });
}

void AddVerifyCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<SourceOptions>();
  CLI::App* command =
      app.add_subcommand("verify", "Derive a state again from the log, and compare everything");
  AddSourceOptions(*command, *options);
  command->callback([options, &context] { RunVerify(*options, context); });
}

}  // namespace refund::tools
