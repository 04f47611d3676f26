#include "engine/codec/json_lines.h"

#include <capnp/dynamic.h>
#include <capnp/serialize.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/check.h"
#include "engine/base/status.h"
#include "engine/codec/canonical.h"
#include "engine/codec/event_codec.h"
#include "engine/codec/event_keys.h"
#include "engine/codec/event_types.h"
#include "engine/codec/json_tree.h"
#include "engine/codec/json_walker.h"
#include "engine/codec/text_check.h"
#include "engine/domain/key.h"
#include "event.capnp.h"

namespace refund::codec {
namespace {

using MaybeError = std::optional<LineError>;

const std::vector<std::string>& ClaimKeys() {
  static const std::vector<std::string> keys = {
      "id",          "type", "key", "occurred_at", "actor", "case", "expected_version",
      "recorded_at", "body"};
  return keys;
}

const std::vector<std::string>& RawKeys() {
  static const std::vector<std::string> keys = {"raw", "partition", "recorded_at"};
  return keys;
}

// The union's members stand in the order of EventBody.
EventKind KindOf(capnp::StructSchema::Field member) {
  return static_cast<EventKind>(member.getIndex());
}

capnp::StructSchema::Field ClaimField(const char* name) {
  return capnp::Schema::from<schema::Claim>().getFieldByName(name);
}

MaybeError CheckKeys(const Json& line, const std::vector<std::string>& known) {
  for (const auto& key : line.keys) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return UnknownKey("", key, known);
  }
  return std::nullopt;
}

// ---- The envelope ----

// One line on its way to a claim. Each Fill reads one key of the line.
class ClaimFiller {
 public:
  ClaimFiller(const Json& line, bool as_recorded, bool any_kind)
      : line_(line), as_recorded_(as_recorded), any_kind_(any_kind) {}

  // In the order in which a person would want to hear of mistakes: what is it, then field by field.
  MaybeError Fill() {
    MaybeError error;
    if ((error = FillType()) || (error = CheckKeys(line_, ClaimKeys())) || (error = FillId()) ||
        (error = FillKey()) || (error = Required("occurred_at", "occurredAt")) ||
        (error = Required("actor", "actor")) || (error = Optional("case", "caseId")) ||
        (error = FillVersion()) || (error = FillRecordedAt()) || (error = FillBody())) {
      return error;
    }
    return std::nullopt;
  }

  std::string Bytes() { return message_.CanonicalBytes(); }
  std::optional<Instant> recorded_at() const { return recorded_at_; }

 private:
  MaybeError FillType() {
    const Json* type = line_.Find("type");
    if (type == nullptr) return LineError{"/type", "the name of an event", "nothing"};
    if (type->type != Json::Type::kText) {
      return LineError{"/type", "the name of an event", type->Describe()};
    }
    const auto member = FindEvent(type->text);
    const auto why = WhyNotAppended(type->text, as_recorded_);
    if (why && !(member && any_kind_)) {
      return LineError{"/type", "an event that a line can append",
                       absl::StrFormat("%s, which %s", type->text, *why)};
    }
    if (!member) return UnknownType(type->text);
    name_ = type->text;
    member_ = *member;
    return std::nullopt;
  }

  static LineError UnknownType(const std::string& name) {
    return {"/type", "the name of an event (`refundctl schema` lists them)",
            Misspelt(name, EventTypeNames())};
  }

  MaybeError FillId() {
    if (auto error = Required("id", "id")) return error;
    const Json& id = *line_.Find("id");
    if (IsPrintableAscii(id.text, 128)) return std::nullopt;
    return LineError{"/id", "1 to 128 bytes of printable ASCII", id.Describe()};
  }

  MaybeError FillKey() {
    const Json* key = line_.Find("key");
    if (KindRuleOf(*member_).broadcast) {
      if (key == nullptr) return std::nullopt;
      return LineError{"/key", absl::StrFormat("no key: %s goes to every partition", name_),
                       key->Describe()};
    }
    const EventKind kind = KindOf(*member_);
    if (key == nullptr) return LineError{"/key", KeyExpectedOf(kind), "nothing"};
    if (key->type != Json::Type::kText || key->text.empty()) {
      return LineError{"/key", KeyExpectedOf(kind), key->Describe()};
    }
    KeyParts parts;
    std::string error;
    if (!ParseKey(key->text, parts, error)) return SplitError("/key", error);
    if (!MayHaveKey(kind, parts.type)) {
      return LineError{"/key", KeyExpectedOf(kind), key->Describe()};
    }
    return Optional("key", "key");
  }

  MaybeError FillVersion() {
    const Json* version = line_.Find("expected_version");
    if (version == nullptr) return std::nullopt;
    // The schema's -1 says "absent", and a line says that by leaving the key out.
    const std::string expected = "an integer from 0 to 9223372036854775807";
    if (version->text.substr(0, 1) == "-") {
      return LineError{"/expected_version", expected, version->Describe()};
    }
    auto error = Optional("expected_version", "expectedVersion");
    if (error && error->expected.find(" from ") != std::string::npos) error->expected = expected;
    return error;
  }

  MaybeError FillRecordedAt() {
    const Json* at = line_.Find("recorded_at");
    if (!as_recorded_) {
      if (at == nullptr) return std::nullopt;
      return LineError{"/recorded_at", "no such key: intake stamps it, except in as-recorded mode",
                       at->Describe()};
    }
    Instant instant;
    if (auto error = ReadRecordedAt(line_, instant)) return error;
    recorded_at_ = instant;
    return std::nullopt;
  }

  MaybeError FillBody() {
    const Json* body = line_.Find("body");
    if (body == nullptr) return LineError{"/body", "an object", "nothing"};
    auto builder = capnp::DynamicStruct::Builder(root_.initBody());
    return FillField(*body, builder, *member_, "/body");
  }

  MaybeError Required(const char* key, const char* field) {
    if (line_.Find(key) != nullptr) return Optional(key, field);
    return LineError{PointerTo("", key), ExpectationOf(ClaimField(field)), "nothing"};
  }

  MaybeError Optional(const char* key, const char* field) {
    const Json* value = line_.Find(key);
    if (value == nullptr) return std::nullopt;
    return FillField(*value, capnp::DynamicStruct::Builder(root_), ClaimField(field),
                     PointerTo("", key));
  }

 public:
  // The recorded_at of a line of any sort, which must have one.
  static MaybeError ReadRecordedAt(const Json& line, Instant& out) {
    MessageBuilder scratch;
    auto stamp = scratch->initRoot<schema::Stamp>();
    const auto field = capnp::Schema::from<schema::Stamp>().getFieldByName("recordedAt");
    const Json* value = line.Find("recorded_at");
    if (value == nullptr) return LineError{"/recorded_at", ExpectationOf(field), "nothing"};
    auto error = FillField(*value, capnp::DynamicStruct::Builder(stamp), field, "/recorded_at");
    out.ms = stamp.getRecordedAt();
    return error;
  }

 private:
  const Json& line_;
  bool as_recorded_;
  bool any_kind_;
  std::string name_;
  std::optional<capnp::StructSchema::Field> member_;
  std::optional<Instant> recorded_at_;
  MessageBuilder message_;
  schema::Claim::Builder root_ = message_->initRoot<schema::Claim>();
};

LineResult ParseClaim(const Json& line, bool as_recorded, bool any_kind) {
  ClaimFiller filler(line, as_recorded, any_kind);
  if (auto error = filler.Fill()) return *std::move(error);
  ClaimLine result;
  result.claim_bytes = filler.Bytes();
  result.recorded_at = filler.recorded_at();
  auto claim = DecodeClaim(result.claim_bytes);
  // The walker has checked every field; what is left is the size of the whole.
  if (!claim.ok())
    return LineError{"", "a claim that the engine can read", Message(claim.status())};
  result.claim = *std::move(claim);
  return result;
}

// ---- Raw lines ----

LineResult ParseRaw(const Json& line) {
  if (auto error = CheckKeys(line, RawKeys())) return *std::move(error);
  RawLine result;
  const Json& raw = *line.Find("raw");
  if (raw.type != Json::Type::kText || !FromBase64(raw.text, result.bytes)) {
    return LineError{"/raw", "bytes in base64", raw.Describe()};
  }
  const Json* partition = line.Find("partition");
  if (partition == nullptr) return LineError{"/partition", "the number of a partition", "nothing"};
  int64_t number = -1;
  const bool digits = partition->type == Json::Type::kNumber && partition->text.size() <= 10 &&
                      partition->text.find_first_not_of("0123456789") == std::string::npos;
  if (digits) number = std::strtoll(partition->text.c_str(), nullptr, 10);
  if (number < 0 || number > UINT32_MAX) {
    return LineError{"/partition", "the number of a partition", partition->Describe()};
  }
  result.partition = static_cast<uint32_t>(number);
  if (auto error = ClaimFiller::ReadRecordedAt(line, result.recorded_at)) return *std::move(error);
  return result;
}

LineResult Parse(std::string_view line, bool as_recorded, bool any_kind) {
  auto parsed = ParseJsonObject(line);
  if (auto* error = std::get_if<LineError>(&parsed)) return std::move(*error);
  const Json& root = *std::get_if<Json>(&parsed);
  if (root.Find("raw") == nullptr) return ParseClaim(root, as_recorded, any_kind);
  if (as_recorded) return ParseRaw(root);
  return LineError{"/raw", "an event: raw bytes are taken in as-recorded mode only",
                   root.Find("raw")->Describe()};
}

// ---- Printing ----

void AppendKey(std::string& out, std::string_view key) {
  if (out.size() > 1) out += ',';
  AppendJsonText(out, key);
  out += ':';
}

std::string PrintClaim(schema::Claim::Reader claim, std::optional<Instant> recorded_at) {
  const capnp::DynamicStruct::Reader reader = claim;
  const capnp::DynamicStruct::Reader body = claim.getBody();
  KJ_IF_MAYBE (member, body.which()) {
    std::string out = "{";
    const auto field = [&](std::string_view key, const char* name) {
      AppendKey(out, key);
      AppendFieldJson(out, reader, ClaimField(name));
    };
    field("id", "id");
    AppendKey(out, "type");
    AppendJsonText(out, EventName(*member));
    if (claim.hasKey()) field("key", "key");
    field("occurred_at", "occurredAt");
    field("actor", "actor");
    if (claim.hasCaseId()) field("case", "caseId");
    if (claim.getExpectedVersion() >= 0) field("expected_version", "expectedVersion");
    if (recorded_at) {
      AppendKey(out, "recorded_at");
      AppendJsonText(out, FormatInstant(*recorded_at));
    }
    AppendKey(out, "body");
    AppendFieldJson(out, body, *member);
    return out + "}";
  }
  CHECK(false);  // a claim of a kind that the schema does not know
  return "";
}

// ---- Describing ----

const char* ClassOf(capnp::StructSchema::Field member) {
  if (KindRuleOf(member).broadcast) return "broadcast";
  return IsMessage(KindOf(member)) ? "message" : "appended";
}

std::string LowerCase(std::string_view text) { return absl::AsciiStrToLower(Abs(text)); }

std::string NamesJson(const std::vector<std::string>& names) {
  std::string out = "[";
  for (const auto& name : names) {
    if (out.size() > 1) out += ',';
    AppendJsonText(out, name);
  }
  return out + "]";
}

// The struct behind a field, or behind the items of a list.
std::optional<capnp::StructSchema> StructOf(capnp::Type type) {
  if (type.isList()) type = type.asList().getElementType();
  if (type.isStruct()) return type.asStruct();
  return std::nullopt;
}

void AppendFieldsText(std::string& out, capnp::StructSchema schema, size_t depth) {
  for (const auto field : schema.getFields()) {
    const std::string name =
        std::string(2 * depth, ' ') + SnakeName(field.getProto().getName().cStr());
    absl::StrAppendFormat(&out, "%-20s %-8s  %s\n", name,
                          RuleOf(field).optional ? "optional" : "required", ExpectationOf(field));
    if (const auto inner = StructOf(field.getType())) AppendFieldsText(out, *inner, depth + 1);
  }
}

std::string TypeWord(capnp::Type type, const FieldRule& rule) {
  if (rule.instant) return "time";
  if (type.isList()) return "array";
  if (type.isStruct()) return "object";
  if (type.isEnum()) return "enum";
  if (type.isText()) return "text";
  if (type.isData()) return rule.hex ? "hex" : "base64";
  return type.isBool() ? "boolean" : "integer";
}

std::string FieldsJson(capnp::StructSchema schema);

std::string FieldJson(capnp::StructSchema::Field field) {
  const FieldRule rule = RuleOf(field);
  const capnp::Type type = field.getType();
  std::string out = "{";
  const auto text = [&](std::string_view key, std::string_view value) {
    AppendKey(out, key);
    AppendJsonText(out, value);
  };
  const auto plain = [&](std::string_view key, std::string_view value) {
    AppendKey(out, key);
    out += value;
  };
  text("name", SnakeName(rule.name));
  text("type", TypeWord(type, rule));
  plain("required", rule.optional ? "false" : "true");
  text("expected", ExpectationOf(field));
  if (rule.bytes) plain("bytes", std::to_string(*rule.bytes));
  if (type.isList() || type.isText() || (type.isData() && !rule.bytes)) {
    plain("maximum", std::to_string(rule.maximum));
  }
  if (type.isList()) {
    text("items", TypeWord(type.asList().getElementType(), ElementRule(rule)));
  }
  if (type.isEnum()) plain("values", NamesJson(AcceptedNames(type.asEnum())));
  if (const auto inner = StructOf(type)) plain("fields", FieldsJson(*inner));
  return out + "}";
}

std::string FieldsJson(capnp::StructSchema schema) {
  std::vector<std::string> fields;
  for (const auto field : schema.getFields()) fields.push_back(FieldJson(field));
  return "[" + absl::StrJoin(fields, ",") + "]";
}

std::string DescribeAsJson(capnp::StructSchema::Field member) {
  const std::string name = EventName(member);
  std::string out = "{";
  AppendKey(out, "type");
  AppendJsonText(out, name);
  AppendKey(out, "class");
  AppendJsonText(out, ClassOf(member));
  AppendKey(out, "key");
  if (KindRuleOf(member).broadcast) {
    out += "null";
  } else {
    AppendJsonText(out, KeyWordsOf(KindOf(member)));
  }
  AppendKey(out, "appended_by_line");
  out += WhyNotAppended(name) ? "false" : "true";
  AppendKey(out, "fields");
  out += FieldsJson(member.getType().asStruct());
  AppendKey(out, "example");
  out += ExampleLine(name);
  return out + "}";
}

std::string DescribeAsText(capnp::StructSchema::Field member) {
  const std::string name = EventName(member);
  const bool broadcast = KindRuleOf(member).broadcast;
  std::string out = absl::StrFormat(
      "%s: %s, %s\n", name, ClassOf(member),
      broadcast ? "no key (every partition)" : "key " + KeyShapesOf(KindOf(member)));
  if (const auto why = WhyNotAppended(name))
    absl::StrAppendFormat(&out, "It %s by a line.\n", *why);
  out += "\nbody:\n";
  const auto body = member.getType().asStruct();
  if (body.getFields().size() == 0) out += "  (empty)\n";
  AppendFieldsText(out, body, 1);
  return out + "\nexample:\n" + ExampleLine(name) + "\n";
}

}  // namespace

std::string LineError::Text() const {
  const std::string what = absl::StrFormat("expected %s, found %s", expected, found);
  return pointer.empty() ? what : absl::StrFormat("%s: %s", pointer, what);
}

LineResult ParseLine(std::string_view line, bool as_recorded) {
  return Parse(line, as_recorded, false);
}

LineResult ParseTree(const Json& line) { return ParseClaim(line, false, false); }

LineResult ParseExportedLine(std::string_view line, bool as_recorded) {
  return Parse(line, as_recorded, true);
}

std::string ClaimToJson(const Claim& claim, std::optional<Instant> recorded_at) {
  return ClaimBytesToJson(EncodeClaim(claim), recorded_at);
}

std::string ClaimBytesToJson(ByteView claim_bytes, std::optional<Instant> recorded_at) {
  CHECK(claim_bytes.size() % sizeof(capnp::word) == 0);
  auto words = kj::heapArray<capnp::word>(claim_bytes.size() / sizeof(capnp::word));
  std::copy(claim_bytes.begin(), claim_bytes.end(), words.asChars().begin());
  const kj::ArrayPtr<const capnp::word> segment = words;
  capnp::SegmentArrayMessageReader message(kj::arrayPtr(&segment, 1));
  return PrintClaim(message.getRoot<schema::Claim>(), recorded_at);
}

std::vector<std::string> EventTypeNames() {
  std::vector<std::string> names;
  for (const auto member : capnp::Schema::from<schema::Body>().getUnionFields()) {
    names.push_back(EventName(member));
  }
  return names;
}

absl::StatusOr<std::string> DescribeType(std::string_view name, bool json) {
  if (const auto member = FindEvent(name)) {
    return json ? DescribeAsJson(*member) : DescribeAsText(*member);
  }
  if (const auto why = WhyNotAppended(name)) {
    return Errorf(absl::StatusCode::kNotFound, "%s %s", name, *why);
  }
  return Errorf(absl::StatusCode::kNotFound, "expected the name of an event, found %s",
                Misspelt(name, EventTypeNames()));
}

std::string ExampleLine(std::string_view name) {
  const auto member = FindEvent(name);
  CHECK(member.has_value());
  const KindRule kind = KindRuleOf(*member);
  const std::string key =
      kind.broadcast ? "" : absl::StrFormat("\"key\":\"%s\",", KeyExampleOf(KindOf(*member)));
  return absl::StrFormat(
      "{\"id\":\"%s-1\",\"type\":\"%s\",%s\"occurred_at\":\"2024-03-01T10:00:00.000+08:00\","
      "\"actor\":{\"role\":\"%s\",\"id\":\"%s-1\"},\"body\":%s}",
      SnakeName(member->getProto().getName().cStr()), name, key, NameOf(kind.sender),
      LowerCase(NameOf(kind.sender)), kind.example);
}

}  // namespace refund::codec
