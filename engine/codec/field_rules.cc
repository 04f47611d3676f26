#include "engine/codec/field_rules.h"

#include "absl/strings/str_format.h"
#include "engine/base/check.h"

namespace refund::codec {
namespace {

// The ids in schemas/types.capnp; the generated header does not name them.
enum : uint64_t {
  kInstant = 0xb1c7a5f1e3d24a02,
  kHex = 0xb1c7a5f1e3d24a03,
  kBytes = 0xb1c7a5f1e3d24a04,
  kOptional = 0xb1c7a5f1e3d24a05,
  kMaximum = 0xb1c7a5f1e3d24a06,
  kBroadcast = 0xb1c7a5f1e3d24a07,
  kExample = 0xb1c7a5f1e3d24a08,
  kSender = 0xb1c7a5f1e3d24a09,
};

uint32_t BitsOf(capnp::schema::Type::Which type) {
  using Type = capnp::schema::Type;
  switch (type) {
    case Type::BOOL:
      return 1;
    case Type::INT8:
    case Type::UINT8:
      return 8;
    case Type::INT16:
    case Type::UINT16:
    case Type::ENUM:
      return 16;
    case Type::INT32:
    case Type::UINT32:
    case Type::FLOAT32:
      return 32;
    case Type::INT64:
    case Type::UINT64:
    case Type::FLOAT64:
      return 64;
    default:
      return 0;  // Void, and what lies behind a pointer
  }
}

void MarkKnown(StructRules& rules, uint64_t first_bit, uint32_t bits) {
  for (uint64_t bit = first_bit; bit < first_bit + bits; ++bit) {
    rules.known_bits[bit / 64] |= uint64_t{1} << (bit % 64);
  }
}

void MarkFields(StructRules& rules, capnp::StructSchema schema) {
  const auto layout = schema.getProto().getStruct();
  if (layout.getDiscriminantCount() > 0) {
    MarkKnown(rules, uint64_t{layout.getDiscriminantOffset()} * 16, 16);
  }
  for (const auto field : schema.getFields()) {
    if (field.getProto().isGroup()) {
      MarkFields(rules, field.getType().asStruct());
      continue;
    }
    const uint32_t bits = BitsOf(field.getType().which());
    MarkKnown(rules, uint64_t{field.getProto().getSlot().getOffset()} * bits, bits);
  }
}

}  // namespace

FieldRule RuleOf(capnp::StructSchema::Field field) {
  FieldRule rule;
  rule.name = field.getProto().getName().cStr();
  for (const auto annotation : field.getProto().getAnnotations()) {
    const auto value = annotation.getValue();
    switch (annotation.getId()) {
      case kInstant:
        rule.instant = true;
        break;
      case kHex:
        rule.hex = true;
        break;
      case kBytes:
        rule.bytes = value.getUint32();
        break;
      case kOptional:
        rule.optional = true;
        break;
      case kMaximum:
        rule.maximum = value.getUint32();
        rule.limited = true;
        break;
      default:
        break;
    }
  }
  return rule;
}

KindRule KindRuleOf(capnp::StructSchema::Field member) {
  KindRule rule;
  for (const auto annotation : member.getProto().getAnnotations()) {
    if (annotation.getId() == kBroadcast) rule.broadcast = true;
    if (annotation.getId() == kExample) rule.example = annotation.getValue().getText().cStr();
    if (annotation.getId() == kSender) {
      rule.sender = static_cast<Role>(annotation.getValue().getEnum());
    }
  }
  return rule;
}

StructRules RulesOf(capnp::StructSchema schema) {
  StructRules rules;
  const auto layout = schema.getProto().getStruct();
  rules.known_bits.assign(layout.getDataWordCount(), 0);
  rules.pointers = layout.getPointerCount();
  for (const auto field : schema.getFields()) {
    const auto ordinal = field.getProto().getOrdinal();
    CHECK(ordinal.isExplicit());
    CHECK(ordinal.getExplicit() == field.getIndex());
    rules.fields.push_back(RuleOf(field));
  }
  MarkFields(rules, schema);
  return rules;
}

FieldRule ElementRule(const FieldRule& list) {
  FieldRule rule = list;
  rule.optional = false;
  rule.maximum = kDefaultMaximum;
  return rule;
}

std::string LimitText(const FieldRule& rule, std::string_view unit) {
  if (rule.bytes && unit == "bytes") return absl::StrFormat("%d bytes", *rule.bytes);
  if (rule.optional) return absl::StrFormat("at most %d %s", rule.maximum, unit);
  return absl::StrFormat("1 to %d %s", rule.maximum, unit);
}

}  // namespace refund::codec
