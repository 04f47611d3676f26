#include "tests/cases/script.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "engine/base/calendar.h"
#include "engine/base/status.h"
#include "engine/domain/event.h"
#include "engine/domain/vocabulary.h"

namespace refund::cases {
namespace {

constexpr std::string_view kIndent = "       ";

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  size_t at = 0;
  while ((at = text.find_first_not_of(' ', at)) != std::string_view::npos) {
    const size_t end = std::min(text.find(' ', at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

// "by=BUYER" → "by", "BUYER".
bool SplitOption(const std::string& word, std::string& name, std::string& value) {
  const size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  name = word.substr(0, equals);
  value = word.substr(equals + 1);
  return true;
}

bool IsCurrency(const std::string& word) { return ParseName<Currency>(word).has_value(); }

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// The paid lines of an `order` line, as JSON.
class PaidLines {
 public:
  void Option(const std::string& name, const std::string& value) {
    if (name == "line") Finish();
    if (name == "bucket") {
      buckets_.push_back(value);
    } else {
      fields_[name] = value;
    }
  }
  void Word(const std::string& word) {
    if (IsCurrency(word)) {
      fields_["currency"] = word;
    } else {
      fields_[word] = "true";
    }
  }
  std::string Json() {
    Finish();
    return "[" + json_ + "]";
  }

 private:
  std::string Field(const std::string& name, const std::string& otherwise) const {
    const auto found = fields_.find(name);
    return found == fields_.end() ? otherwise : found->second;
  }
  void Finish() {
    if (!fields_.contains("line")) return;
    if (!json_.empty()) json_ += ",";
    json_ +=
        "{\"line\":" + Quoted(Field("line", "1")) + ",\"sku\":" + Quoted(Field("sku", "sku-1")) +
        ",\"quantity\":" + Field("quantity", "1") + ",\"paid\":" + MoneyJson(Field("paid", "0"));
    if (fields_.contains("perishable")) json_ += ",\"perishable\":true";
    if (!buckets_.empty()) json_ += ",\"buckets\":" + BucketsJson();
    if (fields_.contains("supported")) json_ += ",\"supported\":" + KindsJson();
    if (fields_.contains("serial")) json_ += ",\"serial\":" + Quoted(Field("serial", ""));
    json_ += "}";
    fields_.clear();
    buckets_.clear();
  }
  std::string MoneyJson(const std::string& units) const {
    return "{\"units\":" + units + ",\"currency\":" + Quoted(Field("currency", "CNY")) + "}";
  }
  // "POINTS:500", "SHOP_COUPON:500:MERCHANT" (who put it up).
  std::string BucketsJson() const {
    std::string json;
    for (const std::string& each : buckets_) {
      const size_t colon = each.find(':');
      const size_t funder = colon == std::string::npos ? colon : each.find(':', colon + 1);
      json +=
          (json.empty() ? "" : ",") + std::string("{\"bucket\":") + Quoted(each.substr(0, colon)) +
          ",\"amount\":" +
          MoneyJson(colon == std::string::npos ? "0" : each.substr(colon + 1, funder - colon - 1));
      if (funder != std::string::npos) json += ",\"funder\":" + Quoted(each.substr(funder + 1));
      json += "}";
    }
    return "[" + json + "]";
  }
  std::string KindsJson() const {
    std::string json;
    for (const char c : Field("supported", "")) json += c == ',' ? "\",\"" : std::string(1, c);
    return "[" + Quoted(json) + "]";
  }

  std::map<std::string, std::string> fields_;
  std::vector<std::string> buckets_;
  std::string json_;
};

bool GoesToAll(const std::string& type) {
  const std::optional<EventKind> kind = ParseName<EventKind>(type);
  return kind && IsBroadcast(*kind);
}

class Parser {
 public:
  Parser(std::string_view name, std::string_view text) {
    script_.name = name;
    script_.lines = SplitLines(text);
  }

  absl::StatusOr<Script> Parse() {
    for (at_ = 0; at_ < script_.lines.size(); ++at_) RETURN_IF_ERROR(Line(script_.lines[at_]));
    if (script_.title.empty()) return Wrong("a \"# name:\" in the script", "none");
    return std::move(script_);
  }

 private:
  struct Parties {
    std::string buyer = "b-1";
    std::string merchant = "m-1";
  };

  absl::Status Wrong(const std::string& expected, const std::string& found) const {
    return Errorf(absl::StatusCode::kInvalidArgument, "%s:%d: expected %s, found %s", script_.name,
                  at_ + 1, expected, found);
  }

  absl::Status Line(const std::string& line) {
    if (line.empty() || line[0] == ' ') return absl::OkStatus();
    if (line[0] == '#') return Header(line);
    const std::vector<std::string> words = Words(line);
    if (words[0] == "packs") return Packs(words);
    if (words[0] == "start") return Start(words);
    if (words[0] == "order") return OrderLine(words);
    if (words[0] == "must:") return Must(line);
    return Event(line, words);
  }

  absl::Status Header(const std::string& line) {
    const auto take = [&](std::string_view head, std::string& out) {
      if (line.starts_with(head)) out = line.substr(head.size());
    };
    take("# name: ", script_.title);
    take("# examples: ", script_.bundle);
    take("# alone: ", script_.alone);
    return absl::OkStatus();
  }

  absl::Status Packs(const std::vector<std::string>& words) {
    script_.packs.insert(script_.packs.end(), words.begin() + 1, words.end());
    return absl::OkStatus();
  }

  absl::Status Start(const std::vector<std::string>& words) {
    std::string error;
    if (words.size() == 2 && ParseInstant(words[1], script_.start, error)) {
      now_ = script_.start;
      return absl::OkStatus();
    }
    return Wrong("start and a time as RFC 3339", words.back());
  }

  absl::Status Must(const std::string& line) {
    Entry entry;
    entry.kind = Entry::Kind::kMust;
    entry.line = at_;
    entry.at = now_;
    entry.text = line.substr(line.find(':') + 1);
    script_.entries.push_back(std::move(entry));
    return absl::OkStatus();
  }

  // With lines it is paid now; without, only its key is given.
  absl::Status OrderLine(const std::vector<std::string>& words) {
    if (words.size() < 2) return Wrong("the key of an order", "nothing");
    key_ = words[1];
    Parties& parties = parties_[key_];
    PaidLines lines;
    bool paid = false;
    std::string address;
    for (size_t i = 2; i < words.size(); ++i) {
      std::string name;
      std::string value;
      if (!SplitOption(words[i], name, value)) {
        lines.Word(words[i]);
      } else if (name == "buyer") {
        parties.buyer = value;
      } else if (name == "merchant") {
        parties.merchant = value;
      } else if (name == "address") {
        address = ",\"return_address\":" + Quoted(value);
      } else {
        paid = paid || name == "line";
        lines.Option(name, value);
      }
    }
    if (!paid) return absl::OkStatus();
    Entry entry = NewClaim("OrderPaid");
    entry.role = "PLATFORM";
    entry.actor = "platform-1";
    entry.text = "{\"buyer\":" + Quoted(parties.buyer) +
                 ",\"merchant\":" + Quoted(parties.merchant) + ",\"lines\":" + lines.Json() +
                 address + "}";
    script_.entries.push_back(std::move(entry));
    return absl::OkStatus();
  }

  Entry NewClaim(const std::string& type) {
    Entry entry;
    entry.line = at_;
    entry.at = now_;
    entry.type = type;
    entry.key = key_;
    entry.id = script_.name + "/" + std::to_string(++claims_);
    return entry;
  }

  absl::Status Event(const std::string& line, const std::vector<std::string>& words) {
    Instant at;
    if (!ParseTime(words[0], script_.start, at)) {
      return Wrong("packs, start, order, must:, or a time such as +2h", words[0]);
    }
    if (at < now_) return Wrong("a time at or after the line before", words[0]);
    now_ = at;
    if (words.size() < 2) return Wrong("the name of an event", "nothing");
    if (words[1] == "raw") return Raw(words);
    Entry entry = NewClaim(words[1]);
    const size_t body = line.find('{');
    entry.text = body == std::string::npos ? "{}" : line.substr(body);
    entry.role = entry.type == "Tick" ? "ENGINE" : "";
    if (GoesToAll(entry.type)) entry.key.clear();
    const std::vector<std::string> options = Words(std::string_view(line).substr(0, body));
    for (size_t i = 2; i < options.size(); ++i) RETURN_IF_ERROR(Option(options[i], entry));
    if (entry.role.empty()) return Wrong("by=ROLE", "nothing");
    if (entry.actor.empty()) entry.actor = ActorOf(entry);
    script_.entries.push_back(std::move(entry));
    return absl::OkStatus();
  }

  absl::Status Raw(const std::vector<std::string>& words) {
    if (words.size() != 3 || words[2].size() < 2) return Wrong("raw \"BASE64\"", "otherwise");
    Entry entry = NewClaim("raw");
    entry.kind = Entry::Kind::kRaw;
    entry.text = words[2].substr(1, words[2].size() - 2);
    script_.entries.push_back(std::move(entry));
    return absl::OkStatus();
  }

  absl::Status Option(const std::string& word, Entry& entry) {
    std::string name;
    std::string value;
    if (!SplitOption(word, name, value)) return Wrong("name=value", word);
    if (name == "by") {
      const size_t colon = value.find(':');
      entry.role = value.substr(0, colon);
      if (colon != std::string::npos) entry.actor = value.substr(colon + 1);
    } else if (name == "id") {
      entry.id = script_.name + "/" + value;
    } else if (name == "key") {
      entry.key = value;
    } else if (name == "case") {
      entry.the_case = value;
    } else if (name == "version") {
      entry.version = value;
    } else if (name == "principal") {
      entry.principal = value;
    } else if (name == "occurred") {
      if (!ParseTime(value, script_.start, entry.occurred_at.emplace())) {
        return Wrong("a time", value);
      }
    } else {
      return Wrong("by, id, key, case, version, principal or occurred", name);
    }
    return absl::OkStatus();
  }

  std::string ActorOf(const Entry& entry) {
    if (entry.role == "BUYER") return parties_[entry.key].buyer;
    if (entry.role == "SELLER") return parties_[entry.key].merchant;
    std::string name = entry.role + "-1";
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return name;
  }

  Script script_;
  size_t at_ = 0;
  Instant now_;
  std::string key_;
  std::map<std::string, Parties> parties_;
  int claims_ = 0;
};

}  // namespace

absl::StatusOr<Script> ParseScript(std::string_view name, std::string_view text) {
  return Parser(name, text).Parse();
}

namespace {

bool UnitOf(std::string_view unit, int64_t& ms) {
  static const std::map<std::string_view, int64_t> kUnits = {
      {"d", kDayMs}, {"h", kHourMs}, {"min", kMinuteMs}, {"s", kSecondMs}, {"ms", 1}};
  const auto found = kUnits.find(unit);
  if (found == kUnits.end()) return false;
  ms = found->second;
  return true;
}

constexpr int64_t kLongestOffset = 100 * 366 * kDayMs;

bool ParseOffset(std::string_view text, int64_t& ms) {
  ms = 0;
  while (!text.empty()) {
    const size_t digits = text.find_first_not_of("0123456789");
    int64_t count = 0;
    if (digits == std::string_view::npos || !absl::SimpleAtoi(Abs(text.substr(0, digits)), &count))
      return false;
    const size_t end = std::min(text.find_first_of("0123456789", digits), text.size());
    int64_t unit = 0;
    if (!UnitOf(text.substr(digits, end - digits), unit)) return false;
    if (count > (kLongestOffset - ms) / unit) return false;
    ms += count * unit;
    text.remove_prefix(end);
  }
  return true;
}

}  // namespace

bool ParseTime(std::string_view text, Instant start, Instant& out) {
  if (text.size() > 1 && text[0] == '+') {
    int64_t ms = 0;
    if (!ParseOffset(text.substr(1), ms)) return false;
    out = start + ms;
    return true;
  }
  std::string error;
  return ParseInstant(text, out, error);
}

std::string Render(const Script& script, const std::vector<std::vector<std::string>>& answers) {
  std::map<size_t, size_t> entry_at;
  for (size_t i = 0; i < script.entries.size(); ++i) entry_at[script.entries[i].line] = i;
  std::string text;
  for (size_t line = 0; line < script.lines.size(); ++line) {
    if (script.lines[line].starts_with(' ')) continue;
    text += script.lines[line] + "\n";
    const auto entry = entry_at.find(line);
    if (entry == entry_at.end()) continue;
    for (const std::string& answer : answers[entry->second]) {
      text += std::string(kIndent) + answer + "\n";
    }
  }
  return text;
}

std::string SourcePath(std::string_view path) {
  return std::string(REFUND_SOURCE_DIR) + "/" + std::string(path);
}

absl::StatusOr<Script> LoadScript(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  return ParseScript(std::filesystem::path(path).stem().string(), text);
}

std::vector<std::string> ScriptPaths() {
  std::vector<std::string> paths;
  for (const auto& each : std::filesystem::directory_iterator(SourcePath("tests/cases/scripts"))) {
    if (each.path().extension() == ".case") paths.push_back(each.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace refund::cases
