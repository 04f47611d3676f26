#include "engine/codec/json_walker.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/bytes.h"
#include "engine/base/check.h"
#include "engine/base/instant.h"
#include "engine/codec/text_check.h"
#include "engine/domain/money.h"
#include "types.capnp.h"

namespace refund::codec {
namespace {

using capnp::DynamicValue;
using capnp::StructSchema;
using Which = capnp::schema::Type::Which;
using MaybeError = std::optional<LineError>;

// JSON numbers are exact in every reader up to here.
constexpr int64_t kMaxExact = int64_t{1} << 53;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
char ToUpper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// "camelCase" with an underscore before each capital.
template <class F>
std::string Split(std::string_view camel, F letter) {
  std::string out;
  for (const char c : camel) {
    if (IsUpper(c)) out += '_';
    out += letter(c);
  }
  return out;
}

ByteView View(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

// ---- Writing ----

void AppendValue(std::string& out, const DynamicValue::Reader& value, const FieldRule& rule);

void AppendSigned(std::string& out, int64_t value, const FieldRule& rule) {
  if (rule.instant) return AppendJsonText(out, FormatInstant({value}));
  const bool exact = value >= -kMaxExact && value <= kMaxExact;
  out += exact ? std::to_string(value) : absl::StrFormat("\"%d\"", value);
}

void AppendUnsigned(std::string& out, uint64_t value) {
  const bool exact = value <= static_cast<uint64_t>(kMaxExact);
  out += exact ? std::to_string(value) : absl::StrFormat("\"%d\"", value);
}

void AppendList(std::string& out, const capnp::DynamicList::Reader& list, const FieldRule& rule) {
  out += '[';
  for (uint32_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ',';
    AppendValue(out, list[i], rule);
  }
  out += ']';
}

void AppendEnum(std::string& out, const capnp::DynamicEnum& value) {
  KJ_IF_MAYBE (enumerant, value.getEnumerant()) {
    AppendJsonText(out, EnumName(enumerant->getProto().getName().cStr()));
  } else {
    out += std::to_string(value.getRaw());
  }
}

void AppendValue(std::string& out, const DynamicValue::Reader& value, const FieldRule& rule) {
  switch (value.getType()) {
    case DynamicValue::VOID:
      out += "null";
      return;
    case DynamicValue::BOOL:
      out += value.as<bool>() ? "true" : "false";
      return;
    case DynamicValue::INT:
      return AppendSigned(out, value.as<int64_t>(), rule);
    case DynamicValue::UINT:
      return AppendUnsigned(out, value.as<uint64_t>());
    case DynamicValue::TEXT:
      return AppendJsonText(out, value.as<capnp::Text>().cStr());
    case DynamicValue::DATA: {
      const ByteView bytes = View(value.as<capnp::Data>());
      return AppendJsonText(out, rule.hex ? ToHex(bytes) : ToBase64(bytes));
    }
    case DynamicValue::ENUM:
      return AppendEnum(out, value.as<capnp::DynamicEnum>());
    case DynamicValue::LIST:
      return AppendList(out, value.as<capnp::DynamicList>(), rule);
    case DynamicValue::STRUCT:
      out += StructToJson(value.as<capnp::DynamicStruct>());
      return;
    default:
      // Floating point, interfaces and AnyPointer: our schemas have none.
      CHECK(false);
  }
}

// A union's member is printed if it is the one that is set; any other field unless it may be absent
// and has its default.
bool IsPrinted(const capnp::DynamicStruct::Reader& reader, StructSchema::Field field,
               const FieldRule& rule) {
  if (field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT) {
    KJ_IF_MAYBE (active, reader.which()) {
      return *active == field;
    }
    return false;
  }
  return !rule.optional || reader.has(field, capnp::HasMode::NON_DEFAULT);
}

// ---- Reading ----

std::string List(const std::vector<std::string>& words) { return absl::StrJoin(words, ", "); }

bool IsMoneyUnits(StructSchema::Field field) {
  return field.getContainingStruct() == capnp::Schema::from<schema::Money>() &&
         field.getProto().getName() == "units";
}

struct Range {
  int64_t low = 0;
  uint64_t high = 0;
};

Range RangeOf(Which type, bool money) {
  if (money) return {-kMaxUnits, static_cast<uint64_t>(kMaxUnits)};
  switch (type) {
    case Which::INT8:
      return {INT8_MIN, INT8_MAX};
    case Which::INT16:
      return {INT16_MIN, INT16_MAX};
    case Which::INT32:
      return {INT32_MIN, INT32_MAX};
    case Which::INT64:
      return {INT64_MIN, INT64_MAX};
    case Which::UINT8:
      return {0, UINT8_MAX};
    case Which::UINT16:
      return {0, UINT16_MAX};
    case Which::UINT32:
      return {0, UINT32_MAX};
    default:
      return {0, UINT64_MAX};
  }
}

std::string RangeText(Range range, bool money) {
  return absl::StrFormat("an integer%s from %d to %d",
                         money ? " of minor units (5990 for 59.90 CNY)" : "", range.low,
                         range.high);
}

// What a value of this type and rule looks like, for messages and `refundctl schema`.
std::string Expectation(capnp::Type type, const FieldRule& rule, bool money) {
  if (rule.instant) return "a time as RFC 3339 with offset (2024-03-01T10:00:00.000+08:00)";
  switch (type.which()) {
    case Which::VOID:
      return "null";
    case Which::BOOL:
      return "true or false";
    case Which::TEXT:
      return "a text of " + LimitText(rule, "bytes");
    case Which::DATA:
      return absl::StrFormat("%s in %s", LimitText(rule, "bytes"), rule.hex ? "hex" : "base64");
    case Which::ENUM:
      return "one of " + List(AcceptedNames(type.asEnum()));
    case Which::LIST:
      return "an array of " + LimitText(rule, "items");
    case Which::STRUCT:
      return "an object";
    default:
      return RangeText(RangeOf(type.which(), money), money);
  }
}

// One value on its way into a builder.
struct Place {
  capnp::Type type;
  FieldRule rule;
  std::string pointer;
  bool money = false;

  LineError Error(std::string found) const {
    return {pointer, Expectation(type, rule, money), std::move(found)};
  }
  LineError Wrong(const Json& value) const { return Error(value.Describe()); }
};

// Digits with an optional minus, as JSON writes an integer: no plus, no leading zero, no "-0".
bool IsPlainInteger(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return false;
  }
  return digits[0] != '0' || (digits.size() == 1 && !negative);
}

template <class T>
bool FromDigits(std::string_view text, T& out) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  return ec == std::errc() && end == text.data() + text.size();
}

struct Integer {
  bool negative = false;
  int64_t low = 0;    // if negative
  uint64_t high = 0;  // if not
};

bool ParseInteger(std::string_view text, Integer& out) {
  if (!IsPlainInteger(text)) return false;
  out.negative = text[0] == '-';
  return out.negative ? FromDigits(text, out.low) : FromDigits(text, out.high);
}

bool IsWide(Which type) { return type == Which::INT64 || type == Which::UINT64; }

// A number beyond ±2^53 may have been rounded by whoever wrote it; a text has not.
bool MayBeRounded(const Json& value, const Integer& integer) {
  if (value.type != Json::Type::kNumber) return false;
  return integer.negative ? integer.low < -kMaxExact
                          : integer.high > static_cast<uint64_t>(kMaxExact);
}

MaybeError ReadInteger(const Json& value, const Place& place, Integer& out) {
  const bool number = value.type == Json::Type::kNumber;
  const bool text = value.type == Json::Type::kText && IsWide(place.type.which());
  if ((!number && !text) || !ParseInteger(value.text, out)) return place.Wrong(value);
  const Range range = RangeOf(place.type.which(), place.money);
  const bool fits = out.negative ? out.low >= range.low : out.high <= range.high;
  if (!fits) return place.Wrong(value);
  if (!MayBeRounded(value, out)) return std::nullopt;
  return LineError{place.pointer, "an integer beyond 2^53 as a text, such as \"9007199254740993\"",
                   value.Describe()};
}

MaybeError ReadInstant(const Json& value, const Place& place, int64_t& out) {
  if (value.type != Json::Type::kText) return place.Wrong(value);
  Instant at;
  std::string error;
  if (!ParseInstant(value.text.substr(0, 64), at, error)) return SplitError(place.pointer, error);
  out = at.ms;
  return std::nullopt;
}

MaybeError ReadText(const Json& value, const Place& place) {
  if (value.type != Json::Type::kText) return place.Wrong(value);
  if (value.text.size() < place.rule.minimum() || value.text.size() > place.rule.maximum) {
    return place.Error(absl::StrFormat("%d bytes", value.text.size()));
  }
  if (auto bad = FindBadText(value.text, place.rule.prose())) {
    return LineError{place.pointer, "a text without control characters", *std::move(bad)};
  }
  return std::nullopt;
}

MaybeError ReadData(const Json& value, const Place& place, std::string& out) {
  if (value.type != Json::Type::kText) return place.Wrong(value);
  if (!(place.rule.hex ? FromHex(value.text, out) : FromBase64(value.text, out))) {
    return place.Wrong(value);
  }
  const bool fits = place.rule.bytes
                        ? out.size() == *place.rule.bytes
                        : out.size() >= place.rule.minimum() && out.size() <= place.rule.maximum;
  if (!fits) return place.Error(absl::StrFormat("%d bytes", out.size()));
  return std::nullopt;
}

MaybeError ReadEnum(const Json& value, const Place& place, uint16_t& out) {
  if (value.type != Json::Type::kText) return place.Wrong(value);
  for (const auto enumerant : place.type.asEnum().getEnumerants()) {
    const std::string name = EnumName(enumerant.getProto().getName().cStr());
    if (name != value.text || name == "UNSPECIFIED") continue;
    out = enumerant.getOrdinal();
    return std::nullopt;
  }
  return place.Error(Misspelt(value.text, AcceptedNames(place.type.asEnum())));
}

MaybeError CheckArray(const Json& value, const Place& place) {
  if (value.type != Json::Type::kArray) return place.Wrong(value);
  if (value.items.size() < place.rule.minimum() || value.items.size() > place.rule.maximum) {
    return place.Error(absl::StrFormat("%d items", value.items.size()));
  }
  return std::nullopt;
}

// An id or digest of fixed size that may be absent is absent where it is zero: saying so in so many
// digits would be a second form.
MaybeError CheckNotZero(const Json& value, StructSchema::Field field, const std::string& pointer) {
  const FieldRule rule = RuleOf(field);
  if (!rule.optional || !rule.bytes || !rule.hex || value.text.empty()) return std::nullopt;
  if (value.text.find_first_not_of('0') != std::string::npos) return std::nullopt;
  return LineError{pointer, ExpectationOf(field) + ", not all zero", value.Describe()};
}

// Reads a value that is no list and no struct, and hands it to `set` as a DynamicValue::Reader.
template <class Set>
MaybeError FillLeaf(const Json& value, const Place& place, Set set) {
  MaybeError error;
  switch (place.type.which()) {
    case Which::VOID:
      if (value.type != Json::Type::kNull) return place.Wrong(value);
      set(DynamicValue::Reader(capnp::VOID));
      return std::nullopt;
    case Which::BOOL:
      if (value.type != Json::Type::kBool) return place.Wrong(value);
      set(DynamicValue::Reader(value.boolean));
      return std::nullopt;
    case Which::TEXT:
      if ((error = ReadText(value, place))) return error;
      set(DynamicValue::Reader(capnp::Text::Reader(value.text.c_str(), value.text.size())));
      return std::nullopt;
    case Which::DATA: {
      std::string bytes;
      if ((error = ReadData(value, place, bytes))) return error;
      set(DynamicValue::Reader(
          capnp::Data::Reader(reinterpret_cast<const capnp::byte*>(bytes.data()), bytes.size())));
      return std::nullopt;
    }
    case Which::ENUM: {
      uint16_t number = 0;
      if ((error = ReadEnum(value, place, number))) return error;
      set(DynamicValue::Reader(capnp::DynamicEnum(place.type.asEnum(), number)));
      return std::nullopt;
    }
    default:
      break;
  }
  if (place.rule.instant) {
    int64_t ms = 0;
    if ((error = ReadInstant(value, place, ms))) return error;
    set(DynamicValue::Reader(ms));
    return std::nullopt;
  }
  Integer integer;
  if ((error = ReadInteger(value, place, integer))) return error;
  set(integer.negative ? DynamicValue::Reader(integer.low) : DynamicValue::Reader(integer.high));
  return std::nullopt;
}

MaybeError FillObject(const Json& value, const Place& place,
                      capnp::DynamicStruct::Builder builder) {
  if (value.type != Json::Type::kObject) return place.Wrong(value);
  return FillStruct(value, builder, place.pointer);
}

MaybeError FillList(const Json& value, const Place& place, capnp::DynamicList::Builder list) {
  for (uint32_t i = 0; i < list.size(); ++i) {
    const Place item{list.getSchema().getElementType(), ElementRule(place.rule),
                     PointerTo(place.pointer, std::to_string(i))};
    MaybeError error;
    if (item.type.isStruct()) {
      error = FillObject(value.items[i], item, list[i].as<capnp::DynamicStruct>());
    } else {
      CHECK(!item.type.isList());
      error =
          FillLeaf(value.items[i], item, [&](const DynamicValue::Reader& v) { list.set(i, v); });
    }
    if (error) return error;
  }
  return std::nullopt;
}

std::vector<std::string> KeysOf(StructSchema schema) {
  std::vector<std::string> keys;
  for (const auto field : schema.getFields())
    keys.push_back(SnakeName(field.getProto().getName().cStr()));
  return keys;
}

bool IsEmpty(const Json& value) {
  return (value.type == Json::Type::kText && value.text.empty()) ||
         (value.type == Json::Type::kArray && value.items.empty());
}

}  // namespace

std::string SnakeName(std::string_view camel) { return Split(camel, ToLower); }
std::string EnumName(std::string_view camel) { return Split(camel, ToUpper); }

void AppendJsonText(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendFieldJson(std::string& out, const capnp::DynamicStruct::Reader& reader,
                     StructSchema::Field field) {
  AppendValue(out, reader.get(field), RuleOf(field));
}

std::string StructToJson(const capnp::DynamicStruct::Reader& reader) {
  std::string out = "{";
  for (const auto field : reader.getSchema().getFields()) {
    const FieldRule rule = RuleOf(field);
    if (!IsPrinted(reader, field, rule)) continue;
    if (out.size() > 1) out += ',';
    AppendJsonText(out, SnakeName(rule.name));
    out += ':';
    AppendValue(out, reader.get(field), rule);
  }
  return out + "}";
}

std::string ExpectationOf(StructSchema::Field field) {
  return Expectation(field.getType(), RuleOf(field), IsMoneyUnits(field));
}

std::string Misspelt(std::string_view found, const std::vector<std::string>& known) {
  std::string text;
  AppendJsonText(text, found.substr(0, 80));
  if (const auto suggestion = Suggest(found, known)) {
    absl::StrAppendFormat(&text, " (did you mean %s?)", *suggestion);
  }
  return text;
}

LineError SplitError(const std::string& pointer, std::string_view error) {
  constexpr std::string_view kExpected = "expected ";
  constexpr std::string_view kFound = ", found ";
  const size_t at = error.find(kFound);
  CHECK(at != std::string_view::npos);
  return {pointer, std::string(error.substr(kExpected.size(), at - kExpected.size())),
          std::string(error.substr(at + kFound.size()))};
}

std::vector<std::string> AcceptedNames(capnp::EnumSchema schema) {
  std::vector<std::string> names;
  for (const auto enumerant : schema.getEnumerants()) {
    const std::string name = EnumName(enumerant.getProto().getName().cStr());
    if (name != "UNSPECIFIED") names.push_back(name);
  }
  return names;
}

LineError UnknownKey(const std::string& pointer, std::string_view key,
                     const std::vector<std::string>& known) {
  const std::string expected = known.empty() ? "no keys" : "one of the keys " + List(known);
  return {PointerTo(pointer, key), expected, Misspelt(key, known)};
}

MaybeError FillField(const Json& value, capnp::DynamicStruct::Builder builder,
                     StructSchema::Field field, const std::string& pointer) {
  const Place place{field.getType(), RuleOf(field), pointer, IsMoneyUnits(field)};
  if (place.type.isStruct()) {
    return FillObject(value, place, builder.init(field).as<capnp::DynamicStruct>());
  }
  if (place.type.isList()) {
    if (auto error = CheckArray(value, place)) return error;
    if (IsEmpty(value)) return std::nullopt;
    const auto size = static_cast<uint32_t>(value.items.size());
    return FillList(value, place, builder.init(field, size).as<capnp::DynamicList>());
  }
  return FillLeaf(value, place, [&](const DynamicValue::Reader& v) {
    // Empty is absent, and in bytes absent is no pointer.
    if (!IsEmpty(value)) builder.set(field, v);
  });
}

MaybeError FillStruct(const Json& object, capnp::DynamicStruct::Builder builder,
                      const std::string& pointer) {
  const StructSchema schema = builder.getSchema();
  CHECK(schema.getUnionFields().size() == 0);
  const std::vector<std::string> known = KeysOf(schema);
  for (const auto& key : object.keys) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return UnknownKey(pointer, key, known);
    }
  }
  for (const auto field : schema.getFields()) {
    const std::string& key = known[field.getIndex()];
    const std::string at = PointerTo(pointer, key);
    const Json* value = object.Find(key);
    if (value == nullptr) {
      if (RuleOf(field).optional) continue;
      return LineError{at, ExpectationOf(field), "nothing"};
    }
    if (auto error = FillField(*value, builder, field, at)) return error;
    if (auto error = CheckNotZero(*value, field, at)) return error;
  }
  return std::nullopt;
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replace}));
    }
  }
  return row.back();
}

}  // namespace refund::codec
