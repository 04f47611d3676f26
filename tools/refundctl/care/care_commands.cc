#include "tools/refundctl/care/care_commands.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "tools/refundctl/care/doctor.h"
#include "tools/refundctl/care/rebuilder.h"
#include "tools/refundctl/log_flags.h"
#include "tools/refundctl/views/printing.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/terminal/text_width.h"

namespace refund::tools {
namespace {

struct RebuildFlags {
  LogFlags log;
  std::string state;
  RebuildOptions options;
};

std::string DifferenceJson(const projections::ViewDifference& d) {
  return JsonObject().Text("view", d.view).Text("key", d.key).Text("what", d.what).Done();
}

std::string RebuiltJson(const RebuiltPartition& one) {
  std::vector<std::string> differences;
  for (const auto& each : one.differences) differences.push_back(DifferenceJson(each));
  JsonObject object;
  object.Number("partition", one.partition).Number("offset", one.next);
  if (one.compared_at) {
    object.Number("compared_at", *one.compared_at);
  } else {
    object.Text("not_compared", one.why_not);
  }
  return object.Json("differences", JsonArray(differences)).Bool("serves", one.serves).Done() +
         "\n";
}

std::string RebuiltText(const RebuiltPartition& one) {
  const std::string compared =
      one.compared_at
          ? absl::StrFormat("compared at %d: %s", *one.compared_at,
                            one.differences.empty()
                                ? "equal"
                                : absl::StrFormat("%d differences", one.differences.size()))
          : "not compared: " + one.why_not;
  std::string text =
      absl::StrFormat("partition %d: views folded to offset %d, %s; %s\n", one.partition, one.next,
                      compared, one.serves ? "the new serve" : "the old still serve");
  for (const auto& each : one.differences) {
    absl::StrAppendFormat(&text, "  %s %s: %s\n", each.view, terminal::Printable(each.key),
                          each.what);
  }
  return text;
}

void Rebuild(const RebuildFlags& flags, Context& context) {
  const std::optional<LogAddress> log = FindLog(flags.log, context);
  if (!log) return;
  // It holds the partitions while it works, and to hold them there is to fence whoever serves them.
  if (log->kafka) {
    return Fail(context, kUsage,
                "--log: expected a directory, found " + log->name() +
                    "; over Kafka, replay into a new state directory");
  }
  absl::StatusOr<Source> source = OpenSource(*log, "");
  if (!source.ok()) return Fail(context, source.status());
  const auto rebuilt = RebuildViews(*source, flags.state, flags.options);
  if (!rebuilt.ok()) return Fail(context, rebuilt.status());
  for (const RebuiltPartition& each : *rebuilt) {
    if (!each.differences.empty()) context.exit_code = kDifference;
    Print(context.json ? RebuiltJson(each) : RebuiltText(each));
  }
}

std::string_view WordOf(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kWarning:
      return "warning";
    case Health::kError:
      return "error";
  }
  return "";
}

std::string FindingText(const Finding& finding, const terminal::Paper& paper) {
  using terminal::Style;
  const Style style = finding.health == Health::kOk        ? Style::kGreen
                      : finding.health == Health::kWarning ? Style::kYellow
                                                           : Style::kRed;
  std::string text = absl::StrFormat(
      "%s %s: %s\n",
      terminal::Styled(absl::StrFormat("%-8s", WordOf(finding.health)), style, paper), finding.what,
      terminal::Printable(finding.found));
  if (!finding.to_do.empty()) absl::StrAppendFormat(&text, "         -> %s\n", finding.to_do);
  return text;
}

std::string FindingJson(const Finding& finding) {
  JsonObject object;
  object.Text("health", WordOf(finding.health)).Text("what", finding.what);
  object.Text("found", finding.found);
  if (!finding.to_do.empty()) object.Text("to_do", finding.to_do);
  return object.Done() + "\n";
}

struct DoctorFlags {
  LogFlags log;
  DoctorOptions options;
};

void ConsultDoctor(DoctorFlags& flags, Context& context) {
  DoctorOptions& options = flags.options;
  if (!flags.log.empty()) {
    const std::optional<LogAddress> log = FindLog(flags.log, context);
    if (!log) return;
    options.log = *log;
  }
  const std::vector<Finding> findings = Examine(options);
  for (const Finding& each : findings) {
    Print(context.json ? FindingJson(each) : FindingText(each, StdoutPaper()));
  }
  if (WorstOf(findings) == Health::kError) context.exit_code = kDifference;
}

}  // namespace

void AddCareCommands(CLI::App& app, Context& context) {
  CLI::App* rebuild = app.add_subcommand(
      "rebuild", "Fold the views again from the log's outputs, compare, and swap");
  const auto flags = std::make_shared<RebuildFlags>();
  AddLogFlags(*rebuild, flags->log);
  rebuild->add_option("--state", flags->state, "directory of the state")
      ->required()
      ->type_name("DIR");
  rebuild->add_flag("--compare-only", flags->options.compare_only,
                    "say where they differ, and leave the old in place");
  rebuild->callback([flags, &context] { Rebuild(*flags, context); });

  CLI::App* doctor =
      app.add_subcommand("doctor", "Look at a state and its log: what is well, what to do");
  const auto asked = std::make_shared<DoctorFlags>();
  doctor->add_option("--state", asked->options.state, "directory of the state")
      ->required()
      ->type_name("DIR");
  AddLogFlags(*doctor, asked->log);
  doctor->add_flag("--deep", asked->options.deep, "read every block of every file, too");
  doctor->callback([asked, &context] { ConsultDoctor(*asked, context); });
}

}  // namespace refund::tools
