#include "tools/refundctl/views/reading_commands.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/arbiter/actions.h"
#include "engine/base/status.h"
#include "engine/codec/json_lines.h"
#include "engine/codec/order_codec.h"
#include "engine/codec/pack_codec.h"
#include "engine/codec/step_codec.h"
#include "engine/domain/key.h"
#include "engine/policy/pack_book.h"
#include "projections/state/read.h"
#include "projections/views/read.h"
#include "tools/refundctl/views/actions_text.h"
#include "tools/refundctl/views/case_list_text.h"
#include "tools/refundctl/views/case_show.h"
#include "tools/refundctl/views/case_svg.h"
#include "tools/refundctl/views/explain.h"
#include "tools/refundctl/views/explain_text.h"
#include "tools/refundctl/views/find_case.h"
#include "tools/refundctl/views/machines_pictures.h"
#include "tools/refundctl/views/machines_text.h"
#include "tools/refundctl/views/printing.h"
#include "tools/refundctl/views/quarantine_text.h"
#include "tools/refundctl/views/timeline_text.h"
#include "tools/refundctl/views/view_json.h"

namespace refund::tools {
namespace {

using projections::StateReader;
using projections::ViewAsOf;
using projections::ViewReader;

// ---- The state's own side: the order, and the packs that its partition knows ----

struct OrderSeen {
  Order order;
  policy::PackBook packs;
  ViewAsOf as_of;
};

absl::StatusOr<policy::PackBook> ReadPacks(StateReader& state, uint32_t partition) {
  policy::PackBook book;
  ASSIGN_OR_RETURN(const projections::Found<replay::PartitionMeta> meta, state.ReadMeta(partition));
  if (!meta.value) return book;
  for (const replay::StoredPack& stored : meta.value->packs) {
    absl::StatusOr<policy::Pack> pack = codec::DecodePack(stored.bytes);
    if (!pack.ok()) {
      return Errorf(absl::StatusCode::kDataLoss, "pack %s: %s", stored.digest.hex(),
                    Message(pack.status()));
    }
    book.Add(std::make_shared<const policy::Pack>(*std::move(pack)), stored.recorded_at);
  }
  return book;
}

absl::StatusOr<OrderSeen> ReadOrderOf(const std::string& root, const CaseSummary& summary) {
  ASSIGN_OR_RETURN(const std::unique_ptr<StateReader> state, StateReader::Open(root));
  ASSIGN_OR_RETURN(projections::Found<Order> found, state->ReadOrder(summary.key));
  if (!found.value || found.value->FindCase(summary.id) == nullptr) {
    return Errorf(absl::StatusCode::kNotFound,
                  "%s: its state stands at %d/%d and does not hold case %s yet; replay it again",
                  root, found.as_of.partition, found.as_of.offset, summary.id.hex());
  }
  const Instant clock = found.value->clock;
  OrderSeen seen{*std::move(found.value), {}, {found.as_of.partition, found.as_of.offset, clock}};
  ASSIGN_OR_RETURN(seen.packs, ReadPacks(*state, found.as_of.partition));
  return seen;
}

absl::StatusOr<FoundCase> FindCaseIn(const CaseOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  return FindCase(*views, options.text);
}

// ---- case ----

absl::StatusOr<std::string> ListedCases(const CaseOptions& options, bool json) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  projections::CaseQuery query;
  if (options.open) {
    query.wanted = [](const CaseSummary& c) { return c.phase != Phase::kClosed; };
  }
  ASSIGN_OR_RETURN(projections::Listing<CaseSummary> listing, views->ListCases(query));
  // Open ones are work, by what is due next; of all of them the history is told.
  if (!options.open) SortByFiling(listing.rows);
  return json ? CaseListJson(listing.rows, listing.as_of)
              : CaseListText(listing.rows, listing.as_of, StdoutPaper());
}

absl::StatusOr<std::string> ShownCase(const CaseOptions& options, bool json) {
  ASSIGN_OR_RETURN(const FoundCase found, FindCaseIn(options));
  ASSIGN_OR_RETURN(const OrderSeen seen, ReadOrderOf(options.state, found.summary));
  const Case& c = *seen.order.FindCase(found.summary.id);
  const std::array as_of = {seen.as_of};
  if (json) return WithAsOf(codec::CaseToJson(seen.order, c), as_of) + "\n";
  return CaseShowText({seen.order, c, seen.packs, as_of}, StdoutPaper());
}

absl::StatusOr<std::string> ShownTimeline(const CaseOptions& options, bool json) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(const FoundCase found, FindCase(*views, options.text));
  ASSIGN_OR_RETURN(projections::Listing<Step> steps, views->ReadTimeline(found.summary.key));
  const CaseSteps timeline = StepsOfCase(std::move(steps.rows), found.summary);
  if (options.svg) return CaseSvg(timeline, found.summary, steps.as_of);
  return json ? TimelineJson(timeline, steps.as_of)
              : TimelineText(timeline, found.summary, steps.as_of, StdoutPaper());
}

// Where in the timeline a decision of the case was made; the newest for number 0.
std::optional<ExplainInput> FindDecision(const std::vector<Step>& steps, const Id& case_id,
                                         uint32_t number) {
  std::optional<ExplainInput> found;
  for (size_t i = 0; i < steps.size(); ++i) {
    for (size_t k = 0; k < steps[i].decisions.size(); ++k) {
      const Decision& d = steps[i].decisions[k];
      if (d.case_id != case_id) continue;
      if (number != 0 && d.number != number) continue;
      found = ExplainInput{steps, i, k, nullptr, nullptr};
    }
  }
  return found;
}

absl::StatusOr<std::optional<policy::Pack>> ReadPack(StateReader& state, const Digest& digest) {
  ASSIGN_OR_RETURN(const projections::Found<std::string> found, state.ReadPack(digest));
  if (!found.value) return std::optional<policy::Pack>();
  absl::StatusOr<policy::Pack> pack = codec::DecodePack(*found.value);
  if (pack.ok()) return std::optional(*std::move(pack));
  return Errorf(absl::StatusCode::kDataLoss, "pack %s: %s", digest.hex(), Message(pack.status()));
}

absl::StatusOr<std::string> Explained(const std::string& root, ExplainInput input,
                                      std::span<const ViewAsOf> as_of, bool json) {
  ASSIGN_OR_RETURN(const std::unique_ptr<StateReader> state, StateReader::Open(root));
  const Decision& d = input.steps[input.step].decisions[input.decision];
  ASSIGN_OR_RETURN(const std::optional<policy::Pack> procedure, ReadPack(*state, d.procedure_pack));
  ASSIGN_OR_RETURN(const std::optional<policy::Pack> commercial,
                   ReadPack(*state, d.commercial_pack));
  input.procedure = procedure ? &*procedure : nullptr;
  input.commercial = commercial ? &*commercial : nullptr;
  const Explanation explanation = Explain(input);
  return json ? ExplanationJson(explanation, as_of)
              : ExplanationText(explanation, as_of, StdoutPaper());
}

absl::StatusOr<std::string> ExplainedCase(const CaseOptions& options, bool json) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(const FoundCase found, FindCase(*views, options.text));
  const CaseSummary& summary = found.summary;
  ASSIGN_OR_RETURN(const projections::Listing<Step> timeline, views->ReadTimeline(summary.key));
  const auto input = FindDecision(timeline.rows, summary.id, options.decision);
  if (input) return Explained(options.state, *input, timeline.as_of, json);
  if (options.decision == 0) {
    return json ? StandingJson(summary, timeline.as_of) : StandingText(summary, timeline.as_of);
  }
  return Errorf(absl::StatusCode::kInvalidArgument,
                "--decision %d: expected 1 to %d, the decisions of case %s", options.decision,
                summary.decisions, summary.id.hex());
}

absl::StatusOr<Role> ParseRole(const std::string& text) {
  if (text.empty()) return Role::kUnspecified;
  std::string upper = text;
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const auto role = ParseName<Role>(upper);
  if (role && *role != Role::kUnspecified) return *role;
  std::string names;
  for (size_t i = 1; i < CountOf<Role>(); ++i) {
    absl::StrAppendFormat(&names, "%s%s", i > 1 ? ", " : "", EnumNames<Role>::kNames[i]);
  }
  return Errorf(absl::StatusCode::kInvalidArgument, "--role: expected one of %s, found %s", names,
                text);
}

absl::StatusOr<std::string> ListedActions(const CaseOptions& options, bool json) {
  ASSIGN_OR_RETURN(const Role role, ParseRole(options.role));
  ASSIGN_OR_RETURN(const FoundCase found, FindCaseIn(options));
  ASSIGN_OR_RETURN(const OrderSeen seen, ReadOrderOf(options.state, found.summary));
  const Case& c = *seen.order.FindCase(found.summary.id);
  if (seen.packs.Find(c.procedure_pack) == nullptr) {
    return Errorf(absl::StatusCode::kDataLoss, "case %s is pinned to pack %s, which is not there",
                  c.id.hex(), c.procedure_pack.hex());
  }
  const std::vector<arbiter::Action> actions =
      arbiter::AllowedActions(seen.order, c, role, seen.packs);
  const std::array as_of = {seen.as_of};
  return json ? ActionsJson(actions, as_of) : ActionsText(actions, as_of, StdoutPaper());
}

// ---- quarantine ----

absl::StatusOr<std::string> ListedQuarantine(const QuarantineOptions& options, bool json) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(const projections::Listing<Quarantined> listing, views->ListQuarantined());
  return json ? QuarantineListJson(listing.rows, listing.as_of)
              : QuarantineListText(listing.rows, listing.as_of, StdoutPaper());
}

absl::StatusOr<std::string> ShownQuarantined(const QuarantineOptions& options, bool json) {
  const std::optional<RecordAddress> where = ParseAddress(options.where);
  if (!where) {
    return Errorf(absl::StatusCode::kInvalidArgument,
                  "expected PARTITION/OFFSET, as `refundctl quarantine list` shows it, found %s",
                  options.where);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<ViewReader> views, ViewReader::Open(options.state));
  ASSIGN_OR_RETURN(const projections::Listing<Quarantined> listing, views->ListQuarantined());
  for (const Quarantined& each : listing.rows) {
    if (each.partition != where->partition || each.offset != where->offset) continue;
    if (json) return WithAsOf(codec::QuarantinedToJson(each), listing.as_of) + "\n";
    return QuarantinedText(each, listing.as_of);
  }
  return Errorf(absl::StatusCode::kInvalidArgument, "no record %s in the quarantine of %s",
                options.where, options.state);
}

// ---- schema ----

std::string AllTypes(bool json) {
  std::string text;
  for (const std::string& name : codec::EventTypeNames()) {
    const std::string example = codec::ExampleLine(name);
    text += json ? JsonObject().Text("type", name).Json("example", example).Done() + "\n"
                 : name + "\n  " + example + "\n";
  }
  return text;
}

absl::StatusOr<std::string> DescribedType(const std::string& type, bool json) {
  ASSIGN_OR_RETURN(std::string text, codec::DescribeType(type, json));
  if (text.empty() || text.back() != '\n') text += '\n';
  return text;
}

}  // namespace

void ListCases(const CaseOptions& options, Context& context) {
  PrintOrFail(context, [&] { return ListedCases(options, context.json); });
}

void ShowCase(const CaseOptions& options, Context& context) {
  PrintOrFail(context, [&] { return ShownCase(options, context.json); });
}

void ShowTimeline(const CaseOptions& options, Context& context) {
  PrintOrFail(context, [&] { return ShownTimeline(options, context.json); });
}

void ExplainCase(const CaseOptions& options, Context& context) {
  PrintOrFail(context, [&] { return ExplainedCase(options, context.json); });
}

void ListActions(const CaseOptions& options, Context& context) {
  PrintOrFail(context, [&] { return ListedActions(options, context.json); });
}

void ListQuarantine(const QuarantineOptions& options, Context& context) {
  PrintOrFail(context, [&] { return ListedQuarantine(options, context.json); });
}

void ShowQuarantined(const QuarantineOptions& options, Context& context) {
  PrintOrFail(context, [&] { return ShownQuarantined(options, context.json); });
}

void PrintSchema(const std::string& type, Context& context) {
  if (type.empty()) return Print(AllTypes(context.json));
  PrintOrFail(context, [&] { return DescribedType(type, context.json); });
}

void PrintMachines(const MachinesOptions& options, Context& context) {
  const std::vector<Machine> machines = MachinesNamed(options.of);
  if (machines.empty()) {
    return Fail(context, kUsage,
                "--of: expected phase, arbitration, leg, entrance or voucher, found " + options.of);
  }
  const bool picture = options.mermaid || options.dot || options.svg;
  if (context.json + options.mermaid + options.dot + options.svg > 1) {
    return Fail(context, kUsage, "--json, --mermaid, --dot, --svg: expected one, found several");
  }
  if (!options.of.empty() && !picture) {
    return Fail(context, kUsage, "--of goes with --mermaid, --dot or --svg");
  }
  Print(options.mermaid ? MachinesMermaid(machines)
        : options.dot   ? MachinesDot(machines)
        : options.svg   ? MachinesSvg(machines)
        : context.json  ? MachinesJson()
                        : MachinesText(StdoutPaper()));
}

}  // namespace refund::tools
