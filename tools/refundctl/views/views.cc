#include "tools/refundctl/views/views.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "tools/refundctl/views/completion.h"
#include "tools/refundctl/views/printing.h"
#include "tools/refundctl/views/reading_commands.h"
#include "tools/refundctl/views/work_commands.h"

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

using WorkVerb = void (*)(const WorkOptions& options, Context& context);

CLI::App* AddWorkVerb(CLI::App& app, const char* name, const char* what,
                      const std::shared_ptr<WorkOptions>& options, Context& context, WorkVerb run) {
  CLI::App* verb = AddVerb(app, name, what);
  verb->add_option("--state", options->state, kStateHelp)->required()->type_name("DIR");
  verb->add_flag("--json", context.json, kJsonHelp);
  verb->callback([options, &context, run] { run(*options, context); });
  return verb;
}

void AddPlatform(CLI::App& verb, WorkOptions& options) {
  verb.add_option("--platform", options.platform, "only this one: TAOBAO, DOUYIN, …")
      ->type_name("P");
}

void AddLimit(CLI::App& verb, WorkOptions& options) {
  verb.add_option("--limit", options.limit, "at most so many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
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
  CLI::App* timeline =
      AddCaseVerb(*command, "timeline", "Every step of a case", options, context, ShowTimeline);
  AddCaseArgument(*timeline, *options);
  timeline->add_flag("--svg", options->svg, "as one picture: lanes, clocks, decisions");
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
  const auto work = std::make_shared<WorkOptions>();
  AddWorkVerb(*command, "export", "A line for each, to be mended and appended", work, context,
              ExportQuarantine);
  AddWorkVerb(*command, "parked", "Readable facts that came early and wait for their leg", work,
              context, ListParked);
}

void AddOrderCommand(CLI::App& app, Context& context) {
  CLI::App* command = AddVerb(app, "order", "Orders: what was paid, what has been given of it");
  command->require_subcommand(1);
  const auto options = std::make_shared<WorkOptions>();
  CLI::App* list = AddWorkVerb(*command, "list", "Every order, and what has been given of it",
                               options, context, ListOrders);
  AddPlatform(*list, *options);
  AddLimit(*list, *options);
  AddWorkVerb(*command, "show", "Everything of one order", options, context, ShowOrder)
      ->add_option("KEY", options->order, "the key of an order, as o/TAOBAO/1001")
      ->required()
      ->type_name("");
}

void AddWorkCommands(CLI::App& app, Context& context) {
  const auto options = std::make_shared<WorkOptions>();
  CLI::App* queue = AddWorkVerb(app, "queue", "Open cases, what is most urgent first", options,
                                context, ShowQueue);
  AddPlatform(*queue, *options);
  queue->add_option("--agent", options->agent, "only what this agent holds")->type_name("ID");
  AddLimit(*queue, *options);
  CLI::App* due = AddWorkVerb(app, "due", "Deadlines that run, by due", options, context, ListDue);
  due->add_option("--until", options->until, "only those due at or before it")->type_name("TIME");
  AddLimit(*due, *options);
  // `--state` names the directory, here as everywhere.
  CLI::App* legs =
      AddWorkVerb(app, "legs", "Legs to be paid or looked into", options, context, ListLegs);
  legs->add_option("--in", options->leg_state, "those in this state: SUBMITTED, OWED, SETTLED, …")
      ->type_name("STATE");
  AddLimit(*legs, *options);
  AddWorkVerb(app, "vouchers", "Vouchers: granted, redeemed, expired", options, context,
              ListVouchers)
      ->add_option("--order", options->order, "only those of this order")
      ->type_name("KEY");
  AddPlatform(
      *AddWorkVerb(app, "tallies", "Counts and sums by Beijing day", options, context, ListTallies),
      *options);
}

void AddCompletionCommand(CLI::App& app, Context& context) {
  CLI::App* command = AddVerb(app, "completion", "Completion for a shell, to be sourced by it");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("");
  command->callback([&app, shell, &context] {
    if (context.json) return Fail(context, kUsage, "completion has no --json");
    const std::vector<CompletionNode> tree = CompletionTree(app);
    const std::string& name = app.get_name();
    Print(*shell == "bash"  ? BashCompletion(name, tree)
          : *shell == "zsh" ? ZshCompletion(name, tree)
                            : FishCompletion(name, tree));
  });
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
  const auto options = std::make_shared<MachinesOptions>();
  command->add_flag("--json", context.json, "JSON, one row a line");
  command->add_flag("--mermaid", options->mermaid, "Markdown with a state diagram of each machine");
  command->add_flag("--dot", options->dot, "for Graphviz");
  command->add_flag("--svg", options->svg, "a picture: all states against all states");
  command->add_option("--of", options->of, "one: phase, arbitration, leg, entrance, voucher")
      ->type_name("MACHINE");
  command->callback([options, &context] { PrintMachines(*options, context); });
}

void AddViewCommands(CLI::App& app, Context& context) {
  AddCaseCommand(app, context);
  AddOrderCommand(app, context);
  AddWorkCommands(app, context);
  AddQuarantineCommand(app, context);
  AddSchemaCommand(app, context);
  AddMachinesCommand(app, context);
  AddCompletionCommand(app, context);
}

}  // namespace refund::tools
