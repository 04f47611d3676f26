// The pack compiler: from TOML, which a policy owner reads and writes, to the canonical bytes that
// travel on the log (docs/formats/pack.md). It names every mistake of a file in one run, with file,
// line and column. Nothing throws; all functions may be called from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/pack.h"
#include "tools/packc/diagnostic.h"
#include "tools/packc/examples.h"

namespace refund::packc {

struct Compiled {
  std::optional<policy::Pack> pack;  // with its digest; empty if there are errors
  std::string bytes;                 // its canonical bytes; empty if there are errors
  std::vector<Diagnostic> errors;    // in the order of the file
  std::vector<Example> examples;     // not part of the bytes

  // Where it stands, for LintTogether.
  std::string file;
  Place name_at;
  Place effective_from_at;
};

// `file` is how messages call the file; nothing is read from disk.
Compiled CompilePack(std::string_view toml, std::string_view file);

// What is wrong between packs that are published together: the same name twice, or two packs of one
// platform from the same instant on, so that neither follows the other. Gaps cannot be: a pack
// holds until the next. Packs with errors of their own are passed over.
std::vector<Diagnostic> LintTogether(const std::vector<Compiled>& packs);

}  // namespace refund::packc
