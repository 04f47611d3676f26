// JSON text as a tree, strictly: no duplicate key, no invalid UTF-8, a limit on depth and size, and
// numbers as they were written, so that nothing is rounded on the way. Internal to the codec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/codec/json_lines.h"

namespace refund::codec {

struct Json {
  enum class Type : uint8_t { kNull, kBool, kNumber, kText, kArray, kObject };

  Type type = Type::kNull;
  bool boolean = false;
  std::string text;               // a text's bytes; a number as written
  std::vector<std::string> keys;  // an object's, beside `items`
  std::vector<Json> items;        // an array's or object's values

  // The value of a key, or nullptr.
  const Json* Find(std::string_view key) const;
  // For messages: "\"abc\"" (cut off when long), "5.5", "true", "null", "an array", "an object".
  std::string Describe() const;
};

// An object; nothing else is accepted at the top.
std::variant<Json, LineError> ParseJsonObject(std::string_view text);

// Appends "/token", escaped (RFC 6901).
std::string PointerTo(const std::string& parent, std::string_view token);

}  // namespace refund::codec
