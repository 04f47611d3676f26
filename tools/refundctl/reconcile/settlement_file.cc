#include "tools/refundctl/reconcile/settlement_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/bytes.h"

namespace refund::tools {
namespace {

constexpr std::array<std::string_view, 6> kColumns = {"leg",    "amount",    "currency",
                                                      "status", "reference", "settled_at"};
constexpr size_t kNeeded = 5;
constexpr size_t kMostDigits = 15;
constexpr size_t kMostReference = 128;
constexpr size_t kAbsent = SIZE_MAX;

// Records of fields. A field in quotes may hold commas, newlines and, doubled, quotes.
class Csv {
 public:
  explicit Csv(std::string_view text) : text_(text) {}

  bool AtEnd() const { return at_ == text_.size(); }
  int64_t line() const { return line_; }
  // One record; empty `why` if it is well-formed.
  std::vector<std::string> Next(std::string& why) {
    std::vector<std::string> fields;
    while (true) {
      fields.push_back(Peek() == '"' ? Quoted(why) : Plain(why));
      if (AtEnd()) return fields;
      const char c = text_[at_++];
      if (c == ',') continue;
      if (c == '\r' && Peek() == '\n') ++at_;
      ++line_;
      return fields;
    }
  }

 private:
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  bool AtFieldsEnd() const {
    return AtEnd() || text_[at_] == ',' || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
  }
  std::string Plain(std::string& why) {
    std::string field;
    for (; !AtFieldsEnd(); ++at_) {
      if (text_[at_] == '"') why = "expected a quote only around a whole field, found one inside";
      if (text_[at_] == '\r') why = "expected a CR only before a LF, found one alone";
      field += text_[at_];
    }
    return field;
  }
  std::string Quoted(std::string& why) {
    std::string field;
    for (++at_; !AtEnd(); ++at_) {
      if (text_[at_] == '"') {
        if (text_.substr(at_, 2) != "\"\"") break;
        ++at_;
      } else if (text_[at_] == '\n') {
        ++line_;
      }
      field += text_[at_];
    }
    if (AtEnd()) {
      why = "expected a closing quote, found the end of the file";
      return field;
    }
    ++at_;
    if (AtFieldsEnd()) return field;
    why = "expected a comma or the end of the line after a closing quote";
    return field + Plain(why);
  }

  const std::string_view text_;
  size_t at_ = 0;
  int64_t line_ = 1;
};

std::string Wrong(std::string_view column, std::string_view expected, std::string_view found) {
  return std::string(column) + ": expected " + std::string(expected) + ", found \"" +
         std::string(found) + "\"";
}

// Where each column stands, or what is wrong with the header.
using Places = std::array<size_t, kColumns.size()>;

std::string ReadHeader(const std::vector<std::string>& names, Places& places) {
  places.fill(kAbsent);
  for (size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find(kColumns.begin(), kColumns.end(), names[i]);
    if (found == kColumns.end()) {
      return "expected the columns leg, amount, currency, status, reference and perhaps "
             "settled_at, found \"" +
             names[i] + "\"";
    }
    size_t& place = places[static_cast<size_t>(found - kColumns.begin())];
    if (place != kAbsent) return "the column \"" + names[i] + "\" is there twice";
    place = i;
  }
  for (size_t i = 0; i < kNeeded; ++i) {
    if (places[i] == kAbsent) return "the column \"" + std::string(kColumns[i]) + "\" is missing";
  }
  return "";
}

std::string ReadLeg(const std::string& text, SettlementRow& row) {
  std::string bytes;
  const bool is_id = FromHex(text, bytes) && Id::FromBytes(bytes, row.leg) && !row.leg.IsZero();
  return is_id ? "" : Wrong("leg", "32 hex digits, not all zero", text);
}

std::string ReadAmount(const std::string& text, SettlementRow& row) {
  const bool is_number =
      !text.empty() && text.size() <= kMostDigits && text[0] != '0' &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) {
    return Wrong("amount", "an integer of minor units above 0, at most 15 digits (5990 for 59.90)",
                 text);
  }
  row.amount.units = 0;
  for (const char c : text) row.amount.units = row.amount.units * 10 + (c - '0');
  return "";
}

std::string ReadCurrency(const std::string& text, SettlementRow& row) {
  const auto currency = ParseName<Currency>(text);
  if (!currency || *currency == Currency::kUnspecified) {
    return Wrong("currency", "one that the engine knows, as CNY", text);
  }
  row.amount.currency = *currency;
  return "";
}

std::string ReadStatus(const std::string& text, SettlementRow& row) {
  const auto status = ParseName<Settlement>(text);
  if (!status || *status == Settlement::kUnspecified) {
    return Wrong("status", "SETTLED, FAILED or REVERSED", text);
  }
  row.status = *status;
  return "";
}

std::string ReadReference(const std::string& text, SettlementRow& row) {
  const bool is_printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
  if (text.size() > kMostReference || !is_printable) {
    return Wrong("reference", "at most 128 printable ASCII characters", text);
  }
  if (text.empty() && row.status == Settlement::kSettled) {
    return "reference: expected the provider's own number of what it settled, found none";
  }
  row.reference = text;
  return "";
}

std::string ReadTime(const std::string& text, SettlementRow& row) {
  if (text.empty()) return "";
  Instant at;
  std::string error;
  if (!ParseInstant(text, at, error)) return "settled_at: " + error;
  row.settled_at = at;
  return "";
}

// All that is wrong with it, joined with "; ".
std::string ReadRow(const std::vector<std::string>& fields, const Places& places,
                    SettlementRow& row) {
  const auto field = [&](size_t column) {
    return places[column] == kAbsent ? std::string() : fields[places[column]];
  };
  std::string why;
  for (const std::string& each :
       {ReadLeg(field(0), row), ReadAmount(field(1), row), ReadCurrency(field(2), row),
        ReadStatus(field(3), row), ReadReference(field(4), row), ReadTime(field(5), row)}) {
    if (!each.empty()) why += (why.empty() ? "" : "; ") + each;
  }
  return why;
}

}  // namespace

SettlementFile ParseSettlementFile(std::string_view text) {
  SettlementFile file;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);  // a spreadsheet's mark
  Csv csv(text);
  Places places;
  std::string why;
  const std::vector<std::string> header = csv.Next(why);
  if (why.empty()) why = ReadHeader(header, places);
  if (!why.empty()) {
    file.bad.push_back({1, std::move(why)});
    return file;
  }
  while (!csv.AtEnd()) {
    SettlementRow row;
    row.line = csv.line();
    why.clear();
    const std::vector<std::string> fields = csv.Next(why);
    if (why.empty() && fields.size() != header.size()) {
      why = "expected " + std::to_string(header.size()) + " fields, found " +
            std::to_string(fields.size());
    }
    if (why.empty()) why = ReadRow(fields, places, row);
    if (why.empty()) {
      file.rows.push_back(std::move(row));
    } else {
      file.bad.push_back({row.line, std::move(why)});
    }
  }
  return file;
}

}  // namespace refund::tools
