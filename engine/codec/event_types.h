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

// Why a line may not append it: "is derived by the engine and cannot be appended", "is written by
// `refundctl init` and cannot be appended". Nothing if it may, or if nobody knows the name. What is
// derived is no member of Body; messages and what a command writes are, so that logs can be read. A
// log of the past may bring its packs along: as recorded a line appends PolicyPublished.
std::optional<std::string> WhyNotAppended(std::string_view name, bool as_recorded = false);

}  // namespace refund::codec
