// Reads a table of a pack key by key. Whatever is wrong is reported where it stands, and reading
// goes on with an empty value, so that one run names all errors.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/calendar.h"
#include "engine/domain/money.h"
#include "engine/domain/vocabulary.h"
#include "tools/packc/diagnostic.h"
#include "tools/packc/toml_tree.h"

namespace refund::packc {

// "unknown answer 'DIREKT' (did you mean 'DIRECT'?)", or with the words that there are, if few.
std::string UnknownWord(std::string_view what, std::string_view word,
                        const std::vector<std::string_view>& known);

// The number of the name that the node holds, among those whose bit is set in `possible`.
std::optional<uint8_t> ReadWord(const Node& node, std::string_view what,
                                std::span<const std::string_view> names, uint64_t possible,
                                Diagnostics& errors);

// All values of the enum but UNSPECIFIED, which nobody writes.
template <class E>
constexpr uint64_t Sayable() {
  const uint64_t all = (uint64_t{1} << CountOf<E>()) - 1;
  return EnumNames<E>::kNames[0] == "UNSPECIFIED" ? all & ~uint64_t{1} : all;
}

template <class E>
std::optional<E> ReadName(const Node& node, std::string_view what, Diagnostics& errors) {
  const auto number = ReadWord(node, what, EnumNames<E>::kNames, Sayable<E>(), errors);
  return number ? std::optional(static_cast<E>(*number)) : std::nullopt;
}

// The items of a list; none, and an error, if it is no list. `name` is how messages call it.
std::span<const Node> ReadList(const Node& node, std::string_view name, Diagnostics& errors);

class Section {
 public:
  // `name` is how messages call the table: "[deadlines.T1]".
  Section(const Node& node, std::string name, Diagnostics& errors);

  // Null if there is none; Required() reports it. Every key asked for is a known one.
  const Node* Optional(std::string_view key);
  const Node* Required(std::string_view key, std::string_view why = {});

  // One line, not empty.
  std::string Text(std::string_view key);
  // Lower-case letters, digits and - . /: what people type.
  std::string Word(std::string_view key);
  // "G-12": every number says where it comes from.
  std::string Source();
  Instant At(std::string_view key);
  Period Span(std::string_view key);
  int64_t Number(std::string_view key, int64_t lowest, int64_t highest);
  bool YesNo(std::string_view key, bool if_absent = false);
  // A sum without a source of its own: from keys `units` and `currency` of this table.
  Money Sum();
  template <class E>
  E Name(std::string_view key, std::string_view what) {
    const Node* node = Required(key);
    return node == nullptr ? E{} : ReadName<E>(*node, what, errors_).value_or(E{});
  }

  // Reports the keys that nobody asked for.
  void Finish();

  Place place() const { return node_.place; }
  const std::string& name() const { return name_; }

 private:
  bool Want(const Node* node, Node::Type type, std::string_view expected);

  const Node& node_;
  std::string name_;
  Diagnostics& errors_;
  std::vector<std::string> known_;
};

// A sum with its source, { units = 5000, currency = "CNY", source = "G-69" }.
struct SourcedMoney {
  Money money;
  std::string source;
};
std::optional<SourcedMoney> ReadMoney(const Node& node, std::string_view key, Diagnostics& errors);

}  // namespace refund::packc
