// JSON of what only these commands say; what the engine stores is written by engine/codec. One
// object on one line, keys in the order in which they are added.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "projections/views/read.h"

namespace refund::tools {

class JsonObject {
 public:
  JsonObject& Text(std::string_view key, std::string_view value);
  JsonObject& Number(std::string_view key, int64_t value);
  JsonObject& Bool(std::string_view key, bool value);
  JsonObject& Texts(std::string_view key, const std::vector<std::string>& values);
  // `value` is JSON already.
  JsonObject& Json(std::string_view key, std::string_view value);
  JsonObject& AsOf(std::span<const projections::ViewAsOf> as_of);

  std::string Done() const { return "{" + members_ + "}"; }

 private:
  void Key(std::string_view key);
  std::string members_;
};

// [a,b] of values that are JSON already.
std::string JsonArray(const std::vector<std::string>& values);

// An object of the codec with "as_of" put in front.
std::string WithAsOf(std::string_view object, std::span<const projections::ViewAsOf> as_of);

}  // namespace refund::tools
