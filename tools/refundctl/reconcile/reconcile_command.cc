#include "tools/refundctl/reconcile/reconcile_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "engine/codec/json_lines.h"
#include "engine/log/whole_file.h"
#include "projections/state/read.h"
#include "projections/views/read.h"
#include "tools/refundctl/reconcile/reconcile.h"
#include "tools/refundctl/reconcile/settlement_file.h"
#include "tools/refundctl/times.h"
#include "tools/refundctl/views/listing_texts.h"
#include "tools/refundctl/views/printing.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/table.h"

namespace refund::tools {
namespace {

using projections::LegEntry;
using projections::ViewAsOf;
using terminal::Align;

struct Flags {
  std::string state;
  std::string file;
  std::string since;
  std::string until;
  std::string answers;
};

struct Result {
  Reconciliation found;
  size_t rows = 0;
  size_t legs = 0;
  std::vector<ViewAsOf> as_of;
};

// Every one is told, and then nothing is compared: half a file would look like a difference.
bool TellBadLines(const Flags& flags, const std::vector<BadLine>& bad, Context& context) {
  for (const BadLine& each : bad) {
    if (context.json) {
      std::printf("%s\n", JsonObject()
                              .Text("file", flags.file)
                              .Number("line", each.line)
                              .Text("error", each.why)
                              .Done()
                              .c_str());
    } else {
      std::fprintf(stderr, "%s:%lld: %s\n", flags.file.c_str(), static_cast<long long>(each.line),
                   each.why.c_str());
    }
  }
  if (bad.empty()) return false;
  Fail(context, kUsage,
       std::to_string(bad.size()) + " lines of " + flags.file +
           " are not as they must be; nothing was compared");
  return true;
}

absl::StatusOr<Between> BetweenOf(const Flags& flags, const std::vector<SettlementRow>& rows) {
  Between between = RangeOf(rows);
  if (!flags.since.empty()) {
    ASSIGN_OR_RETURN(between.since, ParseTime("--since", flags.since));
  }
  if (!flags.until.empty()) {
    ASSIGN_OR_RETURN(between.until, ParseTime("--until", flags.until));
  }
  return between;
}

// The view knows how a leg stands; its currency and the provider's number, the order.
absl::Status FillFromOrders(const std::string& root, std::map<Id, OurLeg>& legs) {
  ASSIGN_OR_RETURN(const auto state, projections::StateReader::Open(root));
  std::map<std::string, std::vector<OurLeg*>> by_order;
  for (auto& [id, leg] : legs) by_order[leg.entry.key].push_back(&leg);
  for (const auto& [key, its] : by_order) {
    ASSIGN_OR_RETURN(projections::Found<Order> found, state->ReadOrder(key));
    if (!found.value) continue;
    for (OurLeg* leg : its) {
      leg->entry.currency = found.value->currency;
      if (const Leg* stored = found.value->FindLeg(leg->entry.leg.id)) {
        leg->reference = stored->reference;
      }
    }
  }
  return absl::OkStatus();
}

// All legs that the file names, and all that it should.
absl::StatusOr<std::map<Id, OurLeg>> LegsFor(const Flags& flags,
                                             const std::vector<SettlementRow>& rows,
                                             const Between& between, Result& result) {
  std::set<Id> named;
  for (const SettlementRow& row : rows) named.insert(row.leg);
  ASSIGN_OR_RETURN(const auto views, projections::ViewReader::Open(flags.state));
  std::map<Id, OurLeg> legs;
  for (size_t s = 1; s < CountOf<LegState>(); ++s) {
    projections::LegQuery query;
    query.state = static_cast<LegState>(s);
    query.wanted = [&](const LegEntry& each) {
      return named.contains(each.leg.id) || BelongsInFile(each, between);
    };
    ASSIGN_OR_RETURN(const auto listing, views->ListLegs(query));
    for (const LegEntry& each : listing.rows) legs[each.leg.id] = {each, ""};
    result.as_of = listing.as_of;
  }
  RETURN_IF_ERROR(FillFromOrders(flags.state, legs));
  return legs;
}

absl::StatusOr<Result> Compare(const Flags& flags, const std::vector<SettlementRow>& rows) {
  Result result;
  ASSIGN_OR_RETURN(const Between between, BetweenOf(flags, rows));
  ASSIGN_OR_RETURN(const auto legs, LegsFor(flags, rows, between, result));
  result.found = Reconcile(rows, legs, between);
  result.rows = rows.size();
  result.legs = legs.size();
  return result;
}

absl::Status WriteAnswers(const std::string& path, const std::vector<Claim>& answers) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  for (const Claim& each : answers) file << codec::ClaimToJson(each, std::nullopt) << "\n";
  file.close();
  if (file.good()) return absl::OkStatus();
  return absl::InvalidArgumentError("--answers: " + path + " cannot be written");
}

std::string LinesText(const std::vector<int64_t>& lines) {
  std::string text;
  for (const int64_t each : lines) text += (text.empty() ? "" : ", ") + std::to_string(each);
  return text.empty() ? "-" : text;
}

void AddSums(terminal::Table& table, const char* whose, const Sums& sums) {
  for (const auto& [name, sum] : sums) {
    table.Add(
        {{whose}, {name.second}, {std::to_string(sum.count)}, {SumText(sum.units, name.first)}});
  }
}

std::string ResultText(const Result& result) {
  terminal::Table findings(
      {{"FINDING"}, {"LEG"}, {"ORDER"}, {"OURS"}, {"FILE"}, {"LINE", Align::kRight}});
  for (const Finding& each : result.found.findings) {
    findings.Add({{std::string(NameOf(each.kind)), terminal::Style::kBold},
                  {each.leg.hex()},
                  {each.key.empty() ? "-" : each.key},
                  {each.ours},
                  {each.file},
                  {LinesText(each.lines)}});
  }
  terminal::Table sums({{"WHOSE"}, {"STATUS"}, {"COUNT", Align::kRight}, {"SUM", Align::kRight}});
  AddSums(sums, "file", result.found.file);
  AddSums(sums, "ours", result.found.ours);
  const terminal::Paper paper = StdoutPaper();
  std::string text = findings.size() == 0 ? "all agree\n" : findings.Render(paper);
  return text + "\n" + sums.Render(paper) +
         absl::StrFormat("\n%d differences, %d rows of the file, %d legs, as of %s\n",
                         result.found.findings.size(), result.rows, result.legs,
                         AsOfText(result.as_of));
}

// Beyond 64 bits too: JSON's numbers have no limit, its readers may.
std::string NumberText(absl::int128 number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

std::string SumsJson(const char* whose, const Sums& sums) {
  std::string text;
  for (const auto& [name, sum] : sums) {
    text += JsonObject()
                .Text("sum", whose)
                .Text("currency", NameOf(name.first))
                .Text("status", name.second)
                .Number("count", sum.count)
                .Json("amount", NumberText(sum.units))
                .Done() +
            "\n";
  }
  return text;
}

std::string ResultJson(const Result& result) {
  std::string text;
  for (const Finding& each : result.found.findings) {
    std::vector<std::string> lines;
    for (const int64_t line : each.lines) lines.push_back(std::to_string(line));
    JsonObject object;
    object.Text("finding", NameOf(each.kind)).Text("leg", each.leg.hex());
    if (!each.key.empty()) object.Text("key", each.key);
    text += object.Json("lines", JsonArray(lines))
                .Text("ours", each.ours)
                .Text("file", each.file)
                .Done() +
            "\n";
  }
  text += SumsJson("file", result.found.file) + SumsJson("ours", result.found.ours);
  return text +
         JsonObject()
             .AsOf(result.as_of)
             .Number("differences", static_cast<int64_t>(result.found.findings.size()))
             .Number("rows", static_cast<int64_t>(result.rows))
             .Number("legs", static_cast<int64_t>(result.legs))
             .Number("answers", static_cast<int64_t>(result.found.answers.size()))
             .Done() +
         "\n";
}

void RunReconcile(const Flags& flags, Context& context) {
  const absl::StatusOr<std::string> text = log::ReadWholeFile(flags.file);
  if (!text.ok()) return Fail(context, text.status());
  const SettlementFile file = ParseSettlementFile(*text);
  if (TellBadLines(flags, file.bad, context)) return;
  const absl::StatusOr<Result> result = Compare(flags, file.rows);
  if (!result.ok()) return FailReading(context, result.status());
  if (!flags.answers.empty()) {
    const absl::Status written = WriteAnswers(flags.answers, result->found.answers);
    if (!written.ok()) return Fail(context, written);
  }
  Print(context.json ? ResultJson(*result) : ResultText(*result));
  if (!result->found.findings.empty()) context.exit_code = kDifference;
}

}  // namespace

void AddReconcileCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "reconcile", "A payment provider's settlement file against the legs, both ways");
  auto flags = std::make_shared<Flags>();
  command->add_option("--state", flags->state, "directory of the state")->required();
  command
      ->add_option("--file", flags->file,
                   "CSV with the columns leg, amount (minor units), currency, status (SETTLED, "
                   "FAILED, REVERSED), reference and perhaps settled_at")
      ->required()
      ->check(CLI::ExistingFile);
  command
      ->add_option("--since", flags->since,
                   "what was settled here from then on must be in the file (default: from its "
                   "first settled_at; without one, ever)")
      ->type_name("TIME");
  command->add_option("--until", flags->until, "and until then (default: its last settled_at)")
      ->type_name("TIME");
  command
      ->add_option("--answers", flags->answers,
                   "write the RefundPaid and RefundFailed lines, ready for append, that bring "
                   "legs up to date which the provider has answered")
      ->type_name("FILE");
  command->callback([flags, &context] { RunReconcile(*flags, context); });
}

}  // namespace refund::tools
