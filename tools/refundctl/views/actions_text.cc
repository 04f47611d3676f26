#include "tools/refundctl/views/actions_text.h"

#include "absl/strings/str_format.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/table.h"

namespace refund::tools {
namespace {

std::string UntilText(const arbiter::Action& action) {
  if (!action.until) return "-";
  return absl::StrFormat("%s (%s)", FormatInstant(*action.until + -1), action.timer);
}

}  // namespace

std::string ActionsText(const std::vector<arbiter::Action>& actions,
                        std::span<const projections::ViewAsOf> as_of,
                        const terminal::Paper& paper) {
  terminal::Table table(
      {{"ROLE"}, {"EVENT"}, {"ROW"}, {"UNTIL, INCLUSIVE"}, {"IF", terminal::Align::kLeft, 20}});
  for (const arbiter::Action& each : actions) {
    table.Add({{std::string(NameOf(each.role))},
               {std::string(NameOf(each.event))},
               {each.row},
               {UntilText(each)},
               {each.conditions.empty() ? "-" : Listed(each.conditions)}});
  }
  return absl::StrFormat("%s\n%d action%s, as of %s\n", table.Render(paper), actions.size(),
                         actions.size() == 1 ? "" : "s", AsOfText(as_of));
}

std::string ActionsJson(const std::vector<arbiter::Action>& actions,
                        std::span<const projections::ViewAsOf> as_of) {
  std::string text;
  for (const arbiter::Action& each : actions) {
    JsonObject object;
    object.Text("role", NameOf(each.role))
        .Text("event", NameOf(each.event))
        .Text("row", each.row)
        .Texts("conditions", each.conditions);
    // The last instant in time; the deadline passes one millisecond later.
    if (each.until) {
      object.Text("until", FormatInstant(*each.until + -1)).Text("timer", each.timer);
    }
    text += object.Done() + "\n";
  }
  const auto count = static_cast<int64_t>(actions.size());
  return text + JsonObject().AsOf(as_of).Number("actions", count).Done() + "\n";
}

}  // namespace refund::tools
