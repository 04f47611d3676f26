#include "tools/refundctl/views/view_json.h"

#include "absl/strings/str_join.h"
#include "tools/refundctl/context.h"

namespace refund::tools {

void JsonObject::Key(std::string_view key) {
  if (!members_.empty()) members_ += ',';
  members_ += Quoted(std::string(key));
  members_ += ':';
}

JsonObject& JsonObject::Text(std::string_view key, std::string_view value) {
  return Json(key, Quoted(std::string(value)));
}

JsonObject& JsonObject::Number(std::string_view key, int64_t value) {
  return Json(key, std::to_string(value));
}

JsonObject& JsonObject::Bool(std::string_view key, bool value) {
  return Json(key, value ? "true" : "false");
}

JsonObject& JsonObject::Texts(std::string_view key, const std::vector<std::string>& values) {
  std::vector<std::string> quoted;
  for (const std::string& each : values) quoted.push_back(Quoted(each));
  return Json(key, JsonArray(quoted));
}

JsonObject& JsonObject::Json(std::string_view key, std::string_view value) {
  Key(key);
  members_ += value;
  return *this;
}

JsonObject& JsonObject::AsOf(std::span<const projections::ViewAsOf> as_of) {
  std::vector<std::string> positions;
  for (const projections::ViewAsOf& each : as_of) {
    JsonObject position;
    position.Number("partition", each.partition).Number("offset", each.offset);
    if (each.at) position.Text("at", FormatInstant(*each.at));
    positions.push_back(position.Done());
  }
  return Json("as_of", JsonArray(positions));
}

std::string JsonArray(const std::vector<std::string>& values) {
  return "[" + absl::StrJoin(values, ",") + "]";
}

std::string WithAsOf(std::string_view object, std::span<const projections::ViewAsOf> as_of) {
  std::string text = JsonObject().AsOf(as_of).Done();
  text.back() = ',';
  return text.append(object.substr(1));
}

}  // namespace refund::tools
