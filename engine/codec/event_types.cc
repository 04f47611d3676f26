#include "engine/codec/event_types.h"

#include "engine/domain/event.h"
#include "engine/domain/vocabulary.h"
#include "event.capnp.h"

namespace refund::codec {
namespace {

// rules.md §3.1, class "derived".
bool IsDerived(std::string_view name) {
  const auto kind = ParseName<DerivedKind>(name);
  return kind && *kind != DerivedKind::kUnspecified;
}

}  // namespace

std::optional<capnp::StructSchema::Field> FindEvent(std::string_view name) {
  for (const auto member : capnp::Schema::from<schema::Body>().getUnionFields()) {
    if (EventName(member) == name) return member;
  }
  return std::nullopt;
}

std::string EventName(capnp::StructSchema::Field member) {
  std::string name = member.getProto().getName().cStr();
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

std::optional<std::string> WhyNotAppended(std::string_view name, bool as_recorded) {
  if (IsDerived(name)) return "is derived by the engine and cannot be appended";
  if (const auto kind = ParseName<EventKind>(name); kind && IsMessage(*kind)) {
    return "is a message between keys, made by the engine, and cannot be appended";
  }
  if (name == "LogOpened") return "is written by `refundctl init` and cannot be appended";
  if (name == "PolicyPublished" && !as_recorded) {
    return "is written by `refundctl policy publish` and only as recorded can be appended";
  }
  return std::nullopt;
}

}  // namespace refund::codec
