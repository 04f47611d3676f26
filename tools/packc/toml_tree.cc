#include "tools/packc/toml_tree.h"

#include <algorithm>
#include <utility>

#include "engine/base/calendar.h"

// Header-only and without exceptions, which the library of Debian is not.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace refund::packc {
namespace {

Place PlaceOf(const toml::source_region& source) {
  return {static_cast<int>(source.begin.line), static_cast<int>(source.begin.column)};
}

// Fills one node from one of the parser's.
class Converter {
 public:
  explicit Converter(Diagnostics& errors) : errors_(errors) {}

  Node Convert(const toml::node& from) {
    Node to;
    to.place = PlaceOf(from.source());
    if (const auto* table = from.as_table()) {
      FillTable(*table, to);
    } else if (const auto* array = from.as_array()) {
      to.type = Node::Type::kList;
      for (const toml::node& item : *array) to.items.push_back(Convert(item));
    } else {
      FillValue(from, to);
    }
    return to;
  }

 private:
  void FillTable(const toml::table& table, Node& to) {
    to.type = Node::Type::kTable;
    for (const auto& [key, value] : table) {
      to.entries.push_back({std::string(key.str()), PlaceOf(key.source()), Convert(value)});
    }
    std::stable_sort(to.entries.begin(), to.entries.end(),
                     [](const Entry& a, const Entry& b) { return a.place < b.place; });
  }

  void FillValue(const toml::node& from, Node& to) {
    if (const auto* text = from.as_string()) {
      to.type = Node::Type::kText;
      to.text = text->get();
    } else if (const auto* number = from.as_integer()) {
      to.type = Node::Type::kNumber;
      to.number = number->get();
    } else if (const auto* yes = from.as_boolean()) {
      to.type = Node::Type::kYesNo;
      to.yes = yes->get();
    } else if (const auto* at = from.as_date_time()) {
      FillInstant(at->get(), to);
    } else if (from.is_floating_point()) {
      errors_.Add(
          to.place,
          "floats are not allowed: money is { units = 5000, currency = \"CNY\" } and a period "
          "is text such as \"48h\"");
    } else {
      errors_.Add(to.place, std::string(kWantOffset));
    }
  }

  void FillInstant(const toml::date_time& from, Node& to) {
    if (!from.offset) return errors_.Add(to.place, std::string(kWantOffset));
    if (from.time.nanosecond % 1'000'000 != 0) {
      return errors_.Add(to.place, "a date has milliseconds at the most");
    }
    const CivilDate date{from.date.year, from.date.month, from.date.day};
    const Instant at{DaysFromCivil(date) * kDayMs + from.time.hour * kHourMs +
                     from.time.minute * kMinuteMs + from.time.second * kSecondMs +
                     from.time.nanosecond / 1'000'000 - from.offset->minutes * kMinuteMs};
    if (at < kMinInstant || at > kMaxInstant) {
      return errors_.Add(to.place, "expected a date from 1970 to 9999");
    }
    to.type = Node::Type::kInstant;
    to.instant = at;
  }

  static constexpr std::string_view kWantOffset =
      "a date needs a time and an offset, as in 2024-01-01T00:00:00+08:00";

  Diagnostics& errors_;
};

}  // namespace

const Node* Node::Find(std::string_view key) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

std::string Describe(const Node& node) {
  switch (node.type) {
    case Node::Type::kRefused:
      return "something else";
    case Node::Type::kText:
      return "the text \"" + node.text + "\"";
    case Node::Type::kNumber:
      return "the number " + std::to_string(node.number);
    case Node::Type::kYesNo:
      return node.yes ? "true" : "false";
    case Node::Type::kInstant:
      return "a date";
    case Node::Type::kList:
      return "a list";
    case Node::Type::kTable:
      return "a table";
  }
  return "?";
}

std::optional<Node> ParseToml(std::string_view toml, Diagnostics& errors) {
  const toml::parse_result result = toml::parse(toml);
  if (!result) {
    errors.Add(PlaceOf(result.error().source()), std::string(result.error().description()));
    return std::nullopt;
  }
  return Converter(errors).Convert(result.table());
}

}  // namespace refund::packc
