#include "tools/refundctl/views/quarantine_text.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_format.h"
#include "engine/codec/step_codec.h"
#include "tools/refundctl/views/view_json.h"
#include "tools/refundctl/views/words.h"
#include "tools/terminal/table.h"
#include "tools/terminal/text_width.h"

namespace refund::tools {
namespace {

constexpr size_t kBytesPerLine = 16;

template <class Number>
bool ParseNumber(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

std::string WhereText(const Quarantined& record) {
  return absl::StrFormat("%d/%d", record.partition, record.offset);
}

}  // namespace

std::optional<RecordAddress> ParseAddress(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  RecordAddress address;
  if (!ParseNumber(text.substr(0, slash), address.partition)) return std::nullopt;
  if (!ParseNumber(text.substr(slash + 1), address.offset)) return std::nullopt;
  return address;
}

std::string QuarantineListText(const std::vector<Quarantined>& records,
                               std::span<const projections::ViewAsOf> as_of,
                               const terminal::Paper& paper) {
  terminal::Table table({{"WHERE"},
                         {"RECORDED"},
                         {"BYTES", terminal::Align::kRight},
                         {"SHA-256", terminal::Align::kLeft, 12},
                         {"WHY", terminal::Align::kLeft, 20}});
  for (const Quarantined& each : records) {
    table.Add({{WhereText(each), terminal::Style::kBold},
               {FormatInstant(each.recorded_at)},
               {std::to_string(each.bytes.size())},
               {each.hash.hex()},
               {each.why}});
  }
  return absl::StrFormat("%s\n%d record%s in quarantine, as of %s\n", table.Render(paper),
                         records.size(), records.size() == 1 ? "" : "s", AsOfText(as_of));
}

std::string QuarantineListJson(const std::vector<Quarantined>& records,
                               std::span<const projections::ViewAsOf> as_of) {
  std::string text;
  for (const Quarantined& each : records) text += codec::QuarantinedToJson(each) + "\n";
  const auto count = static_cast<int64_t>(records.size());
  return text + JsonObject().AsOf(as_of).Number("quarantined", count).Done() + "\n";
}

std::string QuarantinedText(const Quarantined& record,
                            std::span<const projections::ViewAsOf> as_of) {
  return absl::StrFormat(
      "%s, recorded %s\n  why     %s\n  sha256  %s\n  size    %d bytes\n\n%s\nbase64\n%s\n\n"
      "as of %s\n",
      WhereText(record), FormatInstant(record.recorded_at), terminal::Printable(record.why),
      record.hash.hex(), record.bytes.size(), HexDump(record.bytes), ToBase64(record.bytes),
      AsOfText(as_of));
}

std::string HexDump(std::string_view bytes) {
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += kBytesPerLine) {
    const std::string_view line = bytes.substr(at, kBytesPerLine);
    absl::StrAppendFormat(&text, "%08x ", at);
    std::string readable;
    for (size_t i = 0; i < kBytesPerLine; ++i) {
      if (i == kBytesPerLine / 2) text += ' ';
      if (i >= line.size()) {
        text += "   ";
        continue;
      }
      const auto byte = static_cast<unsigned char>(line[i]);
      absl::StrAppendFormat(&text, " %02x", byte);
      readable += byte >= 0x20 && byte < 0x7f ? line[i] : '.';
    }
    text += "  |" + readable + "|\n";
  }
  return text;
}

}  // namespace refund::tools
