#include "engine/codec/cloud_event.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/codec/json_tree.h"

namespace refund::codec {
namespace {

constexpr std::string_view kBinary = "application/json";
constexpr std::string_view kStructured = "application/cloudevents+json";

// A CloudEvents attribute, and the member of a line that it stands for. Extension attributes have
// lower-case letters and digits alone, so the actor's two have names without an underscore.
struct Attribute {
  std::string_view name;
  std::string_view pointer;  // of the line; empty: CloudEvents' own, checked here
  bool required = false;
  bool number = false;
};

constexpr std::array<Attribute, 11> kAttributes = {{
    {"specversion", "", true},
    {"source", "", true},
    {"id", "/id"},
    {"type", "/type"},
    {"subject", "/key"},
    {"time", "/occurred_at"},
    {"actorrole", "/actor/role"},
    {"actorid", "/actor/id"},
    {"case", "/case"},
    {"expectedversion", "/expected_version", false, true},
    {"datacontenttype", ""},
}};

const Attribute* FindAttribute(std::string_view name) {
  const auto* found = std::find_if(kAttributes.begin(), kAttributes.end(),
                                   [&](const Attribute& each) { return each.name == name; });
  return found == kAttributes.end() ? nullptr : found;
}

Json Text(std::string_view text) {
  Json json;
  json.type = Json::Type::kText;
  json.text = text;
  return json;
}

Json Object() {
  Json json;
  json.type = Json::Type::kObject;
  return json;
}

void Put(Json& object, std::string_view key, Json value) {
  object.keys.emplace_back(key);
  object.items.push_back(std::move(value));
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.size() <= 10 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The attributes by name, however they came.
struct Envelope {
  std::vector<std::pair<const Attribute*, Json>> attributes;
  Json data = Object();
  bool binary = false;

  const Json* Find(std::string_view name) const {
    for (const auto& [attribute, value] : attributes) {
      if (attribute->name == name) return &value;
    }
    return nullptr;
  }
  // As the sender wrote it.
  std::string PlaceOf(std::string_view name) const {
    return (binary ? "ce_" : "/") + std::string(name);
  }
};

using Parsed = std::variant<Envelope, LineError>;

std::optional<std::string> HeaderOf(const MessageHeaders& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

// "application/json; charset=utf-8" is application/json.
bool IsContent(const std::string& type, std::string_view wanted) {
  const std::string_view bare = std::string_view(type).substr(0, type.find(';'));
  return bare.substr(0, bare.find_last_not_of(' ') + 1) == wanted;
}

Parsed ReadBinary(const MessageHeaders& headers, std::string_view value) {
  Envelope envelope;
  envelope.binary = true;
  for (const auto& [key, text] : headers) {
    if (key.rfind("ce_", 0) != 0) continue;  // somebody's tracing
    const Attribute* attribute = FindAttribute(std::string_view(key).substr(3));
    if (attribute == nullptr) continue;  // an extension that is not ours
    if (envelope.Find(attribute->name) != nullptr) {
      return LineError{key, "this header once", "it twice"};
    }
    Json json = Text(text);
    if (attribute->number && IsDigits(text)) json.type = Json::Type::kNumber;
    envelope.attributes.emplace_back(attribute, std::move(json));
  }
  auto data = ParseJsonObject(value);
  if (auto* error = std::get_if<LineError>(&data)) {
    error->pointer = "/data" + error->pointer;
    return std::move(*error);
  }
  envelope.data = std::move(std::get<Json>(data));
  return envelope;
}

Parsed ReadStructured(std::string_view value) {
  auto parsed = ParseJsonObject(value);
  if (auto* error = std::get_if<LineError>(&parsed)) return std::move(*error);
  Json& root = std::get<Json>(parsed);
  Envelope envelope;
  for (size_t i = 0; i < root.keys.size(); ++i) {
    if (root.keys[i] == "data") {
      envelope.data = std::move(root.items[i]);
    } else if (const Attribute* attribute = FindAttribute(root.keys[i])) {
      envelope.attributes.emplace_back(attribute, std::move(root.items[i]));
    } else if (root.keys[i] == "data_base64") {
      return LineError{"/data_base64", "the body in \"data\"", "data_base64"};
    }
  }
  return envelope;
}

std::optional<LineError> CheckOwn(const Envelope& envelope) {
  for (const Attribute& attribute : kAttributes) {
    if (attribute.required && envelope.Find(attribute.name) == nullptr) {
      return LineError{envelope.PlaceOf(attribute.name),
                       "the CloudEvents attribute " + std::string(attribute.name), "nothing"};
    }
  }
  const Json& version = *envelope.Find("specversion");
  if (version.type != Json::Type::kText || version.text != "1.0") {
    return LineError{envelope.PlaceOf("specversion"), "\"1.0\"", version.Describe()};
  }
  const Json& source = *envelope.Find("source");
  if (source.type != Json::Type::kText || source.text.empty()) {
    return LineError{envelope.PlaceOf("source"), "who sends, a URI reference", source.Describe()};
  }
  return std::nullopt;
}

// The line of JSON that says the same.
Json LineOf(Envelope& envelope) {
  Json line = Object();
  Json actor = Object();
  for (auto& [attribute, value] : envelope.attributes) {
    const std::string_view pointer = attribute->pointer;
    constexpr std::string_view kActor = "/actor/";
    if (pointer.empty()) continue;
    if (pointer.substr(0, kActor.size()) == kActor) {
      Put(actor, pointer.substr(kActor.size()), std::move(value));
    } else {
      Put(line, pointer.substr(1), std::move(value));
    }
  }
  if (!actor.keys.empty()) Put(line, "actor", std::move(actor));
  Put(line, "body", std::move(envelope.data));
  return line;
}

// The same error, where the sender wrote it.
LineError Placed(const Envelope& envelope, LineError error) {
  constexpr std::string_view kBody = "/body";
  if (error.pointer.rfind(kBody, 0) == 0) {
    error.pointer = "/data" + error.pointer.substr(kBody.size());
    return error;
  }
  if (error.pointer == "/actor") error.pointer = "/actor/role";
  for (const Attribute& attribute : kAttributes) {
    if (attribute.pointer == error.pointer && !error.pointer.empty()) {
      error.pointer = envelope.PlaceOf(attribute.name);
      return error;
    }
  }
  return error;
}

}  // namespace

LineResult ParseCloudEvent(const MessageHeaders& headers, std::optional<std::string_view> value) {
  if (!value) return LineError{"", "an event", "a null value (a tombstone)"};
  const std::optional<std::string> type = HeaderOf(headers, "content-type");
  const bool binary = type && IsContent(*type, kBinary);
  if (!binary && !(type && IsContent(*type, kStructured))) {
    return LineError{"content-type",
                     std::string(kBinary) + " with ce_ headers, or " + std::string(kStructured),
                     type ? "\"" + *type + "\"" : "no such header"};
  }
  Parsed parsed = binary ? ReadBinary(headers, *value) : ReadStructured(*value);
  if (auto* error = std::get_if<LineError>(&parsed)) return std::move(*error);
  Envelope& envelope = std::get<Envelope>(parsed);
  if (auto error = CheckOwn(envelope)) return *std::move(error);
  LineResult result = ParseTree(LineOf(envelope));
  if (auto* error = std::get_if<LineError>(&result)) return Placed(envelope, std::move(*error));
  return result;
}

}  // namespace refund::codec
