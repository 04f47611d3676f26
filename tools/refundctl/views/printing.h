// How the commands that read print, and how they fail. Internal to this folder.
#pragma once

#include <cstdio>
#include <string>

#include "absl/status/statusor.h"
#include "engine/base/status.h"
#include "tools/refundctl/context.h"
#include "tools/terminal/paper.h"

namespace refund::tools {

inline void Print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

inline terminal::Paper StdoutPaper() { return terminal::PaperOf(stdout); }

// What a flag names and is not there is a mistake of the command line, here.
inline void FailReading(Context& context, const absl::Status& status) {
  if (absl::IsNotFound(status)) return Fail(context, kUsage, Message(status));
  Fail(context, status);
}

// Runs a command that returns the text to be printed.
template <class F>
void PrintOrFail(Context& context, const F& command) {
  const absl::StatusOr<std::string> text = command();
  if (!text.ok()) return FailReading(context, text.status());
  Print(*text);
}

}  // namespace refund::tools
