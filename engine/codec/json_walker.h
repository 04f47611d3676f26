// The mapping between JSON and Cap'n Proto, driven by the schema and its annotations ($instant,
// $hex, $bytes, $optional, $maximum). Internal to the engine's writers of JSON: the only header of
// ours that shows Cap'n Proto types. camelCase becomes snake_case, enumerants become UPPER_SNAKE.
#pragma once

#include <capnp/dynamic.h>
#include <capnp/schema.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/codec/field_rules.h"
#include "engine/codec/json_lines.h"
#include "engine/codec/json_tree.h"

namespace refund::codec {

// "badReviews" → "bad_reviews"; "refundOnly" → "REFUND_ONLY"; "ship48h" → "SHIP48H".
std::string SnakeName(std::string_view camel);
std::string EnumName(std::string_view camel);

// One object, keys in schema order, on one line. Fields that are $optional and hold their default
// are omitted; all others are printed. Of a union only the member that is set is printed, beside
// the other fields (a Void member as null); a named group or union is an object. Integers beyond
// ±2^53 are strings; $instant is RFC 3339; Data is hex where $hex, else base64. For trusted bytes.
std::string StructToJson(const capnp::DynamicStruct::Reader& reader);
// The same for one value of a field: what stands after the colon.
void AppendFieldJson(std::string& out, const capnp::DynamicStruct::Reader& reader,
                     capnp::StructSchema::Field field);

// "text", with quotes and escapes.
void AppendJsonText(std::string& out, std::string_view text);

// Fills an empty builder from an object; every key must be known, every required one present, every
// value within its limits. `pointer` is where the object stands in its line.
std::optional<LineError> FillStruct(const Json& object, capnp::DynamicStruct::Builder builder,
                                    const std::string& pointer);
// One field from one value.
std::optional<LineError> FillField(const Json& value, capnp::DynamicStruct::Builder builder,
                                   capnp::StructSchema::Field field, const std::string& pointer);

// What a field takes, for messages and for people: "a text of 1 to 64 bytes".
std::string ExpectationOf(capnp::StructSchema::Field field);

// The names of an enumeration that are accepted from outside.
std::vector<std::string> AcceptedNames(capnp::EnumSchema schema);

LineError UnknownKey(const std::string& pointer, std::string_view key,
                     const std::vector<std::string>& known);

// "expected …, found …" of a parser in engine/base or engine/domain, in two.
LineError SplitError(const std::string& pointer, std::string_view error);

// "\"REFUND_ONYL\" (did you mean REFUND_ONLY?)"
std::string Misspelt(std::string_view found, const std::vector<std::string>& known);

// The known word that `word` was probably meant to be: at most two edits away (one for short
// words).
template <class Words>
std::optional<std::string> Suggest(std::string_view word, const Words& known);
size_t EditDistance(std::string_view a, std::string_view b);

template <class Words>
std::optional<std::string> Suggest(std::string_view word, const Words& known) {
  std::optional<std::string> best;
  size_t best_distance = word.size() <= 4 ? 2 : 3;
  for (const auto& candidate : known) {
    const size_t distance = EditDistance(word, candidate);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = std::string(candidate);
  }
  return best;
}

}  // namespace refund::codec
