#include "tools/packc/section.h"

#include <algorithm>
#include <utility>

#include "engine/codec/json_walker.h"
#include "engine/policy/fault.h"

namespace refund::packc {
namespace {

constexpr std::string_view kExpectedPeriod =
    "expected a period with its unit, such as \"60s\", \"48h\", \"7d\", \"3mo\" or \"2y\", found ";

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/';
}

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

std::string UnknownWord(std::string_view what, std::string_view word,
                        const std::vector<std::string_view>& known) {
  std::string message = "unknown " + std::string(what) + " " + Quoted(word);
  // Three letters are near to any other three: nobody who wrote RMB meant RUB.
  constexpr size_t kShortest = 4;
  if (const auto suggestion = codec::Suggest(word, known); suggestion && word.size() >= kShortest) {
    return message + " (did you mean " + Quoted(*suggestion) + "?)";
  }
  constexpr size_t kFew = 8;
  if (known.empty() || known.size() > kFew) return message;
  for (size_t i = 0; i < known.size(); ++i) {
    message += (i == 0                 ? " (expected "
                : i + 1 < known.size() ? ", "
                                       : " or ") +
               std::string(known[i]);
  }
  return message + ")";
}

std::optional<uint8_t> ReadWord(const Node& node, std::string_view what,
                                std::span<const std::string_view> names, uint64_t possible,
                                Diagnostics& errors) {
  if (node.type == Node::Type::kRefused) return std::nullopt;
  if (node.type != Node::Type::kText) {
    errors.Add(node.place,
               "expected the " + std::string(what) + " as text, found " + Describe(node));
    return std::nullopt;
  }
  std::vector<std::string_view> known;
  for (size_t i = 0; i < names.size(); ++i) {
    if ((possible >> i & 1) == 0) continue;
    if (names[i] == node.text) return static_cast<uint8_t>(i);
    known.push_back(names[i]);
  }
  errors.Add(node.place, UnknownWord(what, node.text, known));
  return std::nullopt;
}

std::span<const Node> ReadList(const Node& node, std::string_view name, Diagnostics& errors) {
  if (node.type == Node::Type::kList) return node.items;
  if (node.type != Node::Type::kRefused) {
    errors.Add(node.place, "expected the list " + std::string(name) + ", found " + Describe(node));
  }
  return {};
}

Section::Section(const Node& node, std::string name, Diagnostics& errors)
    : node_(node), name_(std::move(name)), errors_(errors) {
  if (node.type != Node::Type::kTable && node.type != Node::Type::kRefused) {
    errors_.Add(node.place, "expected the table " + name_ + ", found " + Describe(node));
  }
}

const Node* Section::Optional(std::string_view key) {
  known_.emplace_back(key);
  return node_.Find(key);
}

const Node* Section::Required(std::string_view key, std::string_view why) {
  const Node* node = Optional(key);
  if (node == nullptr && node_.type == Node::Type::kTable) {
    errors_.Add(node_.place, "missing " + Quoted(key) + " in " + name_ +
                                 (why.empty() ? "" : ": " + std::string(why)));
  }
  return node;
}

bool Section::Want(const Node* node, Node::Type type, std::string_view expected) {
  if (node == nullptr || node->type == Node::Type::kRefused) return false;
  if (node->type == type) return true;
  errors_.Add(node->place, "expected " + std::string(expected) + ", found " + Describe(*node));
  return false;
}

std::string Section::Text(std::string_view key) {
  const Node* node = Required(key);
  if (!Want(node, Node::Type::kText, "text")) return {};
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (node->text.empty() || std::any_of(node->text.begin(), node->text.end(), is_control)) {
    errors_.Add(node->place, "expected one line of text in " + Quoted(key) + ", not empty");
  }
  return node->text;
}

std::string Section::Word(std::string_view key) {
  const Node* node = Required(key);
  if (!Want(node, Node::Type::kText, "text")) return {};
  if (node->text.empty() || !std::all_of(node->text.begin(), node->text.end(), IsWordChar)) {
    errors_.Add(node->place, "expected lower-case letters, digits, '-', '.' and '/' in " +
                                 Quoted(key) + ", found " + Describe(*node));
  }
  return node->text;
}

std::string Section::Source() {
  if (node_.Find("source") != nullptr) return Text("source");
  Required("source", "every number says where it comes from, as in source = \"G-12\"");
  return {};
}

Instant Section::At(std::string_view key) {
  const Node* node = Required(key);
  const bool found = Want(node, Node::Type::kInstant, "a date such as 2024-01-01T00:00:00+08:00");
  return found ? node->instant : Instant{};
}

Period Section::Span(std::string_view key) {
  const Node* node = Required(key);
  if (node == nullptr || node->type == Node::Type::kRefused) return {};
  Period period;
  if (node->type != Node::Type::kText || !ParsePeriod(node->text, period)) {
    errors_.Add(node->place, std::string(kExpectedPeriod) + Describe(*node));
  } else if (!policy::MayBeLimit(period)) {
    errors_.Add(node->place,
                "a period is longer than nothing and at most 100 years, found " + Describe(*node));
  }
  return period;
}

int64_t Section::Number(std::string_view key, int64_t lowest, int64_t highest) {
  const Node* node = Required(key);
  const std::string expected =
      "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest);
  if (!Want(node, Node::Type::kNumber, expected)) return lowest;
  if (node->number >= lowest && node->number <= highest) return node->number;
  errors_.Add(node->place, "expected " + expected + ", found " + std::to_string(node->number));
  return lowest;
}

bool Section::YesNo(std::string_view key, bool if_absent) {
  const Node* node = Optional(key);
  if (node == nullptr) return if_absent;
  return Want(node, Node::Type::kYesNo, "true or false") && node->yes;
}

Money Section::Sum() {
  Money money;
  money.units = Number("units", 1, kMaxUnits);
  money.currency = Name<Currency>("currency", "currency");
  return money;
}

void Section::Finish() {
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const Entry& entry : node_.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    errors_.Add(entry.place, UnknownWord("key", entry.key, known) + " in " + name_);
  }
}

std::optional<SourcedMoney> ReadMoney(const Node& node, std::string_view key, Diagnostics& errors) {
  if (node.type == Node::Type::kRefused) return std::nullopt;
  if (node.type != Node::Type::kTable) {
    errors.Add(node.place,
               "expected money as { units = 5000, currency = \"CNY\", source = \"G-69\" }, "
               "units being fen, cents or yen, found " +
                   Describe(node));
    return std::nullopt;
  }
  Section section(node, Quoted(key), errors);
  SourcedMoney read;
  read.money = section.Sum();
  read.source = section.Source();
  section.Finish();
  return read;
}

}  // namespace refund::packc
