// refundctl: disputes in, explained decisions out, by hand.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "tools/refundctl/care/care_commands.h"
#include "tools/refundctl/commands_bench.h"
#include "tools/refundctl/commands_log.h"
#include "tools/refundctl/commands_policy.h"
#include "tools/refundctl/commands_replay.h"
#include "tools/refundctl/commands_topics.h"
#include "tools/refundctl/context.h"
#include "tools/refundctl/reconcile/reconcile_command.h"
#include "tools/refundctl/views/views.h"

namespace refund::tools {
namespace {

constexpr char kAbout[] =
    "refundctl decides refund disputes from a log of events, and explains every decision.\n"
    "A first round: append, replay, case list, case explain.";

constexpr char kExitCodes[] =
    "Exit codes: 0 ok (refusals, duplicates, conflicts and quarantined records are results),\n"
    "1 a check found a difference, or a line did not go in, 2 usage, 3 bad policy or config,\n"
    "4 log unreachable, 5 stored bytes corrupt or outputs diverged, 6 refused for safety, 70 "
    "internal.";

void AllowGlobalFlagsEverywhere(CLI::App& app) {
  for (CLI::App* each : app.get_subcommands({})) {
    each->fallthrough();
    AllowGlobalFlagsEverywhere(*each);
  }
}

bool HasCommand(const CLI::App& app, const std::string& name) {
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (each->get_name() == name) return true;
  }
  return false;
}

int Run(int argc, char** argv) {
  Context context;
  CLI::App app(kAbout, "refundctl");
  app.footer(kExitCodes);
  app.require_subcommand(1);
  app.add_flag("--json", context.json, "one JSON object, or one a line");
  AddInitCommand(app, context);
  AddAppendCommand(app, context);
  AddTickCommand(app, context);
  AddReplayCommand(app, context);
  AddViewCommands(app, context);
  AddPolicyCommand(app, context);
  AddExportCommand(app, context);
  AddVerifyCommand(app, context);
  AddTopicsCommand(app, context);
  AddBenchCommand(app, context);
  AddCareCommands(app, context);
  AddReconcileCommand(app, context);
  AllowGlobalFlagsEverywhere(app);
  if (argc > 1 && argv[1][0] != '-' && !HasCommand(app, argv[1])) {
    Fail(context, kUsage, "no such command: " + std::string(argv[1]) + " (see refundctl --help)");
    return context.exit_code;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;  // --help is a ParseError too
  }
  // What nobody can read was not said: an acknowledgement that is lost must not look like success.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    Fail(context, kLogUnreachable, "stdout cannot be written");
  }
  return context.exit_code;
}

}  // namespace
}  // namespace refund::tools

int main(int argc, char** argv) {
  // The one place for what no boundary caught: a bug of ours, or no memory.
  try {
    return refund::tools::Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "refundctl: internal error: %s\n", error.what());
    return refund::tools::kInternal;
  }
}
