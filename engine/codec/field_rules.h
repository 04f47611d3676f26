// What the annotations of the schema demand of a field, read once from the compiled schema, so that
// the reader of bytes and the reader of JSON hold the same limits. Internal to the codec.
#pragma once

#include <capnp/schema.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/domain/vocabulary.h"

namespace refund::codec {

inline constexpr uint32_t kDefaultMaximum = 256;
// From here on a text is prose, and may have line breaks.
inline constexpr uint32_t kProseBytes = 1024;

struct FieldRule {
  std::string name;  // as in the schema
  bool optional = false;
  bool instant = false;
  bool hex = false;
  std::optional<uint32_t> bytes;       // exact size of Data
  uint32_t maximum = kDefaultMaximum;  // bytes of a text or Data, items of a list
  bool limited = false;                // whether the schema names a maximum

  bool prose() const { return maximum >= kProseBytes; }
  uint32_t minimum() const { return optional ? 0 : 1; }
};

FieldRule RuleOf(capnp::StructSchema::Field field);

// For structs without groups, whose fields stand in the order of their ordinals.
struct StructRules {
  std::vector<FieldRule> fields;  // by ordinal
  // One bit for each bit of the data section that is some field's; all others are zero in our
  // bytes.
  std::vector<uint64_t> known_bits;
  uint32_t pointers = 0;

  const FieldRule& operator[](size_t ordinal) const { return fields[ordinal]; }
};

StructRules RulesOf(capnp::StructSchema schema);

template <class T>
const StructRules& Rules() {
  static const StructRules rules = RulesOf(capnp::Schema::from<T>());
  return rules;
}

// Annotations of a kind, which stand on its member of Body.
struct KindRule {
  bool broadcast = false;
  std::string example;
  Role sender = Role::kUnspecified;
};

KindRule KindRuleOf(capnp::StructSchema::Field member);

// "the texts of a list": no annotation of their own.
FieldRule ElementRule(const FieldRule& list);

// "1 to 64 bytes", "16 bytes", "at most 4096 bytes", "1 to 100 items".
std::string LimitText(const FieldRule& rule, std::string_view unit);

}  // namespace refund::codec
