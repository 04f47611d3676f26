#include "tools/refundctl/views/views.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "tools/refundctl/views/reading_commands.h"

namespace refund::tools {
namespace {

constexpr char kCaseHelp[] =
    "a case: its id, a unique start of it, or the key of an order with one case";
constexpr char kStateHelp[] = "the directory that `refundctl replay` wrote";
constexpr char kJsonHelp[] = "JSON, one object a line";

CLI::App* AddVerb(CLI::App& app, const char* name, const char* what) {
  CLI::App* verb = app.add_subcommand(name, what);
  verb->fallthrough();
  return verb;
}

using CaseVerb = void (*)(const CaseOptions& options, Context& context);

// A verb over a state. The options live as long as the command line.
CLI::App* AddCaseVerb(CLI::App& app, const char* name, const char* what,
                      const std::shared_ptr<CaseOptions>& options, Context& context, CaseVerb run) {
  CLI::App* verb = AddVerb(app, name, what);
  verb->add_option("--state", options->state, kStateHelp)->required()->type_name("DIR");
  verb->add_flag("--json", context.json, kJsonHelp);
  verb->callback([options, &context, run] { run(*options, context); });
  return verb;
}

void AddCaseArgument(CLI::App& verb, CaseOptions& options) {
  verb.add_option("CASE", options.text, kCaseHelp)->required()->type_name("");
}

using QuarantineVerb = void (*)(const QuarantineOptions& options, Context& context);

CLI::App* AddQuarantineVerb(CLI::App& app, const char* name, const char* what,
                            const std::shared_ptr<QuarantineOptions>& options, Context& context,
                            QuarantineVerb run) {
  CLI::App* verb = AddVerb(app, name, what);
  verb->add_option("--state", options->state, kStateHelp)->required()->type_name("DIR");
  verb->add_flag("--json", context.json, kJsonHelp);
  verb->callback([options, &context, run] { run(*options, context); });
  return verb;
}

}  // namespace

void AddCaseCommand(CLI::App& app, Context& context) {
  CLI::App* command = AddVerb(app, "case", "Cases: what was asked, what was decided, and why");
  command->require_subcommand(1);
  const auto options = std::make_shared<CaseOptions>();
  CLI::App* list = AddCaseVerb(*command, "list", "All cases, by filing; the open ones by due",
                               options, context, ListCases);
  list->add_flag("--open", options->open, "only those that are not closed");
  AddCaseArgument(
      *AddCaseVerb(*command, "show", "Everything of one case", options, context, ShowCase),
      *options);
  AddCaseArgument(
      *AddCaseVerb(*command, "timeline", "Every step of a case", options, context, ShowTimeline),
      *options);
  CLI::App* explain = AddCaseVerb(*command, "explain", "Why a decision is what it is", options,
                                  context, ExplainCase);
  AddCaseArgument(*explain, *options);
  explain->add_option("--decision", options->decision, "which, from 1; the newest if not said")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  CLI::App* actions = AddCaseVerb(*command, "actions", "What each role may do with a case now",
                                  options, context, ListActions);
  AddCaseArgument(*actions, *options);
  actions
      ->add_option("--role", options->role, "only what this role may do: BUYER, SELLER, AGENT, …")
      ->type_name("R");
}

void AddQuarantineCommand(CLI::App& app, Context& context) {
  CLI::App* command = AddVerb(app, "quarantine", "Records that nobody can read");
  command->require_subcommand(1);
  const auto options = std::make_shared<QuarantineOptions>();
  AddQuarantineVerb(*command, "list", "All of them: where, when, why", options, context,
                    ListQuarantine);
  CLI::App* show =
      AddQuarantineVerb(*command, "show", "One, with its bytes", options, context, ShowQuarantined);
  show->add_option("WHERE", options->where, "PARTITION/OFFSET, as the list has it")
      ->required()
      ->type_name("");
}

void AddSchemaCommand(CLI::App& app, Context& context) {
  CLI::App* command = AddVerb(app, "schema", "Event types: fields, limits and an example line");
  const auto type = std::make_shared<std::string>();
  command->add_option("TYPE", *type, "one type, as RefundRequested; all of them if not said")
      ->type_name("");
  command->add_flag("--json", context.json, kJsonHelp);
  command->callback([type, &context] { PrintSchema(*type, context); });
}

void AddMachinesCommand(CLI::App& app, Context& context) {
  CLI::App* command = AddVerb(app, "machines", "The tables that judge: rows, guards, effects");
  const auto mermaid = std::make_shared<bool>(false);
  command->add_flag("--json", context.json, "JSON, one row a line");
  command->add_flag("--mermaid", *mermaid, "Markdown with a state diagram of each machine");
  command->callback([mermaid, &context] { PrintMachines(*mermaid, context); });
}

void AddViewCommands(CLI::App& app, Context& context) {
  AddCaseCommand(app, context);
  AddQuarantineCommand(app, context);
  AddSchemaCommand(app, context);
  AddMachinesCommand(app, context);
}

}  // namespace refund::tools
