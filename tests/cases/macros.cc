#include "tests/cases/macros.h"

#include <cctype>
#include <cstdlib>
#include <map>
#include <vector>

#include "engine/base/sha256.h"
#include "tests/cases/world.h"

namespace refund::cases {
namespace {

using Arguments = std::vector<std::string>;

std::string Cny(const std::string& units) {
  return "{\"units\":" + units + ",\"currency\":\"CNY\"}";
}

// The SHA-256 of a pack that a script could name under "packs"; empty if there is none.
std::string PackDigest(const std::string& name) {
  const absl::StatusOr<std::string> bytes = PackBytes(name);
  return bytes.ok() ? Sha256(*bytes).hex() : "";
}

std::string Piece(const Arguments& a, bool shared) {
  std::string json = "{\"hash\":\"" + Sha256(a.at(1)).hex() + "\",\"kind\":\"" + a.at(0) + "\"";
  if (a.size() > 2) json += ",\"slot\":\"" + a[2] + "\"";
  if (shared) json += ",\"shared\":true";
  return json + "}";
}

std::string Pieces(const Arguments& a) {
  std::string json;
  for (int i = 1; i <= std::atoi(a.at(2).c_str()); ++i) {
    if (i > 1) json += ",";
    json += Piece({a.at(0), a.at(1) + "-" + std::to_string(i)}, false);
  }
  return json;
}

// Empty if there is no such macro, or it has too few arguments.
std::string Call(const std::string& name, const Arguments& a) {
  const bool one = name == "cny" || name == "hash" || name == "pack";
  const size_t needed = name == "pieces" ? 3 : one ? 1 : 2;
  if (a.size() < needed) return "";
  if (name == "cny") return Cny(a[0]);
  if (name == "units") return "{\"line\":\"" + a[0] + "\",\"quantity\":" + a[1] + "}";
  if (name == "piece") return Piece(a, false);
  if (name == "shared") return Piece(a, true);
  if (name == "pieces") return Pieces(a);
  if (name == "hash") return Sha256(a[0]).hex();
  if (name == "pack") return PackDigest(a[0]);
  if (name == "actor") return "{\"role\":\"" + a[0] + "\",\"id\":\"" + a[1] + "\"}";
  if (name == "share") return "{\"bearer\":\"" + a[0] + "\",\"basis_points\":" + a[1] + "}";
  if (name == "option") return "{\"remedy\":\"" + a[0] + "\",\"amount\":" + Cny(a[1]) + "}";
  return "";
}

Arguments SplitArguments(std::string_view text) {
  Arguments arguments(1);
  for (const char c : text) {
    if (c == ',') {
      arguments.emplace_back();
    } else {
      arguments.back() += c;
    }
  }
  return arguments;
}

size_t WordEnd(std::string_view text, size_t from) {
  while (from < text.size() && std::isalnum(static_cast<unsigned char>(text[from])) != 0) ++from;
  return from;
}

}  // namespace

Expanded Expand(std::string_view text, const Names& names) {
  Expanded out;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      out.text += text[at++];
      continue;
    }
    const size_t end = WordEnd(text, at + 1);
    const std::string name(text.substr(at + 1, end - at - 1));
    if (end < text.size() && text[end] == '(') {
      const size_t close = text.find(')', end);
      const std::string json =
          close == std::string_view::npos
              ? ""
              : Call(name, SplitArguments(text.substr(end + 1, close - end - 1)));
      if (json.empty()) return {"", true, "no placeholder reads like $" + name + "(…)"};
      out.text += json;
      at = close + 1;
      continue;
    }
    const auto known = names.Find(name);
    out.complete = out.complete && known.has_value();
    out.text += known.value_or(std::string(32, '0'));
    at = end;
  }
  return out;
}

}  // namespace refund::cases
