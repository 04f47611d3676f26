// The names of events: those that a log may hold under this semantic, and those of rules.md §3.1
// that nobody can append, each with the reason. Internal to the codec.
#pragma once

#include <capnp/schema.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refund::codec {

// The member of the schema's Body that is this event, by its CamelCase name.
std::optional<capnp::StructSchema::Field> FindEvent(std::string_view name);
// "RefundRequested" of the member refundRequested.
std::string EventName(capnp::StructSchema::Field member);

// Why a name that is no member of Body cannot be appended: "is derived by the engine and cannot be
// appended", "is not readable under semantic 1". Nothing if nobody knows the name.
std::optional<std::string> WhyNotAppended(std::string_view name);
// For a member of Body that a line may not append, the command that writes it.
std::optional<std::string> WrittenBy(std::string_view name);

}  // namespace refund::codec
