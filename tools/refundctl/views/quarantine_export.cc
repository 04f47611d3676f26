#include "tools/refundctl/views/quarantine_export.h"

#include <algorithm>
#include <variant>

#include "absl/strings/str_format.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/json_lines.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/text_width.h"

namespace refund::tools {
namespace {

std::string WhereText(const Quarantined& record) {
  return absl::StrFormat("%d/%d", record.partition, record.offset);
}

// What somebody put on the log as it was written, without intake.
bool LooksLikeALine(std::string_view bytes) {
  return bytes.starts_with("{") && bytes.find('\n') == std::string_view::npos &&
         std::none_of(bytes.begin(), bytes.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

std::optional<Proposal> ProposalFor(const Quarantined& record) {
  const auto read = codec::DecodeRecord(record.bytes, codec::kSemantic);
  // Readable, and put aside for another reason (its partition, its stamp): the claim is what is
  // meant.
  if (const auto* event = std::get_if<Event>(&read)) {
    return Proposal{codec::ClaimToJson(event->claim, std::nullopt), ""};
  }
  if (!LooksLikeALine(record.bytes)) return std::nullopt;
  Proposal proposal{record.bytes, ""};
  const codec::LineResult line = codec::ParseLine(record.bytes, /*as_recorded=*/false);
  if (const auto* error = std::get_if<codec::LineError>(&line)) proposal.fault = error->Text();
  return proposal;
}

std::string RawLineOf(const Quarantined& record) {
  return JsonObject()
      .Text("raw", ToBase64(record.bytes))
      .Number("partition", record.partition)
      .Text("recorded_at", FormatInstant(record.recorded_at))
      .Done();
}

std::string QuarantineExportText(const std::vector<Quarantined>& records,
                                 std::span<const projections::ViewAsOf> as_of) {
  std::string text = absl::StrFormat(
      "# %d quarantined record%s, as of %s.\n"
      "# A proposal, corrected and without its \"# \", goes in by `refundctl append --log LOG "
      "FILE`;\n"
      "# a raw line only by `append --as-recorded`, with a recorded_at at or after the newest.\n",
      records.size(), records.size() == 1 ? "" : "s", AsOfText(as_of));
  for (const Quarantined& each : records) {
    absl::StrAppendFormat(&text, "\n# %s: %s\n", WhereText(each), terminal::Printable(each.why));
    if (const auto proposal = ProposalFor(each)) {
      text += "# " + terminal::Printable(proposal->line) + "\n";
      if (!proposal->fault.empty()) {
        text += "# still wrong: " + terminal::Printable(proposal->fault) + "\n";
      }
    }
    text += each.bytes.empty() ? "# no bytes of it are kept here\n" : RawLineOf(each) + "\n";
  }
  return text;
}

std::string QuarantineExportJson(const std::vector<Quarantined>& records,
                                 std::span<const projections::ViewAsOf> as_of) {
  std::string text;
  for (const Quarantined& each : records) {
    JsonObject object;
    object.Text("where", WhereText(each)).Text("why", each.why);
    if (const auto proposal = ProposalFor(each)) {
      object.Text("proposal", proposal->line).Text("fault", proposal->fault);
    }
    if (!each.bytes.empty()) object.Json("raw_line", RawLineOf(each));
    text += object.Done() + "\n";
  }
  const auto count = static_cast<int64_t>(records.size());
  return text + JsonObject().AsOf(as_of).Number("quarantined", count).Done() + "\n";
}

}  // namespace refund::tools
