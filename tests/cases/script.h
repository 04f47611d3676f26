// A case script: what happened to one order or a few, what the engine must come to, and, indented,
// what it answered. README.md says how to read and write one. Parsing knows no event: bodies are
// JSON as in JSON Lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/instant.h"
#include "engine/log/whole_file.h"

namespace refund::cases {

// A line that does something.
struct Entry {
  enum class Kind : uint8_t { kClaim, kRaw, kMust };
  Kind kind = Kind::kClaim;
  size_t line = 0;  // in Script::lines
  Instant at;       // recorded_at; of a must, that of the line before it
  std::string type;
  std::string key;  // empty for what goes to every partition
  std::string id;   // of the claim, unique over all scripts
  std::string role;
  std::string actor;
  std::string the_case;   // "$case1", or empty
  std::string version;    // expected_version, or empty
  std::string principal;  // on whose authority intake takes it; empty: the shell's own user
  std::optional<Instant> occurred_at;
  std::string text;  // the body's JSON with placeholders; base64; what must be
};

struct Script {
  std::string name;    // the file's, without its ending
  std::string title;   // "# name: …"
  std::string bundle;  // "# examples: …": the bundle that this script is part of
  std::string alone;   // "# alone: …": why it shares no log with other scripts
  std::vector<std::string> packs;
  Instant start;
  std::vector<std::string> lines;  // as they are
  std::vector<Entry> entries;
};

// "file:7: expected …, found …"
absl::StatusOr<Script> ParseScript(std::string_view name, std::string_view text);

// "+2h", "+50h1ms" from `start`, or RFC 3339. False if it is neither.
bool ParseTime(std::string_view text, Instant start, Instant& out);

// The file with these answers, by the entry's index, in place of the indented lines.
std::string Render(const Script& script, const std::vector<std::vector<std::string>>& answers);

// Below the root of the sources.
std::string SourcePath(std::string_view path);
using log::ReadWholeFile;
absl::StatusOr<Script> LoadScript(const std::string& path);
// Every script of tests/cases/scripts, sorted.
std::vector<std::string> ScriptPaths();

}  // namespace refund::cases
