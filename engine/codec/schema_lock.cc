#include "engine/codec/schema_lock.h"

#include <capnp/schema.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "engine/base/bytes.h"
#include "engine/base/check.h"
#include "engine/codec/field_rules.h"
#include "event.capnp.h"
#include "order.capnp.h"
#include "step.capnp.h"
#include "types.capnp.h"

namespace refund::codec {
namespace {

using Which = capnp::schema::Type::Which;

// Every enum of types.capnp: not each is reached from a struct.
// clang-format off
#define REFUND_LOCKED_ENUMS(X) \
  X(Platform) X(Currency) X(Role) X(CaseKind) X(ClaimReason) X(RefusalGround) X(Phase) X(CloseReason) \
  X(Overlay) X(Side) X(RulingOutcome) X(Remedy) X(Goods) X(LegState) X(LegKind) X(Bearer) X(Liability) \
  X(PayoutFailure) X(AbuseVerdict) X(DeliveryLevel) X(HelpGround) X(EvidenceKind) X(PromiseKind) \
  X(Route) X(OnTimeout) X(FirstStep) X(Ruler) X(Basis) X(Timer) X(StepResult) X(Machine) X(Refusal)
// Structs from which the others are reached. A new schema file adds its roots here.
// TODO(soon): X(Pack), once pack.capnp no longer has the file id and a struct name of order.capnp.
#define REFUND_LOCKED_ROOTS(X) X(Record) X(Claim) X(Order) X(Step) X(Decision) X(Payout) X(Quarantined)
// clang-format on

// "event.Claim": two schemas may use one name.
std::string QualifiedName(capnp::Schema schema) {
  const std::string path = schema.getProto().getDisplayName().cStr();
  const std::string file = path.substr(path.rfind('/') + 1);
  const size_t extension = file.find(".capnp:");
  CHECK(extension != std::string::npos);
  return file.substr(0, extension) + "." + file.substr(extension + 7);
}

std::string TypeName(capnp::Type type) {
  switch (type.which()) {
    case Which::VOID:
      return "Void";
    case Which::BOOL:
      return "Bool";
    case Which::INT8:
      return "Int8";
    case Which::INT16:
      return "Int16";
    case Which::INT32:
      return "Int32";
    case Which::INT64:
      return "Int64";
    case Which::UINT8:
      return "UInt8";
    case Which::UINT16:
      return "UInt16";
    case Which::UINT32:
      return "UInt32";
    case Which::UINT64:
      return "UInt64";
    case Which::FLOAT32:
      return "Float32";
    case Which::FLOAT64:
      return "Float64";
    case Which::TEXT:
      return "Text";
    case Which::DATA:
      return "Data";
    case Which::LIST:
      return "List(" + TypeName(type.asList().getElementType()) + ")";
    case Which::ENUM:
      return QualifiedName(type.asEnum());
    case Which::STRUCT:
      return QualifiedName(type.asStruct());
    default:
      return "AnyPointer";
  }
}

// Defaults that are not zero are XORed into the bytes.
std::string DefaultText(capnp::schema::Value::Reader value) {
  using Value = capnp::schema::Value;
  switch (value.which()) {
    case Value::BOOL:
      return value.getBool() ? " default=true" : "";
    case Value::INT32:
      return value.getInt32() == 0 ? "" : absl::StrFormat(" default=%d", value.getInt32());
    case Value::INT64:
      return value.getInt64() == 0 ? "" : absl::StrFormat(" default=%d", value.getInt64());
    case Value::UINT32:
      return value.getUint32() == 0 ? "" : absl::StrFormat(" default=%d", value.getUint32());
    case Value::UINT64:
      return value.getUint64() == 0 ? "" : absl::StrFormat(" default=%d", value.getUint64());
    case Value::ENUM:
      return value.getEnum() == 0 ? "" : absl::StrFormat(" default=%d", value.getEnum());
    default:
      return "";
  }
}

// Limits decide which records of an old log can be read at all, so they are locked too.
std::string RuleText(const FieldRule& rule) {
  std::string text;
  if (rule.instant) text += " instant";
  if (rule.hex) text += " hex";
  if (rule.bytes) text += absl::StrFormat(" bytes=%d", *rule.bytes);
  if (rule.limited) text += absl::StrFormat(" maximum=%d", rule.maximum);
  if (rule.optional) text += " optional";
  return text;
}

class LockWriter {
 public:
  void Add(capnp::Schema schema) {
    const auto proto = schema.getProto();
    if (proto.isEnum()) AddEnum(schema.asEnum());
    if (proto.isStruct()) AddStruct(schema.asStruct());
  }

  std::string Text() const {
    std::string text;
    for (const auto& [name, lines] : types_) text += lines;
    return text;
  }

 private:
  bool Begin(std::string_view kind, capnp::Schema schema) {
    const std::string name = QualifiedName(schema);
    const auto [at, added] = types_.try_emplace(name);
    if (added) {
      at->second = absl::StrFormat("%s %s 0x%016x\n", kind, name, schema.getProto().getId());
    }
    return added;
  }

  void AddEnum(capnp::EnumSchema schema) {
    if (!Begin("enum", schema)) return;
    std::string& lines = types_[QualifiedName(schema)];
    for (const auto enumerant : schema.getEnumerants()) {
      absl::StrAppendFormat(&lines, "  @%d %s\n", enumerant.getOrdinal(),
                            enumerant.getProto().getName().cStr());
    }
  }

  void AddStruct(capnp::StructSchema schema) {
    if (!Begin("struct", schema)) return;
    std::string lines;
    if (const auto layout = schema.getProto().getStruct(); layout.getDiscriminantCount() > 0) {
      lines += absl::StrFormat("  union discriminant at %d\n", layout.getDiscriminantOffset());
    }
    for (const auto field : schema.getFields()) {
      lines += FieldLine(field);
      AddType(field.getType());
    }
    types_[QualifiedName(schema)] += lines;
  }

  void AddType(capnp::Type type) {
    if (type.isList()) return AddType(type.asList().getElementType());
    if (type.isEnum()) AddEnum(type.asEnum());
    if (type.isStruct()) AddStruct(type.asStruct());
  }

  static std::string FieldLine(capnp::StructSchema::Field field) {
    const auto proto = field.getProto();
    const FieldRule rule = RuleOf(field);
    // A group has no ordinal of its own; its name stands for it.
    std::string line =
        proto.getOrdinal().isExplicit()
            ? absl::StrFormat("  @%d %s", proto.getOrdinal().getExplicit(), rule.name)
            : absl::StrFormat("  group %s", rule.name);
    absl::StrAppendFormat(&line, " :%s", TypeName(field.getType()));
    if (proto.isSlot()) {
      absl::StrAppendFormat(&line, " at %d%s", proto.getSlot().getOffset(),
                            DefaultText(proto.getSlot().getDefaultValue()));
    }
    if (proto.getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT) {
      absl::StrAppendFormat(&line, " member %d", proto.getDiscriminantValue());
    }
    return line + RuleText(rule) + "\n";
  }

  std::map<std::string, std::string> types_;  // name → its lines
};

// What identifies a line within its type: "@3", "union", "group answer".
std::string KeyOf(std::string_view line) {
  line.remove_prefix(2);
  const size_t end = line.find(' ');
  const std::string_view first = line.substr(0, end);
  if (first != "group") return std::string(first);
  return std::string(line.substr(0, line.find(' ', end + 1)));
}

struct LockedType {
  std::string head;                          // "struct Claim 0x…"
  std::map<std::string, std::string> lines;  // key → line
};

std::map<std::string, LockedType> ParseLock(std::string_view text) {
  std::map<std::string, LockedType> types;
  LockedType* type = nullptr;
  for (const absl::string_view raw : absl::StrSplit(Abs(text), '\n', absl::SkipEmpty())) {
    const std::string_view line = Std(raw);
    if (line.substr(0, 1) == "#") continue;
    if (line.substr(0, 2) == "  ") {
      if (type != nullptr) type->lines[KeyOf(line)] = line;
      continue;
    }
    const size_t name = line.find(' ') + 1;
    type = &types[std::string(line.substr(name, line.find(' ', name) - name))];
    type->head = line;
  }
  return types;
}

// "actor" of "  @4 actor :Actor at 3".
std::string_view NameIn(std::string_view line) {
  const size_t start = line.find(' ', 2) + 1;
  return line.substr(start, line.find(' ', start) - start);
}

void CompareLines(const std::string& type, const LockedType& locked, const LockedType& current,
                  std::vector<std::string>& edits) {
  for (const auto& [key, line] : locked.lines) {
    const std::string where = absl::StrFormat("%s.%s", type, NameIn(line));
    const auto now = current.lines.find(key);
    if (now == current.lines.end()) {
      edits.push_back(
          absl::StrFormat("%s: expected \"%s\", found it removed", where, line.substr(2)));
    } else if (now->second != line) {
      edits.push_back(absl::StrFormat("%s: expected \"%s\", found \"%s\"", where, line.substr(2),
                                      now->second.substr(2)));
    }
  }
}

}  // namespace

std::string SchemaLockText() {
  LockWriter writer;
#define REFUND_LOCK_ROOT(Name) writer.Add(capnp::Schema::from<schema::Name>());
  REFUND_LOCKED_ROOTS(REFUND_LOCK_ROOT)
  REFUND_LOCKED_ENUMS(REFUND_LOCK_ROOT)
#undef REFUND_LOCK_ROOT
  return "# Made by tests/codec/schema_lock_test.cc with REFUND_UPDATE_LOCK=1; "
         "engine/codec/schema_lock.h.\n" +
         writer.Text();
}

std::vector<std::string> IncompatibleEdits(std::string_view lock_text,
                                           std::string_view current_text) {
  const auto current = ParseLock(current_text);
  std::vector<std::string> edits;
  for (const auto& [name, locked] : ParseLock(lock_text)) {
    const auto now = current.find(name);
    if (now == current.end()) {
      edits.push_back(absl::StrFormat("%s: expected \"%s\", found it removed", name, locked.head));
      continue;
    }
    if (now->second.head != locked.head) {
      edits.push_back(absl::StrFormat("%s: expected \"%s\", found \"%s\"", name, locked.head,
                                      now->second.head));
    }
    CompareLines(name, locked, now->second, edits);
  }
  return edits;
}

}  // namespace refund::codec
