// A TOML file as a tree of our own: every key and value with its place, in the order of the file.
// The .cc is the one place where toml++ is included (it is slow to compile). What no pack may hold
// is reported here: syntax errors, duplicate keys, floats, dates without an offset.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/instant.h"
#include "tools/packc/diagnostic.h"

namespace refund::packc {

struct Entry;

struct Node {
  // kRefused: what it is was reported already, so nobody says more about it.
  enum class Type : uint8_t { kRefused, kText, kNumber, kYesNo, kInstant, kList, kTable };

  Type type = Type::kRefused;
  Place place;
  std::string text;
  int64_t number = 0;
  bool yes = false;
  Instant instant;
  std::vector<Node> items;
  std::vector<Entry> entries;  // keys are unique

  // Null if there is none.
  const Node* Find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Place place;
  Node value;
};

// "the text \"48x\"", "the number 48", "a table": for messages.
std::string Describe(const Node& node);

// Empty if the text is not TOML at all; the first syntax error is then reported (the parser stops
// there).
std::optional<Node> ParseToml(std::string_view toml, Diagnostics& errors);

}  // namespace refund::packc
