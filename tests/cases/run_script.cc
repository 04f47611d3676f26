#include "tests/cases/run_script.h"

#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/status.h"
#include "engine/codec/order_codec.h"
#include "tests/cases/answers.h"
#include "tests/cases/macros.h"
#include "tests/cases/must.h"
#include "tests/cases/names.h"
#include "tests/cases/world.h"

namespace refund::cases {
namespace {

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

// The line of JSON that the entry stands for, placeholders and all.
std::string JsonOf(const Entry& entry) {
  const std::string at = Quoted(FormatInstant(entry.at));
  if (entry.kind == Entry::Kind::kRaw) {
    return "{\"raw\":" + Quoted(entry.text) + ",\"partition\":0,\"recorded_at\":" + at + "}";
  }
  std::string json = "{\"id\":" + Quoted(entry.id) + ",\"type\":" + Quoted(entry.type);
  if (!entry.key.empty()) json += ",\"key\":" + Quoted(entry.key);
  const Instant occurred = entry.occurred_at.value_or(entry.at);
  json += ",\"occurred_at\":" + Quoted(FormatInstant(occurred));
  json += ",\"actor\":{\"role\":" + Quoted(entry.role) + ",\"id\":" + Quoted(entry.actor) + "}";
  if (!entry.the_case.empty()) json += ",\"case\":" + Quoted(entry.the_case);
  if (!entry.version.empty()) json += ",\"expected_version\":" + entry.version;
  return json + ",\"recorded_at\":" + at + ",\"body\":" + entry.text + "}";
}

// One pass over a script. Names that a line uses before they are made come from the pass before.
class Pass {
 public:
  Pass(const Script& script, Names names) : script_(script), names_(std::move(names)) {}

  absl::StatusOr<ScriptRun> Run() {
    ASSIGN_OR_RETURN(world_, World::Open(script_.packs, script_.start, 1));
    RETURN_IF_ERROR(world_->Run());
    for (const Entry& entry : script_.entries) {
      const absl::Status status = Take(entry);
      if (!status.ok()) {
        return Annotate(status, absl::StrFormat("%s:%d", script_.name, entry.line + 1));
      }
    }
    run_.steps = sink().steps;
    for (const auto& [key, bytes] : world_->partition(0).store.stored()) run_.orders[key] = bytes;
    return std::move(run_);
  }

  bool complete() const { return complete_; }
  const Names& names() const { return names_; }

 private:
  testing::CollectingSink& sink() { return world_->partition(0).sink; }

  absl::Status Take(const Entry& entry) {
    run_.entries.emplace_back();
    if (entry.kind == Entry::Kind::kMust) return Must(entry);
    if (!entry.key.empty()) keys_.insert(entry.key);
    const Expanded json = Expand(JsonOf(entry), names_);
    if (!json.error.empty()) return absl::InvalidArgumentError(json.error);
    complete_ = complete_ && json.complete;
    std::vector<Recorded>& lines = run_.entries.back().lines;
    lines.push_back({codec::ParseLine(json.text, true), entry.principal});
    RETURN_IF_ERROR(world_->Append(lines.back()));
    return RunToEnd(entry);
  }

  absl::Status RunToEnd(const Entry& entry) {
    const size_t steps = sink().steps.size();
    const size_t quarantined = sink().quarantined.size();
    const size_t payouts = payouts_.size();
    const int64_t duplicates = Counts().duplicates;
    RETURN_IF_ERROR(RunWithMessages());
    ASSIGN_OR_RETURN(payouts_, world_->Payouts());
    for (const std::string& key : keys_) {
      ASSIGN_OR_RETURN(const Order* order, world_->FindOrder(key));
      names_.Learn(*order);
    }
    const Caused caused{
        std::span(sink().steps).subspan(steps), std::span(payouts_).subspan(payouts),
        std::span(sink().quarantined).subspan(quarantined), Counts().duplicates - duplicates};
    if (!entry.key.empty()) last_key_ = entry.key;
    run_.entries.back().answers = AnswersOf(caused, last_key_, names_);
    return absl::OkStatus();
  }

  // As the embedded loop: what goes to another key comes back by the log, until nothing more does.
  absl::Status RunWithMessages() {
    while (true) {
      RETURN_IF_ERROR(world_->Run());
      ASSIGN_OR_RETURN(const std::vector<Recorded> carried, world_->CarryMessages());
      if (carried.empty()) return absl::OkStatus();
      std::vector<Recorded>& lines = run_.entries.back().lines;
      lines.insert(lines.end(), carried.begin(), carried.end());
    }
  }

  const replay::Counts& Counts() const { return world_->partition(0).lane->meta().counts; }

  absl::Status Must(const Entry& entry) {
    std::string key = KeyOfMust(entry.text);
    if (key.empty()) key = last_key_;
    ASSIGN_OR_RETURN(const Order* order, world_->FindOrder(key));
    Seen seen{*order, {}, {}, Counts().duplicates, Counts().quarantined};
    for (const Step& step : sink().steps) {
      if (step.key == key) seen.steps.push_back(&step);
    }
    for (const Payout& payout : payouts_) {
      if (payout.key == key) seen.payouts.push_back(&payout);
    }
    run_.entries.back().failures = CheckMust(entry.text, script_.start, seen);
    return absl::OkStatus();
  }

  const Script& script_;
  Names names_;
  std::unique_ptr<World> world_;
  std::vector<Payout> payouts_;
  std::set<std::string> keys_;
  std::string last_key_;
  ScriptRun run_;
  bool complete_ = true;
};

}  // namespace

std::vector<std::vector<std::string>> ScriptRun::Answers() const {
  std::vector<std::vector<std::string>> answers;
  for (const EntryRun& each : entries) answers.push_back(each.answers);
  return answers;
}

std::vector<Recorded> ScriptRun::Lines() const {
  std::vector<Recorded> lines;
  for (const EntryRun& each : entries) {
    lines.insert(lines.end(), each.lines.begin(), each.lines.end());
  }
  return lines;
}

std::vector<std::string> ScriptRun::Failures(const Script& script) const {
  std::vector<std::string> failures;
  for (size_t i = 0; i < entries.size(); ++i) {
    for (const std::string& failure : entries[i].failures) {
      failures.push_back(absl::StrFormat("%s.case:%d: must: %s", script.name,
                                         script.entries[i].line + 1, failure));
    }
  }
  return failures;
}

absl::StatusOr<ScriptRun> RunScript(const Script& script) {
  Names names;
  for (int pass = 0; pass < 3; ++pass) {
    Pass each(script, names);
    ASSIGN_OR_RETURN(ScriptRun run, each.Run());
    if (each.complete()) return run;
    names = each.names();
  }
  return Errorf(absl::StatusCode::kInvalidArgument,
                "%s: a placeholder names what the script never makes", script.name);
}

}  // namespace refund::cases
