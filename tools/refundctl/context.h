// What every command of refundctl shares: how it prints, and how it fails.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace refund::tools {

// The contract that scripts rely on (README.md).
enum ExitCode {
  kOk = 0,
  kDifference = 1,  // a check found a difference, or a line of input did not go in
  kUsage = 2,       // or what a flag names is not there
  kBadPolicy = 3,   // or configuration
  kLogUnreachable = 4,
  kCorrupt = 5,  // stored bytes, or outputs that diverged
  kRefusedForSafety = 6,
  kInternal = 70,
};

struct Context {
  bool json = false;
  int exit_code = kOk;
};

// Prints "refundctl: <message>" to stderr (with --json {"error":…,"code":…}) and sets the exit code
// that goes with the status.
void Fail(Context& context, const absl::Status& status);
void Fail(Context& context, ExitCode code, const std::string& message);

// JSON text of a string, quotes included.
std::string Quoted(const std::string& text);

}  // namespace refund::tools
