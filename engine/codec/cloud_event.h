// CloudEvents 1.0 over Kafka, binary and structured (docs/formats/topics.md): how other teams send
// events to the inbox. The attributes are those of a line of JSON under CloudEvents' names, and
// what a line may hold is said once, in json_lines.h. Nothing throws. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/codec/json_lines.h"

namespace refund::codec {

// A message's headers, in order; a name may come twice, which is an error where we read it.
using MessageHeaders = std::vector<std::pair<std::string, std::string>>;

// Binary where the content type is application/json and `ce_` headers hold the attributes,
// structured where it is application/cloudevents+json and the value holds them. A null value (a
// tombstone) is no event. The error's pointer names the header ("ce_subject") or the member
// ("/data/ask/units") as the sender wrote it. Never a RawLine.
LineResult ParseCloudEvent(const MessageHeaders& headers, std::optional<std::string_view> value);

}  // namespace refund::codec
