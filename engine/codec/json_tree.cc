#include "engine/codec/json_tree.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>  // the library itself: this is the one file that compiles it
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/codec/json_walker.h"
#include "engine/codec/text_check.h"

namespace refund::codec {
namespace {

namespace json = boost::json;

// Far beyond any event; they bound what one line can cost us in memory and in looking up keys.
constexpr size_t kMaxKeys = 64;
constexpr size_t kMaxValues = 65536;

// Builds the tree from the parser's callbacks, and stops at the first duplicate key, which
// Boost.JSON itself would silently overwrite.
class TreeHandler {
 public:
  static constexpr size_t max_array_size = kMaxValues;
  static constexpr size_t max_object_size = kMaxValues;
  static constexpr size_t max_string_size = kMaxLineBytes;
  static constexpr size_t max_key_size = kMaxLineBytes;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& ec) { return Open(Json::Type::kObject, ec); }
  bool on_object_end(size_t, json::error_code&) { return Close(); }
  bool on_array_begin(json::error_code& ec) { return Open(Json::Type::kArray, ec); }
  bool on_array_end(size_t, json::error_code&) { return Close(); }
  bool on_key_part(json::string_view s, size_t, json::error_code&) { return Part(s); }
  bool on_key(json::string_view s, size_t, json::error_code& ec) {
    Part(s);
    Json& object = open_.back();
    const bool twice =
        std::find(object.keys.begin(), object.keys.end(), part_) != object.keys.end();
    object.keys.push_back(std::exchange(part_, {}));
    if (twice) return Stop({Pointer(), "each key once", "it twice"}, ec);
    if (object.keys.size() <= kMaxKeys) return true;
    return Stop({Pointer(), absl::StrFormat("at most %d keys", kMaxKeys), "more"}, ec);
  }
  bool on_string_part(json::string_view s, size_t, json::error_code&) { return Part(s); }
  bool on_string(json::string_view s, size_t, json::error_code& ec) {
    Part(s);
    return Leaf(Json::Type::kText, false, ec);
  }
  bool on_number_part(json::string_view s, json::error_code&) { return Part(s); }
  bool on_int64(int64_t, json::string_view s, json::error_code& ec) { return Number(s, ec); }
  bool on_uint64(uint64_t, json::string_view s, json::error_code& ec) { return Number(s, ec); }
  bool on_double(double, json::string_view s, json::error_code& ec) { return Number(s, ec); }
  bool on_bool(bool value, json::error_code& ec) { return Leaf(Json::Type::kBool, value, ec); }
  bool on_null(json::error_code& ec) { return Leaf(Json::Type::kNull, false, ec); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  Json& root() { return root_; }
  const std::optional<LineError>& error() const { return error_; }

 private:
  bool Part(json::string_view s) {
    part_.append(s.data(), s.size());
    return true;
  }

  bool Number(json::string_view s, json::error_code& ec) {
    Part(s);
    return Leaf(Json::Type::kNumber, false, ec);
  }

  bool Leaf(Json::Type type, bool boolean, json::error_code& ec) {
    Json value;
    value.type = type;
    value.boolean = boolean;
    value.text = std::exchange(part_, {});
    return Count(ec) && Attach(std::move(value));
  }

  bool Open(Json::Type type, json::error_code& ec) {
    open_.emplace_back().type = type;
    return Count(ec);
  }

  bool Close() {
    Json value = std::move(open_.back());
    open_.pop_back();
    return Attach(std::move(value));
  }

  bool Attach(Json value) {
    (open_.empty() ? root_ : open_.back().items.emplace_back()) = std::move(value);
    return true;
  }

  bool Count(json::error_code& ec) {
    if (++values_ <= kMaxValues) return true;
    return Stop({"", absl::StrFormat("at most %d values", kMaxValues), "more"}, ec);
  }

  bool Stop(LineError error, json::error_code& ec) {
    error_ = std::move(error);
    ec = json::error::syntax;
    return false;
  }

  // Of the newest key.
  std::string Pointer() const {
    std::string pointer;
    for (const Json& value : open_) {
      pointer = PointerTo(pointer, value.type == Json::Type::kObject
                                       ? value.keys.back()
                                       : std::to_string(value.items.size()));
    }
    return pointer;
  }

  Json root_;
  std::vector<Json> open_;  // from the outermost to the innermost
  std::string part_;
  size_t values_ = 0;
  std::optional<LineError> error_;
};

LineError SyntaxError(const json::error_code& ec, size_t at) {
  if (ec == json::error::too_deep) {
    return {"", absl::StrFormat("at most %d levels", kMaxLineDepth), "more"};
  }
  if (ec == json::error::extra_data) {
    return {"", "one JSON object", absl::StrFormat("more after it, at byte %d", at)};
  }
  if (ec == json::error::incomplete) return {"", "one JSON object", "a line that ends inside it"};
  return {"", "one JSON object", absl::StrFormat("%s at byte %d", ec.message(), at)};
}

std::optional<LineError> CheckText(std::string_view text) {
  if (text.size() > kMaxLineBytes) {
    return LineError{"", absl::StrFormat("at most %d bytes", kMaxLineBytes),
                     std::to_string(text.size())};
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return LineError{"", "one JSON object", "an empty line"};
  }
  if (const auto at = FindBadUtf8(text)) {
    return LineError{"", "UTF-8",
                     absl::StrFormat("byte 0x%02x at %d", static_cast<uint8_t>(text[*at]), *at)};
  }
  return std::nullopt;
}

}  // namespace

const Json* Json::Find(std::string_view key) const {
  const auto at = std::find(keys.begin(), keys.end(), key);
  return at == keys.end() ? nullptr : &items[static_cast<size_t>(at - keys.begin())];
}

std::string Json::Describe() const {
  constexpr size_t kShown = 80;
  const std::string shown = text.size() > kShown ? text.substr(0, kShown) + "…" : text;
  std::string quoted;
  switch (type) {
    case Type::kNull:
      return "null";
    case Type::kBool:
      return boolean ? "true" : "false";
    case Type::kNumber:
      return shown;
    case Type::kText:
      AppendJsonText(quoted, shown);
      return quoted;
    case Type::kArray:
      return "an array";
    case Type::kObject:
      return "an object";
  }
  return "";
}

std::variant<Json, LineError> ParseJsonObject(std::string_view text) {
  if (auto error = CheckText(text)) return *std::move(error);
  json::parse_options options;
  options.max_depth = kMaxLineDepth;
  json::basic_parser<TreeHandler> parser(options);
  json::error_code ec;
  size_t read = parser.write_some(false, text.data(), text.size(), ec);
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!ec && read < text.size() && blank(text[read])) ++read;
  if (!ec && read < text.size()) ec = json::error::extra_data;
  if (parser.handler().error()) return *parser.handler().error();
  if (ec) return SyntaxError(ec, read);
  Json& root = parser.handler().root();
  if (root.type != Json::Type::kObject) return LineError{"", "one JSON object", root.Describe()};
  return std::move(root);
}

std::string PointerTo(const std::string& parent, std::string_view token) {
  std::string pointer = parent + "/";
  for (const char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

}  // namespace refund::codec
